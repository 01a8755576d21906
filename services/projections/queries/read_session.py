"""Every read: one transaction, one generation, one moment. `sessions.at(workspace_id, requested)` opens it.

The transaction is in the read database, and sees nothing else. What an answer needs of the log (how far the workspace
is, when a position was recorded) the log's reader says, while the transaction is being opened.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from fastapi import Response
from psycopg import AsyncClientCursor, AsyncConnection
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool

from contracts.problems import Unavailable
from domain.errors import Invalid, NotFound
from services.projections.engine.applied_positions import AppliedPositions
from services.projections.queries.log_reader import LogHead, LogReader, as_reader, while_asking
from services.projections.queries.moment import AS_OF, BOTH, NOW, Moment, RequestedMoment, instant

READ_WAIT_TIMEOUT_SECONDS = 2.0  # A reader waits so long for a position, and is then answered with what is known.
NO_WORKSPACE = UUID(int=0)

ReadPool = AsyncConnectionPool[AsyncConnection[TupleRow]]

# Both in one round trip, so the driver binds the arguments itself: a statement that the server binds stands alone.
BEGIN = "BEGIN; SELECT generation, coalesce(position, 0), recorded_at, timezone FROM northing.begin_read(%s, %s)"
SNAPSHOT = r"-c default_transaction_isolation=repeatable\ read -c default_transaction_read_only=on"
APPLIED = "SELECT workspace_id, position FROM applied WHERE workspace_id = ANY (%(ids)s)"


@dataclass(frozen=True, slots=True)
class ReadSession:
    """An open read. Its statements see one moment; what they find is sent with `answer`."""

    connection: AsyncConnection[TupleRow]
    log: LogReader
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

    async def stream_version(self, stream_id: UUID) -> int | None:
        """The version of a stream of this workspace, as known at the moment. It does not wait for `rows`."""
        return await self.log.stream_version(stream_id, self.moment.known_position)

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


class Standing(NamedTuple):
    """How far the rows of a workspace are in the open transaction; position 0 where nothing is applied yet."""

    generation: int
    position: int
    recorded_at: datetime | None
    timezone: str | None


class Opened(NamedTuple):
    """What is known once the transaction is open: the rows, the log, and what the question's moment comes to."""

    standing: Standing
    head: LogHead
    zone: ZoneInfo
    now: datetime
    known_at: datetime | None  # As asked for by time.
    known_at_position: int  # The position of that time.
    needed: int  # The position that has to be applied before the question can be answered.


@dataclass(frozen=True, slots=True)
class ReadSessions:
    """Opens reads. `pool` is one made by `pool_of` on the read database."""

    pool: ReadPool
    log: LogReader
    applied: AppliedPositions
    code_hash: str

    @asynccontextmanager
    async def at(self, workspace_id: UUID, requested: RequestedMoment) -> AsyncIterator[ReadSession]:
        """Open a read of the workspace at the moment asked for; wait where it asks for what is not yet known here."""
        needed = 0
        for waited in (False, True):
            async with self.pool.connection() as connection:
                opened = await self._open(connection, workspace_id, requested)
                needed = max(needed, opened.needed)
                if waited or opened.standing.position >= needed:
                    yield await self._session(connection, workspace_id, opened, requested, needed)
                    return
            # Meanwhile no transaction is open.
            await self.applied.wait_for(workspace_id, needed, READ_WAIT_TIMEOUT_SECONDS, urgent=True)

    async def begin(self, connection: AsyncConnection[TupleRow], workspace_id: UUID = NO_WORKSPACE) -> Standing:
        """Begin the transaction, whose statements see the live generation. Raises Unavailable where there is none."""
        async with AsyncClientCursor(connection) as cursor:
            await cursor.execute(BEGIN, (workspace_id, self.code_hash))
            cursor.nextset()
            begun = await cursor.fetchone()
        if begun is None or begun[0] is None:
            raise Unavailable("the read models of this program are not built yet")
        return Standing._make(begun)

    async def look_up_applied(self, pool: ReadPool, workspace_ids: Sequence[UUID]) -> dict[UUID, int]:
        """The applied positions of these workspaces, as the read database holds them now; on a connection of `pool`."""
        async with pool.connection() as connection:
            await self.begin(connection)
            return dict(await (await connection.execute(APPLIED, {"ids": list(workspace_ids)})).fetchall())

    async def _open(
        self, connection: AsyncConnection[TupleRow], workspace_id: UUID, requested: RequestedMoment
    ) -> Opened:
        """Begin the read and ask the log at the same time. Raises NotFound, Invalid and Unavailable."""
        standing, head = await while_asking(self.log.head(workspace_id), self.begin(connection, workspace_id))
        if head is None:
            raise NotFound("no workspace of yours has this id")
        zone = ZoneInfo(standing.timezone or "UTC")
        now = max(head.now, standing.recorded_at or head.now)
        needed = max(requested.min_position or 0, requested.known_position or 0)
        if needed > max(head.position, standing.position):
            raise Invalid(f"position {needed} is above the workspace's last, {head.position}")
        known_at: datetime | None = None
        known_at_position = 0
        if requested.known_at is not None:
            known_at = instant(requested.known_at, "known_at", zone=zone, now=now)
            known_at_position = await self.log.position_at(workspace_id, known_at)
        if not standing.position:  # A fresh workspace: not even its members are known here yet.
            needed = head.position
        return Opened(standing, head, zone, now, known_at, known_at_position, max(needed, known_at_position))

    async def _session(
        self,
        connection: AsyncConnection[TupleRow],
        workspace_id: UUID,
        opened: Opened,
        requested: RequestedMoment,
        needed: int,
    ) -> ReadSession:
        standing, now = opened.standing, opened.now
        position = standing.position
        as_of = now if requested.as_of is None else instant(requested.as_of, "as_of", zone=opened.zone, now=now)
        known_at, known_position = standing.recorded_at or now, position
        if requested.known_position is not None:
            known_position = min(requested.known_position, position)
            if known_position < position:
                known_at = await self.log.recorded_at(workspace_id, known_position) or now
        elif opened.known_at is not None:
            known_at, known_position = opened.known_at, min(opened.known_at_position, position)
        if requested.as_of is None and requested.about_knowledge:
            as_of = known_at
        time_filter = BOTH if requested.about_knowledge else AS_OF if requested.as_of is not None else NOW
        return ReadSession(
            connection=connection,
            log=self.log,
            workspace_id=workspace_id,
            moment=Moment(as_of, known_at, known_position, time_filter),
            zone=opened.zone,
            position=position,
            age_ms=await self._age_ms(workspace_id, position, opened),
            stale=position < needed,
        )

    async def _age_ms(self, workspace_id: UUID, position: int, opened: Opened) -> int:
        """For how long the first event has been in the log that is not in the rows; 0 where they hold all."""
        if position >= opened.head.position:
            return 0
        first = await self.log.recorded_at(workspace_id, position + 1)
        return 0 if first is None else max(1, round((opened.now - first).total_seconds() * 1000))


def pool_of(database_url: str, connections: int, *, kept: int = 1) -> ReadPool:
    """Connections that may only read, each transaction of one snapshot; `ReadSessions.begin` begins it. The caller
    opens and closes the pool, which keeps so many connections open while nothing is asked.
    """
    return AsyncConnectionPool(
        database_url,
        min_size=kept,
        max_size=connections,
        open=False,
        configure=as_reader,
        kwargs={"autocommit": True, "options": f"-c timezone=UTC {SNAPSHOT}", "prepare_threshold": 0},
    )


def answer(body: Any) -> Response:
    return Response(msgspec.json.encode(body), media_type="application/json")
