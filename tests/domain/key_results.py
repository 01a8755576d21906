"""A key result of Ana's whose partner is Bo, as the specifications tell its story."""

from datetime import date
from decimal import Decimal
from typing import TypedDict, Unpack
from uuid import UUID

from domain.goal.check_in import CheckedIn, HealthWord, Statement, fields_of
from domain.goal.measure import Commitment, Count, MeasureType, Terms
from domain.goal.measure import fields_of as fields_of_terms
from domain.key_result.amendment import KRAmendmentProposed
from domain.key_result.evolve import KREvent, evolve
from domain.key_result.negotiation import KRCommitted, KRCountered, KRProposed
from domain.key_result.state import KeyResult
from domain.personal import Personal
from tests.domain import scenario as spec
from tests.domain.scenario import ANA, BO, words

OBJECTIVE = UUID(int=0x0B1)
TEAM = UUID(int=0x7EA)
CYCLE = UUID(int=0xC1)

Number = int | str | Decimal
Given = spec.Given[KREvent]
Decision = spec.Decision[KeyResult, KREvent]

KEY_RESULT = spec.Specification(evolve)
scenario, state, folded = KEY_RESULT.scenario, KEY_RESULT.state, KEY_RESULT.folded


class FurtherTerms(TypedDict, total=False):
    """Terms beside target and baseline, which are given as numbers."""

    type: MeasureType
    metric: str | None
    unit: str | None
    low: Decimal | None
    high: Decimal | None
    inclusive: bool
    count: Count
    due: date | None
    commitment: Commitment | None


class OfferedTerms(FurtherTerms, total=False):
    baseline: Number | None


class FurtherStatement(TypedDict, total=False):
    """What a check-in says beside its value, which is given as a number."""

    value_as_written: str | None
    claimed: Decimal | None
    confidence: Decimal | None
    health: HealthWord | None
    narrative: Personal | None
    blockers: Personal | None


def terms(target: Number | None = 60, baseline: Number | None = 100, **further: Unpack[FurtherTerms]) -> Terms:
    """By default: complaints a week fall from 100 to 60."""
    return Terms(title="Fewer complaints", baseline=number(baseline), target=number(target), **further)


def number(written: Number | None) -> Decimal | None:
    return None if written is None else Decimal(written)


def proposed(
    target: Number | None = 60,
    *,
    by: UUID | None = ANA,
    owner: UUID | None = ANA,
    partner: UUID | None = BO,
    **further: Unpack[OfferedTerms],
) -> KRProposed:
    return KRProposed(
        **fields_of_terms(terms(target, **further)),
        by=by,
        owner_id=owner,
        partner_id=partner,
        objective_id=OBJECTIVE,
        team_id=TEAM,
        cycle_id=CYCLE,
    )


def countered(target: Number | None, *, by: UUID = BO, **further: Unpack[OfferedTerms]) -> KRCountered:
    return KRCountered(**fields_of_terms(terms(target, **further)), by=by)


def committed(*, by: UUID = BO) -> KRCommitted:
    return KRCommitted(by=by)


def amendment(target: Number | None = 70, *, by: UUID = ANA, **further: Unpack[OfferedTerms]) -> KRAmendmentProposed:
    return KRAmendmentProposed(**fields_of_terms(terms(target, **further)), by=by, reason=words("A quarter lost", by))


COMMITTED = (proposed(), committed())
ALONE = (proposed(partner=None), KRCommitted(by=ANA, self_agreed=True))


def statement(value: Number | None = None, **further: Unpack[FurtherStatement]) -> Statement:
    return Statement(value=number(value), **further)


def checked_in(id: int, value: Number | None = None, **further: Unpack[FurtherStatement]) -> CheckedIn:
    return CheckedIn(**fields_of(statement(value, **further)), check_in_id=UUID(int=id))
