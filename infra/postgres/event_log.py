"""The event log over psycopg: what the command loop reads and appends, on one connection of its own."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Self
from uuid import UUID

import psycopg
from psycopg import AsyncConnection

from domain.history import Fact, History
from domain.registry import EVOLVE
from infra.postgres.person_keys import PersonKeys
from services.command.loop.append import APPEND, AppendBatch, AppendResult, append_result, parameters
from services.command.loop.context import LoadedStream, StreamKey
from services.eventlog import codec
from services.eventlog.codec import Row
from services.eventlog.recorded_event import COLUMN_INDEX, COLUMNS

# Not by workspace too, or the plan might take the workspace's index: `load` leaves out a stream of another one.
LOAD = f"""
SELECT {COLUMNS} FROM northing.events WHERE stream_id = ANY (%b::uuid[]) ORDER BY stream_id, stream_version
"""  # noqa: S608  COLUMNS is a constant.

LOAD_CHILDREN = """
SELECT c.workspace_id, c.parent_id, c.child_id
  FROM unnest(%b::uuid[], %b::uuid[]) AS p (workspace_id, parent_id)
  JOIN northing.children c USING (workspace_id, parent_id)
"""

RECORDED = "SELECT event_id FROM northing.events WHERE workspace_id = %b AND event_id = ANY (%b::uuid[])"

STREAM_OF = "SELECT stream_id FROM northing.events WHERE workspace_id = %b AND event_id = %b"

POSITION = "SELECT position FROM northing.heads WHERE workspace_id = %b"

# An event line is a command by itself, of the same id.
HELD = """
SELECT count(*), count(*) FILTER (WHERE e.command_id IS DISTINCT FROM e.event_id)
  FROM northing.events e
 WHERE e.workspace_id = %b AND e.command_id IS DISTINCT FROM
       (SELECT o.command_id FROM northing.events o WHERE o.workspace_id = %b AND o.position = 1)
"""

ELSEWHERE = "SELECT DISTINCT stream_id FROM northing.events WHERE stream_id = ANY (%b::uuid[]) AND workspace_id <> %b"

# Plans are made once a connection, often while the tables are empty, and kept: every statement here finds few rows by
# an index, whatever the tables look like at that moment.
OPTIONS = " ".join(f"-c enable_{way}=off" for way in ("seqscan", "bitmapscan", "hashjoin", "mergejoin"))

# Another session may hold the heads. An operator's own limit stands.
LIMIT_LOCK_WAIT = "SELECT set_config('lock_timeout', '10s', false) WHERE current_setting('lock_timeout') = '0'"

RECONNECT_SECONDS = 5.0  # How long a batch waits for the database to come back before it is answered 503.

WORKSPACE, STREAM = COLUMN_INDEX["workspace_id"], COLUMN_INDEX["stream_id"]


class EventLog:
    """Loads and appends as northing_writer. `open` it before use."""

    def __init__(self, database_url: str, keys: PersonKeys) -> None:
        self.database_url = database_url
        self.person_keys = keys
        self.connection: AsyncConnection[Row] | None = None

    async def open(self) -> Self:
        self.connection = await AsyncConnection.connect(
            self.database_url,
            autocommit=True,
            prepare_threshold=0,
            application_name="northing-commands",
            options=OPTIONS,
        )
        await self.connection.execute("SET ROLE northing_writer")
        await self.connection.execute(LIMIT_LOCK_WAIT)
        return self

    async def close(self) -> None:
        if self.connection is not None:
            await self.connection.close()

    async def reconnect(self) -> None:
        """Open a fresh connection, waiting RECONNECT_SECONDS for the database. Raises what the last attempt raised."""
        await self.close()
        deadline = asyncio.get_running_loop().time() + RECONNECT_SECONDS
        pause = 0.05
        while True:
            try:
                await self.open()
                return
            except psycopg.OperationalError:
                if asyncio.get_running_loop().time() > deadline:
                    raise
                await asyncio.sleep(pause)
                pause = min(pause * 2, 0.5)

    async def load(self, keys: Sequence[StreamKey]) -> dict[StreamKey, LoadedStream]:
        """The streams that are there."""
        wanted = set(keys)
        rows = await self._rows(LOAD, [stream_id for _, stream_id in keys])
        wanted_rows = [row for row in rows if (row[WORKSPACE], row[STREAM]) in wanted]
        facts: dict[StreamKey, list[Fact[Any]]] = defaultdict(list)
        kinds: dict[StreamKey, str] = {}
        for record in await codec.decode_async(wanted_rows, self.person_keys.find):
            key = record.workspace_id, record.stream_id
            kinds[key] = record.stream_kind
            facts[key].append(Fact(record.event, record.at))
        return {key: LoadedStream(kinds[key], History.of(EVOLVE[kinds[key]], known)) for key, known in facts.items()}

    async def load_children(self, keys: Sequence[StreamKey]) -> dict[StreamKey, frozenset[UUID]]:
        """The goals under each parent; a parent without any is left out."""
        rows = await self._rows(
            LOAD_CHILDREN, [workspace_id for workspace_id, _ in keys], [parent_id for _, parent_id in keys]
        )
        children: dict[StreamKey, set[UUID]] = defaultdict(set)
        for workspace_id, parent_id, child_id in rows:
            children[workspace_id, parent_id].add(child_id)
        return {key: frozenset(found) for key, found in children.items()}

    async def stream_of(self, workspace_id: UUID, event_id: UUID) -> UUID | None:
        """The stream that holds this event. An event never moves."""
        rows = await self._rows(STREAM_OF, workspace_id, event_id)
        return rows[0][0] if rows else None

    async def append(self, batch: AppendBatch) -> AppendResult:
        """One batch, one round trip, one transaction."""
        [row] = await self._rows(APPEND, *parameters(batch))
        return append_result(row)

    async def recorded(self, workspace_id: UUID, event_ids: Sequence[UUID]) -> set[UUID]:
        """Those of these events that the workspace holds."""
        return {found for (found,) in await self._rows(RECORDED, workspace_id, [*event_ids])}

    async def position(self, workspace_id: UUID) -> int:
        """The position of the event that the workspace recorded last; 0 where it has none."""
        rows = await self._rows(POSITION, workspace_id)
        return rows[0][0] if rows else 0

    async def held(self, workspace_id: UUID) -> tuple[int, int]:
        """How many events the workspace holds beside its own opening; and how many of these no event line brought."""
        rows = await self._rows(HELD, workspace_id, workspace_id)
        return rows[0][0], rows[0][1]

    async def elsewhere(self, workspace_id: UUID, stream_ids: Sequence[UUID]) -> set[UUID]:
        """Those of these streams that another workspace of the database holds."""
        return {found for (found,) in await self._rows(ELSEWHERE, [*stream_ids], workspace_id)}

    async def keys(self, subjects: set[codec.Subject]) -> codec.Keys:
        """Each person's key, made where there is none yet."""
        return await self.person_keys.make(subjects)

    async def _rows(self, statement: str, *arguments: Any) -> list[Row]:
        if self.connection is None or self.connection.closed:
            raise psycopg.OperationalError("not connected")
        async with self.connection.cursor(binary=True) as cursor:
            await cursor.execute(statement, arguments)
            return await cursor.fetchall()
