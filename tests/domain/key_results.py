"""A key result of Ana's whose partner is Bo, as the specifications tell its story."""

from decimal import Decimal
from functools import partial
from uuid import UUID

from domain.goal.check_in import CheckedIn, Statement, fields_of
from domain.goal.measure import Terms
from domain.goal.measure import fields_of as fields_of_terms
from domain.key_result.amendment import KRAmendmentProposed
from domain.key_result.evolve import evolve
from domain.key_result.negotiation import KRCommitted, KRCountered, KRProposed
from tests.domain import scenario as spec
from tests.domain.scenario import ANA, BO, words

OBJECTIVE = UUID(int=0x0B1)
TEAM = UUID(int=0x7EA)
CYCLE = UUID(int=0xC1)

scenario = partial(spec.scenario, evolve)
state = partial(spec.state, evolve)


def terms(target: int | str | None = 60, baseline: int | str | None = 100, **more: object) -> Terms:
    """By default: complaints a week fall from 100 to 60."""
    return Terms(title="Fewer complaints", baseline=number(baseline), target=number(target), **more)


def number(written: int | str | None) -> Decimal | None:
    return None if written is None else Decimal(written)


def proposed(
    target: int | str | None = 60, *, by: UUID | None = ANA, owner: UUID | None = ANA, partner: UUID | None = BO,
    **more: object,
) -> KRProposed:  # fmt: skip
    return KRProposed(
        **fields_of_terms(terms(target, **more)), by=by, owner_id=owner, partner_id=partner,
        objective_id=OBJECTIVE, team_id=TEAM, cycle_id=CYCLE,
    )  # fmt: skip


def countered(target: int | str | None, *, by: UUID = BO, **more: object) -> KRCountered:
    return KRCountered(**fields_of_terms(terms(target, **more)), by=by)


def committed(*, by: UUID = BO) -> KRCommitted:
    return KRCommitted(by=by)


def amendment(target: int | str | None = 70, *, by: UUID = ANA, **more: object) -> KRAmendmentProposed:
    return KRAmendmentProposed(**fields_of_terms(terms(target, **more)), by=by, reason=words("A quarter lost", by))


COMMITTED = (proposed(), committed())
ALONE = (proposed(partner=None), KRCommitted(by=ANA, self_agreed=True))


def said(value: int | str | None = None, **more: object) -> Statement:
    return Statement(value=number(value), **more)


def checked_in(id: int, value: int | str | None = None, **more: object) -> CheckedIn:
    return CheckedIn(**fields_of(said(value, **more)), check_in_id=UUID(int=id))
