"""The event form: each line of an export is recorded as the event that it is, by a command that has the event's id.

In an empty workspace ids are kept. Where one exists elsewhere in the database all are mapped, and goals can still be
asked for by their old id. The file's own opening becomes settings, which also say where the events are from.
"""

from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime
from uuid import UUID

from domain.calendar import first_instant, last_instant
from domain.errors import Invalid, NotEmpty, WrongKind
from domain.ids import anonymous_id, mapped_id
from domain.personal import Personal
from domain.registry import NAMES
from domain.workspace import SettingsChanged, Workspace, WorkspaceOpened
from services.command.imports.event_line import UTC_ZONE, EventLine, read_event_line
from services.command.imports.line_reader import SentLine
from services.command.imports.session import ImportItem, ImportSession
from services.command.loop.context import Context, NewEvent


class EventRestore:
    """Records the lines of one export, which is of the workspace `source_id`. `begin` makes one."""

    def __init__(self, session: ImportSession, source_id: UUID, *, maps_ids: bool | None) -> None:
        self.session = session
        self.workspace_id = session.workspace_id
        self.source_id = source_id
        self.maps_ids = maps_ids  # None until the first lines decide it.
        self.is_known_source = maps_ids is not None
        self.has_room = False

    @classmethod
    async def begin(cls, session: ImportSession, named_source: UUID | None) -> "EventRestore":
        """Whose ids the file has, and whether they are mapped, as far as earlier parts have decided it.

        `named_source` is the workspace of the header; None where a part has none. Raises Invalid where it needs one.
        """
        key = session.workspace_id, session.workspace_id
        workspace: Workspace = (await session.loop.log.load([key]))[key].history.state
        source_id = named_source or workspace.imported_from
        if source_id is None:
            raise Invalid("the first line of an export, which says of which workspace it is, must come first")
        maps_ids = None
        if source_id == session.workspace_id:
            maps_ids = False
        elif workspace.imported_from == source_id:
            maps_ids = workspace.names_from[-1] == session.workspace_id
        return cls(session, source_id, maps_ids=maps_ids)

    async def record(self, part: list[SentLine]) -> None:
        """Record these lines, in their order. Raises NotEmpty."""
        lines = [*self._readable(part)]
        log = self.session.loop.log
        elsewhere = await log.elsewhere(self.workspace_id, [line.stream_id for line in lines])
        if self.maps_ids is None:
            self.maps_ids = bool(elsewhere)
        if not self.maps_ids:
            lines = [line for line in lines if self._is_free(line, elsewhere)]
        items = [self._item(line) for line in lines]
        if not self.has_room:
            await self._require_room({item.id: line for item, line in zip(items, lines, strict=True)})
        await self.session.record(items)

    def _is_free(self, line: EventLine, elsewhere: set[UUID]) -> bool:
        """Whether the line's stream may have its id here; if not, the line is refused in the report."""
        if line.stream_id not in elsewhere or line.stream_id == self.source_id:
            return True
        self.session.report.add_refusal(line.number, f"another workspace holds {line.stream_id}")
        return False

    async def _require_room(self, lines: dict[UUID, EventLine]) -> None:
        """Refuse new lines where the workspace holds more than its opening and the file's earlier lines."""
        log = self.session.loop.log
        known = await log.recorded(self.workspace_id, [*lines])
        new = next((line for event_id, line in lines.items() if event_id not in known), None)
        if new is None:
            return
        held, others = await log.held(self.workspace_id)
        if others or held >= new.position or (held and not self.is_known_source):
            raise NotEmpty(f"it holds {held} other events")
        self.has_room = True

    def _readable(self, part: Iterable[SentLine]) -> Iterable[EventLine]:
        for number, content in part:
            try:
                yield read_event_line(number, content)
            except Invalid as refusal:
                self.session.report.add_refusal(number, str(refusal))

    def _item(self, line: EventLine) -> ImportItem:
        stream_id, event_id, actor_id = self._mapped(line.stream_id), self._mapped(line.id), line.actor_id
        event = self._event(line)

        def decide(ctx: Context) -> tuple[list[NewEvent], list[str]]:
            self._require_one_source(ctx)
            stream = ctx.stream(stream_id)
            if stream.kind not in (None, line.kind):
                raise WrongKind(f"an id of another kind: {stream_id} is of the kind {stream.kind}")
            last = stream.history.last
            at = ctx.effective(_moment(line.effective_at, last and last.effective_at))
            causation_id = line.causation_id and self._mapped(line.causation_id)
            return [NewEvent(line.kind, stream_id, event, at, line.source_recorded_at, event_id, causation_id)], []

        return ImportItem(
            number=line.number,
            kind=NAMES[type(line.event)],
            id=event_id,
            aggregate_id=stream_id,
            decide=decide,
            actor_id=actor_id and self._mapped(actor_id),
            correlation_id=line.correlation_id and self._mapped(line.correlation_id),
            anonymous=actor_id is not None and self._mapped(actor_id) == anonymous_id(self.workspace_id),
        )

    def _require_one_source(self, ctx: Context) -> None:
        """Another export may have been faster than this one."""
        other = ctx.need(Workspace, self.workspace_id).imported_from
        if other not in (None, self.source_id) and self.source_id != self.workspace_id:
            raise NotEmpty(f"it holds the events of {other}")

    def _mapped(self, id: UUID) -> UUID:
        """The id in this workspace for an id of the file."""
        if id == self.source_id:
            return self.workspace_id
        if id == anonymous_id(self.source_id):
            return anonymous_id(self.workspace_id)
        return mapped_id(self.workspace_id, id) if self.maps_ids else id

    def _event(self, line: EventLine) -> object:
        """The event of the line as it is recorded here."""
        event = with_mapped_ids(line.event, self._mapped)
        mapped_in = (self.workspace_id,) if self.maps_ids else ()
        match event, line.event:
            case WorkspaceOpened(), _:
                return SettingsChanged(
                    name=event.name,
                    timezone=event.timezone,
                    imported_from=self.source_id,
                    names_from=(self.source_id, *mapped_in),
                )
            case SettingsChanged(), SettingsChanged(names_from=tuple() as names_from):
                return replace(event, imported_from=None, names_from=(*names_from, *mapped_in))
        has_no_old_id = getattr(event, "external_id", "") is None
        if self.maps_ids and has_no_old_id and is_dataclass(event) and not isinstance(event, type):
            return replace(event, external_id=str(line.stream_id))
        return event


def with_mapped_ids(value: object, mapped: Callable[[UUID], UUID]) -> object:
    """The same value with every id in it mapped."""
    if isinstance(value, UUID):
        return mapped(value)
    if isinstance(value, Personal):
        return Personal(mapped(value.subject), value.text)
    if isinstance(value, tuple):
        return tuple(with_mapped_ids(each, mapped) for each in value)
    if is_dataclass(value) and not isinstance(value, type):
        changes = {field.name: with_mapped_ids(getattr(value, field.name), mapped) for field in fields(value)}
        return replace(value, **changes)
    return value


def _moment(shown: datetime | date, last: datetime | None) -> datetime:
    """When an event was true. What is shown to the day only stands after what its stream holds of that day (`last`)."""
    if isinstance(shown, datetime):
        return shown
    first = first_instant(shown, UTC_ZONE)
    return first if last is None else min(max(first, last), last_instant(shown, UTC_ZONE))
