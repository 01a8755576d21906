"""Deciding without recording: what an import would come to, against what is stored and what was decided so far."""

from collections.abc import Sequence
from uuid import UUID

from services.command.batch import Asked, Decided, Key, Known, decide_all, grown, unrecorded
from services.command.look import NO_STREAM
from services.command.loop import Log


class Rehearsal:
    """Remembers what it decided, as the log would; nothing of it is written."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.known = Known()
        self.placed: dict[Key, UUID | None] = {}  # Under what the goals stand now that it has moved.

    async def decide(self, batch: Sequence[Asked]) -> list[Decided]:
        """Every command decided in order; a refusal changes nothing."""
        wanted = {(asked.workspace_id, stream) for asked in batch for stream in (*asked.prefetch, asked.aggregate_id)}
        children: set[Key] = set()
        while True:
            await self._load(wanted, children)
            outcomes, wanted, children = decide_all(batch, self.known)
            if not wanted and not children:
                break
        for outcome in outcomes:
            self._remember(outcome)
        return outcomes

    async def _load(self, wanted: set[Key], children: set[Key]) -> None:
        if absent := [key for key in wanted if key not in self.known.stored]:
            loaded = await self.log.load(absent)
            self.known.stored |= {key: loaded.get(key, NO_STREAM) for key in absent}
        if children:
            loaded_children = await self.log.load_children([*children])
            for key in children:
                stored = {child for child in loaded_children.get(key, ()) if (key[0], child) not in self.placed}
                moved = {child for (of, child), parent in self.placed.items() if (of, parent) == key}
                self.known.children[key] = frozenset(stored | moved)

    def _remember(self, outcome: Decided) -> None:
        asked = outcome.asked
        for new in outcome.news:
            key = asked.workspace_id, new.stream_id
            before = self.known.stored[key]
            self.known.stored[key] = grown(before, new, unrecorded(new, before, asked.now))
        for goal_id, parent_id in outcome.links:
            self.placed[asked.workspace_id, goal_id] = parent_id
            for key in outcome.moved_children & self.known.children.keys():
                others = self.known.children[key] - {goal_id}
                self.known.children[key] = others | {goal_id} if key[1] == parent_id else others
