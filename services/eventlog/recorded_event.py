"""One event as the log holds it: what was decided, and the columns around it. Both services read the log through it."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from domain.history import At


class RecordedEvent(NamedTuple):
    """A stored event. `log_position` orders the log and stays inside; `position` orders the workspace.

    The fields are the columns of northing.events in their order; in place of `event` stand the columns of STORED_EVENT.
    """

    log_position: int
    workspace_id: UUID
    position: int
    stream_id: UUID
    stream_version: int
    stream_kind: str
    topic: str
    event: Any  # The dataclass of the domain that `topic` names.
    event_id: UUID
    command_id: UUID | None
    correlation_id: UUID | None
    causation_id: UUID | None
    actor_id: UUID | None
    effective_at: datetime
    recorded_at: datetime
    source_recorded_at: datetime | None

    @property
    def at(self) -> At:
        """The place of the fact in the fold."""
        return At(self.effective_at, self.position)


STORED_EVENT = ("schema_version", "state")  # Of which version the event is, and its bytes.

# What `codec.decode` reads, in this order: for `SELECT {COLUMNS} FROM northing.events …`.
COLUMNS = ", ".join(", ".join(STORED_EVENT) if column == "event" else column for column in RecordedEvent._fields)
COLUMN_INDEX = {column: index for index, column in enumerate(COLUMNS.split(", "))}
