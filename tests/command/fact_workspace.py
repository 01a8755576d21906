"""A workspace in memory, told by lines of facts: what each becomes, without a database."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from domain.history import At
from domain.ids import named
from domain.workspace import WorkspaceOpened
from services.command.imports.fact_handler import decide
from services.command.imports.fact_line import read_line
from services.command.loop.batch import placed_under, with_event
from services.command.loop.context import NO_STREAM, Context, LoadedStream, NewEvent
from services.command.loop.derived_ids import DerivedIds

WORKSPACE, ANA, IMPORT = (UUID(int=number) for number in (1, 2, 3))
NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)


class Streams(dict[Any, Any]):
    """All is loaded: what is not there is known not to be there."""

    def __init__(self, absent: Any) -> None:
        self.absent = absent

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(key, self.absent)


class FactWorkspace:
    def __init__(self, *lines: str, zone: str = "UTC") -> None:
        self.streams, self.children = Streams(NO_STREAM), Streams(frozenset())
        self.position = 0
        self.events: list[Any] = []  # What the last line came to, without the fact itself.
        self.news: list[NewEvent] = []
        self.warnings: list[str] = []
        self._record(NewEvent("workspace", WORKSPACE, WorkspaceOpened(name="Bakery", timezone=zone)))
        for line in lines:
            self.tell(line)

    def tell(self, line: str) -> "FactWorkspace":
        """Raises Refusal."""
        ctx = Context(WORKSPACE, ANA, NOW, self.streams, {}, self.children, {})
        read = read_line(1, line.encode(errors="surrogatepass"))
        names = DerivedIds((WORKSPACE,))
        self.news, self.warnings = decide(ctx, names=names, line=read, import_id=IMPORT, source="a file")
        self.events = [new.event for new in self.news[1:]]
        for new in self.news:
            self._record(new)
        return self

    def stream(self, kind: str, name: str) -> LoadedStream:
        return self.streams.get((WORKSPACE, id_of(kind, name)))

    def state(self, kind: str, name: str) -> Any:
        return self.stream(kind, name).history.state

    def _record(self, new: NewEvent) -> None:
        self.position += 1
        key = WORKSPACE, new.stream_id
        before = self.streams.get(key)
        after = with_event(before, new, At(new.effective_at or NOW, self.position))
        self.streams[key] = after
        old, placed = placed_under(WORKSPACE, before), placed_under(WORKSPACE, after)
        self.children[WORKSPACE, old] = self.children.get((WORKSPACE, old)) - {new.stream_id}
        self.children[WORKSPACE, placed] = self.children.get((WORKSPACE, placed)) | {new.stream_id}


def id_of(kind: str, name: str) -> UUID:
    return named(WORKSPACE, kind, name)
