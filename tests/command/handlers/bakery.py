"""A small workspace on a dict: Ana, who opened it, Bo and Cy; a team, a running cycle, an objective, a key result."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from domain.cycle import Cycle, CycleActivated, CyclePlanned
from domain.goal.measure import Terms, fields_of
from domain.key_result.negotiation import KRCommitted, KRProposed
from domain.key_result.state import KeyResult
from domain.member import Member, MemberAdded, MemberSuspended
from domain.objective.agreement import ObjectiveAgreed, ObjectiveProposed
from domain.objective.state import Objective
from domain.personal import Personal
from domain.team import Team, TeamFormed
from domain.workspace import Workspace, WorkspaceOpened
from services.command.loop.context import NewEvent
from tests.command.dict_workspace import DictWorkspace

WORKSPACE, ANA, BO, CY, TEAM, CYCLE, OBJECTIVE, KR, NEW, MADE = (UUID(int=number) for number in range(1, 11))
TERMS = Terms(title="Loaves sold before noon", baseline=Decimal(40), target=Decimal(60))


class Bakery(DictWorkspace):
    def __init__(self) -> None:
        super().__init__(WORKSPACE)
        self.given(Workspace, WORKSPACE, WorkspaceOpened(name="Bakery", timezone="Europe/Berlin", owner_id=ANA))
        self.given(Member, ANA, MemberAdded(name=Personal(ANA, "Ana"), role="owner"))
        self.given(Member, BO, MemberAdded(name=Personal(BO, "Bo"), role="member"))
        self.given(Member, CY, MemberAdded(name=Personal(CY, "Cy"), role="member"))
        self.given(Team, TEAM, TeamFormed(name="Oven"))
        planned = CyclePlanned(name="Q1", start=date(2026, 1, 1), end=date(2026, 4, 1))
        self.given(Cycle, CYCLE, planned, CycleActivated())
        proposed = ObjectiveProposed(title="Fresh bread", owner_id=ANA, partner_id=BO, by=ANA, cycle_id=CYCLE)
        self.given(Objective, OBJECTIVE, proposed, ObjectiveAgreed(by=BO))
        self.given(KeyResult, KR, offered())

    def committed(self) -> "Bakery":
        self.given(KeyResult, KR, KRCommitted(by=BO))
        return self

    def suspended(self, member_id: UUID) -> "Bakery":
        self.given(Member, member_id, MemberSuspended())
        return self


def offered(by: UUID = ANA) -> KRProposed:
    return KRProposed(**fields_of(TERMS), owner_id=ANA, partner_id=BO, by=by, objective_id=OBJECTIVE, cycle_id=CYCLE)


def events_of(news: Sequence[NewEvent]) -> list[object]:
    return [new.event for new in news]
