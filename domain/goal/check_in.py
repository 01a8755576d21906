"""What is said of a goal week by week. Progress, confidence and health are three things and stay apart."""

from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, NamedTuple
from uuid import UUID

from domain.errors import BeforeTheGoal, CheckInReplaced, Invalid, NotFound
from domain.history import At
from domain.personal import Personal

HealthWord = Literal["on_track", "at_risk", "off_track"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What a check-in says. `claimed` is a share 0..1 that was claimed, not measured; `confidence` is 0..10."""

    value: Decimal | None = None
    value_as_written: str | None = None
    claimed: Decimal | None = None
    confidence: Decimal | None = None
    health: HealthWord | None = None
    narrative: Personal | None = None
    blockers: Personal | None = None


STATEMENT_FIELDS = tuple(field.name for field in fields(Statement))
NO_STATEMENT = Statement()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedIn(Statement):
    """A key result was checked in on."""

    check_in_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckInCorrected(Statement):
    """A check-in was wrong; this stands in its place, at every moment from now on."""

    check_in_id: UUID
    corrects: UUID
    reason: Personal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfidenceUpdated:
    """A confidence without a value."""

    confidence: Decimal
    reason: Personal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveCheckedIn(Statement):
    """An objective was checked in on. A claimed share is shown and counts nowhere."""

    check_in_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveCheckInCorrected(Statement):
    """A check-in of an objective was wrong; this stands in its place."""

    check_in_id: UUID
    corrects: UUID
    reason: Personal | None = None


CheckInEvent = CheckedIn | CheckInCorrected | ObjectiveCheckedIn | ObjectiveCheckInCorrected


class CheckIn(NamedTuple):
    """A check-in that stands, as the state of its goal remembers it."""

    id: UUID
    at: At
    statement: Statement


class Confidence(NamedTuple):
    """0..10, and when it was stated."""

    value: Decimal
    at: At


CheckIns = tuple[CheckIn, ...]


def recorded(check_ins: CheckIns, event: CheckInEvent, at: At) -> CheckIns:
    return (*check_ins, CheckIn(event.check_in_id, at, statement_of(event)))


def statement_of(event: Statement) -> Statement:
    """What a check-in's event says, without the rest."""
    return Statement(
        value=event.value,
        value_as_written=event.value_as_written,
        claimed=event.claimed,
        confidence=event.confidence,
        health=event.health,
        narrative=event.narrative,
        blockers=event.blockers,
    )


def fields_of(content: Statement) -> dict[str, Any]:
    """What is said, by name, to make a check-in's event of."""
    return {name: getattr(content, name) for name in STATEMENT_FIELDS}


def stated(confidence: Confidence | None, event: CheckInEvent | ConfidenceUpdated, at: At) -> Confidence | None:
    return confidence if event.confidence is None else Confidence(event.confidence, at)


def values(check_ins: CheckIns) -> tuple[Decimal, ...]:
    """The measured values, oldest first."""
    return tuple(c.statement.value for c in check_ins if c.statement.value is not None)


def confidence_in_words(confidence: Decimal) -> str:
    """High from 7, Medium from 4, else Low.

    >>> [confidence_in_words(Decimal(c)) for c in (7, 4, 3)]
    ['High', 'Medium', 'Low']
    """
    return "High" if confidence >= 7 else "Medium" if confidence >= 4 else "Low"


def require_valid_statement(content: Statement) -> None:
    """Refuse a check-in that says nothing, or something impossible."""
    if content == NO_STATEMENT:
        raise Invalid("a check-in says at least one thing")
    if content.confidence is not None and not 0 <= content.confidence <= 10:
        raise Invalid("confidence: from 0 to 10")
    if content.claimed is not None and content.claimed < 0:
        raise Invalid("claimed: a share, 0 or more")


def require_not_before(goal: Any, effective_at: datetime | None) -> None:
    """Nothing is said of a goal for a time before it was there."""
    if effective_at is not None and effective_at < goal.first_at:
        raise BeforeTheGoal(f"{effective_at.isoformat()} is before {goal.first_at.isoformat()}")


def require_made(check_ins: CheckIns, check_in_id: UUID, replaced: frozenset[UUID]) -> None:
    """The check-in was made on this goal, whether it stands or was corrected since."""
    if check_in_id not in replaced and all(check_in.id != check_in_id for check_in in check_ins):
        raise NotFound(f"check-in {check_in_id}")


def require_standing(check_ins: CheckIns, check_in_id: UUID, replaced: frozenset[UUID]) -> CheckIn:
    """The check-in that is to be corrected, if it still stands."""
    if check_in_id in replaced:
        raise CheckInReplaced(f"check-in {check_in_id}")
    for check_in in check_ins:
        if check_in.id == check_in_id:
            return check_in
    raise NotFound(f"check-in {check_in_id}")


def already_stated(check_ins: CheckIns, content: Statement, effective_at: datetime | None) -> bool:
    """Whether the same was said for the same moment before: then nothing new has happened."""
    return effective_at is not None and any(
        c.statement == content and c.at.effective_at == effective_at for c in check_ins
    )
