"""An event as JSON: the one encoding of the change feed, of exports and of imports of exports.

An export is a header line and the change feed of the workspace, an event a line, in the order of its positions.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from contracts.events.anonymity import times
from contracts.events.recorded_event import RecordedEvent
from domain.ids import anonymous_id
from domain.registry import VERSIONS

FORM, VERSION = "events", 1


def event_json(recorded: RecordedEvent, actor: Any) -> dict[str, Any]:
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
        "actor": actor,
        "command_id": unless_anonymous(recorded.command_id),
        "correlation_id": unless_anonymous(recorded.correlation_id),
        "causation_id": unless_anonymous(recorded.causation_id),
        **times(recorded.effective_at, recorded.recorded_at, anonymous=anonymous),
        "source_recorded_at": recorded.source_recorded_at,
        "data": msgspec.to_builtins(recorded.event),
    }


def header(*, id: UUID | str, name: str, timezone: str, position: int) -> dict[str, Any]:
    """The first line of an export: of which workspace, up to which position."""
    workspace = {"id": str(id), "name": name, "timezone": timezone}
    return {"northing": FORM, "version": VERSION, "workspace": workspace, "position": position}


async def exported(
    first: Mapping[str, Any], events_after: Callable[[int], Awaitable[Sequence[Mapping[str, Any]]]]
) -> AsyncIterator[bytes]:
    """The lines of an export: the header, then what `events_after` gives, page by page, up to the header's position."""
    yield msgspec.json.encode(first) + b"\n"
    after = 0
    while after < first["position"]:
        page = await events_after(after)
        if not page:
            return
        for event in page:
            if event["position"] <= first["position"]:
                yield msgspec.json.encode(event) + b"\n"
        after = page[-1]["position"]
