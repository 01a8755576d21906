"""What an import says of a goal: check-ins, grades, and that it was given up."""

from domain.goal.check_in import (
    CheckedIn,
    CheckInCorrected,
    ObjectiveCheckedIn,
    ObjectiveCheckInCorrected,
    Statement,
    fields_of,
)
from domain.goal.grade import KRGraded, ObjectiveGraded
from domain.key_result.lifecycle import KRDropped, computed_score
from domain.objective.lifecycle import ObjectiveDropped
from domain.personal import Personal
from domain.purpose.base import Purpose
from domain.purpose.mission import MissionRetired
from domain.purpose.strategy import StrategyRetired
from domain.purpose.theme import ThemeRetired
from domain.purpose.vision import VisionRetired
from services.command.imports.fact_line import number_in, text_of
from services.command.imports.fact_translation import FactTranslation, FoundGoal
from services.eventlog.uuid7 import uuid7

DROPPED = {
    "mission": MissionRetired, "vision": VisionRetired, "strategy": StrategyRetired, "theme": ThemeRetired,
    "objective": ObjectiveDropped, "key_result": KRDropped,
}  # fmt: skip


def report_check_in(telling: FactTranslation, found: FoundGoal) -> None:
    """A check-in; a later one of the same goal at the same time corrects the earlier. Of purpose it is a comment."""
    if isinstance(found.state, Purpose):
        telling.comment(found.kind, found.id)
        return
    line, of_key_result = telling.line, found.kind == "key_result"
    value = number_in(line.current) if of_key_result else None
    said = Statement(
        value=value,
        value_as_written=text_of(line.current) if value is None else None,
        claimed=number_in(line.score),
        confidence=number_in(line.confidence),
        narrative=telling.note,
    )
    fields = fields_of(said) | {"check_in_id": uuid7()}
    earlier = [told.id for told in found.state.check_ins if told.at.effective_at == telling.at]
    if earlier:
        corrected = CheckInCorrected if of_key_result else ObjectiveCheckInCorrected
        telling.tell(found.kind, found.id, corrected(**fields, corrects=earlier[-1]))
    else:
        telling.tell(found.kind, found.id, (CheckedIn if of_key_result else ObjectiveCheckedIn)(**fields))


def report_grade(telling: FactTranslation, found: FoundGoal) -> None:
    """A final score, kept as given, and the grade as written. Of purpose it is a comment."""
    if isinstance(found.state, Purpose):
        telling.comment(found.kind, found.id)
        return
    score, written = number_in(telling.line.score), telling.note
    if score is None or score < 0:
        score = None
        if written is None and (text := text_of(telling.line.score)) is not None:
            written = Personal(telling.member(telling.line.owner) or telling.import_id, text)
    if found.kind == "objective":
        telling.tell(found.kind, found.id, ObjectiveGraded(score=score, as_written=written))
        return
    graded = telling.as_of(found.stream)
    computed = None if graded is None else computed_score(graded)
    telling.tell(found.kind, found.id, KRGraded(score=score, computed=computed, as_written=written))


def report_retirement(telling: FactTranslation, found: FoundGoal) -> None:
    """Exactly this goal is given up; where it is already, the line is a comment."""
    goal = telling.as_of(found.stream)
    if goal is not None and goal.state in ("dropped", "retired"):
        telling.comment(found.kind, found.id)
    else:
        telling.tell(found.kind, found.id, DROPPED[found.kind](reason=telling.note))
