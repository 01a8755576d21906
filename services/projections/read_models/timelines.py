"""Timelines: the check-ins of a goal, point by point. Each stays a point, also one that was corrected."""

from collections.abc import Sequence
from uuid import UUID

from domain.goal import check_in
from domain.goal.check_in import (
    CheckedIn,
    CheckInCorrected,
    ConfidenceUpdated,
    ObjectiveCheckedIn,
    ObjectiveCheckInCorrected,
    Statement,
)
from domain.goal.grade import rounded
from domain.key_result.lifecycle import ShownProgress, shown_progress
from domain.key_result.state import KeyResult
from services.projections.engine.read_model import FoldStep, ReadModel, Row, Table
from services.projections.read_models.columns import number, words

POINTS = Table(
    "points",
    key={"id": "uuid"},
    values={
        "goal_id": "uuid", "kind": "text", "position": "bigint", "recorded_at": "timestamptz",
        "source_recorded_at": "timestamptz", "actor_id": "uuid", "cycle_id": "uuid",
        "value": "text", "value_as_written": "text", "claimed": "text", "confidence": "text", "health": "text",
        "progress": "text", "progress_source": "text", "progress_missing": "text",
        "narrative": "text", "narrative_subject": "uuid", "blockers": "text", "blockers_subject": "uuid",
        "reason": "text", "reason_subject": "uuid", "corrects": "uuid", "corrected_by": "uuid",
    },
    indexes=("goal_id",),
    past_indexes=("goal_id",),
)  # fmt: skip


def step(carry: None, step: FoldStep) -> tuple[None, Sequence[Row]]:
    match step.recorded.event:
        case CheckedIn() | CheckInCorrected() | ObjectiveCheckedIn() | ObjectiveCheckInCorrected() as event:
            goal = step.after
            progress = shown_progress(goal.terms, goal.check_ins) if isinstance(goal, KeyResult) else NO_PROGRESS
            return carry, [_point("check_in", event.check_in_id, event, step, progress)]
        case ConfidenceUpdated() as event:
            said = Statement(confidence=event.confidence)
            return carry, [_point("confidence", step.recorded.event_id, said, step, NO_PROGRESS)]
    return carry, ()


def replaced(_carry: None, step: FoldStep, replaced_by: UUID) -> Sequence[Row]:
    """A check-in that was corrected: what it would have meant at its place, and what stands for it."""
    recorded, goal = step.recorded, step.before
    progress = NO_PROGRESS
    if isinstance(goal, KeyResult):
        progress = shown_progress(goal.terms, check_in.recorded(goal.check_ins, recorded.event, recorded.at))
    return [_point("check_in", recorded.event.check_in_id, recorded.event, step, progress, corrected_by=replaced_by)]


def _point(
    kind: str, id: UUID, said: Statement, step: FoldStep, progress: ShownProgress, corrected_by: UUID | None = None
) -> Row:
    """An objective has no progress of its own at a point: what rolls up to it is worked out when it is read."""
    recorded, event, goal = step.recorded, step.recorded.event, step.before
    values = (
        recorded.stream_id, kind, recorded.position, recorded.recorded_at,
        recorded.source_recorded_at, recorded.actor_id, goal and goal.cycle_id,
        number(said.value), said.value_as_written, number(said.claimed), number(said.confidence), said.health,
        None if progress.ratio is None else number(rounded(progress.ratio)), progress.source, progress.missing,
        *words(said.narrative), *words(said.blockers), *words(getattr(event, "reason", None)),
        getattr(event, "corrects", None), corrected_by,
    )  # fmt: skip
    return Row(POINTS, (id,), values)


NO_PROGRESS = ShownProgress(None)


MODEL = ReadModel(
    "timelines", kinds=frozenset({"key_result", "objective"}), tables=(POINTS,), step=step, replaced=replaced
)
