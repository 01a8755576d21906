"""The event form: each line of an export is recorded as the event that it is, under the same command for ever.

Into an empty workspace ids are kept. Where one exists elsewhere in the database all are mapped, and goals stay askable
by their old id. The file's own opening becomes settings, which also say where the events are from.
"""

from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid5

from domain.calendar import last_instant
from domain.errors import Invalid, NotEmpty, WrongKind
from domain.ids import anonymous_id
from domain.personal import Personal
from domain.registry import NAMES
from domain.workspace import SettingsChanged, WorkspaceOpened
from services.command.imports.event_line import UTC_ZONE, EventLine, read_event_line
from services.command.imports.line_reader import SentLine
from services.command.imports.session import ImportItem, ImportSession
from services.command.loop.context import Context, NewEvent


class EventRestore:
    """Records the lines of one export. `source_id` is the workspace that it is of; None where a part does not say."""

    def __init__(self, recording: ImportSession, source_id: UUID | None) -> None:
        self.recording = recording
        self.workspace_id = recording.workspace_id
        self.named_source = source_id
        self.has_room = False
        self.maps: bool | None = None

    async def begin(self) -> None:
        """See from what was imported before whose ids these are, and whether they are mapped. Raises Invalid."""
        key = self.workspace_id, self.workspace_id
        before = (await self.recording.loop.log.load([key]))[key].history.state
        source_id = self.named_source or before.imported_from
        if source_id is None:
            raise Invalid("the first line of an export, which says of which workspace it is, must come first")
        self.source_id: UUID = source_id
        if source_id == self.workspace_id:
            self.maps = False
        elif before.imported_from == source_id:
            self.maps = before.names_from[-1] == self.workspace_id
        self.known_source = self.maps is not None

    async def record(self, part: list[SentLine]) -> None:
        """Record these lines, in their order."""
        lines = [*self._readable(part)]
        log = self.recording.loop.log
        elsewhere = await log.elsewhere(self.workspace_id, [line.stream_id for line in lines])
        if self.maps is None:
            self.maps = bool(elsewhere)
        items = []
        for line in lines:
            if not self.maps and line.stream_id in elsewhere and line.stream_id != self.source_id:
                self.recording.summary.refuse(line.number, f"another workspace holds {line.stream_id}")
            else:
                items.append(self._item(line))
        if not self.has_room:
            await self._require_room({item.id: line for item, line in zip(items, lines, strict=False)})
        await self.recording.record(items)

    async def _require_room(self, lines: dict[UUID, EventLine]) -> None:
        """Refuse new lines where the workspace holds more than its opening and the file's earlier lines."""
        log = self.recording.loop.log
        known = await log.recorded(self.workspace_id, [*lines])
        new = next((line for event_id, line in lines.items() if event_id not in known), None)
        if new is None:
            return
        held, others = await log.held(self.workspace_id)
        if others or held >= new.position or (held and not self.known_source):
            raise NotEmpty(f"it holds {held} other events")
        self.has_room = True

    def _readable(self, part: Iterable[SentLine]) -> Iterable[EventLine]:
        for number, given in part:
            try:
                yield read_event_line(number, given)
            except Invalid as refusal:
                self.recording.summary.refuse(number, str(refusal))

    def _item(self, line: EventLine) -> ImportItem:
        stream_id, event_id = self._here(line.stream_id), self._here(line.id)
        event = self._translated(line)

        def decide(ctx: Context) -> tuple[list[NewEvent], list[str]]:
            self._require_one_source(ctx)
            stream = ctx.stream(stream_id)
            if stream.kind not in (None, line.kind):
                raise WrongKind(f"an id of another kind: {stream_id} is of the kind {stream.kind}")
            at = ctx.effective(_moment(line.effective_at, stream.history.last and stream.history.last.effective_at))
            new = NewEvent(
                line.kind, stream_id, event, at, line.source_recorded_at, event_id,
                line.causation_id and self._here(line.causation_id),
            )  # fmt: skip
            return [new], []

        actor_id = line.actor_id and self._here(line.actor_id)
        return ImportItem(
            number=line.number, kind=NAMES[type(line.event)], id=event_id, aggregate_id=stream_id, decide=decide,
            actor_id=actor_id, correlation_id=line.correlation_id and self._here(line.correlation_id),
            anonymous=actor_id == anonymous_id(self.workspace_id),
        )  # fmt: skip

    def _require_one_source(self, ctx: Context) -> None:
        """Another export may have been faster than this one."""
        other = ctx.need("workspace", self.workspace_id).imported_from
        if other not in (None, self.source_id) and self.source_id != self.workspace_id:
            raise NotEmpty(f"it holds the events of {other}")

    def _here(self, id: UUID) -> UUID:
        """What an id of the file is called in this workspace."""
        if id == self.source_id:
            return self.workspace_id
        if id == anonymous_id(self.source_id):
            return anonymous_id(self.workspace_id)
        return uuid5(self.workspace_id, str(id)) if self.maps else id

    def _translated(self, line: EventLine) -> Any:
        event = translated(line.event, self._here)
        names_from = (self.workspace_id,) if self.maps else ()
        match event:
            case WorkspaceOpened():
                return SettingsChanged(
                    name=event.name, timezone=event.timezone,
                    imported_from=self.source_id, names_from=(self.source_id, *names_from),
                )  # fmt: skip
            case SettingsChanged(names_from=tuple()):
                return replace(event, imported_from=None, names_from=(*line.event.names_from, *names_from))
        if self.maps and getattr(event, "external_id", "") is None:
            return replace(event, external_id=str(line.stream_id))
        return event


def translated(value: Any, here: Callable[[UUID], UUID]) -> Any:
    """The same value with every id in it as it is called here."""
    if isinstance(value, UUID):
        return here(value)
    if isinstance(value, Personal):
        return Personal(here(value.subject), value.text)
    if isinstance(value, tuple):
        return tuple(translated(each, here) for each in value)
    if is_dataclass(value):
        changed = {field.name: translated(getattr(value, field.name), here) for field in fields(value)}
        return replace(value, **changed)  # type: ignore[type-var]
    return value


def _moment(said: datetime | date, last: datetime | None) -> datetime:
    """What is shown to the day only was said after what its stream says of that day."""
    if isinstance(said, datetime):
        return said
    first = datetime.combine(said, datetime.min.time(), UTC)
    return first if last is None else min(max(first, last), last_instant(said, UTC_ZONE))
