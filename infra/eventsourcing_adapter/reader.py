"""The log as the eventsourcing library reads it: of one workspace over its positions, or whole over log_position.

Both numbers are contiguous and in the order of commits: a reader that goes on after the last one it saw misses nothing.
"""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from eventsourcing.persistence import (
    InterfaceError,
    Notification,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
    StoredEvent,
)
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore, PostgresSubscription
from eventsourcing.utils import retry
from psycopg import Connection
from psycopg.rows import dict_row, tuple_row
from psycopg.sql import SQL, Composed, Identifier, Literal

from services.eventlog.codec import Row
from services.eventlog.recorded_event import COLUMNS

CHANNEL = "northing_events"
LOST = (InterfaceError, OperationalError)
READ_ONLY = "the log is only read here: events are decided by Northing's commands, which are sent over HTTP"
WHOLE_LOG = UUID(int=0)  # Under which the head of the whole log stands.
LOG_POSITION, _, POSITION, STREAM_ID, VERSION, _, TOPIC, _, STATE = range(9)  # Where they stand in a row of COLUMNS.

STREAM = """
SELECT {columns} FROM northing.events
 WHERE {scope} AND stream_id = %s AND stream_version > %s AND stream_version <= %s
 ORDER BY stream_version {direction} LIMIT %s
"""
NOTIFICATIONS = """
SELECT {columns} FROM northing.events
 WHERE {scope} AND {id} > %s AND {id} <= coalesce(%s, 9223372036854775807)
       AND (%s::text[] = '{{}}' OR topic = ANY (%s)) ORDER BY {id} LIMIT %s
"""
LAST = """
SELECT {id} FROM northing.events WHERE {scope} AND (%s::text[] = '{{}}' OR topic = ANY (%s)) ORDER BY {id} DESC LIMIT 1
"""
HEAD = "SELECT max(position) FROM northing.heads WHERE workspace_id = {} AND position > 0"


class RowState(bytes):
    """The state of an event, with the row of COLUMNS that it stands in: the codec needs more columns of it than the
    library's StoredEvent has room for.
    """

    row: Row

    @classmethod
    def of(cls, row: Row) -> "RowState":
        state = cls(row[STATE])
        state.row = row
        return state


class UrlDatastore(PostgresDatastore):
    """The library's pool, connected with all that a database URL says, and working as a role where one is named.

    Its own default of one connection is taken by the first subscription.
    """

    def __init__(
        self, database_url: str, *, role: str | None = None, schema: str = "northing", pool_size: int = 2
    ) -> None:
        self.role = role
        super().__init__("", "", "", "", "", schema=schema, pool_size=pool_size, max_overflow=10)
        self.pool.conninfo = database_url
        self.pool.kwargs = {"row_factory": dict_row, "application_name": "northing-eventsourcing"}

    def after_connect_func(self) -> Callable[[Connection[Any]], None]:
        configure, role = super().after_connect_func(), self.role

        def after_connect(connection: Connection[Any]) -> None:
            configure(connection)
            if role is not None:
                connection.execute(SQL("SET ROLE {}").format(Identifier(role)))

        return after_connect


class ReadOnlyRecorder(PostgresApplicationRecorder):
    """Reads the log of one workspace, or of all; its datastore works as northing_reader. Writes nothing."""

    def __init__(self, datastore: PostgresDatastore, workspace_id: UUID | None = None) -> None:
        if datastore.enable_db_functions:
            raise ProgrammingError("the library's mode with database functions loses events to a tailing reader")
        super().__init__(datastore, events_table_name="events")
        self.channel_name = CHANNEL
        self.sql_create_statements.clear()  # The schema is made by migrations.
        self.number = LOG_POSITION if workspace_id is None else POSITION
        self.parts = {
            "columns": SQL(COLUMNS),
            "scope": SQL("true") if workspace_id is None else SQL("workspace_id = {}").format(workspace_id),
            "id": SQL("log_position" if workspace_id is None else "position"),
        }
        self.max_notification_id_statement = SQL(HEAD).format(Literal(workspace_id or WHOLE_LOG))

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:  # noqa: ARG002
        raise NotSupportedError(READ_ONLY)

    @retry(LOST, max_attempts=10, wait=0.2)
    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        statement = SQL(STREAM).format(direction=SQL("DESC" if desc else "ASC"), **self.parts)
        after, last = -1 if gt is None else gt, 2**31 - 1 if lte is None else lte
        rows = self._rows(statement, originator_id, after, last, limit)
        return [StoredEvent(row[STREAM_ID], row[VERSION], row[TOPIC], RowState.of(row)) for row in rows]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        after = 0 if start is None else start - inclusive_of_start
        rows = self._rows(SQL(NOTIFICATIONS).format(**self.parts), after, stop, [*topics], [*topics], limit)
        return [
            Notification(row[STREAM_ID], row[VERSION], row[TOPIC], RowState.of(row), row[self.number]) for row in rows
        ]

    def last_notification_id(self, topics: Sequence[str] = ()) -> int:
        """Of the last event with one of these topics, or of any; 0 where there is none."""
        return max((id for (id,) in self._rows(SQL(LAST).format(**self.parts), [*topics], [*topics])), default=0)

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> "LogSubscription":
        return LogSubscription(self, gt, topics)

    def _rows(self, statement: Composed, *arguments: object) -> list[Row]:
        with self.datastore.get_connection() as connection, connection.cursor(row_factory=tuple_row) as cursor:
            return cursor.execute(statement, arguments, prepare=True).fetchall()


class LogSubscription(PostgresSubscription):
    """The library's, with its hole closed: it pulls once before it listens, and what is recorded between the two would
    be delivered only with the event after it.

    `processed` is the number up to which the caller is done: of the event that was given out before the last one.
    """

    def __init__(self, recorder: ReadOnlyRecorder, gt: int | None, topics: Sequence[str]) -> None:
        self.processed = self.given = gt or 0
        super().__init__(recorder, gt, topics)

    def __next__(self) -> Notification:
        self.processed = self.given
        notification = super().__next__()
        self.given = notification.id
        return notification

    def _listen(self) -> None:
        try:
            with self._recorder.datastore.get_connection() as connection:
                connection.execute(SQL("LISTEN {}").format(Identifier(self._recorder.channel_name)))
                self._has_been_notified.set()  # Pull once more: from here on a notice comes of every event.
                while not self._has_been_stopped and not self._thread_error:
                    for _ in connection.notifies(timeout=0.1, stop_after=1):
                        self._has_been_notified.set()
        except BaseException as error:
            self._thread_error = self._thread_error or error
            self.stop()
