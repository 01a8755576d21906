"""Whatever becomes known in whatever order: the rows at (T, K) are the fold of what was known at K, up to T."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.history import At, fold
from services.projections.engine.bitemporal_fold import Interval, StreamFold
from services.projections.engine.read_model import ReadModel, Row, Table

START = datetime(2026, 1, 1, tzinfo=UTC)
WHAT_IT_IS = Table("what_it_is", key={"id": "uuid"}, values={"said": "text"})
ENTRIES = Table("entries", key={"id": "uuid"}, values={"said": "text", "corrected_by": "uuid"})


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


class Fact(NamedTuple):
    event: object
    effective_at: datetime
    position: int

    @property
    def at(self) -> At:
        return At(self.effective_at, self.position)


def evolve(state, event, at):
    """All that was said, in the order of the fold; silence at first and wherever the last word was taken back."""
    match event:
        case Said():
            return (*(state or ()), (event.check_in_id, event.text))
        case TakenBack():
            return tuple((id, "taken back" if id == event.withdraws else text) for id, text in state or ())


def step(carry, step):
    event, rows = step.recorded.event, []
    if step.after:
        rows.append(Row(WHAT_IT_IS, ("all",), None if step.after[-1][1] == "taken back" else (step.after,)))
    match event:
        case Said():
            rows.append(Row(ENTRIES, (event.check_in_id,), (event.text, None)))
        case TakenBack():
            rows.append(Row(ENTRIES, (event.withdraws,), ("taken back", None)))
    return carry + 1, rows


def replaced(carry, step, replaced_by):
    return [Row(ENTRIES, (step.recorded.event.check_in_id,), (step.recorded.event.text, replaced_by))]


MODEL = ReadModel("test", frozenset({"test"}), (WHAT_IT_IS, ENTRIES), step, start=0, replaced=replaced)


@st.composite
def histories(draw):
    """Facts in the order in which they became known, many of them late; some correct or take back an earlier one."""
    facts, standing = [], []
    for position in range(1, draw(st.integers(1, 12)) + 1):
        effective_at = START + timedelta(days=draw(st.integers(0, 6)))
        id = UUID(int=position)
        what = draw(st.sampled_from(["say", "say", "correct", "take back"])) if standing else "say"
        text = draw(st.sampled_from("ab"))
        if what == "say":
            event, standing = Said(id, text), [*standing, id]
        else:
            other = standing.pop(draw(st.integers(0, len(standing) - 1)))
            event = Corrected(id, text, other) if what == "correct" else TakenBack(other)
            standing += [id] if what == "correct" else []
        facts.append(Fact(event, effective_at, position))
    return facts


@given(histories())
def test_rows_at_every_moment_are_the_fold_of_what_was_known_then(facts) -> None:
    rows = rows_after(facts)
    for known in range(len(facts) + 1):
        for day in range(-1, 8):
            then = START + timedelta(days=day, hours=1)
            state = fold(evolve, placed_before(then, facts[:known])) or ()
            last = state[-1][1] if state else None
            assert at(rows, WHAT_IT_IS, then, known) == ([] if last in (None, "taken back") else [(state,)])


@given(histories())
def test_an_entry_stays_for_ever_and_says_what_stands_for_it(facts) -> None:
    rows = rows_after(facts)
    for known in range(len(facts) + 1):
        corrected_by = {f.event.corrects: f.event.check_in_id for f in facts[:known] if isinstance(f.event, Corrected)}
        taken_back = {f.event.withdraws for f in facts[:known] if isinstance(f.event, TakenBack)}
        expected = [
            ("taken back" if f.event.check_in_id in taken_back else f.event.text, corrected_by.get(f.event.check_in_id))
            for f in facts[:known]
            if isinstance(f.event, Said)
        ]
        found = at(rows, ENTRIES, START + timedelta(days=9), known)
        assert sorted(found, key=str) == sorted(expected, key=str)


@given(histories())
def test_what_is_believed_of_a_key_never_overlaps(facts) -> None:
    by_key: dict = {}
    for key, span in rows_after(facts):
        assert span.valid_from < span.valid_to
        assert span.known_from < span.known_to
        by_key.setdefault(key, []).append(span)
    for spans in by_key.values():
        for one in spans:
            for other in spans:
                apart = (
                    one.valid_to <= other.valid_from
                    or other.valid_to <= one.valid_from
                    or one.known_to <= other.known_from
                    or other.known_to <= one.known_from
                )
                assert one is other or apart


def test_a_fact_in_order_ends_one_span_and_begins_two() -> None:
    stream = StreamFold.of(evolve, [MODEL])
    stream.learn(Fact(Said(UUID(int=1), "a"), START, 1))
    changes = [c for c in stream.learn(Fact(Said(UUID(int=2), "b"), START + timedelta(1), 2)) if c.key[0] is WHAT_IT_IS]
    assert [(len(change.ended), len(change.begun)) for change in changes] == [(1, 2)]


def test_a_read_model_that_raises_leaves_the_stream_as_it_was() -> None:
    def refuse(carry, step):
        if step.recorded.position == 2:
            raise ValueError
        return carry, [Row(WHAT_IT_IS, ("all",), ("x",))]

    stream = StreamFold.of(evolve, [MODEL, ReadModel("bad", frozenset(), (), refuse)])
    stream.learn(Fact(Said(UUID(int=1), "a"), START, 1))
    before = repr(stream)
    try:
        stream.learn(Fact(Said(UUID(int=2), "b"), START, 2))
    except ValueError:
        assert repr(stream) == before
    else:
        raise AssertionError("it raised nothing")


def rows_after(facts) -> list[tuple[tuple, Interval]]:
    """All spans that ever began, as a table would hold them."""
    stream, rows = StreamFold.of(evolve, [MODEL]), []
    for fact in facts:
        for change in stream.learn(fact):
            rows += [(change.key, span) for span in change.begun]
    return rows


def at(rows, table, then, known):
    return [
        span.values
        for (of, _), span in rows
        if of is table and span.valid_from <= then < span.valid_to and span.known_from <= known < span.known_to
    ]


def placed_before(then, known):
    """What was known of the time up to `then`; a withdrawal is known of all of it."""
    made = {f.event.check_in_id: f.effective_at for f in known if isinstance(f.event, Said)}
    corrected = {f.event.corrects for f in known if isinstance(f.event, Corrected)}
    for fact in known:
        if isinstance(fact.event, Said):
            if fact.effective_at <= then and fact.event.check_in_id not in corrected:
                yield fact
        elif made[fact.event.withdraws] <= then:
            yield fact
