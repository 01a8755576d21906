"""Timelines: the check-ins of a goal, point by point. Each stays a point, also one that was corrected."""

from datetime import datetime
from typing import Generic, Literal
from uuid import UUID

from domain.goal import check_in
from domain.goal.check_in import (
    CheckedIn,
    CheckInCorrected,
    ConfidenceUpdated,
    HealthWord,
    ObjectiveCheckedIn,
    ObjectiveCheckInCorrected,
    Statement,
)
from domain.goal.ratio import rounded
from domain.key_result.lifecycle import ShownProgress, shown_progress
from domain.key_result.state import KeyResult
from domain.objective.state import Objective
from domain.personal import Personal
from services.projections.engine.read_model import FoldStep, ReadModel, Rows
from services.projections.engine.table import Table, TableRow, Text
from services.projections.read_models.columns import number

PointKind = Literal["check_in", "confidence"]
MeasuredGoal = KeyResult | Objective


class PointRow(TableRow[UUID], Generic[Text]):
    """`progress` is the rounded ratio of a key result by the terms that held at the point's moment."""

    goal_id: UUID
    kind: PointKind
    position: int
    recorded_at: datetime
    source_recorded_at: datetime | None
    actor_id: UUID | None
    cycle_id: UUID | None
    value: str | None
    value_as_written: str | None
    claimed: str | None
    confidence: str | None
    health: HealthWord | None
    progress: str | None
    progress_source: str | None
    progress_missing: str | None
    narrative: Text | None
    blockers: Text | None
    reason: Text | None
    corrects: UUID | None
    corrected_by: UUID | None


POINTS = Table("points", PointRow[Personal], indexes=("goal_id",), past_indexes=("goal_id",))


def step(carry: None, step: FoldStep[MeasuredGoal]) -> tuple[None, Rows]:
    match step.recorded.event:
        case CheckedIn() | CheckInCorrected() | ObjectiveCheckedIn() | ObjectiveCheckInCorrected() as event:
            goal = step.after
            progress = shown_progress(goal.terms, goal.check_ins) if isinstance(goal, KeyResult) else NO_PROGRESS
            return carry, (_point("check_in", event.check_in_id, event, step, progress),)
        case ConfidenceUpdated() as event:
            statement = Statement(confidence=event.confidence)
            return carry, (_point("confidence", step.recorded.event_id, statement, step, NO_PROGRESS),)
    return carry, ()


def replaced(_carry: None, step: FoldStep[MeasuredGoal], replaced_by: UUID) -> Rows:
    """A check-in that was corrected: what it would have meant at its place, and what stands for it."""
    recorded, goal = step.recorded, step.before
    progress = NO_PROGRESS
    if isinstance(goal, KeyResult):
        progress = shown_progress(goal.terms, check_in.recorded(goal.check_ins, recorded.event, recorded.at))
    return (_point("check_in", recorded.event.check_in_id, recorded.event, step, progress, corrected_by=replaced_by),)


def _point(
    kind: PointKind,
    id: UUID,
    statement: Statement,
    step: FoldStep[MeasuredGoal],
    progress: ShownProgress,
    corrected_by: UUID | None = None,
) -> PointRow[Personal]:
    """An objective has no progress of its own at a point: what rolls up to it is worked out when it is read."""
    recorded, event, goal = step.recorded, step.recorded.event, step.before
    return PointRow(
        id=id,
        goal_id=recorded.stream_id,
        kind=kind,
        position=recorded.position,
        recorded_at=recorded.recorded_at,
        source_recorded_at=recorded.source_recorded_at,
        actor_id=recorded.actor_id,
        cycle_id=goal.cycle_id if goal else None,
        value=number(statement.value),
        value_as_written=statement.value_as_written,
        claimed=number(statement.claimed),
        confidence=number(statement.confidence),
        health=statement.health,
        progress=None if progress.ratio is None else number(rounded(progress.ratio)),
        progress_source=progress.source,
        progress_missing=progress.missing,
        narrative=statement.narrative,
        blockers=statement.blockers,
        reason=getattr(event, "reason", None),
        corrects=getattr(event, "corrects", None),
        corrected_by=corrected_by,
    )


NO_PROGRESS = ShownProgress(None)

MODEL = ReadModel(
    "timelines",
    kinds=frozenset({"key_result", "objective"}),
    tables=(POINTS,),
    step=step,
    start=None,
    replaced=replaced,
)
