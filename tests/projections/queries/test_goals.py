"""Rows of goals at every (T, K) say what the domain's own fold of the facts known then says."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.goal.check_in import CheckedIn, CheckInCorrected, ConfidenceUpdated
from domain.goal.grade import KRGraded
from domain.history import At, fold
from domain.key_result.amendment import KRAmended, KRAmendmentProposed
from domain.key_result.evolve import evolve
from domain.key_result.lifecycle import KRDropped, KRMoved, KRReassigned, KRReinstated
from domain.key_result.negotiation import KRCommitted, KRProposed
from services.projections.engine.bitemporal_fold import StreamFold
from services.projections.read_models.goals import GOALS, MODEL, SAID, said_of, what_is

START = datetime(2026, 1, 1, tzinfo=UTC)
KR = UUID(int=1)
decimals = st.decimals(-5, 5, places=1)
DAYS = 6


class Known(NamedTuple):
    """As contracts.recorded.Recorded, as far as the sheets look."""

    event: object
    effective_at: datetime
    position: int
    stream_id: UUID = KR
    stream_kind: str = "key_result"

    @property
    def at(self) -> At:
        return At(self.effective_at, self.position)


def proposed(baseline, target):
    return KRProposed(
        title="t", owner_id=None, partner_id=None, by=None, objective_id=None, baseline=baseline, target=target
    )


def amended(target):
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
def histories(draw):
    """A key result's facts in the order in which they became known; many are late, some correct a check-in."""
    facts = [Known(draw(st.builds(proposed, decimals, decimals)), START, 1)]
    standing: list[UUID] = []
    for position in range(2, draw(st.integers(2, 10)) + 1):
        event = draw(anything)
        if isinstance(event, CheckedIn) and standing and draw(st.booleans()):
            corrects = standing.pop()
            event = CheckInCorrected(check_in_id=event.check_in_id, corrects=corrects, value=event.value)
        if isinstance(event, CheckedIn | CheckInCorrected):
            standing.append(event.check_in_id)
        facts.append(Known(event, START + timedelta(days=draw(st.integers(0, DAYS))), position))
    return facts


@given(histories())
def test_rows_say_what_the_fold_says_at_every_moment(facts) -> None:
    stream, rows = StreamFold.of(evolve, [MODEL]), []
    for fact in facts:
        for change in stream.learn(fact):
            rows += [(change.key[0], span) for span in change.begun]
    for known in range(1, len(facts) + 1):
        replaced = {fact.event.corrects for fact in facts[:known] if isinstance(fact.event, CheckInCorrected)}
        for day in range(DAYS + 1):
            then = START + timedelta(days=day, hours=1)
            held = [
                fact
                for fact in facts[:known]
                if fact.effective_at <= then and getattr(fact.event, "check_in_id", None) not in replaced
            ]
            state = fold(evolve, held)
            for table, expected in ((GOALS, what_is(state, "key_result", 1)), (SAID, said_of(state))):
                found = [
                    span.values
                    for of, span in rows
                    if of is table
                    and span.valid_from <= then < span.valid_to
                    and span.known_from <= known < span.known_to
                ]
                assert found == [expected]
