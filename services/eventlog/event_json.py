"""A recorded event as its readers get it: the one encoding of the change feed, of exports and of imports of exports."""

from typing import Any
from uuid import UUID

import msgspec

from contracts.events.anonymity import times
from domain.ids import anonymous_id
from domain.registry import VERSIONS
from services.eventlog.recorded_event import RecordedEvent


def event_json(recorded: RecordedEvent, actor: object) -> dict[str, Any]:
    """The fields of contracts.answers.events.EventShown; `actor` is what shows the member, or None.

    What was said anonymously tells nothing of its command, and its times only to the day.
    """
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
