"""What is known of one stream, and the order in which it is folded.

State(T, K) is the fold of the events with effective_at <= T and position <= K, in the order (effective_at, position).
One exception works by knowledge only, at every T: a correction replaces the entry that it corrects (and stands at its
own place), a withdrawal stands at the place of what it withdraws.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, Generic, NamedTuple, Protocol, TypeVar
from uuid import UUID

State = TypeVar("State")  # None is one of its values: what there is before the first fact, as in `KeyResult | None`.
Event = TypeVar("Event")
NOTHING: Any = None  # The state before the first fact.


class At(NamedTuple):
    """A fact's place: when it was true, then where it stands in the workspace's log."""

    effective_at: datetime
    position: int


class Fact(NamedTuple, Generic[Event]):
    """An event, and its place."""

    event: Event
    at: At


class HasPlace(Protocol):
    """A fact, or a recorded event: what has an event and a place."""

    @property
    def event(self) -> object: ...
    @property
    def at(self) -> At: ...


Ordered = TypeVar("Ordered", bound=HasPlace)
Evolve = Callable[[State, Event, At], State]  # The state after one more event; it never refuses.
FactList = tuple[Fact[Event], "FactList[Event] | None"]  # Linked: a fact, and those that were known before it.


def in_order(facts: Iterable[Ordered]) -> list[Ordered]:
    """The facts that count, in the order in which they are folded. They are a whole stream's."""
    facts = tuple(facts)
    corrected = {corrected_by(fact.event) for fact in facts} - {None}
    place = places(facts)
    return sorted((fact for fact in facts if entry_of(fact.event) not in corrected), key=place)


def places(facts: Iterable[HasPlace]) -> Callable[[HasPlace], At]:
    """Where each of these facts stands in the fold. They are a whole stream's."""
    facts = tuple(facts)
    made_at = {entry: fact.at.effective_at for fact in facts if (entry := entry_of(fact.event))}

    def place(fact: HasPlace) -> At:
        withdrawn = getattr(fact.event, "withdraws", None)
        if withdrawn is None:
            return fact.at
        # A comment is a stream of its own: what is withdrawn is that with which the stream began.
        made = made_at[withdrawn] if withdrawn in made_at else min(fact.at for fact in facts).effective_at
        return At(made, fact.at.position)

    return place


def entry_of(event: object) -> UUID | None:
    """The id of the entry that an event makes inside its stream, where it makes one that can be taken back."""
    return getattr(event, "check_in_id", None) or getattr(event, "learning_id", None)


def corrected_by(event: object) -> UUID | None:
    """The id of the entry that an event corrects, where it corrects one."""
    return getattr(event, "corrects", None)


def takes_back(event: object) -> bool:
    """Whether an event corrects or withdraws an earlier one, so that the fold cannot go on from where it is."""
    return hasattr(event, "corrects") or hasattr(event, "withdraws")


def fold(evolve: Evolve[State, Event], facts: Iterable[Fact[Event]]) -> State:
    """The state after these facts, None where there are none."""
    state: State = NOTHING
    for fact in in_order(facts):
        state = evolve(state, fact.event, fact.at)
    return state


class History(Generic[State, Event]):
    """One stream as far as it is known: its version, its state, and the facts, newest known first, as a linked list.

    The list is linked so that one more fact costs the same however many there are; the state is folded when it is
    first asked for, and kept.
    """

    __slots__ = ("_before", "_evolve", "_state", "last", "newest", "version")

    def __init__(self) -> None:
        """A history without a fact."""
        self.version = 0
        self.last: At | None = None  # The last place in the order of the fold.
        self.newest: FactList[Event] | None = None
        self._state: State = NOTHING
        self._evolve: Evolve[State, Event] | None = None  # None once the state is folded.
        self._before: History[State, Event] | None = None  # What the state goes on from, where it does.

    @classmethod
    def of(cls, evolve: Evolve[State, Event], facts: Iterable[Fact[Event]]) -> "History[State, Event]":
        """The history of facts that are given in the order in which they became known."""
        known: History[State, Event] = cls()
        for fact in facts:
            known.newest, known.version = (fact, known.newest), known.version + 1
            known.last = fact.at if known.last is None else max(known.last, fact.at)
        known._evolve = evolve
        return known

    def plus(self, evolve: Evolve[State, Event], event: Event, at: At) -> "History[State, Event]":
        """This history with one more fact known."""
        grown: History[State, Event] = History()
        grown.version, grown.newest, grown._evolve = self.version + 1, (Fact(event, at), self.newest), evolve
        grown.last = at if self.last is None else max(at, self.last)
        grown._before = self if self._is_followed_by(event, at) else None
        return grown

    @property
    def state(self) -> State:
        """The fold of the facts; None where there are none."""
        waiting: list[History[State, Event]] = []
        known: History[State, Event] | None = self
        while known is not None and known._evolve is not None:
            waiting.append(known)
            known = known._before
        for each in reversed(waiting):
            each._settle()
        return self._state

    def state_as_of(self, evolve: Evolve[State, Event], moment: datetime) -> State:
        """The state at that moment, with all that is known of it; None before the first fact."""
        if self.last is None or self.last.effective_at <= moment:
            return self.state
        facts = tuple(self.facts())
        place = places(facts)
        state: State = NOTHING
        for fact in in_order(facts):
            if place(fact).effective_at > moment:
                break
            state = evolve(state, fact.event, fact.at)
        return state

    @property
    def position(self) -> int:
        """Of the fact that became known last; 0 where there is none."""
        return self.newest[0].at.position if self.newest else 0

    def facts(self) -> Iterator[Fact[Event]]:
        """Newest known first."""
        node = self.newest
        while node is not None:
            fact, node = node
            yield fact

    def _settle(self) -> None:
        if self._evolve is not None and self._before is not None and self.newest is not None:
            fact = self.newest[0]
            self._state = self._evolve(self._before._state, fact.event, fact.at)
        elif self._evolve is not None:
            self._state = fold(self._evolve, self.facts())
        self._evolve = self._before = None

    def _is_followed_by(self, event: Event, at: At) -> bool:
        """Whether the fact comes after all that is known, so that the state can go on from where it is."""
        return not takes_back(event) and (self.last is None or at >= self.last)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, History):
            return NotImplemented
        return (self.version, self.last, self.newest, self.state) == (
            other.version,
            other.last,
            other.newest,
            other.state,
        )

    __hash__ = None  # type: ignore[assignment]
