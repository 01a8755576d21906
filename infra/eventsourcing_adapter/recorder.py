"""The log as the eventsourcing library sees it: its PostgreSQL application recorder, over the command loop's append.

One recorder is one workspace: a notification id is a position, contiguous and in commit order. The library has a mode
with database functions, which takes no lock and so lets a tailing reader miss events; here it is never used.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from eventsourcing.persistence import (
    IntegrityError,
    InterfaceError,
    Notification,
    OperationalError,
    PersistenceError,
    ProgrammingError,
    StoredEvent,
)
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from eventsourcing.utils import retry
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Literal

from services.command.loop.append import (
    APPEND,
    AppendBatch,
    AppendResult,
    CommandRow,
    EventRow,
    ReadRow,
    ReadStreamRow,
    append_result,
    parameters,
)
from services.eventlog.codec import EventBytes
from services.eventlog.uuid7 import uuid7

MOST_INSERTS = 1_000  # One transaction takes as many as wait, but not endlessly many.
LOST = (InterfaceError, OperationalError)

EVENTS = """(SELECT stream_id AS originator_id, stream_version AS originator_version, topic, state,
                    position AS notification_id
               FROM northing.events WHERE workspace_id = {workspace_id}) AS events"""
NOTIFICATIONS = """
SELECT originator_id, originator_version, topic, state, notification_id FROM {events}
 WHERE notification_id > %s AND notification_id <= coalesce(%s, 9223372036854775807)
       AND (%s::text[] = '{{}}' OR topic = ANY (%s)) ORDER BY notification_id LIMIT %s
"""


def datastore(database_url: str, *, pool_size: int = 5, max_overflow: int = 10) -> PostgresDatastore:
    """The library's pool on our database. Its own default of one connection is taken by the first subscription."""
    given = conninfo_to_dict(database_url)
    return _Datastore(
        dbname=str(given.get("dbname", "")), host=str(given.get("host", "")), port=given.get("port") or 5432,
        user=str(given.get("user", "")), password=str(given.get("password", "")), schema="northing",
        pool_size=pool_size, max_overflow=max_overflow,
    )  # fmt: skip


class _Datastore(PostgresDatastore):
    """Its connections work as the writer of the log."""

    def after_connect_func(self) -> Any:
        configure = super().after_connect_func()

        def after_connect(connection: Connection[Any]) -> None:
            configure(connection)
            connection.execute("SET ROLE northing_writer")

        return after_connect


@dataclass(slots=True, eq=False)
class _Insert:
    """Events that wait to be recorded, all or none."""

    events: Sequence[StoredEvent]
    columns: dict[str, Any]
    command_id: UUID
    streams: dict[UUID, int]  # And at which version each must be.
    outcome: int | Exception | None = None  # The position of the last one, once they are recorded.


class WorkspaceRecorder(PostgresApplicationRecorder):
    """Records in one workspace. Threads that insert at once share a transaction: the first takes all that wait."""

    def __init__(self, datastore: PostgresDatastore, workspace_id: UUID) -> None:
        if datastore.enable_db_functions:
            raise ProgrammingError("the library's mode with database functions loses events to a tailing reader")
        super().__init__(datastore, events_table_name="events")
        self.workspace_id = workspace_id
        self.channel_name = "northing_events"
        self.sql_create_statements.clear()  # The schema is made by migrations.
        events = SQL(EVENTS).format(workspace_id=Literal(workspace_id))
        self.select_events_statement = SQL("SELECT * FROM {events} WHERE originator_id = %s").format(events=events)
        self.select_notifications_statement = SQL(NOTIFICATIONS).format(events=events)
        self.max_notification_id_statement = SQL(
            "SELECT max(position) FROM northing.heads WHERE workspace_id = {workspace_id}"
        ).format(workspace_id=Literal(workspace_id))
        self.waiting: list[_Insert] = []
        self.queue = threading.Lock()
        self.flushing = threading.Lock()

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """The positions of the events. The same `command_id` again is answered with the first positions.

        Other keywords (stream_kind, actor_id, correlation_id, …) are columns of all the events.
        """
        if not stored_events:
            return []
        streams = _contiguous(stored_events)
        columns = dict(kwargs)
        insert = _Insert(stored_events, columns, columns.pop("command_id", None) or uuid7(), streams)
        with self.queue:
            self.waiting.append(insert)
        while insert.outcome is None:
            with self.flushing:
                if insert.outcome is None:
                    self._record(self._next_batch())
        if isinstance(insert.outcome, Exception):
            raise insert.outcome
        return [*range(insert.outcome - len(stored_events) + 1, insert.outcome + 1)]

    def select_notifications(
        self, start: int | None, limit: int, stop: int | None = None, topics: Sequence[str] = (), *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:  # fmt: skip
        after = 0 if start is None else start - inclusive_of_start
        with self.datastore.get_connection() as connection, connection.cursor(row_factory=tuple_row) as cursor:
            cursor.execute(
                self.select_notifications_statement, [after, stop, [*topics], [*topics], limit], prepare=True
            )
            return [
                Notification(id=id, originator_id=stream, originator_version=version, topic=topic, state=bytes(state))
                for stream, version, topic, state, id in cursor.fetchall()
            ]

    def _record(self, batch: Sequence[_Insert]) -> None:
        """All in one transaction; where the data of one breaks the statement, each in its own."""
        try:
            result = self._append(batch)
        except PersistenceError as error:
            if len(batch) == 1 or isinstance(error, LOST):
                for insert in batch:
                    insert.outcome = error
                return
            for insert in batch:
                self._record([insert])
            return
        except BaseException:
            for insert in batch:
                insert.outcome = OperationalError("interrupted: whether it was recorded is not known")
            raise
        for number, (insert, last) in enumerate(zip(batch, result.positions, strict=True), 1):
            first = result.first_results.get(number)
            insert.outcome = (first.position if first else last) or IntegrityError("a stream has moved")

    def _next_batch(self) -> list[_Insert]:
        """What waits. Of two on one stream, or of the same command twice, the second waits for the next."""
        batch: list[_Insert] = []
        later: list[_Insert] = []
        taken: set[UUID] = set()
        commands: set[UUID] = set()
        with self.queue:
            for insert in self.waiting:
                if not taken.isdisjoint(insert.streams) or insert.command_id in commands or len(batch) >= MOST_INSERTS:
                    later.append(insert)
                else:
                    batch.append(insert)
                taken.update(insert.streams)
                commands.add(insert.command_id)
            self.waiting = later
        return batch

    @retry(LOST, max_attempts=10, wait=0.2)
    def _append(self, batch: Sequence[_Insert]) -> AppendResult:
        """Repeated after a lost connection: what had been recorded is found by its command id."""
        rows = AppendBatch()
        for number, insert in enumerate(batch, 1):
            self._add(rows, number, insert)
        with (
            self.datastore.get_connection() as connection,
            connection.cursor(binary=True, row_factory=tuple_row) as cursor,
        ):
            row = cursor.execute(APPEND, parameters(rows), prepare=True).fetchone()
        if row is None:
            raise ProgrammingError("the append function says nothing")
        return append_result(row)

    def _add(self, batch: AppendBatch, number: int, insert: _Insert) -> None:
        first = next(iter(insert.streams))
        batch.commands.append(
            CommandRow(
                chain=number,
                command_id=insert.command_id,
                workspace_id=self.workspace_id,
                fingerprint=b"",
                result_id=first,
                aggregate_id=first,
                version=0,
                last_position=0,
                is_stored=True,
            )
        )
        for stream_id, version in insert.streams.items():
            batch.read_streams.append(ReadStreamRow(self.workspace_id, stream_id, version))
            batch.reads.append(ReadRow(number, len(batch.read_streams)))
        columns: dict[str, Any] = {"stream_kind": "aggregate", "schema_version": 1} | insert.columns
        for event in insert.events:
            batch.events.append(
                EventRow(
                    command=number,
                    stream_id=UUID(str(event.originator_id)),
                    stream_version=event.originator_version,
                    topic=event.topic,
                    state=EventBytes(event.state),
                    event_id=uuid7(),
                    **columns,
                )
            )


def _contiguous(events: Sequence[StoredEvent]) -> dict[UUID, int]:
    """The streams of the events, and at which version each must be. Raises IntegrityError for versions with a gap."""
    before: dict[UUID, int] = {}
    last: dict[UUID, int] = {}
    for event in events:
        stream_id = UUID(str(event.originator_id))
        before.setdefault(stream_id, max(event.originator_version - 1, 0))  # A stream begins at 1, or at 0.
        if last.get(stream_id, event.originator_version - 1) != event.originator_version - 1:
            raise IntegrityError(f"version {event.originator_version} does not follow {last[stream_id]}")
        last[stream_id] = event.originator_version
    return before
