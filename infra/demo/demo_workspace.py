"""The demo workspace while its story is told: a dict of streams, on which the command table's handlers decide."""

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from domain.history import At
from domain.ids import DerivedIds, anonymous_id
from domain.registry import NAMES
from infra.demo.story import StoryLine
from services.access.credentials import Caller
from services.command.handlers.command import OPENING
from services.command.handlers.table import TABLE
from services.command.loop.batch import placed_under, with_event
from services.command.loop.context import NO_STREAM, Context, LoadedStream, NewEvent, StreamKey
from services.eventlog.event_json import event_json
from services.eventlog.recorded_event import RecordedEvent

DAY_BEGINS, DAY_ENDS = time(8, 10), time(16, 30)
PAUSE_MINUTES = (3, 11)  # Between two commands of a day.
DAYS = ("start", "end", "due", "origin_date")  # The fields that hold one.
WORDS = ("reason", "text", "note", "next_steps", "narrative")  # The fields that may take a line's words.


class DemoWorkspace:
    """Opened in the morning of the day `opened` by the member whose key is `ada` and whose name is `owner`."""

    def __init__(self, id: UUID | None, *, seed: int, opened: date, name: str, timezone: str, owner: str) -> None:
        self.zone, self.random = ZoneInfo(timezone), Random(f"{seed} {id}")  # noqa: S311  Not a secret.
        self.now = datetime.combine(opened, DAY_BEGINS, self.zone)
        self.id, owner_id = id or self._new_id(), self._new_id()
        self.ids: dict[object, UUID] = {"workspace": self.id, "ada": owner_id}  # By the keys of the story.
        self.streams: dict[StreamKey, LoadedStream] = {}
        self.stream_of: dict[UUID | None, UUID] = {}  # By the id of an event.
        self.lines: list[bytes] = []
        opening, arguments = TABLE.by_path[OPENING], {"made_id": self._new_id(), "digest": "", "opener": owner}
        body = opening.body.model_validate({"name": name, "timezone": timezone})
        self._record(opening.decide(self._context(owner_id, self.id), self.id, body, None, arguments), owner_id)

    def run(self, line: StoryLine) -> None:
        """Let the handler of the line's command decide, and record its events. Raises Refusal."""
        begins = datetime.combine(line.day, DAY_BEGINS, self.zone)
        self.now = max(self.now, begins) + timedelta(minutes=self.random.randint(*PAUSE_MINUTES))
        found = TABLE.find(line.path)
        if found is None:
            raise ValueError(f"no command: {line.path}")
        command, ids = found.command, {name: self.ids[key] for name, key in found.ids.items()}
        fields = {name: self._value(name, value, line.first) for name, value in line.fields.items()}
        if line.words:
            fields[next(name for name in WORDS if name in command.body.model_fields)] = line.words
        body = command.body.model_validate(fields)
        new_id = command.id_from(DerivedIds((self.id,)), body) if command.id_from else self._new_id()
        id = ids.get("id", new_id)
        inside = self.stream_of.get(command.looks_inside(body)) if command.looks_inside else None
        arguments = command.arguments(ids, made_id=self._new_id(), inside=inside)
        caller = None if command.is_anonymous(body) else Caller(self.ids[line.who])
        actor_id = caller.member_id if caller else anonymous_id(self.id)
        recorded = self._record(command.decide(self._context(actor_id, id), id, body, caller, arguments), actor_id)
        self.ids |= {line.begins: id, line.label: recorded}  # None is a key that no line uses.

    def _value(self, name: str, value: object, first: date) -> object:
        """The value with ids for keys, and dates for days."""
        match value:
            case dict():
                return {inner: self._value(inner, each, first) for inner, each in value.items()}
            case list():
                return [self._value(name, each, first) for each in value]
            case str() if name.endswith("_id"):
                return self.ids[value]
            case int() | str() if name in DAYS:
                return first + timedelta(int(value))
            case str() if name == "effective_at":
                return datetime.combine(first + timedelta(int(value)), DAY_ENDS, self.zone).isoformat()
        return value

    def _new_id(self) -> UUID:
        """A UUIDv7 of this moment."""
        value = int(self.now.timestamp() * 1000) << 80 | self.random.getrandbits(80)
        return UUID(int=value & ~(0xF000 << 64 | 0xC000 << 48) | 0x7000 << 64 | 0x8000 << 48)

    def _context(self, actor_id: UUID, id: UUID) -> Context:
        """What a handler sees: all streams, and what stands under the one that it is asked to change."""
        children = frozenset(child for (_, child), each in self.streams.items() if placed_under(self.id, each) == id)
        self.streams.setdefault((self.id, id), NO_STREAM)
        return Context(self.id, actor_id, self.now, self.streams, {}, {(self.id, id): children}, {})

    def _record(self, events: list[NewEvent], actor_id: UUID) -> UUID:
        """Keep a command's events and write them as lines; the id of the last."""
        command_id = event_id = self._new_id()
        for new in events:
            position, at, key = len(self.lines) + 1, new.effective_at or self.now, (self.id, new.stream_id)
            self.streams[key] = with_event(self.streams.get(key, NO_STREAM), new, At(at, position))
            event_id = new.own_id or self._new_id()
            self.stream_of[event_id] = new.stream_id
            recorded = RecordedEvent(
                log_position=position, workspace_id=self.id, position=position, stream_id=new.stream_id,
                stream_version=self.streams[key].history.version, stream_kind=new.kind, topic=NAMES[type(new.event)],
                event=new.event, event_id=event_id, command_id=command_id, correlation_id=command_id,
                causation_id=None, actor_id=actor_id, effective_at=at.astimezone(UTC),
                recorded_at=self.now.astimezone(UTC), source_recorded_at=None,
            )  # fmt: skip
            self.lines.append(msgspec.json.encode(event_json(recorded, {"id": actor_id})))
        return event_id
