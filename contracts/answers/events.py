"""What the change feed carries: every recorded event of a workspace, in the order of its positions."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, JsonValue

from contracts.answers.base import MomentAnswer, Named, example


class EventShown(BaseModel):
    """One recorded event; `data` are its fields as its published schema says, personal text in clear.

    What was said anonymously carries no command, correlation or cause, and its times are shown to the day.
    """

    position: int
    id: UUID
    type: str
    stream_kind: str
    schema_version: int
    aggregate_id: UUID
    version: int
    actor: Named | None
    command_id: UUID | None
    correlation_id: UUID | None
    causation_id: UUID | None
    effective_at: datetime | date
    recorded_at: datetime | date
    source_recorded_at: datetime | None
    data: dict[str, Any]


EVENT: dict[str, JsonValue] = {
    "position": 412,
    "id": "01980c1e-3000-7000-8000-0000000000f1",
    "type": "KRCommitted",
    "stream_kind": "key_result",
    "schema_version": 1,
    "aggregate_id": "01980c1e-3000-7000-8000-0000000000d1",
    "version": 3,
    "actor": {"id": "01980c1e-3000-7000-8000-0000000000a1", "name": "Ana Lind"},
    "command_id": "5d1f6f2c-4c0a-5d5c-8a68-111111111111",
    "correlation_id": None,
    "causation_id": None,
    "effective_at": "2026-08-03T09:00:00Z",
    "recorded_at": "2026-08-03T09:00:00Z",
    "source_recorded_at": None,
    "data": {"by": "01980c1e-3000-7000-8000-0000000000a1", "self_agreed": False},
}


class EventList(MomentAnswer):
    """`next` is the position to go on after; null where this page ends with what was recorded last."""

    model_config = example(events=[EVENT], next=None)

    events: list[EventShown]
    next: int | None
