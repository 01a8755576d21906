"""Whatever becomes known in whatever order: the rows at (T, K) are the fold of what was known at K, up to T."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.history import At, Fact, fold
from services.eventlog.recorded_event import RecordedEvent
from services.projections.engine.bitemporal_fold import Interval, Key, StreamFold
from services.projections.engine.read_model import Ended, FoldStep, ReadModel, Rows
from services.projections.engine.table import Table, TableRow
from tests.projections.stream_facts import recorded_as

START = datetime(2026, 1, 1, tzinfo=UTC)
ALL = UUID(int=0)


class WholeRow(TableRow[UUID]):
    said: list[str]


class EntryRow(TableRow[UUID]):
    said: str
    corrected_by: UUID | None


WHOLE = Table("whole", WholeRow)
ENTRIES = Table("entries", EntryRow)


@dataclass(frozen=True)
class Said:
    check_in_id: UUID
    text: str


@dataclass(frozen=True)
class Corrected(Said):
    corrects: UUID


@dataclass(frozen=True)
class TakenBack:
    withdraws: UUID


Event = Said | TakenBack
State = tuple[tuple[UUID, str], ...]


def evolve(state: State | None, event: Event, _at: At) -> State:
    """All that was said, in the order of the fold; silence at first and wherever the last word was taken back."""
    match event:
        case Said():
            return (*(state or ()), (event.check_in_id, event.text))
        case TakenBack():
            return tuple((id, "taken back" if id == event.withdraws else text) for id, text in state or ())


def whole(state: State) -> WholeRow:
    return WholeRow(id=ALL, said=[f"{id} {text}" for id, text in state])


def step(carry: int, step: FoldStep[State]) -> tuple[int, Rows]:
    event, rows = step.recorded.event, list[TableRow[UUID] | Ended]()
    if step.after:
        rows.append(Ended(WholeRow, ALL) if step.after[-1][1] == "taken back" else whole(step.after))
    match event:
        case Said():
            rows.append(EntryRow(id=event.check_in_id, said=event.text, corrected_by=None))
        case TakenBack():
            rows.append(EntryRow(id=event.withdraws, said="taken back", corrected_by=None))
    return carry + 1, rows


def replaced(_carry: int, step: FoldStep[State], replaced_by: UUID) -> Rows:
    event = step.recorded.event
    return [EntryRow(id=event.check_in_id, said=event.text, corrected_by=replaced_by)]


MODEL = ReadModel("test", frozenset({"test"}), (WHOLE, ENTRIES), step, start=0, replaced=replaced)


def fact(event: Event, effective_at: datetime, position: int) -> RecordedEvent:
    return recorded_as("test", "Test", event, effective_at, position)


@st.composite
def histories(draw: st.DrawFn) -> list[RecordedEvent]:
    """Facts in the order in which they became known, many of them late; some correct or take back an earlier one."""
    facts: list[RecordedEvent] = []
    standing: list[UUID] = []
    for position in range(1, draw(st.integers(1, 12)) + 1):
        effective_at = START + timedelta(days=draw(st.integers(0, 6)))
        id = UUID(int=position)
        what = draw(st.sampled_from(["say", "say", "correct", "take back"])) if standing else "say"
        text = draw(st.sampled_from("ab"))
        event: Event
        if what == "say":
            event, standing = Said(id, text), [*standing, id]
        else:
            other = standing.pop(draw(st.integers(0, len(standing) - 1)))
            event = Corrected(id, text, other) if what == "correct" else TakenBack(other)
            standing += [id] if what == "correct" else []
        facts.append(fact(event, effective_at, position))
    return facts


@given(histories())
def test_rows_at_every_moment_are_the_fold_of_what_was_known_then(facts: list[RecordedEvent]) -> None:
    rows = rows_after(facts)
    for known in range(len(facts) + 1):
        for day in range(-1, 8):
            then = START + timedelta(days=day, hours=1)
            state: State = fold(evolve, placed_before(then, facts[:known])) or ()
            last = state[-1][1] if state else None
            assert at(rows, WHOLE, then, known) == ([] if last in (None, "taken back") else [whole(state)])


@given(histories())
def test_an_entry_stays_for_ever_and_says_what_stands_for_it(facts: list[RecordedEvent]) -> None:
    rows = rows_after(facts)
    for known in range(len(facts) + 1):
        events = [fact.event for fact in facts[:known]]
        corrected_by = {event.corrects: event.check_in_id for event in events if isinstance(event, Corrected)}
        taken_back = {event.withdraws for event in events if isinstance(event, TakenBack)}
        expected = [
            EntryRow(
                id=event.check_in_id,
                said="taken back" if event.check_in_id in taken_back else event.text,
                corrected_by=corrected_by.get(event.check_in_id),
            )
            for event in events
            if isinstance(event, Said)
        ]
        found = at(rows, ENTRIES, START + timedelta(days=9), known)
        assert sorted(found, key=str) == sorted(expected, key=str)


@given(histories())
def test_what_is_believed_of_a_key_never_overlaps(facts: list[RecordedEvent]) -> None:
    by_key: dict[Key, list[Interval]] = {}
    for key, interval in rows_after(facts):
        assert interval.valid_from < interval.valid_to
        assert interval.known_from < interval.known_to
        by_key.setdefault(key, []).append(interval)
    for intervals in by_key.values():
        for one in intervals:
            for other in intervals:
                apart = (
                    one.valid_to <= other.valid_from
                    or other.valid_to <= one.valid_from
                    or one.known_to <= other.known_from
                    or other.known_to <= one.known_from
                )
                assert one is other or apart


def test_a_fact_in_order_closes_one_interval_and_opens_two() -> None:
    stream = StreamFold.of(evolve, [MODEL])
    stream.fold(fact(Said(UUID(int=1), "a"), START, 1))
    changes = stream.fold(fact(Said(UUID(int=2), "b"), START + timedelta(1), 2))
    of_whole = [change for change in changes if change.key == (WHOLE, ALL)]
    assert [(len(change.closed), len(change.opened)) for change in of_whole] == [(1, 2)]


def test_a_read_model_that_raises_leaves_the_stream_as_it_was() -> None:
    other = Table("other", WholeRow)

    def refuse(carry: None, step: FoldStep[State]) -> tuple[None, Rows]:
        if step.recorded.position == 2:
            raise ValueError
        return carry, [WholeRow(id=ALL, said=["x"])]

    stream = StreamFold.of(evolve, [MODEL, ReadModel("bad", frozenset(), (other,), refuse, start=None)])
    stream.fold(fact(Said(UUID(int=1), "a"), START, 1))
    before = repr(stream)
    try:
        stream.fold(fact(Said(UUID(int=2), "b"), START, 2))
    except ValueError:
        assert repr(stream) == before
    else:
        raise AssertionError("it raised nothing")


def rows_after(facts: Sequence[RecordedEvent]) -> list[tuple[Key, Interval]]:
    """All intervals that were ever opened, as a table would hold them."""
    stream, rows = StreamFold.of(evolve, [MODEL]), list[tuple[Key, Interval]]()
    for each in facts:
        for change in stream.fold(each):
            rows += [(change.key, interval) for interval in change.opened]
    return rows


def at(rows: Sequence[tuple[Key, Interval]], table: Table, then: datetime, known: int) -> list[TableRow[UUID]]:
    return [
        interval.row
        for (of, _), interval in rows
        if of is table
        and interval.valid_from <= then < interval.valid_to
        and interval.known_from <= known < interval.known_to
    ]


def placed_before(then: datetime, known: Sequence[RecordedEvent]) -> Iterator[Fact[Event]]:
    """What was known of the time up to `then`; a withdrawal is known of all of it."""
    made = {fact.event.check_in_id: fact.effective_at for fact in known if isinstance(fact.event, Said)}
    corrected = {fact.event.corrects for fact in known if isinstance(fact.event, Corrected)}
    for each in known:
        if isinstance(each.event, Said):
            if each.effective_at <= then and each.event.check_in_id not in corrected:
                yield Fact(each.event, each.at)
        elif made[each.event.withdraws] <= then:
            yield Fact(each.event, each.at)
