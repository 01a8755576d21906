"""A workspace in memory as the domain and the command table make it; nothing of the loop, the log or HTTP is in here.

What a command may see, and what it comes to, is asked of its handler (tests/command/dict_workspace.py). Independent of
that are the diagrams and what the queries must show (two_sided_machine.py), and the naive oracles (naive.py).
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from domain.cycle import Cycle
from domain.history import At, Fact, History
from domain.key_result.state import KeyResult
from domain.registry import NAMES
from services.command.loop.context import NewEvent
from services.eventlog.codec import from_json
from tests.command.dict_workspace import DictWorkspace
from tests.json_types import Json


class Model(DictWorkspace):
    def learn(self, shown: Json) -> Any:
        """Take an event of the change feed in; the state of its stream after it."""
        id, fact = UUID(shown["aggregate_id"]), fact_of(shown)
        self.record(NewEvent(shown["stream_kind"], id, fact.event), fact.at)
        self.position = fact.at.position
        return self.history(id).state

    def history(self, id: UUID) -> History[Any, Any]:
        return self.streams[self.workspace_id, id].history

    def histories(self) -> dict[UUID, History[Any, Any]]:
        return {id: stream.history for (_, id), stream in self.streams.items()}

    def kind(self, id: UUID) -> str | None:
        return self.streams.get((self.workspace_id, id)).kind

    def of_kind(self, *kinds: str) -> dict[UUID, Any]:
        return {id: stream.history.state for (_, id), stream in self.streams.items() if stream.kind in kinds}

    def cycle_of(self, cycle_id: UUID | None) -> Cycle | None:
        return None if cycle_id is None else self.state(Cycle, cycle_id)

    def children_of(self, id: UUID) -> list[UUID]:
        """The goals that stand under this one now, whatever their state."""
        return sorted(self.children.get((self.workspace_id, id)))

    def key_results(self, id: UUID) -> dict[UUID, KeyResult]:
        return {child: kr for child, kr in self.of_kind("key_result").items() if kr.parent_id == id}


def shown_as(new: NewEvent) -> Json:
    """A decided event as the change feed has to show it."""
    return {"aggregate_id": str(new.stream_id), "type": NAMES[type(new.event)], "data": as_json(new.event)}


def fact_of(shown: Json) -> Fact[object]:
    """An event of the change feed as a fact of the domain."""
    event = from_json(shown["type"], shown["schema_version"], msgspec.json.encode(shown["data"]))
    return Fact(event, At(datetime.fromisoformat(shown["effective_at"]), shown["position"]))


def as_json(event: object) -> Any:
    return msgspec.json.decode(msgspec.json.encode(event))
