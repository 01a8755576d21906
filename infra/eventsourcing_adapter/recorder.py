"""Recording as the eventsourcing library does it, over the command loop's append, so that the library's own test cases
say that it is sound. The product itself records by commands alone.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from eventsourcing.persistence import IntegrityError, ProgrammingError, StoredEvent
from eventsourcing.postgres import PostgresDatastore
from eventsourcing.utils import retry
from psycopg.rows import tuple_row

from infra.eventsourcing_adapter.reader import LOST, ReadOnlyRecorder
from services.command.loop.append import (
    APPEND,
    AppendBatch,
    CommandRow,
    EventRow,
    ReadRow,
    ReadStreamRow,
    append_result,
    parameters,
)
from services.eventlog.codec import EventBytes
from services.eventlog.uuid7 import uuid7


class WorkspaceRecorder(ReadOnlyRecorder):
    """Records in one workspace, a transaction an insert; its datastore works as northing_writer."""

    def __init__(self, datastore: PostgresDatastore, workspace_id: UUID) -> None:
        super().__init__(datastore, workspace_id)
        self.workspace_id = workspace_id

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """The positions of the events. The same `command_id` again is answered with the first positions.

        Other keywords (stream_kind, actor_id, correlation_id, …) are columns of all the events.
        """
        if not stored_events:
            return []
        batch = AppendBatch()
        columns = dict(kwargs)
        self._add_command(batch, _contiguous(stored_events), columns.pop("command_id", None) or uuid7())
        batch.events += [_event_row(event, columns) for event in stored_events]
        last = self._append(batch)
        return [*range(last - len(stored_events) + 1, last + 1)]

    @retry(LOST, max_attempts=10, wait=0.2)
    def _append(self, batch: AppendBatch) -> int:
        """The last position. Repeated after a lost connection: what had been recorded is found by its command id."""
        with (
            self.datastore.get_connection() as connection,
            connection.cursor(binary=True, row_factory=tuple_row) as cursor,
        ):
            row = cursor.execute(APPEND, parameters(batch), prepare=True).fetchone()
        if row is None:
            raise ProgrammingError("the append function says nothing")
        result = append_result(row)
        last = result.first_results[1].position if result.first_results else result.positions[0]
        if last is None:
            raise IntegrityError("a stream has moved")
        return last

    def _add_command(self, batch: AppendBatch, streams: dict[UUID, int], command_id: UUID) -> None:
        first = next(iter(streams))
        batch.commands.append(
            CommandRow(
                chain=1,
                command_id=command_id,
                workspace_id=self.workspace_id,
                fingerprint=b"",
                result_id=first,
                aggregate_id=first,
                version=0,
                last_position=0,
                is_stored=True,
            )
        )
        for number, (stream_id, version) in enumerate(streams.items(), 1):
            batch.read_streams.append(ReadStreamRow(self.workspace_id, stream_id, version))
            batch.reads.append(ReadRow(1, number))


def _event_row(event: StoredEvent, columns: dict[str, Any]) -> EventRow:
    given: dict[str, Any] = {"stream_kind": "aggregate", "schema_version": 1} | columns
    return EventRow(
        command=1,
        stream_id=UUID(str(event.originator_id)),
        stream_version=event.originator_version,
        topic=event.topic,
        state=EventBytes(event.state),
        event_id=uuid7(),
        **given,
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
