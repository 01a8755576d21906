"""Timelines: what was said of a goal, check-in by check-in. Each stays a point, also one that was corrected."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Literal, NamedTuple
from uuid import UUID

from domain import check_in, measure
from domain.check_in import (
    CheckedIn,
    CheckInCorrected,
    ConfidenceUpdated,
    ObjectiveCheckedIn,
    ObjectiveCheckInCorrected,
    Said,
)
from domain.goal import Goal
from domain.grade import rounded
from domain.key_result import KeyResult
from services.projections.columns import number, words
from services.projections.model import ReadModel, Row, Step, Table

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

# --- facts -> rows ------------------------------------------------------------------------------------------------


class Shown(NamedTuple):
    """The raw ratio at a point, by the terms that held there; or why there is none."""

    ratio: Decimal | None = None
    source: Literal["measured", "claimed"] | None = None
    missing: str | None = None


def step(carry: None, step: Step) -> tuple[None, Iterable[Row]]:
    match step.recorded.event:
        case CheckedIn() | CheckInCorrected() | ObjectiveCheckedIn() | ObjectiveCheckInCorrected() as event:
            return carry, [_point("check_in", event.check_in_id, event, step)]
        case ConfidenceUpdated() as event:
            return carry, [_point("confidence", step.recorded.event_id, event, step)]
    return carry, ()


def replaced(_carry: None, step: Step, replaced_by: UUID) -> Iterable[Row]:
    """A check-in that was corrected: what it would have meant at its place, and what stands for it."""
    event = step.recorded.event
    return [_point("check_in", event.check_in_id, event, step, corrected_by=replaced_by)]


def _point(kind: str, id: UUID, event: Any, step: Step, corrected_by: UUID | None = None) -> Row:
    recorded, goal = step.recorded, step.before
    said = check_in.said(event) if kind == "check_in" else Said(confidence=event.confidence)
    shown = progress_of(goal, said) if kind == "check_in" else Shown()
    values = (
        recorded.stream_id, kind, recorded.position, recorded.recorded_at,
        recorded.source_recorded_at, recorded.actor_id, goal and goal.cycle_id,
        number(said.value), said.value_as_written, number(said.claimed), number(said.confidence), said.health,
        number(shown.ratio), shown.source, shown.missing,
        *words(said.narrative), *words(said.blockers), *words(getattr(event, "reason", None)),
        getattr(event, "corrects", None), corrected_by,
    )  # fmt: skip
    return Row(POINTS, (id,), values)


def progress_of(before: Goal | None, said: Said) -> Shown:
    """What a check-in means for a key result that stands as it did before: its value by the measure, else its claim."""
    if not isinstance(before, KeyResult):
        return Shown()
    measured = measure.Progress(None)
    if said.value is not None:
        measured = measure.progress(before.terms, (*check_in.values(before.check_ins), said.value))
    if measured.ratio is not None:
        return Shown(rounded(measured.ratio), "measured")
    if said.claimed is not None:
        return Shown(said.claimed, "claimed")
    return Shown(missing=measured.missing)


MODEL = ReadModel(
    "timelines", kinds=frozenset({"key_result", "objective"}), tables=(POINTS,), step=step, replaced=replaced
)
