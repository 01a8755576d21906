"""Members, listed and one by one."""

from typing import Any
from uuid import UUID

from services.projections.queries import paging
from services.projections.queries.paging import PageQuery
from services.projections.queries.read_session import ReadSession

SELECT = """
    SELECT began, id, name, role, address, handle, placeholder, suspended, external_id FROM members
     WHERE workspace_id = %(workspace_id)s AND {time_filter}
"""


def shown(row: tuple[Any, ...]) -> dict[str, Any]:
    names = ("id", "name", "role", "address", "handle", "placeholder", "suspended", "external_id")
    return dict(zip(names, row[1:], strict=True))


async def listing(page: PageQuery) -> dict[str, Any]:
    rows, following = await page.rows(SELECT)
    return {"members": [shown(row) for row in rows], "next": following}


async def one(session: ReadSession, id: UUID) -> dict[str, Any]:
    return shown(await paging.one(session, SELECT, id))
