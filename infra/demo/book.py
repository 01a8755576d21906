"""Keeps what has happened so far, stream by stream as the domain folds it, and writes each event down as a line."""

import hashlib
import random
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from contracts.events.export_form import header
from domain import permission
from domain.history import At, History
from domain.ids import anonymous_id
from domain.permission import Act
from domain.personal import Personal
from domain.registry import EVOLVE, NAMES
from services.eventlog.event_json import event_json
from services.eventlog.recorded_event import RecordedEvent

DAY_BEGINS = time(8, 10)
PAUSE_MINUTES = (3, 11)  # Between two steps of a day.


def id_from(at: date | datetime, *names: object) -> UUID:
    """An id in the form of a UUIDv7: the moment, and where others are random, what it is made for."""
    moment = at if isinstance(at, datetime) else datetime.combine(at, time(), UTC)
    digest = hashlib.sha256(" ".join(map(str, names)).encode()).digest()
    value = int(moment.timestamp() * 1000) << 80 | int.from_bytes(digest[:10])
    value = value & ~(0xF000 << 64) | 0x7000 << 64
    return UUID(int=value & ~(0xC000 << 48) | 0x8000 << 48)


class Book:
    def __init__(self, seed: int, workspace_id: UUID, timezone: str) -> None:
        self.seed, self.workspace_id, self.zone = seed, workspace_id, ZoneInfo(timezone)
        self.ids: dict[tuple[str, str], UUID] = {}
        self.streams: dict[UUID, History[Any, Any]] = {}
        self.last: dict[UUID, UUID] = {}  # The id of a stream's last event.
        self.lines: list[bytes] = []
        self.now = datetime.min.replace(tzinfo=self.zone)
        self.steps = 0

    def turn_to(self, day: date) -> None:
        """Let a few minutes pass, on this day. Each step is a command of its own."""
        self.steps += 1
        pause = timedelta(minutes=random.Random(f"{self.seed} {self.steps}").randint(*PAUSE_MINUTES))  # noqa: S311  Not a secret.
        begins = datetime.combine(day, DAY_BEGINS, self.zone)
        self.now = max(self.now, begins) + pause
        if self.now.date() != day:
            raise ValueError(f"too much happens on {day}")

    # --- what there is --------------------------------------------------------------------------------------------

    def new(self, kind: str, key: str) -> UUID:
        """The id of something that begins now, to be found under its key from now on."""
        return self.ids.setdefault((kind, key), self.id(kind, key))

    def id(self, *names: object) -> UUID:
        return id_from(self.now, self.seed, self.workspace_id, *names, self.steps)

    def of(self, kind: str, key: str | None) -> UUID | None:
        """The id of what has this key in the tables; None for nothing."""
        return None if key is None else self.ids[kind, key]

    def state(self, kind: str, key: str | None) -> Any:
        id = self.of(kind, key)
        return None if id is None else self.streams[id].state

    def words(self, who: str, text: str | None) -> Personal | None:
        """What somebody says, as personal text of theirs."""
        return None if text is None else Personal(self.ids["member", who], text)

    # --- what happens ---------------------------------------------------------------------------------------------

    def tell(
        self, who: str, kind: str, id: UUID, events: Iterable[Any], *, act: Act = "work", of: datetime | None = None
    ) -> None:
        """Write down what a decision came to: by whom, in which stream, and since when it is true if not since now."""
        actor_id = self.ids["member", who]
        if self.streams.get(actor_id) is not None:
            permission.require(self.streams[actor_id].state, act)
        self._write(kind, id, events, actor_id, of or self.now)

    def tell_anonymously(self, kind: str, id: UUID, events: Iterable[Any]) -> None:
        """Write down what nobody said: without a command, and its times only to the day."""
        self._write(kind, id, events, anonymous_id(self.workspace_id), self.now, anonymous=True)

    def _write(
        self,
        kind: str,
        id: UUID,
        events: Iterable[Any],
        actor_id: UUID,
        effective_at: datetime,
        *,
        anonymous: bool = False,
    ) -> None:
        command_id = None if anonymous else self.id("command")
        for event in events:
            position = len(self.lines) + 1
            before = self.streams.get(id, History())
            self.streams[id] = after = before.plus(EVOLVE[kind], event, At(effective_at, position))
            self.last[id] = self.id("event", position)
            recorded = RecordedEvent(
                log_position=position, workspace_id=self.workspace_id, position=position, stream_id=id,
                stream_version=after.version, stream_kind=kind, topic=NAMES[type(event)], event=event,
                event_id=self.last[id], command_id=command_id, correlation_id=command_id, causation_id=None,
                actor_id=actor_id, effective_at=effective_at.astimezone(UTC), recorded_at=self.now.astimezone(UTC),
                source_recorded_at=None,
            )  # fmt: skip
            self.lines.append(msgspec.json.encode(event_json(recorded, {"id": actor_id})))

    def header(self, name: str) -> bytes:
        return msgspec.json.encode(
            header(id=self.workspace_id, name=name, timezone=self.zone.key, position=len(self.lines))
        )
