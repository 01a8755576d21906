"""The settings of a workspace, and the workspaces that a caller may read."""

from typing import Any
from uuid import UUID

from services.access.credentials import Caller, in_workspace, require_live
from services.projections.queries import paging
from services.projections.queries.moment import NOW
from services.projections.queries.read_session import ReadSession, ReadSessions

NOWHERE = UUID(int=0)

SELECT = """
    SELECT began, id, name, timezone, week_start, check_in_every, bands FROM workspaces
     WHERE workspace_id = %(workspace_id)s AND {time_filter}
"""


CANDIDATES = f"""
    SELECT id, name, timezone FROM workspaces
     WHERE {NOW} AND (%(only)s::uuid IS NULL OR id = %(only)s) AND id > %(after)s ORDER BY id
"""  # noqa: S608  NOW is a constant.


MEMBERSHIPS = f"""
    SELECT workspace_id, suspended,
           (SELECT digest FROM tokens t WHERE t.workspace_id = m.workspace_id AND t.id = %(token_id)s
                                          AND t.member_id = m.id AND {NOW})
      FROM members m
      JOIN unnest(%(ids)s::uuid[], %(members)s::uuid[]) AS asked (workspace_id, id) USING (workspace_id, id)
     WHERE {NOW}
"""  # noqa: S608


async def settings(session: ReadSession) -> dict[str, Any]:
    row = await paging.one(session, SELECT, session.workspace_id)
    return dict(zip(("id", "name", "timezone", "week_start", "check_in_every", "bands"), row[1:], strict=True))


async def visible(sessions: ReadSessions, asks: Caller | None, *, after: UUID, limit: int) -> dict[str, Any]:
    """The workspaces in which the caller may read: with a token its own one, in dev mode each that has this member."""
    async with sessions.pool.connection() as connection:
        await sessions.begin(connection)
        found = await (
            await connection.execute(CANDIDATES, {"only": asks and asks.workspace_id, "after": after})
        ).fetchall()
        members = {row[0]: in_workspace(asks, row[0]).member_id for row in found}
        asked = {"ids": list(members), "members": list(members.values()), "token_id": asks and asks.token_id}
        memberships = await (await connection.execute(MEMBERSHIPS, asked)).fetchall()
    open_to = {id for id, suspended, digest in memberships if _opens(asks, suspended, digest)}
    shown = [dict(zip(("id", "name", "timezone"), row, strict=True)) for row in found if row[0] in open_to]
    return {"workspaces": shown[:limit], "next": str(shown[limit - 1]["id"]) if len(shown) > limit else None}


def _opens(asks: Caller | None, suspended: bool, digest: str | None) -> bool:
    if asks is not None and asks.token_id is not None:
        require_live(asks, {asks.token_id: digest or ""})
    return not suspended
