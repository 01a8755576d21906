"""What becomes of a key result beside its negotiation: moved, reassigned, checked in on, graded, dropped, brought back.

Read downwards: events, decisions.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal, NamedTuple
from uuid import UUID

from domain.errors import NotCommitted
from domain.goal import base as goal
from domain.goal import check_in, measure
from domain.goal import grade as grades
from domain.goal.alignment import GoalRescheduled
from domain.goal.base import Dropped, GoalState, Reassigned, Reinstated
from domain.goal.check_in import CheckedIn, CheckInCorrected, CheckIns, ConfidenceUpdated, Statement
from domain.goal.grade import KRGraded
from domain.goal.measure import Terms
from domain.goal.roll_up import RollUpChosen, RollUpMode
from domain.key_result.state import KeyResult
from domain.personal import Personal


@dataclass(frozen=True, slots=True, kw_only=True)
class KRMoved:
    """The key result was moved to stand under another goal."""

    objective_id: UUID | None
    reason: Personal | None = None
    awaits: str | None = None  # As in KRProposed.


@dataclass(frozen=True, slots=True, kw_only=True)
class KRReassigned(Reassigned):
    """The key result has these people and this team from now on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KRDropped(Dropped):
    """The key result was given up. `because_of` is the objective that was dropped with it, if one was."""

    because_of: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KRReinstated(Reinstated):
    """The key result came back to the state before it was dropped. `because_of` is the objective it came back with."""

    because_of: UUID | None = None


KRLifecycleEvent = (
    KRMoved
    | KRReassigned
    | GoalRescheduled
    | RollUpChosen
    | CheckedIn
    | CheckInCorrected
    | ConfidenceUpdated
    | KRGraded
    | KRDropped
    | KRReinstated
)


def move(kr: KeyResult, *, objective_id: UUID, reason: Personal | None) -> list[KRLifecycleEvent]:
    """Put the key result under another objective. Loops are refused by domain.alignment."""
    goal.require_live(kr)
    return [] if kr.parent_id == objective_id else [KRMoved(objective_id=objective_id, reason=reason)]


def reassign(
    kr: KeyResult, *, owner_id: UUID | None, partner_id: UUID | None, team_id: UUID | None, reason: Personal | None
) -> list[KRLifecycleEvent]:
    """Give the key result another owner, partner or team."""
    goal.require_live(kr)
    goal.require_two_parties(owner_id, partner_id)
    if (owner_id, partner_id, team_id) == (kr.owner_id, kr.partner_id, kr.team_id):
        return []
    return [KRReassigned(owner_id=owner_id, partner_id=partner_id, team_id=team_id, reason=reason)]


def reschedule(kr: KeyResult, *, cycle_id: UUID | None, reason: Personal | None) -> list[KRLifecycleEvent]:
    """Put the key result into another cycle, or out of cycles."""
    goal.require_live(kr)
    return [] if kr.cycle_id == cycle_id else [GoalRescheduled(cycle_id=cycle_id, reason=reason)]


def choose_roll_up(kr: KeyResult, *, mode: RollUpMode | None) -> list[KRLifecycleEvent]:
    """Whether contributing goals below move this key result instead of its own measure."""
    goal.require_live(kr)
    return [] if kr.roll_up == mode else [RollUpChosen(mode=mode)]


def add_check_in(
    kr: KeyResult, *, check_in_id: UUID, statement: Statement, effective_at: datetime | None
) -> list[KRLifecycleEvent]:
    """Check in. `effective_at` is when it was true, None for now."""
    _require(kr, "committed")
    check_in.require_valid_statement(statement)
    check_in.require_not_before(kr, effective_at)
    if check_in.already_stated(kr.check_ins, statement, effective_at):
        return []
    return [CheckedIn(**check_in.fields_of(statement), check_in_id=check_in_id)]


def correct_check_in(
    kr: KeyResult,
    *,
    corrects: UUID,
    check_in_id: UUID,
    statement: Statement,
    effective_at: datetime,
    reason: Personal | None,
) -> list[KRLifecycleEvent]:
    """Replace a check-in that was wrong, its moment too."""
    _require(kr, "committed", "graded")
    check_in.require_valid_statement(statement)
    check_in.require_not_before(kr, effective_at)
    wrong = check_in.require_standing(kr.check_ins, corrects, kr.replaced_check_ins)
    if (wrong.statement, wrong.at.effective_at) == (statement, effective_at):
        return []
    return [
        CheckInCorrected(**check_in.fields_of(statement), check_in_id=check_in_id, corrects=corrects, reason=reason)
    ]


def update_confidence(kr: KeyResult, *, confidence: Decimal, reason: Personal | None) -> list[KRLifecycleEvent]:
    """State a confidence without a value."""
    _require(kr, "committed")
    check_in.require_valid_statement(Statement(confidence=confidence))
    return [ConfidenceUpdated(confidence=confidence, reason=reason)]


class ShownProgress(NamedTuple):
    """How far a key result is: a raw ratio and where it comes from, or why there is none."""

    ratio: Decimal | None
    source: Literal["measured", "claimed"] | None = None
    missing: str | None = None


def shown_progress(terms: Terms, check_ins: CheckIns) -> ShownProgress:
    """By the latest check-in: its value by the measure, else the share that it claimed."""
    latest = check_ins[-1].statement if check_ins else check_in.NO_STATEMENT
    values: tuple[Decimal, ...] = () if latest.value is None else (latest.value,)
    if values and terms.count == "share":
        values = check_in.values(check_ins)
    measured = measure.progress(terms, values)
    if measured.ratio is not None:
        return ShownProgress(measured.ratio, "measured")
    if latest.claimed is not None:
        return ShownProgress(latest.claimed, "claimed")
    return ShownProgress(None, missing=measured.missing)


def computed_score(kr: KeyResult) -> Decimal | None:
    """The raw ratio that the measure gives at the latest check-in, else the share that it claimed, else None."""
    return shown_progress(kr.terms, kr.check_ins).ratio


def best_score(kr: KeyResult) -> Decimal | None:
    """The final score, else the computed one."""
    return computed_score(kr) if kr.grade is None or kr.grade.score is None else kr.grade.score


def grade(kr: KeyResult, *, score: Decimal | None, reason: Personal | None) -> list[KRLifecycleEvent]:
    """Give the final score; without one the computed score is taken."""
    _require(kr, "committed", "graded")
    return [*grades.give(KRGraded, kr.grade, score=score, computed=computed_score(kr), reason=reason)]


def drop(kr: KeyResult, *, reason: Personal, because_of: UUID | None = None) -> list[KRLifecycleEvent]:
    """Give the key result up, for now. Nothing is deleted."""
    if kr.state == "dropped":
        return []
    goal.require_live(kr)
    return [KRDropped(reason=reason, because_of=because_of)]


def reinstate(kr: KeyResult, *, reason: Personal | None, because_of: UUID | None = None) -> list[KRLifecycleEvent]:
    """Bring a dropped key result back to the state before, with grade, terms and alignment."""
    if kr.state != "dropped":
        return []
    return [KRReinstated(reason=reason, because_of=because_of)]


def _require(kr: KeyResult, *states: GoalState) -> None:
    if kr.state not in states:
        raise NotCommitted(f"the key result is {kr.state}")
