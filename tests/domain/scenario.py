"""Given what happened, when a member decides, then these events are recorded; or a rule says no."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar
from uuid import UUID

import pytest

from domain.errors import Refusal
from domain.history import At, Evolve, Fact, fold
from domain.personal import Personal

ANA = UUID(int=0xA)
BO = UUID(int=0xB)
CY = UUID(int=0xC)

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)

State = TypeVar("State")
Event = TypeVar("Event")

Given = Sequence[Event | tuple[Event, datetime]]  # Events, or pairs of an event and its `effective_at`.
Decision = Callable[[State], Sequence[Event]]
Then = Sequence[Event] | type[Refusal]


def facts(given: Given[Event]) -> list[Fact[Event]]:
    """These events as they were recorded one after the other: positions rise from 1, a minute lies between two."""
    recorded = []
    for position, each in enumerate(given, start=1):
        event, effective_at = each if isinstance(each, tuple) else (each, NOON + timedelta(minutes=position))
        recorded.append(Fact(event, At(effective_at, position)))
    return recorded


class Specification(Generic[State, Event]):
    """What one kind of stream is asked by its tests."""

    def __init__(self, evolve: Evolve[State | None, Event]) -> None:
        """`evolve` gives the state after one more event."""
        self._evolve = evolve

    def folded(self, given: Given[Event]) -> State | None:
        """What stands after these events; None where they leave nothing."""
        return fold(self._evolve, facts(given))

    def state(self, given: Given[Event]) -> State:
        """What stands after these events, which leave something."""
        state = self.folded(given)
        assert state is not None
        return state

    def scenario(self, *, given: Given[Event], when: Decision[State, Event], then: Then[Event], says: str = "") -> None:
        """`then` is the events to be recorded, or the refusal, whose words hold `says`."""
        before = self.state(given)
        beginning(when=lambda: when(before), then=then, says=says)


def beginning(*, when: Callable[[], Sequence[object]], then: Sequence[object] | type[Refusal], says: str = "") -> None:
    """A scenario of a stream that is not there yet."""
    if not isinstance(then, type):
        assert when() == list(then)
        return
    with pytest.raises(then) as refused:
        when()
    assert says in str(refused.value)


def words(text: str, subject: UUID = ANA) -> Personal:
    """Personal text, of Ana unless said."""
    return Personal(subject, text)
