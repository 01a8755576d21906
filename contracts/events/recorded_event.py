"""One event as the log holds it: what was decided, and the columns around it. Both services read the log through it."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from domain.history import At


class RecordedEvent(NamedTuple):
    """A stored event. `log_position` orders the log and stays inside; `position` orders the workspace."""

    log_position: int
    workspace_id: UUID
    position: int
    stream_id: UUID
    stream_version: int
    stream_kind: str
    topic: str
    event: Any
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
        return At(self.effective_at, self.position)


# The columns that `read` takes, in its order: for `SELECT {COLUMNS} FROM northing.events …`.
COLUMNS = (
    "log_position, workspace_id, position, stream_id, stream_version, stream_kind, topic, schema_version, state,"
    " event_id, command_id, correlation_id, causation_id, actor_id, effective_at, recorded_at, source_recorded_at"
)
