"""Deciding without recording: what an import would come to, against what is stored and what was decided so far."""

from collections.abc import Sequence
from uuid import UUID

from services.command.loop.batch import (
    LoadedState,
    Outcome,
    PendingCommand,
    StreamKey,
    decide_all,
    unrecorded,
    with_event,
)
from services.command.loop.command_loop import CommandLog
from services.command.loop.context import NO_STREAM


class DryRun:
    """Remembers what it decided, as the log would; nothing of it is written."""

    def __init__(self, log: CommandLog) -> None:
        self.log = log
        self.known = LoadedState()
        self.placed: dict[StreamKey, UUID | None] = {}  # Under what the goals stand now that it has moved.

    async def decide(self, batch: Sequence[PendingCommand]) -> list[Outcome]:
        """Every command decided in order; a refusal changes nothing."""
        wanted = {
            (pending.workspace_id, stream) for pending in batch for stream in (*pending.prefetch, pending.aggregate_id)
        }
        children: set[StreamKey] = set()
        while True:
            await self._load(wanted, children)
            outcomes, wanted, children = decide_all(batch, self.known)
            if not wanted and not children:
                break
        for outcome in outcomes:
            self._remember(outcome)
        return outcomes

    async def _load(self, wanted: set[StreamKey], children: set[StreamKey]) -> None:
        if absent := [key for key in wanted if key not in self.known.stored]:
            loaded = await self.log.load(absent)
            self.known.stored |= {key: loaded.get(key, NO_STREAM) for key in absent}
        if children:
            loaded_children = await self.log.load_children([*children])
            for key in children:
                stored = {child for child in loaded_children.get(key, ()) if (key[0], child) not in self.placed}
                moved = {child for (of, child), parent in self.placed.items() if (of, parent) == key}
                self.known.children[key] = frozenset(stored | moved)

    def _remember(self, outcome: Outcome) -> None:
        pending = outcome.pending
        for new in outcome.new_events:
            key = pending.workspace_id, new.stream_id
            before = self.known.stored[key]
            self.known.stored[key] = with_event(before, new, unrecorded(new, before, pending.now))
        for goal_id, parent_id in outcome.links:
            self.placed[pending.workspace_id, goal_id] = parent_id
            for key in outcome.changed_parents & self.known.children.keys():
                others = self.known.children[key] - {goal_id}
                self.known.children[key] = others | {goal_id} if key[1] == parent_id else others
