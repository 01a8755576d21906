"""Deciding without recording: what an import would come to, on what is stored and what it has decided so far."""

from collections.abc import Sequence
from uuid import UUID

from services.command.loop.batch import LoadedState, Outcome, PendingCommand, decide_all, unrecorded, with_event
from services.command.loop.command_loop import CommandLog
from services.command.loop.context import NO_STREAM, StreamKey


class DryRun:
    """Remembers what it decided, as the log would; nothing of it is written."""

    def __init__(self, log: CommandLog) -> None:
        self.log = log
        self.loaded = LoadedState()
        self.moved_goals: dict[StreamKey, UUID | None] = {}  # Goals that it has moved, and what they stand under now.

    async def decide(self, batch: Sequence[PendingCommand]) -> list[Outcome]:
        """Every command decided in order; a refusal changes nothing."""
        missing = {
            (pending.workspace_id, stream) for pending in batch for stream in (*pending.prefetch, pending.aggregate_id)
        }
        missing_children: set[StreamKey] = set()
        while True:
            await self._load(missing, missing_children)
            outcomes, missing, missing_children = decide_all(batch, self.loaded)
            if not missing and not missing_children:
                break
        for outcome in outcomes:
            self._remember(outcome)
        return outcomes

    async def _load(self, streams: set[StreamKey], parents: set[StreamKey]) -> None:
        if absent := [key for key in streams if key not in self.loaded.stored]:
            found = await self.log.load(absent)
            self.loaded.stored |= {key: found.get(key, NO_STREAM) for key in absent}
        if parents:
            stored_children = await self.log.load_children([*parents])
            for key in parents:
                stored = {child for child in stored_children.get(key, ()) if (key[0], child) not in self.moved_goals}
                moved = {child for (of, child), parent in self.moved_goals.items() if (of, parent) == key}
                self.loaded.children[key] = frozenset(stored | moved)

    def _remember(self, outcome: Outcome) -> None:
        pending = outcome.pending
        for new in outcome.new_events:
            key = pending.workspace_id, new.stream_id
            before = self.loaded.stored[key]
            self.loaded.stored[key] = with_event(before, new, unrecorded(new, before, pending.now))
        for goal_id, parent_id in outcome.links:
            self.moved_goals[pending.workspace_id, goal_id] = parent_id
            for key in outcome.changed_parents & self.loaded.children.keys():
                others = self.loaded.children[key] - {goal_id}
                self.loaded.children[key] = others | {goal_id} if key[1] == parent_id else others
