"""Ids that follow from names: in a workspace the same kind and name always give the same id.

A workspace that was filled from an export goes on with the ids of the workspace that it came from, so that an import
which ran there goes on here. Where ids were mapped, as (workspaces[0], name) was once, they are mapped here too.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple, Protocol
from uuid import UUID

from domain.ids import mapped_id, named
from domain.purpose.kinds import GOAL_KINDS
from services.command.loop.batch import StreamKey
from services.command.loop.context import LoadedStream


class DerivedIds(NamedTuple):
    """`workspaces`: the one whose ids follow from names, then those into which they were mapped since."""

    workspaces: tuple[UUID, ...]

    def id(self, kind: str, name: str) -> UUID:
        """The stream of an imported goal by its external id; of a cycle, team or placeholder by its first name."""
        return _derived(self.workspaces, kind, name)

    def goals(self, external_id: str) -> list[UUID]:
        """The streams in which the goal with this external id may be: one for each kind."""
        return [_derived(self.workspaces, kind, external_id) for kind in GOAL_KINDS]

    def fact(self, digest: str) -> UUID:
        """The id of a line's FactImported, and of its command: the same line is always the same command."""
        return _derived(self.workspaces, "", digest)


class StreamLoader(Protocol):
    async def load(self, keys: Sequence[StreamKey]) -> dict[StreamKey, LoadedStream]: ...


async def derived_ids_in(workspace_id: UUID, event_log: StreamLoader) -> DerivedIds:
    """The workspaces that ids follow from in this workspace, by its settings; itself where it was not restored."""
    key = workspace_id, workspace_id
    found = (await event_log.load([key])).get(key)
    return DerivedIds((found and found.history.state.names_from) or (workspace_id,))


@lru_cache(maxsize=100_000)
def _derived(workspaces: tuple[UUID, ...], kind: str, name: str) -> UUID:
    root, *mapped_in = workspaces
    made = named(root, kind, name)
    for workspace_id in mapped_in:
        made = mapped_id(workspace_id, made)
    return made
