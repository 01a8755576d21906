"""Who negotiates a goal that is proposed."""

from uuid import UUID

from domain import member, team
from domain.goal.parties import Parties, parties_of_proposal
from domain.member import Member, MemberAdded, MemberEvent, MemberSuspended
from domain.objective.agreement import ObjectiveProposed
from domain.objective.evolve import evolve as evolve_objective
from domain.objective.state import Objective
from domain.purpose import theme
from domain.purpose.theme import Theme, ThemeSet
from domain.team import Team, TeamEvent, TeamFormed, TeamJoined, TeamLeadNamed
from domain.workspace import Workspace
from tests.domain.scenario import ANA, BO, CY, Specification, words

DI, EVE = UUID(int=0xD), UUID(int=0xE)
WORKSPACE = Workspace(name="Bakery", timezone="UTC", owner_id=DI)


def state_of(*events: MemberEvent) -> Member:
    return Specification(member.evolve).state(events)


ADDED = MemberAdded(name=words("Bo", BO), role="member")
ACTIVE = state_of(ADDED)
SUSPENDED = state_of(ADDED, MemberSuspended())
PLACEHOLDER = state_of(MemberAdded(name=words("Bo", BO), role="member", placeholder=True))


def objective(owner: UUID | None) -> Objective:
    event = ObjectiveProposed(title="Fresh bread", owner_id=owner, partner_id=None, by=owner)
    return Specification(evolve_objective).state([event])


def team_led_by(lead: UUID) -> Team:
    events: list[TeamEvent] = [TeamFormed(name="Oven"), TeamJoined(member_id=lead), TeamLeadNamed(member_id=lead)]
    return Specification(team.evolve).state(events)


def parties(
    *,
    owner: UUID | None = None,
    partner: UUID | None = None,
    above: Objective | Theme | None = None,
    of: Team | None = None,
    members: dict[UUID, Member] | None = None,
    workspace: Workspace = WORKSPACE,
) -> Parties:
    """Of what Ana proposes."""
    known = {BO: ACTIVE, CY: ACTIVE, DI: ACTIVE} if members is None else members
    return parties_of_proposal(
        by=ANA, owner_id=owner, partner_id=partner, above=above, team=of, workspace=workspace, member_of=known.get
    )


def test_what_is_named_holds_whatever_stands_around_it() -> None:
    assert parties(owner=BO, partner=CY, above=objective(DI), of=team_led_by(DI)) == (BO, CY)
    assert parties(partner=EVE) == (ANA, EVE), "whether they are there is for the command to find out"


def test_who_proposes_to_another_member_is_the_partner() -> None:
    assert parties(owner=BO, above=objective(CY)) == (BO, ANA)


def test_without_a_partner_the_owner_above_answers_then_the_lead_then_who_opened_the_workspace() -> None:
    assert parties(above=objective(BO), of=team_led_by(CY)) == (ANA, BO)
    assert parties(above=objective(None), of=team_led_by(CY)) == (ANA, CY)
    assert parties(of=team_led_by(CY)) == (ANA, CY)
    assert parties() == (ANA, DI)


def test_purpose_has_an_owner_too() -> None:
    found = Specification(theme.evolve).state([ThemeSet(title="Ovens", owner_id=BO)])
    assert isinstance(found, Theme)
    assert parties(above=found) == (ANA, BO)


def test_who_is_the_owner_already_is_passed_over() -> None:
    assert parties(above=objective(ANA), of=team_led_by(ANA)) == (ANA, DI)


def test_who_cannot_answer_is_passed_over() -> None:
    for cannot in (SUSPENDED, PLACEHOLDER, None):
        members = {BO: cannot, DI: ACTIVE} if cannot else {DI: ACTIVE}
        assert parties(above=objective(BO), members=members) == (ANA, DI)


def test_with_no_one_to_answer_the_owner_agrees_alone() -> None:
    alone = Workspace(name="Bakery", timezone="UTC", owner_id=ANA)
    assert parties(workspace=alone) == (ANA, None)
    assert parties(workspace=Workspace(name="Bakery", timezone="UTC")) == (ANA, None)
    assert parties(members={}) == (ANA, None)
