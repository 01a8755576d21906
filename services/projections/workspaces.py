"""The workspaces: names, time zones and settings, as they were at any moment."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from contracts.caller import Caller, in_workspace, require_live
from contracts.problems import Unavailable
from domain.workspace import Workspace
from services.projections import pages
from services.projections.columns import listed, listed_table, number
from services.projections.model import ReadModel, Row, Step
from services.projections.moment import NOW
from services.projections.reading import Reading, View

NOWHERE = UUID(int=0)

WORKSPACES = listed_table(
    "workspaces",
    {"name": "text", "timezone": "text", "week_start": "integer", "check_in_every": "text", "bands": "text[]"},
)

# --- facts -> rows ------------------------------------------------------------------------------------------------


def row(workspace: Workspace) -> tuple[Any, ...]:
    bands = [number(start) for start in workspace.bands]
    return workspace.name, workspace.timezone, workspace.week_start, workspace.check_in_every, bands


def step(began: int | None, step: Step) -> tuple[int, Sequence[Row]]:
    return listed(WORKSPACES, row, began, step)


MODEL = ReadModel("workspaces", kinds=frozenset({"workspace"}), tables=(WORKSPACES,), step=step)

# --- questions ----------------------------------------------------------------------------------------------------

SELECT = """
    SELECT began, id, name, timezone, week_start, check_in_every, bands FROM workspaces
     WHERE workspace_id = %(workspace_id)s AND {holds}
"""
PIN = "SELECT generation FROM northing.begin_read(%(nowhere)s, %(code_hash)s)"
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


async def settings(view: View) -> dict[str, Any]:
    row = await pages.one(view, SELECT, view.workspace_id)
    return dict(zip(("id", "name", "timezone", "week_start", "check_in_every", "bands"), row[1:], strict=True))


async def visible(reading: Reading, asks: Caller | None, *, after: UUID, limit: int) -> dict[str, Any]:
    """The workspaces in which the caller may read: with a token its own one, in dev mode each that has this member."""
    async with reading.pool.connection() as connection:
        await _pin(connection, reading.code_hash)
        found = await (
            await connection.execute(CANDIDATES, {"only": asks and asks.workspace_id, "after": after})
        ).fetchall()
        members = {row[0]: in_workspace(asks, row[0]).member_id for row in found}
        asked = {"ids": list(members), "members": list(members.values()), "token_id": asks and asks.token_id}
        memberships = await (await connection.execute(MEMBERSHIPS, asked)).fetchall()
    open_to = {id for id, suspended, digest in memberships if _opens(asks, suspended, digest)}
    shown = [dict(zip(("id", "name", "timezone"), row, strict=True)) for row in found if row[0] in open_to]
    return {"workspaces": shown[:limit], "next": str(shown[limit - 1]["id"]) if len(shown) > limit else None}


async def _pin(connection: AsyncConnection, code_hash: str) -> None:
    """Let the statements of this transaction see the live generation, of no workspace in particular."""
    pinned = await (await connection.execute(PIN, {"nowhere": NOWHERE, "code_hash": code_hash})).fetchone()
    if pinned is None or pinned[0] is None:
        raise Unavailable("the read models are being built")


def _opens(asks: Caller | None, suspended: bool, digest: str | None) -> bool:
    if asks is not None and asks.token_id is not None:
        require_live(asks, {asks.token_id: digest or ""})
    return not suspended
