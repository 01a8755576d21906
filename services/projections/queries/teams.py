"""Teams, listed and one by one, their people by name."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.projections.queries import paging
from services.projections.queries.names import names
from services.projections.queries.paging import PageQuery
from services.projections.queries.read_session import ReadSession

SELECT = """
    SELECT began, id, name, parent_id, lead_id, members, dissolved_at, external_id FROM teams
     WHERE workspace_id = %(workspace_id)s AND {time_filter}
"""


async def shown(session: ReadSession, rows: Sequence[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """Teams, and their people by name."""
    people = await names(session, "members", (id for row in rows for id in (row[4], *row[5])))
    return [
        {
            "id": id, "name": name, "parent_id": parent_id, "lead": people.of(lead_id),
            "members": [people.of(member_id) for member_id in members], "dissolved_at": dissolved_at,
            "external_id": external_id,
        }
        for _, id, name, parent_id, lead_id, members, dissolved_at, external_id in rows
    ]  # fmt: skip


async def listing(page: PageQuery) -> dict[str, Any]:
    rows, following = await page.rows(SELECT)
    return {"teams": await shown(page.session, rows), "next": following}


async def one(session: ReadSession, id: UUID) -> dict[str, Any]:
    (team,) = await shown(session, [await paging.one(session, SELECT, id)])
    return team
