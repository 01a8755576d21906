"""What is known of a stream, and the order in which it is folded: whatever arrives late finds its place."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from random import Random
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain import comment, retrospective
from domain.comment import Commented, CommentEvent, CommentWithdrawn
from domain.goal.check_in import CheckedIn, CheckInCorrected, fields_of
from domain.goal.grade import KRGraded
from domain.history import At, Fact, History, fold, in_order
from domain.key_result.amendment import KRAmended, KRAmendmentRefused
from domain.key_result.evolve import KREvent, evolve
from domain.key_result.lifecycle import KRDropped, KRMoved, KRReassigned, KRReinstated
from domain.key_result.negotiation import KRDeclined, KRProposed, KRWithdrawn
from domain.key_result.state import KeyResult
from domain.key_result.stretch import KRStretchAgreed, KRStretchDeclined, KRStretchOffered
from domain.retrospective import LearningRecorded, LearningWithdrawn, RetrospectiveEvent, RetrospectiveOpened
from tests.domain.key_results import COMMITTED, TEAM, amendment, checked_in, committed, countered, proposed, statement
from tests.domain.scenario import ANA, BO, CY, NOON, words

KRFact = Fact[KREvent]


def day(number: int) -> datetime:
    return NOON + timedelta(days=number)


def known(facts: Iterable[KRFact]) -> History[KeyResult | None, KREvent]:
    history: History[KeyResult | None, KREvent] = History()
    for event, at in facts:
        history = history.plus(evolve, event, at)
    return history


def correction(of: int, id: int, value: int) -> CheckInCorrected:
    return CheckInCorrected(**fields_of(statement(value)), check_in_id=UUID(int=id), corrects=UUID(int=of))


# --- the order ----------------------------------------------------------------------------------------------------


def test_facts_are_folded_by_when_they_were_true_and_then_by_when_they_were_recorded() -> None:
    facts = [Fact(checked_in(n), At(day(when), n)) for n, when in enumerate([3, 1, 2, 1], start=1)]
    assert [fact.at.position for fact in in_order(facts)] == [2, 4, 3, 1]


def test_a_correction_stands_at_its_own_place_and_what_it_corrects_nowhere() -> None:
    facts: list[KRFact] = [
        Fact(checked_in(1, 80), At(day(1), 1)),
        Fact(checked_in(2, 70), At(day(2), 2)),
        Fact(correction(of=1, id=3, value=60), At(day(3), 3)),
        Fact(correction(of=3, id=4, value=65), At(day(0), 4)),
    ]
    assert [fact.at.position for fact in in_order(facts)] == [4, 2]


def test_a_withdrawal_stands_at_the_place_of_what_it_withdraws() -> None:
    learning = UUID(int=1)
    facts: list[Fact[RetrospectiveEvent]] = [
        Fact(RetrospectiveOpened(team_id=TEAM, cycle_id=CY), At(day(0), 1)),
        Fact(LearningRecorded(learning_id=learning, kind="worked", text=words("Pairing")), At(day(1), 2)),
        Fact(LearningRecorded(learning_id=UUID(int=2), kind="why", text=words("Focus")), At(day(2), 3)),
        Fact(LearningWithdrawn(withdraws=learning), At(day(5), 4)),
    ]
    assert [fact.at.position for fact in in_order(facts)] == [1, 2, 4, 3]
    opened = fold(retrospective.evolve, facts)
    assert opened is not None
    assert opened.learnings[learning].withdrawn


def test_a_comment_is_withdrawn_from_its_first_moment_on() -> None:
    facts: list[Fact[CommentEvent]] = [
        Fact(Commented(about_kind="workspace", about_id=TEAM, text=words("Well done")), At(day(1), 1)),
        Fact(CommentWithdrawn(withdraws=UUID(int=1)), At(day(5), 2)),
    ]
    for known_in_order in (facts, facts[::-1]):
        assert [fact.at.position for fact in in_order(known_in_order)] == [1, 2]
    posted = fold(comment.evolve, facts)
    assert posted is not None
    assert posted.text is None


def test_nothing_known_is_no_state() -> None:
    assert fold(evolve, []) is None
    nothing = known([])
    assert (nothing.state, nothing.version, nothing.last) == (None, 0, None)


def test_a_late_fact_fills_only_the_time_up_to_the_next_later_one() -> None:
    facts: list[KRFact] = [
        Fact(proposed(), At(day(0), 1)),
        Fact(committed(), At(day(1), 2)),
        Fact(KRMoved(objective_id=ANA), At(day(5), 3)),
        Fact(KRMoved(objective_id=BO), At(day(3), 4)),
    ]
    kr = known(facts).state
    assert kr is not None
    assert kr.parent_id == ANA


# --- live state and replay ----------------------------------------------------------------------------------------

THINGS_THAT_HAPPEN: list[KREvent] = [
    proposed(),
    proposed(50, by=BO),
    countered(50),
    countered(55, by=ANA),
    committed(),
    KRDeclined(by=BO),
    KRWithdrawn(by=ANA),
    KRStretchOffered(by=BO, stretch=Decimal(40)),
    KRStretchAgreed(by=ANA),
    KRStretchDeclined(by=ANA),
    amendment(70),
    amendment(80, by=BO),
    KRAmended(by=BO),
    KRAmendmentRefused(by=BO),
    KRMoved(objective_id=CY),
    KRReassigned(owner_id=CY, partner_id=None, team_id=None),
    KRReassigned(owner_id=None, partner_id=BO, team_id=TEAM),
    KRDropped(reason=words("Over"), because_of=CY),
    KRReinstated(),
    KRGraded(score=Decimal("0.5")),
    KRGraded(as_written=words("almost there")),
]

days = st.integers(0, 6).map(day)


@st.composite
def key_result_facts(draw: st.DrawFn, beginning: tuple[KREvent, ...] = ()) -> list[KRFact]:
    """Any facts of a key result, true in any order, as they became known one after the other."""
    facts: list[KRFact] = [Fact(event, At(day(0), position)) for position, event in enumerate(beginning, start=1)]
    standing: list[UUID] = []
    for position in range(len(facts) + 1, len(facts) + draw(st.integers(1, 15))):
        kind = draw(st.sampled_from(["thing", "check-in", "correction"]))
        if kind == "thing":
            event = draw(st.sampled_from(THINGS_THAT_HAPPEN))
        elif kind == "check-in" or not standing:
            event = checked_in(position, draw(st.integers(40, 120)), confidence=draw(st.none() | st.just(Decimal(5))))
            standing.append(event.check_in_id)
        else:
            wrong = standing.pop(draw(st.integers(0, len(standing) - 1)))
            event = correction(of=wrong.int, id=position, value=draw(st.integers(40, 120)))
            standing.append(event.check_in_id)
        facts.append(Fact(event, At(draw(days), position)))
    return facts


@given(key_result_facts())
def test_the_live_state_is_the_fold_of_the_log_whatever_becomes_known_when(facts: list[KRFact]) -> None:
    history: History[KeyResult | None, KREvent] = History()
    for count, (event, at) in enumerate(facts, start=1):
        history = history.plus(evolve, event, at)
        log = facts[:count]
        assert history.state == fold(evolve, log)
        assert (history.version, history.position, list(history.facts())) == (count, count, log[::-1])
        assert history == History.of(evolve, log)


@given(key_result_facts(beginning=COMMITTED), st.randoms())
def test_the_state_does_not_depend_on_the_order_in_which_the_log_is_read(facts: list[KRFact], random: Random) -> None:
    shuffled = random.sample(facts, len(facts))
    assert fold(evolve, shuffled) == fold(evolve, facts)


@given(key_result_facts(beginning=COMMITTED))
def test_what_was_said_is_in_order_and_holds_nothing_that_was_corrected(facts: list[KRFact]) -> None:
    facts = [fact for fact in facts if not isinstance(fact.event, KRProposed) or fact.at.position == 1]
    corrected = {event.corrects for event, _ in facts if isinstance(event, CheckInCorrected)}
    entries = {event.check_in_id for event, _ in facts if isinstance(event, CheckedIn | CheckInCorrected)}
    kr = fold(evolve, facts)
    assert kr is not None
    assert {entry.id for entry in kr.check_ins} == entries - corrected
    assert all(before.at < after.at for before, after in pairwise(kr.check_ins))
