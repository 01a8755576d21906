"""A workspace in memory that takes lines of facts: what each becomes, without a database."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from domain.history import At
from domain.ids import DerivedIds, named
from domain.workspace import WorkspaceOpened
from services.command.imports.fact_handler import decide
from services.command.imports.fact_line import read_line
from services.command.loop.batch import placed_under, with_event
from services.command.loop.context import NO_STREAM, Context, LoadedStream, NewEvent, NotLoaded, StreamKey

WORKSPACE, ANA, IMPORT = (UUID(int=number) for number in (1, 2, 3))
NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)


class FactWorkspace:
    """`new_events` and `warnings` are what the last line came to; `events` are without the fact itself."""

    def __init__(self, *lines: str, zone: str = "UTC") -> None:
        self.streams: dict[StreamKey, LoadedStream] = {}
        self.children: dict[StreamKey, frozenset[UUID]] = {}
        self.position = 0
        self.events: list[Any] = []
        self.new_events: list[NewEvent] = []
        self.warnings: list[str] = []
        self._record(NewEvent("workspace", WORKSPACE, WorkspaceOpened(name="Bakery", timezone=zone)))
        for line in lines:
            self.take(line)

    def take(self, line: str) -> "FactWorkspace":
        """Raises Refusal."""
        self.new_events, self.warnings = self._decide(line)
        self.events = [new.event for new in self.new_events[1:]]
        for new in self.new_events:
            self._record(new)
        return self

    def _decide(self, line: str) -> tuple[list[NewEvent], list[str]]:
        """As the command loop does: what the line looks at and is not loaded is loaded, and the line decided again."""
        fact, ids = read_line(1, line.encode(errors="surrogatepass")), DerivedIds((WORKSPACE,))
        while True:
            ctx = Context(WORKSPACE, ANA, NOW, self.streams, {}, self.children, {})
            try:
                return decide(ctx, ids=ids, line=fact, import_id=IMPORT, source="a file")
            except NotLoaded:
                self.streams |= dict.fromkeys(ctx.wanted, NO_STREAM)
                self.children |= dict.fromkeys(ctx.wanted_children, frozenset())

    def stream(self, kind: str, name: str) -> LoadedStream:
        return self.streams.get((WORKSPACE, id_of(kind, name)), NO_STREAM)

    def state(self, kind: str, name: str) -> Any:
        return self.stream(kind, name).history.state

    def _record(self, new: NewEvent) -> None:
        self.position += 1
        key = WORKSPACE, new.stream_id
        before = self.streams.get(key, NO_STREAM)
        after = self.streams[key] = with_event(before, new, At(new.effective_at or NOW, self.position))
        if left := placed_under(WORKSPACE, before):
            self.children[WORKSPACE, left] = self._children_of(left) - {new.stream_id}
        if parent_id := placed_under(WORKSPACE, after):
            self.children[WORKSPACE, parent_id] = self._children_of(parent_id) | {new.stream_id}

    def _children_of(self, parent_id: UUID) -> frozenset[UUID]:
        return self.children.get((WORKSPACE, parent_id), frozenset())


def id_of(kind: str, name: str) -> UUID:
    return named(WORKSPACE, kind, name)
