"""What a read model tells of facts, given in the order in which they became known: rows in, no database."""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from domain.registry import EVOLVE, NAMES
from services.eventlog.recorded_event import RecordedEvent
from services.projections.engine.bitemporal_fold import StreamFold
from services.projections.engine.read_model import OPEN, ReadModel, Table

WORKSPACE = UUID(int=0x5AC)
STREAM = UUID(int=0x57)
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


class Row(NamedTuple):
    """A row as the table has it."""

    values: dict[str, Any]
    valid_from: datetime
    known_from: int


def day(number: float) -> datetime:
    """Noon of a day, counted from the first one."""
    return NOON + timedelta(days=number)


def told(model: ReadModel, kind: str, *facts: Any, actor: UUID | None = None) -> dict[Table, dict[UUID, Row]]:
    """What the model believes at last of one stream. A fact is an event, or an event with the day of its truth."""
    stream = StreamFold.of(EVOLVE[kind], [model])
    for position, fact in enumerate(facts, start=1):
        event, true_on = fact if isinstance(fact, tuple) else (fact, position)
        stream.learn(recorded(kind, event, day(true_on), position, actor))
    believed: dict[Table, dict[UUID, Row]] = {table: {} for table in model.tables}
    for (table, key), spans in stream.sheet.items():
        for span in spans:
            if span.valid_to == OPEN:
                values = dict(zip(table.values, span.values, strict=True))
                believed[table][key[0]] = Row(values, span.valid_from, span.known_from)
    return believed


def recorded(kind: str, event: Any, effective_at: datetime, position: int, actor: UUID | None) -> RecordedEvent:
    return RecordedEvent(
        log_position=position, workspace_id=WORKSPACE, position=position, stream_id=STREAM, stream_version=position,
        stream_kind=kind, topic=NAMES[type(event)], event=event, event_id=UUID(int=position), command_id=None,
        correlation_id=None, causation_id=None, actor_id=actor, effective_at=effective_at, recorded_at=day(position),
        source_recorded_at=None,
    )  # fmt: skip
