"""From which workspaces ids follow in a workspace, as its settings say."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from domain.ids import DerivedIds
from services.command.loop.context import LoadedStream, StreamKey


class StreamLoader(Protocol):
    async def load(self, keys: Sequence[StreamKey]) -> dict[StreamKey, LoadedStream]: ...


async def derived_ids_in(workspace_id: UUID, event_log: StreamLoader) -> DerivedIds:
    """The workspaces that ids follow from in this workspace, by its settings; itself where it was not restored."""
    key = workspace_id, workspace_id
    found = (await event_log.load([key])).get(key)
    return DerivedIds((found and found.history.state.names_from) or (workspace_id,))
