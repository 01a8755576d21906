"""What a read model tells of facts, given in the order in which they became known: rows in, no database."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from domain.registry import EVOLVE, NAMES
from services.eventlog.recorded_event import RecordedEvent
from services.projections.engine.bitemporal_fold import StreamFold
from services.projections.engine.read_model import OPEN, AnyReadModel
from services.projections.engine.table import TIMES, Table
from tests.json_types import Json

WORKSPACE = UUID(int=0x5AC)
STREAM = UUID(int=0x57)
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


class BelievedRow(NamedTuple):
    """A row as the table has it, and since when it holds and is believed."""

    values: Json
    valid_from: datetime
    known_from: int


def day(number: float) -> datetime:
    """Noon of a day, counted from the first one."""
    return NOON + timedelta(days=number)


def believed_rows(
    model: AnyReadModel, kind: str, *facts: object, actor: UUID | None = None
) -> dict[Table, dict[UUID, BelievedRow]]:
    """What the model believes at last of one stream. A fact is an event, or an event with the day of its truth."""
    stream = StreamFold.of(EVOLVE[kind], [model])
    for position, fact in enumerate(facts, start=1):
        event, true_on = fact if isinstance(fact, tuple) else (fact, position)
        stream.fold(recorded(kind, event, day(true_on), position, actor))
    believed: dict[Table, dict[UUID, BelievedRow]] = {table: {} for table in model.tables}
    for (table, id), intervals in stream.intervals.items():
        for interval in intervals:
            if interval.valid_to == OPEN:
                own = [name for name in table.columns if name not in ("workspace_id", *TIMES)]
                values = dict(zip(own, table.values(interval.row), strict=True))
                believed[table][id] = BelievedRow(values, interval.valid_from, interval.known_from)
    return believed


def recorded(kind: str, event: object, effective_at: datetime, position: int, actor: UUID | None) -> RecordedEvent:
    return recorded_as(kind, NAMES[type(event)], event, effective_at, position, actor=actor)


def recorded_as(
    kind: str, topic: str, event: object, effective_at: datetime, position: int, *, actor: UUID | None = None
) -> RecordedEvent:
    """An event as the log holds it, also one that the registry does not name."""
    return RecordedEvent(
        log_position=position,
        workspace_id=WORKSPACE,
        position=position,
        stream_id=STREAM,
        stream_version=position,
        stream_kind=kind,
        topic=topic,
        event=event,
        event_id=UUID(int=position),
        command_id=None,
        correlation_id=None,
        causation_id=None,
        actor_id=actor,
        effective_at=effective_at,
        recorded_at=day(position),
        source_recorded_at=None,
    )
