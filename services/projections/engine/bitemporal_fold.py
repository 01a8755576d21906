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

from msgspec import Struct

from domain.history import Evolve, entry_of, places
from services.eventlog.recorded_event import RecordedEvent
from services.projections.engine.read_model import KNOWN, OPEN, FoldStep, ReadModel, Row, Table


class Interval(Struct, gc=False):
    """These values hold from `valid_from` until `valid_to`, as is believed from position `known_from` on."""

    valid_from: datetime
    valid_to: datetime
    known_from: int
    values: tuple[Any, ...]
    known_to: int = KNOWN
    stored: bool = False  # Whether the database has it; else it will get it as it then is.


NOTHING: list[Interval] = []
Key = tuple[Table, tuple[Any, ...]]
Held = list[tuple[datetime, tuple[Any, ...] | None]]  # What holds, or nothing, from each of these moments on.
Account = dict[Key, Held]
Sheet = dict[Key, list[Interval]]  # What is believed now, each list in the order of time.


class KeyChange(NamedTuple):
    """What is believed of one key from a fact on: which spans ended, which began, and all that stand."""

    key: Key
    ended: list[Interval]
    begun: list[Interval]
    standing: list[Interval]


Learnt = tuple[Any, list[Any], list[KeyChange]]  # The state, what the read models remember, and what changed.


@dataclass(slots=True)
class StreamFold:
    """All that is known of one stream, and what the read models make of it. `carries` are theirs, in their order."""

    evolve: Evolve[Any, Any]
    models: Sequence[ReadModel]
    carries: list[Any]
    sheet: Sheet = field(default_factory=dict)  # Of all models: no two of them write one table.
    facts: list[RecordedEvent] = field(default_factory=list)
    state: Any = None
    last: datetime | None = None  # The latest effective_at.

    @classmethod
    def of(cls, evolve: Evolve[Any, Any], models: Sequence[ReadModel]) -> "StreamFold":
        return cls(evolve, models, [model.start for model in models])

    def learn(self, fact: RecordedEvent) -> list[KeyChange]:
        """Take one more fact in, in the order of positions. If a read model raises, nothing has changed."""
        told = self._go_on(fact) if self._follows(fact) else self._tell_anew(fact)
        self.state, self.carries, changes = told
        self.facts.append(fact)
        if self.last is None or fact.effective_at > self.last:
            self.last = fact.effective_at
        for key, ended, _, standing in changes:
            for span in ended:
                span.known_to = fact.position
            self.sheet[key] = standing
        return changes

    def _follows(self, fact: RecordedEvent) -> bool:
        """Whether the fact comes after all that is known, so that the account can go on from where it is."""
        takes_back = hasattr(fact.event, "corrects") or hasattr(fact.event, "withdraws")
        return not takes_back and (self.last is None or fact.effective_at >= self.last)

    def _go_on(self, fact: RecordedEvent) -> Learnt:
        state = self.evolve(self.state, fact.event, fact.at)
        step = FoldStep(fact, self.state, state)
        carries, changes = [], []
        for model, carry in zip(self.models, self.carries, strict=True):
            carried, rows = model.step(carry, step)
            carries.append(carried)
            for table, key, values in _last_of_each(rows):
                spans = self.sheet.get((table, key), NOTHING)
                if _now(spans) != values:
                    changes.append(_continued((table, key), spans, values, fact))
        return state, carries, changes

    def _tell_anew(self, fact: RecordedEvent) -> Learnt:
        steps = list(_fold(self.evolve, [*self.facts, fact]))
        account: Account = {}
        carries = [_account(model, steps, account) for model in self.models]
        changes = [
            change
            for key in self.sheet.keys() | account.keys()
            if (change := _differing(key, self.sheet.get(key, NOTHING), account.get(key, []), fact.position))
        ]
        return steps[-1].step.after, carries, changes


def _last_of_each(rows: Sequence[Row]) -> Iterable[Row]:
    """Of two rows of one key the last one holds."""
    return rows if len(rows) < 2 else {row[:2]: row for row in rows}.values()


def _now(spans: Sequence[Interval]) -> tuple[Any, ...] | None:
    return spans[-1].values if spans and spans[-1].valid_to == OPEN else None


def _continued(key: Key, spans: list[Interval], values: tuple[Any, ...] | None, fact: RecordedEvent) -> KeyChange:
    """From the fact's moment on, which is after all others, other values hold."""
    since, position = fact.effective_at, fact.position
    begun: list[Interval] = []
    if values is not None:
        begun = [Interval(since, OPEN, position, values)]
    if not spans or spans[-1].valid_to != OPEN:
        return KeyChange(key, NOTHING, begun, spans + begun)
    before = spans[-1]
    if before.valid_from < since:
        begun.insert(0, Interval(before.valid_from, since, position, before.values))
    return KeyChange(key, [before], begun, spans[:-1] + begun)


class FoldedStep(NamedTuple):
    """A step of the fold, since when it holds, and the entry that stands for it where it was corrected."""

    step: FoldStep
    valid_from: datetime
    replaced_by: UUID | None


def _fold(evolve: Evolve[Any, Any], facts: Sequence[RecordedEvent]) -> Iterator[FoldedStep]:
    """The whole fold of these facts, step by step."""
    place = places(facts)
    corrections = {fact.event.corrects: entry_of(fact.event) for fact in facts if hasattr(fact.event, "corrects")}
    state = None
    for fact in sorted(facts, key=place):
        replaced_by = corrections.get(entry_of(fact.event))
        after = state if replaced_by else evolve(state, fact.event, fact.at)
        yield FoldedStep(FoldStep(fact, state, after), place(fact).effective_at, replaced_by)
        state = after


def _account(model: ReadModel, steps: Sequence[FoldedStep], account: Account) -> Any:
    """Add what a read model says of the whole fold: what held from when on under each key. What it remembers."""
    carry = model.start
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
    return carry


def _differing(key: Key, spans: list[Interval], held: Held, position: int) -> KeyChange | None:
    """What changes where these spans are believed, and the account says otherwise."""
    ends = [valid_from for valid_from, _ in held[1:]] + [OPEN]
    wanted = [(start, end, values) for (start, values), end in zip(held, ends, strict=False) if values is not None]
    believed = {(span.valid_from, span.valid_to): span for span in spans}
    standing, begun = [], []
    for start, end, values in wanted:
        span = believed.get((start, end))
        if span is None or span.values != values:
            begun.append(span := Interval(start, end, position, values))
        else:
            del believed[start, end]
        standing.append(span)
    return KeyChange(key, list(believed.values()), begun, standing) if begun or believed else None
