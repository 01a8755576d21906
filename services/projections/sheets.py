"""Both times, for all read models. A stream's sheet is what is believed of it: under each key, what held when.

Every new fact changes the sheets. What is believed no longer gets `known_to`, what is believed from now on gets
`known_from`; both are the fact's position. So the rows at (T, K) are always the fold of what was known at K up to T:

    valid_from <= T < valid_to  and  known_from <= K < known_to
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from contracts.recorded import Recorded
from domain.history import Evolve, entry_of, places
from services.projections.model import KNOWN, OPEN, ReadModel, Row, Step, Table


@dataclass(slots=True)
class Span:
    """These values hold from `valid_from` until `valid_to`, as is believed from position `known_from` on."""

    valid_from: datetime
    valid_to: datetime
    known_from: int
    values: tuple[Any, ...]
    known_to: int = KNOWN
    stored: bool = False  # Whether the database has it; else it will get it as it then is.


NOTHING: list[Span] = []
Key = tuple[Table, tuple[Any, ...]]
Held = list[tuple[datetime, tuple[Any, ...] | None]]  # What holds, or nothing, from each of these moments on.
Account = dict[Key, Held]
Sheet = dict[Key, list[Span]]  # What is believed now, each list in the order of time.


class Change(NamedTuple):
    """What is believed of one key from a fact on: which spans ended, which began, and all that stand."""

    key: Key
    ended: list[Span]
    begun: list[Span]
    standing: list[Span]


@dataclass(slots=True)
class Telling:
    """One read model's account of one stream."""

    model: ReadModel
    carry: Any
    sheet: Sheet = field(default_factory=dict)


@dataclass(slots=True)
class Stream:
    """All that is known of one stream, and what each read model makes of it."""

    evolve: Evolve
    tellings: list[Telling]
    facts: list[Recorded] = field(default_factory=list)
    state: Any = None
    last: datetime | None = None  # The latest effective_at.

    @classmethod
    def of(cls, evolve: Evolve, models: Iterable[ReadModel]) -> "Stream":
        return cls(evolve, [Telling(model, model.start) for model in models])

    def learn(self, fact: Recorded) -> list[Change]:
        """Take one more fact in, in the order of positions. If a read model raises, nothing has changed."""
        told = self._go_on(fact) if self._follows(fact) else self._tell_anew(fact)
        state, carries, changes = told
        self.facts.append(fact)
        self.state = state
        self.last = fact.effective_at if self.last is None else max(self.last, fact.effective_at)
        for telling, carry, changed in zip(self.tellings, carries, changes, strict=True):
            telling.carry = carry
            for change in changed:
                for span in change.ended:
                    span.known_to = fact.position
                telling.sheet[change.key] = change.standing
        return [change for changed in changes for change in changed]

    def _follows(self, fact: Recorded) -> bool:
        """Whether the fact comes after all that is known, so that the account can go on from where it is."""
        takes_back = hasattr(fact.event, "corrects") or hasattr(fact.event, "withdraws")
        return not takes_back and (self.last is None or fact.effective_at >= self.last)

    def _go_on(self, fact: Recorded) -> tuple[Any, list[Any], list[list[Change]]]:
        state = self.evolve(self.state, fact.event, fact.at)
        step = Step(fact, self.state, state)
        carries, changes = [], []
        for telling in self.tellings:
            carry, rows = telling.model.step(telling.carry, step)
            carries.append(carry)
            told = []
            for key, values in _last_of_each(rows):
                spans = telling.sheet.get(key, NOTHING)
                if _now(spans) != values:
                    told.append(_continued(key, spans, values, fact))
            changes.append(told)
        return state, carries, changes

    def _tell_anew(self, fact: Recorded) -> tuple[Any, list[Any], list[list[Change]]]:
        facts = [*self.facts, fact]
        steps = list(_fold(self.evolve, facts))
        carries, changes = [], []
        for telling in self.tellings:
            carry, sheet = _account(telling.model, steps)
            carries.append(carry)
            changes.append(
                [
                    change
                    for key in telling.sheet.keys() | sheet.keys()
                    if (change := _differing(key, telling.sheet.get(key, []), sheet.get(key, []), fact.position))
                ]
            )
        return steps[-1].step.after, carries, changes


def _last_of_each(rows: Iterable[Row]) -> Iterable[tuple[Key, tuple[Any, ...] | None]]:
    """Of two rows of one key the last one holds."""
    keyed = [((table, key), values) for table, key, values in rows]
    return keyed if len(keyed) < 2 else dict(keyed).items()


def _now(spans: Sequence[Span]) -> tuple[Any, ...] | None:
    return spans[-1].values if spans and spans[-1].valid_to == OPEN else None


def _continued(key: Key, spans: list[Span], values: tuple[Any, ...] | None, fact: Recorded) -> Change:
    """From the fact's moment on, which is after all others, other values hold."""
    standing, ended, begun = list(spans), [], []
    if standing and standing[-1].valid_to == OPEN:
        before = standing.pop()
        ended.append(before)
        if before.valid_from < fact.effective_at:
            begun.append(Span(before.valid_from, fact.effective_at, fact.position, before.values))
    if values is not None:
        begun.append(Span(fact.effective_at, OPEN, fact.position, values))
    return Change(key, ended, begun, [*standing, *begun])


class Told(NamedTuple):
    """A step of the fold, since when it holds, and the entry that stands for it where it was corrected."""

    step: Step
    valid_from: datetime
    replaced_by: UUID | None


def _fold(evolve: Evolve, facts: Sequence[Recorded]) -> Iterator[Told]:
    """The whole fold of these facts, step by step."""
    place = places(facts)
    corrections = {fact.event.corrects: entry_of(fact.event) for fact in facts if hasattr(fact.event, "corrects")}
    state = None
    for fact in sorted(facts, key=place):
        replaced_by = corrections.get(entry_of(fact.event))
        after = state if replaced_by else evolve(state, fact.event, fact.at)
        yield Told(Step(fact, state, after), place(fact).effective_at, replaced_by)
        state = after


def _account(model: ReadModel, steps: Sequence[Told]) -> tuple[Any, Account]:
    """What a read model says of the whole fold: what it remembers, and what held from when on under each key."""
    carry = model.start
    account: Account = {}
    for step, valid_from, replaced_by in steps:
        rows: Iterable[Row]
        if replaced_by:
            rows = model.replaced(carry, step, replaced_by)
        else:
            carry, rows = model.step(carry, step)
        for table, key, values in rows:
            held = account.setdefault((table, key), [])
            if held and held[-1][0] == valid_from:
                held.pop()
            if values != (held[-1][1] if held else None):
                held.append((valid_from, values))
    return carry, account


def _differing(key: Key, spans: list[Span], held: Held, position: int) -> Change | None:
    """What changes where these spans are believed, and the account says otherwise."""
    ends = [valid_from for valid_from, _ in held[1:]] + [OPEN]
    wanted = [(start, end, values) for (start, values), end in zip(held, ends, strict=False) if values is not None]
    believed = {(span.valid_from, span.valid_to): span for span in spans}
    standing, begun = [], []
    for start, end, values in wanted:
        span = believed.get((start, end))
        if span is None or span.values != values:
            begun.append(span := Span(start, end, position, values))
        else:
            del believed[start, end]
        standing.append(span)
    return Change(key, list(believed.values()), begun, standing) if begun or believed else None
