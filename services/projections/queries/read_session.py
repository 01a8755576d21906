"""Every read: one transaction, one generation, one moment. `reading.at(workspace_id, asked)` opens it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from fastapi import Response
from psycopg import AsyncConnection, IsolationLevel
from psycopg_pool import AsyncConnectionPool

from contracts.problems import Unavailable
from domain.errors import Invalid, NotFound
from services.projections.engine.applied_positions import AppliedPositions
from services.projections.queries.moment import AS_OF, BOTH, NOW, Moment, RequestedMoment, instant

PATIENCE_SECONDS = 2.0

BEGIN = "SELECT * FROM northing.begin_read(%(workspace_id)s, %(code_hash)s)"
ZONE = f"SELECT timezone FROM workspaces WHERE workspace_id = %(workspace_id)s AND {NOW}"  # noqa: S608  A constant.
POSITION_AT = "SELECT northing.position_at(%(workspace_id)s, %(known_at)s)"
RECORDED_AT = """
    SELECT recorded_at FROM northing.events WHERE workspace_id = %(workspace_id)s AND position = %(position)s
"""


@dataclass(frozen=True, slots=True)
class ReadSession:
    """An open read. Its statements see one moment; what they find is sent with `answer`."""

    connection: AsyncConnection
    workspace_id: UUID
    moment: Moment
    zone: ZoneInfo
    position: int
    age_ms: int
    stale: bool

    @property
    def time_filter(self) -> str:
        """The condition that chooses the rows of this moment, for a WHERE beside `workspace_id = %(workspace_id)s`."""
        return self.moment.time_filter

    async def rows(self, sql: str, **arguments: Any) -> list[tuple[Any, ...]]:
        """Run a query. It may use %(workspace_id)s, %(t)s and %(k)s beside its own arguments."""
        own = {"workspace_id": self.workspace_id, "t": self.moment.as_of, "k": self.moment.known_position}
        cursor = await self.connection.execute(sql, own | arguments)
        return await cursor.fetchall()

    def answer(self, **fields: Any) -> Response:
        """The answer: these fields, and how far it knows."""
        return answer(
            {
                "as_of": self.moment.as_of,
                "known_at": self.moment.known_at,
                "known_position": self.moment.known_position,
                "position": self.position,
                "age_ms": self.age_ms,
            }
            | ({"stale": True} if self.stale else {})
            | fields
        )


class ReadStart(NamedTuple):
    """What northing.begin_read says: see 0002_read_side.sql."""

    generation: int | None
    head: int  # Null where there is no such workspace, which `_begin` refuses.
    position: int
    recorded_at: datetime | None
    age_ms: int
    now: datetime


@dataclass(frozen=True, slots=True)
class ReadSessions:
    """Opens reads. `pool` is one made by `pool_of`."""

    pool: AsyncConnectionPool
    applied: AppliedPositions
    code_hash: str

    @asynccontextmanager
    async def at(self, workspace_id: UUID, requested: RequestedMoment) -> AsyncIterator[ReadSession]:
        """Open a read of the workspace at the moment asked for; wait where it asks for what is not yet known here."""
        needed = await self._needed(workspace_id, requested)
        if needed:
            await self.applied.hurry_for(workspace_id, needed, PATIENCE_SECONDS)
        for waited in (False, True):
            async with self.pool.connection() as connection:
                begun = await self._begin(connection, workspace_id)
                if begun.position or waited:
                    yield await _view(connection, workspace_id, begun, requested, needed)
                    return
            needed = begun.head  # A fresh workspace: not even who may read it is known here yet.
            await self.applied.hurry_for(workspace_id, needed, PATIENCE_SECONDS)

    async def _needed(self, workspace_id: UUID, requested: RequestedMoment) -> int | None:
        """The position that has to be known before the question can be answered; None if it is already."""
        needed = max(requested.min_position or 0, requested.known_position or 0)
        if not needed and requested.known_at is None:
            return None
        async with self.pool.connection() as connection:
            begun = await self._begin(connection, workspace_id)
            if needed > begun.head:
                raise Invalid(f"position {needed} is above the workspace's last, {begun.head}")
            if requested.known_at is not None:
                zone = await _zone(connection, workspace_id)
                known_at = instant(requested.known_at, "known_at", zone=zone, now=begun.now)
                needed = max(needed, await _position_at(connection, workspace_id, known_at))
            return needed if needed > begun.position else None

    async def _begin(self, connection: AsyncConnection, workspace_id: UUID) -> ReadStart:
        cursor = await connection.execute(BEGIN, {"workspace_id": workspace_id, "code_hash": self.code_hash})
        begun = ReadStart._make(await cursor.fetchone() or ())
        if begun.generation is None:
            raise Unavailable("the read models of this program are not built yet")
        if begun.head is None:
            raise NotFound("no workspace of yours has this id")
        return begun


async def _view(
    connection: AsyncConnection, workspace_id: UUID, begun: ReadStart, requested: RequestedMoment, needed: int | None
) -> ReadSession:
    zone = await _zone(connection, workspace_id)
    now, position = begun.now, begun.position
    as_of = now if requested.as_of is None else instant(requested.as_of, "as_of", zone=zone, now=now)
    known_at, known_position = begun.recorded_at or now, position
    if requested.known_position is not None:
        known_position = min(requested.known_position, position)
        known_at = await _recorded_at(connection, workspace_id, known_position) or now
    elif requested.known_at is not None:
        known_at = instant(requested.known_at, "known_at", zone=zone, now=now)
        known_position = min(await _position_at(connection, workspace_id, known_at), position)
    if requested.as_of is None and requested.about_knowledge:
        as_of = known_at
    time_filter = BOTH if requested.about_knowledge else AS_OF if requested.as_of is not None else NOW
    return ReadSession(
        connection=connection,
        workspace_id=workspace_id,
        moment=Moment(as_of, known_at, known_position, time_filter),
        zone=zone,
        position=position,
        age_ms=begun.age_ms,
        stale=needed is not None and position < needed,
    )


async def _zone(connection: AsyncConnection, workspace_id: UUID) -> ZoneInfo:
    cursor = await connection.execute(ZONE, {"workspace_id": workspace_id})
    row = await cursor.fetchone()
    return ZoneInfo(row[0] if row else "UTC")


async def _position_at(connection: AsyncConnection, workspace_id: UUID, known_at: datetime) -> int:
    cursor = await connection.execute(POSITION_AT, {"workspace_id": workspace_id, "known_at": known_at})
    row = await cursor.fetchone()
    return int(row[0]) if row else 0


async def _recorded_at(connection: AsyncConnection, workspace_id: UUID, position: int) -> datetime | None:
    cursor = await connection.execute(RECORDED_AT, {"workspace_id": workspace_id, "position": position})
    row = await cursor.fetchone()
    return row[0] if row else None


def pool_of(database_url: str, connections: int) -> AsyncConnectionPool:
    """Connections that may only read, each transaction of one snapshot. To be opened and closed by whoever wires."""
    return AsyncConnectionPool(
        database_url,
        min_size=1,
        max_size=connections,
        open=False,
        configure=_only_read,
        kwargs={"options": "-c timezone=UTC", "prepare_threshold": 0},
    )


async def _only_read(connection: AsyncConnection) -> None:
    await connection.set_autocommit(True)
    await connection.execute("SET ROLE northing_reader")
    await connection.set_autocommit(False)
    await connection.set_isolation_level(IsolationLevel.REPEATABLE_READ)
    await connection.set_read_only(True)


def answer(body: Any) -> Response:
    return Response(msgspec.json.encode(body), media_type="application/json")
