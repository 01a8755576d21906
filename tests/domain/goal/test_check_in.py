"""What is said of a goal: check-ins, backdated ones, corrections, confidence."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from domain.errors import BeforeTheGoal, CheckInReplaced, Invalid, NotCommitted, NotFound
from domain.goal.check_in import (
    CheckInCorrected,
    Confidence,
    ConfidenceUpdated,
    Statement,
    confidence_in_words,
    fields_of,
)
from domain.goal.grade import Grade, KRGraded
from domain.history import At
from domain.key_result.lifecycle import KRDropped, add_check_in, computed_score, correct_check_in, update_confidence
from tests.domain.key_results import COMMITTED, Decision, Given, checked_in, proposed, scenario, state, statement
from tests.domain.scenario import NOON, words

JUNE = datetime(2026, 6, 1, tzinfo=UTC)
EARLIER = JUNE - timedelta(days=7)
NEW = UUID(int=9)
FIRST = UUID(int=1)


def check_in(content: Statement, at: datetime | None = None) -> Decision:
    return lambda kr: add_check_in(kr, check_in_id=NEW, statement=content, effective_at=at)


def correct(content: Statement, at: datetime = JUNE, corrects: UUID = FIRST) -> Decision:
    return lambda kr: correct_check_in(
        kr, corrects=corrects, check_in_id=NEW, statement=content, effective_at=at, reason=None
    )


def corrected(value: int, *, corrects: int = 1, id: int = 9) -> CheckInCorrected:
    return CheckInCorrected(**fields_of(statement(value)), check_in_id=UUID(int=id), corrects=UUID(int=corrects))


def test_a_committed_key_result_is_checked_in_on() -> None:
    full = statement(
        80, confidence=Decimal(7), health="on_track", narrative=words("Going well"), blockers=words("The release")
    )
    scenario(given=COMMITTED, when=check_in(full), then=[checked_in(9, **fields_of(full))])


@pytest.mark.parametrize(
    "given", [[proposed()], [*COMMITTED, KRDropped(reason=words("Over"))], [*COMMITTED, KRGraded(score=Decimal(1))]]
)
def test_what_is_not_committed_is_not_checked_in_on(given: Given) -> None:
    scenario(given=given, when=check_in(statement(80)), then=NotCommitted)
    scenario(given=given, when=lambda kr: update_confidence(kr, confidence=Decimal(5), reason=None), then=NotCommitted)


def test_a_check_in_says_at_least_one_thing() -> None:
    scenario(given=COMMITTED, when=check_in(Statement()), then=Invalid)


@pytest.mark.parametrize("confidence", ["-0.1", "10.1", "11"])
def test_confidence_is_from_0_to_10(confidence: str) -> None:
    stated = Decimal(confidence)
    scenario(given=COMMITTED, when=check_in(statement(confidence=stated)), then=Invalid, says="confidence")
    scenario(given=COMMITTED, when=lambda kr: update_confidence(kr, confidence=stated, reason=None), then=Invalid)
    for edge in (Decimal(0), Decimal(10)):
        scenario(given=COMMITTED, when=check_in(statement(confidence=edge)), then=[checked_in(9, confidence=edge)])


def test_a_claimed_share_is_not_negative() -> None:
    scenario(given=COMMITTED, when=check_in(statement(claimed=Decimal("-0.1"))), then=Invalid, says="claimed")


def test_confidence_in_words_is_derived() -> None:
    named = {"10": "High", "7": "High", "6.9": "Medium", "4": "Medium", "3.9": "Low", "0": "Low"}
    assert {number: confidence_in_words(Decimal(number)) for number in named} == named


def test_a_confidence_is_stated_without_a_value() -> None:
    stated = ConfidenceUpdated(confidence=Decimal(5), reason=words("The vendor is late"))
    scenario(
        given=COMMITTED,
        when=lambda kr: update_confidence(kr, confidence=Decimal(5), reason=words("The vendor is late")),
        then=[stated],
    )
    assert state([*COMMITTED, checked_in(1, 80, confidence=Decimal(8)), stated]).confidence == Confidence(
        Decimal(5), At(NOON + timedelta(minutes=4), 4)
    )


def test_a_check_in_that_says_nothing_of_confidence_leaves_it() -> None:
    given: Given = [*COMMITTED, checked_in(1, 80, confidence=Decimal(8)), checked_in(2, 70)]
    assert state(given).confidence == Confidence(Decimal(8), At(NOON + timedelta(minutes=3), 3))


def test_nothing_is_said_for_a_time_before_the_goal_was_there() -> None:
    proposed_at = NOON + timedelta(minutes=1)  # The first fact of a scenario.
    tick = timedelta(microseconds=1)
    scenario(given=COMMITTED, when=check_in(statement(80), proposed_at - tick), then=BeforeTheGoal)
    scenario(given=COMMITTED, when=check_in(statement(80), proposed_at), then=[checked_in(9, 80)])
    given: Given = [*COMMITTED, (checked_in(1, 80), JUNE)]
    scenario(given=given, when=correct(statement(80), proposed_at - tick), then=BeforeTheGoal)


def test_the_same_said_again_of_the_same_moment_changes_nothing() -> None:
    given: Given = [*COMMITTED, (checked_in(1, 80), JUNE)]
    scenario(given=given, when=check_in(statement(80), JUNE), then=[])
    scenario(given=given, when=check_in(statement(70), JUNE), then=[checked_in(9, 70)])
    scenario(given=given, when=check_in(statement(80), EARLIER), then=[checked_in(9, 80)])


def test_a_backdated_check_in_does_not_become_the_latest() -> None:
    latest = checked_in(1, 60, confidence=Decimal(9))
    backdated = checked_in(2, 80, confidence=Decimal(2))
    kr = state([*COMMITTED, (latest, JUNE), (backdated, EARLIER)])
    assert computed_score(kr) == 1
    assert kr.confidence == Confidence(Decimal(9), At(JUNE, 3))


def test_of_two_check_ins_of_one_moment_the_one_recorded_later_is_the_latest() -> None:
    assert computed_score(state([*COMMITTED, (checked_in(1, 60), JUNE), (checked_in(2, 80), JUNE)])) == Decimal("0.5")


def test_a_wrong_check_in_is_corrected() -> None:
    given: Given = [*COMMITTED, (checked_in(1, 80), JUNE)]
    scenario(given=given, when=correct(statement(70)), then=[corrected(70)])
    scenario(given=given, when=correct(statement(80), EARLIER), then=[corrected(80)])


def test_a_correction_replaces_the_whole_entry_its_moment_too() -> None:
    wrong = checked_in(1, 60, confidence=Decimal(9), health="on_track")
    given: Given = [*COMMITTED, (wrong, JUNE), (checked_in(2, 80), EARLIER)]
    assert computed_score(state(given)) == 1
    kr = state([*given, (corrected(70), EARLIER - timedelta(days=1))])
    assert [(c.id.int, c.at.effective_at, c.statement) for c in kr.check_ins] == [
        (9, EARLIER - timedelta(days=1), statement(70)),
        (2, EARLIER, statement(80)),
    ]
    assert computed_score(kr) == Decimal("0.5")
    assert kr.confidence is None, "what the wrong entry said of confidence is gone with it"


def test_a_correction_that_changes_nothing_is_quiet() -> None:
    given: Given = [*COMMITTED, (checked_in(1, 80), JUNE)]
    scenario(given=given, when=correct(statement(80)), then=[])


def test_what_has_been_corrected_is_corrected_no_more_but_what_replaced_it_is() -> None:
    given: Given = [*COMMITTED, (checked_in(1, 80), JUNE), (corrected(70, id=2), JUNE)]
    scenario(given=given, when=correct(statement(65)), then=CheckInReplaced)
    scenario(given=given, when=correct(statement(65), corrects=UUID(int=2)), then=[corrected(65, corrects=2)])
    kr = state([*given, (corrected(65, corrects=2), JUNE)])
    assert [c.statement.value for c in kr.check_ins] == [65]


def test_only_a_check_in_of_this_key_result_is_corrected() -> None:
    scenario(given=COMMITTED, when=correct(statement(70)), then=NotFound)


def test_a_correction_says_something_possible() -> None:
    given: Given = [*COMMITTED, (checked_in(1, 80), JUNE)]
    scenario(given=given, when=correct(Statement()), then=Invalid)
    scenario(given=given, when=correct(statement(confidence=Decimal(11))), then=Invalid)


def test_a_graded_key_result_is_corrected_and_its_grade_stays() -> None:
    given: Given = [*COMMITTED, (checked_in(1, 80), JUNE), (KRGraded(score=Decimal("0.5")), JUNE)]
    scenario(given=given, when=correct(statement(70)), then=[corrected(70)])
    assert state([*given, (corrected(70), JUNE)]).grade == Grade(Decimal("0.5"), None)


def test_a_dropped_key_result_is_not_corrected() -> None:
    given: Given = [*COMMITTED, (checked_in(1, 80), JUNE), (KRDropped(reason=words("Over")), JUNE)]
    scenario(given=given, when=correct(statement(70)), then=NotCommitted)
