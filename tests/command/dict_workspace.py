"""A workspace as two dicts, of streams and of children: handlers run on it without loop, database or request."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from domain.history import At
from domain.ids import DerivedIds
from domain.registry import KINDS
from services.access.credentials import Caller
from services.command.handlers.command import Command
from services.command.handlers.table import TABLE
from services.command.loop.batch import placed_under, with_event
from services.command.loop.context import NO_STREAM, Context, LoadedStream, NewEvent, StreamKey

Kept = TypeVar("Kept")
State = TypeVar("State")

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


class Loaded(dict[StreamKey, Kept]):
    """All is loaded: what is not there is known not to be there."""

    def __init__(self, absent: Kept) -> None:
        super().__init__()
        self.absent = absent

    def get(self, key: StreamKey, default: object = None) -> Kept:
        return super().get(key, self.absent)


class DictWorkspace:
    def __init__(self, workspace_id: UUID) -> None:
        self.workspace_id = workspace_id
        self.streams = Loaded[LoadedStream](NO_STREAM)
        self.children = Loaded[frozenset[UUID]](frozenset())
        self.made_in: dict[UUID, UUID] = {}  # What an event made inside its stream, and the stream.
        self.position = 0
        self.names = DerivedIds((workspace_id,))

    # --- what has happened --------------------------------------------------------------------------------------------

    def given(self, of: type, stream_id: UUID, *events: object) -> None:
        """These events of one aggregate of this class, a minute after each other."""
        for event in events:
            self.record(NewEvent(KINDS[of], stream_id, event))

    def record(self, new: NewEvent, at: At | None = None) -> LoadedStream:
        """Take a decided event in, true when it is recorded unless it says else; the stream as it was before."""
        self.position += 1
        key = self.workspace_id, new.stream_id
        before = self.streams.get(key)
        at = at or At(new.effective_at or self.now, self.position)
        after = self.streams[key] = with_event(before, new, at)
        for parent, grows in ((self._above(before), False), (self._above(after), True)):
            if parent is not None:
                others = self.children.get((self.workspace_id, parent)) - {new.stream_id}
                self.children[self.workspace_id, parent] = others | {new.stream_id} if grows else others
        if (made := new.own_id) is not None:
            self.made_in[made] = new.stream_id
        return before

    @property
    def now(self) -> datetime:
        return NOON + timedelta(minutes=self.position)

    def state(self, of: type[State], stream_id: UUID) -> State:
        found = self.streams[self.workspace_id, stream_id].history.state
        assert isinstance(found, of)
        return found

    # --- what is asked ------------------------------------------------------------------------------------------------

    def context(self, by: UUID, now: datetime | None = None) -> Context:
        """What a handler sees that this member sets going."""
        return Context(self.workspace_id, by, now or self.now, self.streams, {}, self.children, {})

    def decide(
        self,
        path: str,
        body: Mapping[str, object],
        *,
        by: UUID,
        made_id: UUID,
        now: datetime | None = None,
        digest: str = "",
    ) -> list[NewEvent]:
        """The events of the table's command at this path; `made_id` is the id of what it makes. Raises Refusal."""
        found = TABLE.find(path)
        assert found is not None, path
        command, ids = found.command, {name: UUID(text) for name, text in found.ids.items()}
        said = command.body.model_validate(body)
        named = command.looks_inside(said) if command.looks_inside else None
        inside = named and self.made_in[named]
        arguments = command.arguments(ids, made_id=made_id, digest=digest, inside=inside)
        id = self.aggregate_id(command, ids, said, made_id)
        return command.decide(self.context(by, now), id, said, Caller(by), arguments)

    def aggregate_id(self, command: Command, ids: Mapping[str, UUID], body: object, made_id: UUID) -> UUID:
        if "id" in ids:
            return ids["id"]
        if command.kind == "workspace":
            return self.workspace_id
        if command.found_by is not None:
            return self.made_in[ids[command.found_by]]
        return made_id if command.id_from is None else command.id_from(self.names, body)

    def _above(self, stream: LoadedStream) -> UUID | None:
        return placed_under(self.workspace_id, stream)
