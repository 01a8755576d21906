"""Rows of goals at every (T, K) say what the domain's own fold of the facts known then says."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.goal.check_in import CheckedIn, CheckInCorrected, ConfidenceUpdated
from domain.goal.grade import KRGraded
from domain.history import Fact, fold
from domain.key_result.amendment import KRAmended, KRAmendmentProposed
from domain.key_result.evolve import evolve
from domain.key_result.lifecycle import KRDropped, KRMoved, KRReassigned, KRReinstated
from domain.key_result.negotiation import KRCommitted, KRProposed
from services.eventlog.recorded_event import RecordedEvent
from services.projections.engine.bitemporal_fold import Interval, StreamFold
from services.projections.engine.table import Table
from services.projections.read_models.goals import GOALS, MODEL, STATEMENTS, goal_row, statement_row
from tests.projections.stream_facts import STREAM, recorded

START = datetime(2026, 1, 1, tzinfo=UTC)
decimals = st.decimals(-5, 5, places=1)
DAYS = 6


def known(event: object, effective_at: datetime, position: int) -> RecordedEvent:
    """As the fold looks at it: nothing but the place of the event."""
    return recorded("key_result", event, effective_at, position, None)


def proposed(baseline: Decimal, target: Decimal) -> KRProposed:
    return KRProposed(
        title="t", owner_id=None, partner_id=None, by=None, objective_id=None, baseline=baseline, target=target
    )


def amended(target: Decimal) -> KRAmendmentProposed:
    return KRAmendmentProposed(by=None, reason=None, title="t", baseline=Decimal(0), target=target)


anything = st.one_of(
    st.builds(CheckedIn, check_in_id=st.uuids(), value=st.none() | decimals, claimed=st.none() | decimals),
    st.builds(amended, decimals),
    st.just(KRAmended(by=None)),
    st.just(KRCommitted(by=None)),
    st.builds(KRMoved, objective_id=st.sampled_from([UUID(int=8), UUID(int=9)])),
    st.builds(KRReassigned, owner_id=st.uuids(), partner_id=st.none(), team_id=st.none()),
    st.builds(ConfidenceUpdated, confidence=decimals),
    st.builds(KRGraded, score=st.none() | decimals),
    st.just(KRDropped(reason=None)),
    st.just(KRReinstated()),
)


@st.composite
def histories(draw: st.DrawFn) -> list[RecordedEvent]:
    """A key result's facts in the order in which they became known; many are late, some correct a check-in."""
    facts = [known(draw(st.builds(proposed, decimals, decimals)), START, 1)]
    standing: list[UUID] = []
    for position in range(2, draw(st.integers(2, 10)) + 1):
        event = draw(anything)
        if isinstance(event, CheckedIn) and standing and draw(st.booleans()):
            corrects = standing.pop()
            event = CheckInCorrected(check_in_id=event.check_in_id, corrects=corrects, value=event.value)
        if isinstance(event, CheckedIn | CheckInCorrected):
            standing.append(event.check_in_id)
        facts.append(known(event, START + timedelta(days=draw(st.integers(0, DAYS))), position))
    return facts


@given(histories())
def test_rows_say_what_the_fold_says_at_every_moment(facts: list[RecordedEvent]) -> None:
    stream, rows = StreamFold.of(evolve, [MODEL]), list[tuple[Table, Interval]]()
    for fact in facts:
        for change in stream.fold(fact):
            rows += [(change.key[0], interval) for interval in change.opened]
    for position in range(1, len(facts) + 1):
        replaced = {fact.event.corrects for fact in facts[:position] if isinstance(fact.event, CheckInCorrected)}
        for day in range(DAYS + 1):
            then = START + timedelta(days=day, hours=1)
            held = [
                Fact(fact.event, fact.at)
                for fact in facts[:position]
                if fact.effective_at <= then and getattr(fact.event, "check_in_id", None) not in replaced
            ]
            state = fold(evolve, held)
            assert state is not None
            expected = {GOALS: goal_row(state, STREAM, "key_result", 1), STATEMENTS: statement_row(state, STREAM)}
            for table in MODEL.tables:
                found = [
                    interval.row
                    for of, interval in rows
                    if of is table
                    and interval.valid_from <= then < interval.valid_to
                    and interval.known_from <= position < interval.known_to
                ]
                assert found == [expected[table]]
