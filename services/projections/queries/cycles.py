"""Cycles, listed and one by one."""

from uuid import UUID

from contracts.answers.people import CycleShown
from services.projections.queries.page_rows import read_one, read_page
from services.projections.queries.paging import PageQuery
from services.projections.queries.read_session import ReadSession
from services.projections.queries.rows import as_promised
from services.projections.read_models.cycles import CYCLES, CycleRow

SELECT = f"""
    SELECT began, {CYCLES.select(CycleRow[UUID])} FROM cycles
     WHERE workspace_id = %(workspace_id)s AND {{time_filter}}
"""  # noqa: S608  A constant.


def shown(cycle: CycleRow[UUID]) -> dict[str, object]:
    return as_promised(CycleShown, cycle, start=cycle.starts_on, end=cycle.ends_on)


async def listing(page: PageQuery) -> dict[str, object]:
    cycles, following = await read_page(page, CycleRow[UUID], SELECT)
    return {"cycles": [shown(cycle) for cycle in cycles], "next": following}


async def one(session: ReadSession, id: UUID) -> dict[str, object]:
    return shown(await read_one(session, CycleRow[UUID], SELECT, id))
