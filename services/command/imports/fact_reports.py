"""What an import reports of a goal: check-ins, grades, and that it was given up."""

from domain.goal.check_in import Statement, fields_of
from domain.key_result.lifecycle import computed_score
from domain.key_result.state import KeyResult
from domain.purpose.base import Purpose
from services.command.imports.fact_line import number_in, text_of
from services.command.imports.fact_translation import FactTranslation, FoundGoal
from services.command.imports.goal_events import NEGOTIATED_EVENTS, PURPOSE_EVENTS
from services.eventlog.uuid7 import uuid7


def report_check_in(translation: FactTranslation, found: FoundGoal) -> None:
    """A check-in; a later one of the same goal at the same time corrects the earlier. Of purpose it is a comment."""
    line, goal = translation.line, found.state
    if isinstance(goal, Purpose):
        report_comment(translation, found)
        return
    value = number_in(line.current) if isinstance(goal, KeyResult) else None
    statement = Statement(
        value=value,
        value_as_written=text_of(line.current) if value is None else None,
        claimed=number_in(line.score),
        confidence=number_in(line.confidence),
        narrative=translation.note(),
    )
    events, check_in_id = NEGOTIATED_EVENTS[found.kind], uuid7()
    same_time = [check_in.id for check_in in goal.check_ins if check_in.at.effective_at == translation.at]
    if same_time:
        corrected = events.check_in_corrected(**fields_of(statement), check_in_id=check_in_id, corrects=same_time[-1])
        translation.add_events(found.kind, found.id, corrected)
    else:
        checked_in = events.checked_in(**fields_of(statement), check_in_id=check_in_id)
        translation.add_events(found.kind, found.id, checked_in)


def report_grade(translation: FactTranslation, found: FoundGoal) -> None:
    """A final score, kept as given, and the grade as written. Of purpose it is a comment."""
    if isinstance(found.state, Purpose):
        report_comment(translation, found)
        return
    score, written = number_in(translation.line.score), translation.note()
    if score is None or score < 0:
        score, text = None, text_of(translation.line.score)
        if written is None and text is not None:
            written = translation.personal(text)
    computed = None
    if isinstance(found.state, KeyResult):
        graded = translation.goal_as_of(found)
        computed = computed_score(graded) if isinstance(graded, KeyResult) else None
    event = NEGOTIATED_EVENTS[found.kind].graded(score=score, computed=computed, as_written=written)
    translation.add_events(found.kind, found.id, event)


def report_comment(translation: FactTranslation, found: FoundGoal) -> None:
    """A comment on the goal."""
    translation.add_comment(found.kind, found.id)


def report_retirement(translation: FactTranslation, found: FoundGoal) -> None:
    """Exactly this goal is given up; where it is already, the line is a comment."""
    goal = translation.goal_as_of(found)
    if goal is not None and goal.state in ("dropped", "retired"):
        report_comment(translation, found)
        return
    is_purpose = isinstance(found.state, Purpose)
    ended = PURPOSE_EVENTS[found.kind].retired if is_purpose else NEGOTIATED_EVENTS[found.kind].dropped
    translation.add_events(found.kind, found.id, ended(reason=translation.note()))
