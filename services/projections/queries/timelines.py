"""The timeline of a goal: its points, each with the pace that was expected of it then."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from domain.calendar import first_instant
from domain.errors import NotFound
from domain.goal.grade import rounded
from domain.goal.measure import expected_pace
from services.projections.queries.alignment_tree import nodes_of
from services.projections.queries.moment import BOTH
from services.projections.queries.names import names
from services.projections.queries.read_session import ReadSession
from services.projections.read_models.columns import number

SELECT = """
    SELECT id, kind, valid_from, recorded_at, source_recorded_at, position, actor_id, cycle_id,
           value, value_as_written, claimed, progress, progress_source, progress_missing, confidence, health,
           narrative, blockers, reason, corrects, corrected_by
      FROM points WHERE workspace_id = %(workspace_id)s AND goal_id = %(id)s AND {time_filter}
     ORDER BY valid_from, position
"""


EXISTS = "SELECT FROM goals WHERE workspace_id = %(workspace_id)s AND id = %(id)s AND kind = %(kind)s AND {time_filter}"


DAYS = """
    SELECT id, starts_on, ends_on FROM cycles
     WHERE workspace_id = %(workspace_id)s AND id = ANY(%(ids)s) AND starts_on IS NOT NULL AND {time_filter}
"""


COLUMNS = (
    "id", "kind", "effective_at", "recorded_at", "source_recorded_at", "position", "actor", "cycle",
    "value", "value_as_written", "claimed", "progress", "progress_source", "progress_missing", "confidence", "health",
    "narrative", "blockers", "reason", "corrects", "corrected_by",
)  # fmt: skip


async def timeline(session: ReadSession, id: UUID, kind: str) -> list[dict[str, Any]]:
    """The points of a goal in the order in which they were true, each with the pace that was expected of it then."""
    if not await session.rows(EXISTS.format(time_filter=session.time_filter), id=id, kind=kind):
        raise NotFound(str(id))
    rows = await session.rows(SELECT.format(time_filter=session.time_filter), id=id)
    points = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    people = await names(session, "members", (point["actor"] for point in points))
    days = await session.rows(
        DAYS.format(time_filter=session.time_filter), ids=list({point["cycle"] for point in points})
    )
    periods = {id: (first_instant(start, session.zone), first_instant(end, session.zone)) for id, start, end in days}
    for point in points:
        point["actor"] = people.of(point["actor"])
        point["imported"] = point["source_recorded_at"] is not None
        period = periods.get(point.pop("cycle"))
        point["expected"] = period and number(rounded(expected_pace(*period, point["effective_at"])))
    if kind == "objective":
        await _roll_up(session, id, points)
    return points


async def _roll_up(session: ReadSession, id: UUID, points: list[dict[str, Any]]) -> None:
    """Give each point of an objective what rolled up to it at the point's moment, as is known at the asked one."""
    for point in points:
        then = replace(session, moment=session.moment._replace(as_of=point["effective_at"], time_filter=BOTH))
        node = (await nodes_of(then, [id])).get(str(id))
        if node is not None:
            point["progress"], point["progress_source"] = node.progress, node.progress_source
            point["progress_missing"] = node.progress_missing
