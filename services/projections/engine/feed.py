"""Where the runner reads events from: the interface, and its implementation by the log's own database."""

from collections.abc import Mapping
from contextlib import closing, suppress
from typing import Any, LiteralString, NamedTuple, Protocol
from uuid import UUID

import psycopg
from psycopg import Connection

from services.eventlog.recorded_event import COLUMNS

FedRow = tuple[Any, ...]  # The values of FED_COLUMNS; `services.eventlog.codec.decode` makes events of them.

# Where they stand in FED_COLUMNS.
LOG_POSITION, WORKSPACE, POSITION, STREAM, VERSION, KIND, TOPIC, RECORDED_AT = 0, 1, 2, 3, 4, 5, 6, 15

# No read model shows which command an event came from: half of the ids are not fetched, and not kept.
FED_COLUMNS = COLUMNS.replace("command_id, correlation_id, causation_id", "NULL::uuid, NULL::uuid, NULL::uuid")


class FeedLag(NamedTuple):
    """How far a reader is behind: in events, and in seconds since the first event that it has not read."""

    events: int
    seconds: float


class Feed(Protocol):
    """What a runner reads, on one thread; `wake` alone may be called from another.

    A second implementation must give the events of the log in the order of each workspace's positions. It may give
    one twice, and may leave some out: the runner skips what it has, and asks `between` for what is missing. The log
    position is where a reader goes on; it rises with each row of `following`. What `between` and `streams` give was
    recorded before, so an implementation on a transport may read it from the log's database. Errors are raised: the
    supervisor then closes the feed and opens another.
    """

    def following(self, after: int, limit: int) -> list[FedRow]:
        """The next events after this log position, `limit` at most; empty at the end."""

    def between(self, workspace_id: UUID, after: int, before: int) -> list[FedRow]:
        """The events of a workspace between two of its positions, both exclusive, in order and without a gap."""

    def streams(self, last: Mapping[UUID, int]) -> list[FedRow]:
        """The events of these streams, each up to this position of its workspace, in the order of positions."""

    def lag(self, after: int) -> FeedLag:
        """How far a reader is behind that has read up to this log position. Negative events: the log ends before."""

    def wait(self, timeout_seconds: float) -> None:
        """Return when there may be news, at the latest after this time."""

    def wake(self) -> None:
        """Let a `wait` of this or another feed of the same log return. From any thread; a hint that may be lost."""

    def close(self) -> None: ...


CHANNEL = "northing_events"  # The append function notifies it. A hint only.

# ruff: noqa: S608  FED_COLUMNS is a constant.
FOLLOWING = f"SELECT {FED_COLUMNS} FROM northing.events WHERE log_position > %s ORDER BY log_position LIMIT %s"
BETWEEN = f"""
    SELECT {FED_COLUMNS} FROM northing.events
     WHERE workspace_id = %s AND position > %s AND position < %s ORDER BY position
"""
STREAMS = f"""
    SELECT {FED_COLUMNS} FROM northing.events
      JOIN unnest(%b::uuid[], %b::bigint[]) AS stream (id, last) ON stream_id = stream.id
     WHERE position <= stream.last ORDER BY position
"""
LAG = """
    SELECT h.position - %(after)s::bigint, coalesce(extract(epoch FROM clock_timestamp() - e.recorded_at), 0)::float
      FROM northing.heads h LEFT JOIN northing.events e ON e.log_position = %(after)s::bigint + 1
     WHERE h.workspace_id = '00000000-0000-0000-0000-000000000000'
"""


class LogFeed:
    """The feed of the log itself, read as northing_reader on a connection of its own. Close it after use."""

    def __init__(self, database_url: str) -> None:
        self._database_url = database_url
        self._connection: Connection[FedRow] = psycopg.connect(
            database_url,
            autocommit=True,
            options="-c timezone=UTC",
            prepare_threshold=1,
            application_name="northing-feed",
        )
        self._connection.execute("SET ROLE northing_reader")
        self._connection.execute(f"LISTEN {CHANNEL}")

    def following(self, after: int, limit: int) -> list[FedRow]:
        return self._rows(FOLLOWING, [after, limit])

    def between(self, workspace_id: UUID, after: int, before: int) -> list[FedRow]:
        return self._rows(BETWEEN, [workspace_id, after, before])

    def streams(self, last: Mapping[UUID, int]) -> list[FedRow]:
        return self._rows(STREAMS, [list(last), list(last.values())])

    def lag(self, after: int) -> FeedLag:
        row = self._connection.execute(LAG, {"after": after}).fetchone()
        return FeedLag(row[0], max(row[1], 0.0)) if row else FeedLag(0, 0.0)

    def wait(self, timeout_seconds: float) -> None:
        """What was appended since the last read has its notification waiting here already."""
        for _ in self._connection.notifies(timeout=timeout_seconds, stop_after=1):
            pass

    def wake(self) -> None:
        with suppress(psycopg.Error), closing(psycopg.connect(self._database_url, autocommit=True)) as connection:
            connection.execute(f"NOTIFY {CHANNEL}")

    def close(self) -> None:
        self._connection.close()

    def _rows(self, statement: LiteralString, arguments: list[Any]) -> list[FedRow]:
        return self._connection.execute(statement, arguments, binary=True).fetchall()
