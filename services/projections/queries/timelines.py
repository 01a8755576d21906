"""The timeline of a goal: its points, each with the pace that was expected of it then."""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from contracts.answers.timeline import Point
from domain.calendar import first_instant
from domain.errors import NotFound
from domain.goal.measure import expected_pace
from domain.goal.ratio import rounded
from services.projections.queries.alignment_tree import nodes_of
from services.projections.queries.moment import BOTH
from services.projections.queries.names import names
from services.projections.queries.read_session import ReadSession
from services.projections.queries.rows import as_promised, read
from services.projections.read_models.columns import number
from services.projections.read_models.cycles import CYCLES
from services.projections.read_models.timelines import POINTS, PointRow


class DatedPoint(PointRow[str]):
    """A point, and when it was true."""

    valid_from: datetime


class CycleDays(Struct, frozen=True):
    """The first day of a cycle, and the first day after it."""

    id: UUID
    starts_on: date
    ends_on: date


# ruff: noqa: S608  What is put in are constants.
SELECT = f"""
    SELECT {POINTS.select(DatedPoint)} FROM points
     WHERE workspace_id = %(workspace_id)s AND goal_id = %(id)s AND {{time_filter}}
     ORDER BY valid_from, position
"""
EXISTS = "SELECT FROM goals WHERE workspace_id = %(workspace_id)s AND id = %(id)s AND kind = %(kind)s AND {time_filter}"
DAYS = f"""
    SELECT {CYCLES.select(CycleDays)} FROM cycles
     WHERE workspace_id = %(workspace_id)s AND id = ANY(%(ids)s) AND starts_on IS NOT NULL AND {{time_filter}}
"""


async def timeline(session: ReadSession, id: UUID, kind: str) -> list[dict[str, object]]:
    """The points of a goal in the order in which they were true, each with the pace that was expected of it then."""
    if not await session.rows(EXISTS.format(time_filter=session.time_filter), id=id, kind=kind):
        raise NotFound(str(id))
    points = await read(session, DatedPoint, SELECT, id=id)
    people = await names(session, "members", (point.actor_id for point in points))
    found = await read(session, CycleDays, DAYS, ids=list({point.cycle_id for point in points}))
    cycles = {cycle.id: cycle for cycle in found}
    shown = [
        as_promised(
            Point,
            point,
            effective_at=point.valid_from,
            actor=people.of(point.actor_id),
            imported=point.source_recorded_at is not None,
            expected=_expected(session, cycles.get(point.cycle_id) if point.cycle_id else None, point.valid_from),
        )
        for point in points
    ]
    if kind == "objective":
        for point, answer in zip(points, shown, strict=True):
            answer |= await _rolled_up(session, id, point.valid_from)
    return shown


def _expected(session: ReadSession, cycle: CycleDays | None, moment: datetime) -> str | None:
    """The share of the cycle that had passed."""
    if cycle is None:
        return None
    start, end = (first_instant(day, session.zone) for day in (cycle.starts_on, cycle.ends_on))
    return number(rounded(expected_pace(start, end, moment)))


async def _rolled_up(session: ReadSession, id: UUID, moment: datetime) -> dict[str, object]:
    """What rolled up to an objective at this moment, as is known at the asked one."""
    then = replace(session, moment=session.moment._replace(as_of=moment, time_filter=BOTH))
    node = (await nodes_of(then, [id])).get(str(id))
    if node is None:
        return {}
    return {name: getattr(node, name) for name in ("progress", "progress_source", "progress_missing")}
