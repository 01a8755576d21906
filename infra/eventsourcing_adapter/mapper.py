"""From a row of the log to the event that a user of the eventsourcing library sees."""

from collections.abc import Callable
from dataclasses import fields
from functools import cache
from threading import Lock
from types import new_class
from typing import Any, NoReturn, cast
from uuid import UUID

from eventsourcing.persistence import Mapper, NotSupportedError, StoredEvent

from domain.history import At
from infra.eventsourcing_adapter.reader import READ_ONLY, RowState
from services.eventlog.codec import Keys, Subject, decode
from services.eventlog.recorded_event import RecordedEvent


class PlacedEvent:
    """What an event has beside its own fields: the columns around it, and what the library asks of every event."""

    __slots__ = ()
    recorded: RecordedEvent

    @property
    def originator_id(self) -> UUID:
        return self.recorded.stream_id

    @property
    def originator_version(self) -> int:
        return self.recorded.stream_version

    @property
    def at(self) -> At:
        return self.recorded.at


@cache
def _placed(event_class: type[Any]) -> type[Any]:
    """A subclass of the event's class, so that dispatch and isinstance find the class that a user names."""
    own = {"__slots__": ("recorded",), "__module__": event_class.__module__, "__doc__": event_class.__doc__}
    return new_class(event_class.__name__, (event_class, PlacedEvent), exec_body=lambda body: body.update(own))


class LogMapper(Mapper[UUID]):
    """Reads events with the codec. Personal text is opened by the keys that `keys_of` finds; without a key it is None.

    Writing raises NotSupportedError.
    """

    def __init__(self, keys_of: Callable[[set[Subject]], Keys]) -> None:
        self.keys_of = keys_of
        self.one_at_a_time = Lock()  # The keys are of one thread, an application may have many.

    def to_domain_event(self, stored_event: StoredEvent) -> PlacedEvent:
        with self.one_at_a_time:
            [recorded] = decode([cast(RowState, stored_event.state).row], self.keys_of)
        event_class: Any = type(recorded.event)
        event = object.__new__(_placed(event_class))
        for field in fields(recorded.event):
            object.__setattr__(event, field.name, getattr(recorded.event, field.name))
        object.__setattr__(event, "recorded", recorded)
        return cast(PlacedEvent, event)

    def to_stored_event(self, domain_event: object) -> NoReturn:  # noqa: ARG002
        raise NotSupportedError(READ_ONLY)
