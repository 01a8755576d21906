"""Both times, for all read models. A stream's fold holds what is believed of it: under each key, what held when.

Every new fact changes it. What is believed no longer gets `known_to`, what is believed from now on gets `known_from`;
both are the fact's position. So the rows at (T, K) are always the fold of what was known at K up to T:

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
from services.projections.engine.read_model import KNOWN, OPEN, AnyReadModel, Ended, FoldStep, Rows
from services.projections.engine.table import Table, TableRow


class Interval(Struct, gc=False):
    """This row holds from `valid_from` until `valid_to`, as is believed from position `known_from` on."""

    valid_from: datetime
    valid_to: datetime
    known_from: int
    row: TableRow[UUID]
    known_to: int = KNOWN
    stored: bool = False  # Whether the database has it; else the batch writes it as it then is.


NOTHING: list[Interval] = []
Key = tuple[Table, UUID]


class Holding(NamedTuple):
    """From this moment on this row holds, or none."""

    valid_from: datetime
    row: TableRow[UUID] | None


class KeyChange(NamedTuple):
    """What a fact changes of what is believed of one key: which intervals it closes and opens, and all that stand."""

    key: Key
    closed: list[Interval]
    opened: list[Interval]
    standing: list[Interval]


class Folded(NamedTuple):
    """What one more fact makes of a stream: its state, what the read models remember, and what changes."""

    state: object
    carries: list[object]
    changes: list[KeyChange]


@dataclass(slots=True)
class StreamFold:
    """All that is known of one stream, and what the read models make of it. `carries` are theirs, in their order."""

    evolve: Evolve[Any, Any]
    models: Sequence[AnyReadModel]
    carries: list[object]
    # What is believed now, in the order of time; of all models, because no two of them write one table.
    intervals: dict[Key, list[Interval]] = field(default_factory=dict)
    facts: list[RecordedEvent] = field(default_factory=list)
    state: object = None
    last: datetime | None = None  # The latest effective_at.

    @classmethod
    def of(cls, evolve: Evolve[Any, Any], models: Sequence[AnyReadModel]) -> "StreamFold":
        return cls(evolve, models, [model.start for model in models])

    def fold(self, fact: RecordedEvent) -> list[KeyChange]:
        """Take one more fact in, in the order of positions. If a read model raises, nothing has changed."""
        folded = self._extend(fact) if self._follows(fact) else self._refold(fact)
        self.state, self.carries, changes = folded
        self.facts.append(fact)
        if self.last is None or fact.effective_at > self.last:
            self.last = fact.effective_at
        for key, closed, _, standing in changes:
            for interval in closed:
                interval.known_to = fact.position
            self.intervals[key] = standing
        return changes

    def _follows(self, fact: RecordedEvent) -> bool:
        """Whether the fact comes after all that is known, so that the fold can go on from where it is."""
        takes_back = hasattr(fact.event, "corrects") or hasattr(fact.event, "withdraws")
        return not takes_back and (self.last is None or fact.effective_at >= self.last)

    def _extend(self, fact: RecordedEvent) -> Folded:
        state = self.evolve(self.state, fact.event, fact.at)
        step: FoldStep[object] = FoldStep(fact, self.state, state)
        carries: list[object] = []
        changes: list[KeyChange] = []
        for model, carry in zip(self.models, self.carries, strict=True):
            carried, rows = model.step(carry, step)
            carries.append(carried)
            for key, row in _last_of_each(model, rows):
                intervals = self.intervals.get(key, NOTHING)
                if _holding_now(intervals) != row:
                    changes.append(_continued(key, intervals, row, fact))
        return Folded(state, carries, changes)

    def _refold(self, fact: RecordedEvent) -> Folded:
        steps = list(_fold(self.evolve, [*self.facts, fact]))
        holdings: dict[Key, list[Holding]] = {}
        carries = [_hold(model, steps, holdings) for model in self.models]
        changes = [
            change
            for key in self.intervals.keys() | holdings.keys()
            if (change := _differing(key, self.intervals.get(key, NOTHING), holdings.get(key, []), fact.position))
        ]
        return Folded(steps[-1].step.after, carries, changes)


def _keyed(model: AnyReadModel, rows: Rows) -> list[tuple[Key, TableRow[UUID] | None]]:
    """Each row under its key; None under the key of one that ended. A row of another model's raises KeyError."""
    return [
        ((model.table_of[row.row], row.id), None) if type(row) is Ended else ((model.table_of[type(row)], row.id), row)  # type: ignore[misc]  # What is not Ended is a row.
        for row in rows
    ]


def _last_of_each(model: AnyReadModel, rows: Rows) -> Iterable[tuple[Key, TableRow[UUID] | None]]:
    """Of two rows of one key the last one holds."""
    keyed = _keyed(model, rows)
    return keyed if len(keyed) < 2 else dict(keyed).items()


def _holding_now(intervals: Sequence[Interval]) -> TableRow[UUID] | None:
    return intervals[-1].row if intervals and intervals[-1].valid_to == OPEN else None


def _continued(key: Key, intervals: list[Interval], row: TableRow[UUID] | None, fact: RecordedEvent) -> KeyChange:
    """From the fact's moment on, which is after all others, another row holds, or none."""
    since, position = fact.effective_at, fact.position
    opened: list[Interval] = []
    if row is not None:
        opened = [Interval(since, OPEN, position, row)]
    if not intervals or intervals[-1].valid_to != OPEN:
        return KeyChange(key, NOTHING, opened, intervals + opened)
    before = intervals[-1]
    if before.valid_from < since:
        opened.insert(0, Interval(before.valid_from, since, position, before.row))
    return KeyChange(key, [before], opened, intervals[:-1] + opened)


class FoldedStep(NamedTuple):
    """A step of the fold, since when it holds, and the entry that stands for it where it was corrected."""

    step: FoldStep[object]
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


def _hold(model: AnyReadModel, steps: Sequence[FoldedStep], holdings: dict[Key, list[Holding]]) -> object:
    """Add what a read model says of the whole fold: what held from when on under each key. What it remembers."""
    carry = model.start
    for step, valid_from, replaced_by in steps:
        if replaced_by:
            rows = model.replaced(carry, step, replaced_by)
        else:
            carry, rows = model.step(carry, step)
        for key, row in _keyed(model, rows):
            held = holdings.setdefault(key, [])
            if held and held[-1].valid_from == valid_from:
                held.pop()
            if row != (held[-1].row if held else None):
                held.append(Holding(valid_from, row))
    return carry


def _differing(key: Key, intervals: list[Interval], held: list[Holding], position: int) -> KeyChange | None:
    """What changes where these intervals are believed, and the fold says otherwise."""
    ends = [valid_from for valid_from, _ in held[1:]] + [OPEN]
    wanted = [(start, end, row) for (start, row), end in zip(held, ends, strict=False) if row is not None]
    believed = {(interval.valid_from, interval.valid_to): interval for interval in intervals}
    standing: list[Interval] = []
    opened: list[Interval] = []
    for start, end, row in wanted:
        interval = believed.get((start, end))
        if interval is None or interval.row != row:
            opened.append(interval := Interval(start, end, position, row))
        else:
            del believed[start, end]
        standing.append(interval)
    return KeyChange(key, list(believed.values()), opened, standing) if opened or believed else None
