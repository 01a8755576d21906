"""What becomes of a key result beside its negotiation: moved, handed over, checked in on, graded, dropped, back again."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from domain import check_in, measure
from domain.alignment import GoalRescheduled
from domain.check_in import CheckedIn, CheckInCorrected, ConfidenceUpdated, Said
from domain.errors import NotCommitted, NotLive
from domain.grade import KRGraded, require_gradable, rounded
from domain.key_result import KeyResult, KRDropped, KREvent, KRMoved, KRReassigned, KRReinstated
from domain.personal import Personal
from domain.roll_up import RollUpChosen, RollUpMode

LIVE = ("proposed", "committed", "graded")


def move(kr: KeyResult, *, objective_id: UUID, reason: Personal | None) -> list[KREvent]:
    """Put the key result under another objective. Loops are refused by domain.alignment."""
    _require_live(kr)
    return [] if kr.parent_id == objective_id else [KRMoved(objective_id=objective_id, reason=reason)]


def reassign(
    kr: KeyResult, *, owner_id: UUID | None, partner_id: UUID | None, team_id: UUID | None, reason: Personal | None
) -> list[KREvent]:
    """Give the key result another owner, partner or team."""
    _require_live(kr)
    if (owner_id, partner_id, team_id) == (kr.owner_id, kr.partner_id, kr.team_id):
        return []
    return [KRReassigned(owner_id=owner_id, partner_id=partner_id, team_id=team_id, reason=reason)]


def reschedule(kr: KeyResult, *, cycle_id: UUID | None, reason: Personal | None) -> list[KREvent]:
    """Put the key result into another cycle, or out of cycles."""
    _require_live(kr)
    return [] if kr.cycle_id == cycle_id else [GoalRescheduled(cycle_id=cycle_id, reason=reason)]


def choose_roll_up(kr: KeyResult, *, mode: RollUpMode | None) -> list[KREvent]:
    """Whether contributing goals below move this key result instead of its own measure."""
    _require_live(kr)
    return [] if kr.roll_up == mode else [RollUpChosen(mode=mode)]


def say(kr: KeyResult, *, check_in_id: UUID, said: Said, effective_at: datetime | None) -> list[KREvent]:
    """Check in. `effective_at` is when it was true, None for now."""
    if kr.state != "committed":
        raise NotCommitted(f"the key result is {kr.state}")
    check_in.require_sayable(said)
    check_in.require_not_before(kr, effective_at)
    if check_in.already_said(kr.check_ins, said, effective_at):
        return []
    return [CheckedIn(**_fields(said), check_in_id=check_in_id)]


def correct(
    kr: KeyResult, *, corrects: UUID, check_in_id: UUID, said: Said, effective_at: datetime, reason: Personal | None
) -> list[KREvent]:
    """Replace a check-in that was wrong, its moment too."""
    if kr.state not in ("committed", "graded"):
        raise NotCommitted(f"the key result is {kr.state}")
    wrong = check_in.require_standing(kr.check_ins, corrects, kr.replaced_check_ins)
    check_in.require_sayable(said)
    check_in.require_not_before(kr, effective_at)
    if (wrong.said, wrong.at.effective_at) == (said, effective_at):
        return []
    return [CheckInCorrected(**_fields(said), check_in_id=check_in_id, corrects=corrects, reason=reason)]


def update_confidence(kr: KeyResult, *, confidence: Decimal, reason: Personal | None) -> list[KREvent]:
    """State a confidence without a value."""
    if kr.state != "committed":
        raise NotCommitted(f"the key result is {kr.state}")
    check_in.require_sayable(Said(confidence=confidence))
    return [ConfidenceUpdated(confidence=confidence, reason=reason)]


def computed_score(kr: KeyResult) -> Decimal | None:
    """The raw ratio that the measure gives at the latest check-in, else the share that it claimed, else None."""
    if not kr.check_ins:
        return None
    latest = kr.check_ins[-1].said
    ratio = None if latest.value is None else measure.progress(kr.terms, check_in.values(kr.check_ins)).ratio
    return latest.claimed if ratio is None else ratio


def grade(kr: KeyResult, *, score: Decimal | None, reason: Personal | None) -> list[KREvent]:
    """Give the final score; without one the computed score is taken."""
    if kr.state not in ("committed", "graded"):
        raise NotCommitted(f"the key result is {kr.state}")
    computed = computed_score(kr)
    if score is None and computed is not None:
        score = max(rounded(computed), Decimal(0))
    graded = KRGraded(score=score, computed=computed, reason=reason)
    if kr.grade is not None and kr.grade.score == score:
        return []
    require_gradable(kr.grade, graded)
    return [graded]


def drop(kr: KeyResult, *, reason: Personal, because_of: UUID | None = None) -> list[KREvent]:
    """Give the key result up, for now. Nothing is deleted."""
    if kr.state == "dropped":
        return []
    _require_live(kr)
    return [KRDropped(reason=reason, because_of=because_of)]


def reinstate(kr: KeyResult, *, reason: Personal | None, because_of: UUID | None = None) -> list[KREvent]:
    """Bring a dropped key result back to the state before, with grade, terms and alignment."""
    if kr.state != "dropped":
        return []
    return [KRReinstated(reason=reason, because_of=because_of)]


def _require_live(kr: KeyResult) -> None:
    if kr.state not in LIVE:
        raise NotLive(f"the key result is {kr.state}")


def _fields(said: Said) -> dict:
    return {name: getattr(said, name) for name in Said.__dataclass_fields__}
