"""The change feed: the log of one workspace, as it was recorded. Nothing of it is kept in read models."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import msgspec

from contracts.codec import Keys, Subject, decode_async
from contracts.recorded import COLUMNS, Recorded
from domain.ids import anonymous_id
from domain.registry import VERSIONS
from services.projections.anonymity import times
from services.projections.names import Names, names
from services.projections.reading import View

FindKeys = Callable[[set[Subject]], Awaitable[Keys]]  # Finds the keys of personal text.

AFTER = f"""
    SELECT {COLUMNS} FROM northing.events
     WHERE workspace_id = %(workspace_id)s AND position > %(after)s ORDER BY position LIMIT %(limit)s
"""  # noqa: S608  COLUMNS is a constant.
HEAD = "SELECT position FROM northing.heads WHERE workspace_id = %(workspace_id)s"


async def head(view: View) -> int:
    """The position of what was recorded last."""
    found = await view.rows(HEAD)
    return found[0][0] if found else 0


async def events(view: View, find_keys: FindKeys, *, after: int, limit: int) -> list[dict[str, Any]]:
    """What was recorded after this position, in order."""
    recorded = await decode_async(await view.rows(AFTER, after=after, limit=limit), find_keys)
    people = await names(view, "members", (each.actor_id for each in recorded))
    return [shown(each, people) for each in recorded]


def shown(recorded: Recorded, people: Names) -> dict[str, Any]:
    """One event. What was said anonymously says nothing of its command, and its times only to the day."""
    anonymous = recorded.actor_id == anonymous_id(recorded.workspace_id)

    def unless_anonymous(id: UUID | None) -> UUID | None:
        return None if anonymous else id

    return {
        "position": recorded.position,
        "id": recorded.event_id,
        "type": recorded.topic,
        "stream_kind": recorded.stream_kind,
        "schema_version": VERSIONS.get(recorded.topic, 1),
        "aggregate_id": recorded.stream_id,
        "version": recorded.stream_version,
        "actor": people.of(recorded.actor_id),
        "command_id": unless_anonymous(recorded.command_id),
        "correlation_id": unless_anonymous(recorded.correlation_id),
        "causation_id": unless_anonymous(recorded.causation_id),
        **times(recorded.effective_at, recorded.recorded_at, anonymous=anonymous),
        "source_recorded_at": recorded.source_recorded_at,
        "data": msgspec.to_builtins(recorded.event),
    }
