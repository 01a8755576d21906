"""Timelines: what was said of a goal, check-in by check-in. Each stays a point, also one that was corrected."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from domain import check_in
from domain.calendar import first_instant
from domain.check_in import (
    CheckedIn,
    CheckInCorrected,
    ConfidenceUpdated,
    ObjectiveCheckedIn,
    ObjectiveCheckInCorrected,
    Said,
)
from domain.errors import NotFound
from domain.grade import rounded
from domain.key_result import KeyResult
from domain.key_result_life import Shown, shown
from domain.measure import expected_pace
from services.projections.columns import number, words
from services.projections.model import ReadModel, Row, Step, Table
from services.projections.moment import BOTH
from services.projections.names import names
from services.projections.reading import View
from services.projections.tree import some

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


def step(carry: None, step: Step) -> tuple[None, Sequence[Row]]:
    match step.recorded.event:
        case CheckedIn() | CheckInCorrected() | ObjectiveCheckedIn() | ObjectiveCheckInCorrected() as event:
            goal = step.after
            progress = shown(goal.terms, goal.check_ins) if isinstance(goal, KeyResult) else NO_PROGRESS
            return carry, [_point("check_in", event.check_in_id, event, step, progress)]
        case ConfidenceUpdated() as event:
            said = Said(confidence=event.confidence)
            return carry, [_point("confidence", step.recorded.event_id, said, step, NO_PROGRESS)]
    return carry, ()


def replaced(_carry: None, step: Step, replaced_by: UUID) -> Sequence[Row]:
    """A check-in that was corrected: what it would have meant at its place, and what stands for it."""
    recorded, goal = step.recorded, step.before
    progress = NO_PROGRESS
    if isinstance(goal, KeyResult):
        progress = shown(goal.terms, check_in.recorded(goal.check_ins, recorded.event, recorded.at))
    return [_point("check_in", recorded.event.check_in_id, recorded.event, step, progress, corrected_by=replaced_by)]


def _point(kind: str, id: UUID, said: Said, step: Step, progress: Shown, corrected_by: UUID | None = None) -> Row:
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


NO_PROGRESS = Shown(None)

MODEL = ReadModel(
    "timelines", kinds=frozenset({"key_result", "objective"}), tables=(POINTS,), step=step, replaced=replaced
)

# --- questions ----------------------------------------------------------------------------------------------------

SELECT = """
    SELECT id, kind, valid_from, recorded_at, source_recorded_at, position, actor_id, cycle_id,
           value, value_as_written, claimed, progress, progress_source, progress_missing, confidence, health,
           narrative, blockers, reason, corrects, corrected_by
      FROM points WHERE workspace_id = %(workspace_id)s AND goal_id = %(id)s AND {holds}
     ORDER BY valid_from, position
"""
EXISTS = "SELECT FROM goals WHERE workspace_id = %(workspace_id)s AND id = %(id)s AND kind = %(kind)s AND {holds}"
DAYS = """
    SELECT id, starts_on, ends_on FROM cycles
     WHERE workspace_id = %(workspace_id)s AND id = ANY(%(ids)s) AND starts_on IS NOT NULL AND {holds}
"""


COLUMNS = (
    "id", "kind", "effective_at", "recorded_at", "source_recorded_at", "position", "actor", "cycle",
    "value", "value_as_written", "claimed", "progress", "progress_source", "progress_missing", "confidence", "health",
    "narrative", "blockers", "reason", "corrects", "corrected_by",
)  # fmt: skip


async def timeline(view: View, id: UUID, kind: str) -> list[dict[str, Any]]:
    """The points of a goal in the order in which they were true, each with the pace that was expected of it then."""
    if not await view.rows(EXISTS.format(holds=view.holds), id=id, kind=kind):
        raise NotFound(str(id))
    rows = await view.rows(SELECT.format(holds=view.holds), id=id)
    points = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    people = await names(view, "members", (point["actor"] for point in points))
    days = await view.rows(DAYS.format(holds=view.holds), ids=list({point["cycle"] for point in points}))
    periods = {id: (first_instant(start, view.zone), first_instant(end, view.zone)) for id, start, end in days}
    for point in points:
        point["actor"] = people.of(point["actor"])
        point["imported"] = point["source_recorded_at"] is not None
        period = periods.get(point.pop("cycle"))
        point["expected"] = period and number(rounded(expected_pace(*period, point["effective_at"])))
    if kind == "objective":
        await _roll_up(view, id, points)
    return points


async def _roll_up(view: View, id: UUID, points: list[dict[str, Any]]) -> None:
    """Give each point of an objective what rolled up to it at the point's moment, as is known at the asked one."""
    for point in points:
        then = replace(view, moment=view.moment._replace(as_of=point["effective_at"], holds=BOTH))
        node = (await some(then, [id])).get(str(id))
        if node is not None:
            point["progress"], point["progress_source"] = node.progress, node.progress_source
            point["progress_missing"] = node.progress_missing
