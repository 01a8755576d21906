"""What answers need of the log itself, which may be in another database than the read models."""

import asyncio
from collections.abc import Awaitable, Coroutine
from datetime import datetime
from typing import Any, LiteralString, NamedTuple, TypeVar
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool

from services.eventlog.recorded_event import COLUMNS

Read = TypeVar("Read")
Asked = TypeVar("Asked")

POOL_CONNECTIONS = 4  # Of a process. Each question is one statement that finds its few rows by an index.

HEAD = "SELECT position, clock_timestamp() FROM northing.heads WHERE workspace_id = %s"
RECORDED_AT = "SELECT recorded_at FROM northing.events WHERE workspace_id = %s AND position = %s"
POSITION_AT = "SELECT northing.position_at(%s, %s)"
# Without the workspace, or the plan might take the workspace's index: a stream lives in one workspace only.
STREAM_VERSION = "SELECT max(stream_version) FROM northing.events WHERE stream_id = %s AND position <= %s"
EVENTS = f"""
    SELECT {COLUMNS} FROM northing.events
     WHERE workspace_id = %s AND position > %s AND position <= %s ORDER BY position LIMIT %s
"""  # noqa: S608  COLUMNS is a constant.


class LogHead(NamedTuple):
    """The last position of a workspace, and the time of the log's own clock, by which `recorded_at` is given."""

    position: int
    now: datetime


class LogReader:
    """Asks the log's database as northing_reader. `pool` is one made by `log_pool`."""

    def __init__(self, pool: AsyncConnectionPool[AsyncConnection[TupleRow]]) -> None:
        self._pool = pool

    async def head(self, workspace_id: UUID) -> LogHead | None:
        """How far the workspace is; None where there is no such workspace."""
        row = await self._row(HEAD, workspace_id)
        return LogHead._make(row) if row else None

    async def recorded_at(self, workspace_id: UUID, position: int) -> datetime | None:
        """When the event at this position was recorded; None where there is none."""
        row = await self._row(RECORDED_AT, workspace_id, position)
        return row[0] if row else None

    async def position_at(self, workspace_id: UUID, moment: datetime) -> int:
        """The last position of the workspace that was recorded at this moment or before; 0 for none."""
        row = await self._row(POSITION_AT, workspace_id, moment)
        return row[0] if row else 0

    async def stream_version(self, stream_id: UUID, position: int) -> int | None:
        """The version of a stream as known at this position of its workspace; None where it had not begun."""
        row = await self._row(STREAM_VERSION, stream_id, position)
        return row[0] if row else None

    async def events(self, workspace_id: UUID, *, after: int, last: int, limit: int) -> list[TupleRow]:
        """The events after one position up to another, in order, as rows that `codec.decode_async` takes."""
        async with self._pool.connection() as connection:
            return await (await connection.execute(EVENTS, (workspace_id, after, last, limit))).fetchall()

    async def _row(self, statement: LiteralString, *arguments: Any) -> TupleRow | None:
        connection = await self._pool.getconn()  # Without `connection()`, which would end a transaction: there is none.
        try:
            return await (await connection.execute(statement, arguments)).fetchone()
        finally:
            await self._pool.putconn(connection)


async def while_asking(asked: Coroutine[Any, Any, Asked], read: Awaitable[Read]) -> tuple[Read, Asked]:
    """What a read finds, and what the log says meanwhile. Where the read fails, the log's answer is not waited for."""
    asking = asyncio.create_task(asked)
    try:
        return await read, await asking
    finally:
        asking.cancel()


def log_pool(database_url: str) -> AsyncConnectionPool[AsyncConnection[TupleRow]]:
    """Connections to the log's database that may only read. The caller opens and closes the pool."""
    return AsyncConnectionPool(
        database_url,
        min_size=1,
        max_size=POOL_CONNECTIONS,
        open=False,
        configure=as_reader,
        kwargs={
            "autocommit": True,
            "options": "-c timezone=UTC -c default_transaction_read_only=on",
            "prepare_threshold": 0,
        },
    )


async def as_reader(connection: AsyncConnection[TupleRow]) -> None:
    """Let a connection that commits by itself work as northing_reader, from its first statement on."""
    await connection.execute("SET ROLE northing_reader")
