"""Final scores beside computed ones, and what they mean."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid, ReasonRequired
from domain.goal.grade import GoalOutcome, Grade, KRGraded, ObjectiveGraded, band, give, outcome, regraded
from domain.goal.measure import Commitment
from domain.goal.ratio import clamped, rounded
from domain.personal import Personal
from tests.domain.scenario import words

WHY = words("The last week counted double")


def scored(
    score: str | None, computed: str | None = None, before: Grade | None = None, reason: Personal | None = None
) -> list[KRGraded]:
    given_score, worked_out = (None if number is None else Decimal(number) for number in (score, computed))
    return give(KRGraded, before, score=given_score, computed=worked_out, reason=reason)


def graded(score: str, computed: str | None = None, reason: Personal | None = None) -> list[KRGraded]:
    return [KRGraded(score=Decimal(score), computed=Decimal(computed) if computed else None, reason=reason)]


def test_computed_and_final_score_are_both_kept() -> None:
    assert scored("0.8", "0.75", reason=WHY) == graded("0.8", "0.75", WHY)


def test_where_they_differ_a_reason_is_required() -> None:
    with pytest.raises(ReasonRequired):
        scored("0.8", "0.75")
    with pytest.raises(ReasonRequired):
        scored("0.7501", "0.75")


def test_where_they_differ_only_beyond_what_is_shown_no_reason_is_required() -> None:
    assert scored("0.3333", "0.33333333") == graded("0.3333", "0.33333333")


def test_without_a_score_the_computed_one_is_taken() -> None:
    assert scored(None, "0.66666666") == graded("0.6667", "0.66666666")
    assert scored(None, "1.25") == graded("1.25", "1.25")


def test_a_computed_score_below_0_is_taken_as_0_with_a_reason() -> None:
    assert scored(None, "-0.25", reason=WHY) == graded("0", "-0.25", WHY)
    with pytest.raises(ReasonRequired):
        scored(None, "-0.25")


def test_what_has_no_computed_score_is_graded_by_hand() -> None:
    assert scored("0.7") == graded("0.7")
    with pytest.raises(Invalid):
        scored(None)


@pytest.mark.parametrize("score", ["-0.0001", "10", "12"])
def test_a_score_is_at_least_0_and_below_10(score: str) -> None:
    with pytest.raises(Invalid):
        scored(score, reason=WHY)


@pytest.mark.parametrize("score", ["0", "9.9999"])
def test_a_score_is_kept_as_given(score: str) -> None:
    assert scored(score, reason=WHY) == graded(score, reason=WHY)


FIRST = Grade(Decimal("0.5"), None)


def test_a_second_grade_needs_a_reason() -> None:
    assert scored("0.6", before=FIRST, reason=WHY) == graded("0.6", reason=WHY)
    with pytest.raises(ReasonRequired):
        scored("0.6", before=FIRST)
    with pytest.raises(ReasonRequired):
        scored("0.6", before=Grade(None, words("almost there")))


def test_the_same_grade_again_changes_nothing() -> None:
    assert scored("0.5", "0.4", before=FIRST) == []
    assert scored(None, "0.5", before=FIRST) == []


def test_words_are_no_score_that_could_be_repeated() -> None:
    with pytest.raises(Invalid):
        scored(None, before=Grade(None, words("almost there")))


@given(st.lists(st.tuples(st.none() | st.decimals(0, 2, places=2), st.none() | st.text(max_size=3))))
def test_a_grade_in_words_never_removes_a_number(grades: list[tuple[Decimal | None, str | None]]) -> None:
    grade = None
    for score, as_written in grades:
        grade = regraded(grade, ObjectiveGraded(score=score, as_written=words(as_written) if as_written else None))
    scores = [score for score, _ in grades if score is not None]
    assert grade is None or grade.score == (scores[-1] if scores else None)


def test_words_belong_to_the_grade_that_they_came_with() -> None:
    worded = regraded(None, KRGraded(score=Decimal("0.5"), as_written=words("half")))
    assert regraded(worded, KRGraded(as_written=words("well, more"))) == Grade(Decimal("0.5"), words("well, more"))
    assert regraded(worded, KRGraded(score=Decimal("0.6"))) == Grade(Decimal("0.6"), None)
    assert regraded(worded, KRGraded()) == worded


@pytest.mark.parametrize(
    ("score", "named"),
    [
        ("0", "missed"),
        ("0.2999", "missed"),
        ("0.3", "business_as_usual"),
        ("0.4999", "business_as_usual"),
        ("0.5", "meaningful_progress"),
        ("0.6999", "meaningful_progress"),
        ("0.7", "significant_achievement"),
        ("0.9999", "significant_achievement"),
        ("1.0", "breakthrough"),
        ("9", "breakthrough"),
    ],
)
def test_bands_are_half_open(score: str, named: str) -> None:
    assert band(Decimal(score)) == named


def test_bands_are_configurable() -> None:
    starts = tuple(map(Decimal, ("0.1", "0.2", "0.4", "0.8")))
    assert [band(Decimal(score), starts) for score in ("0.1", "0.39", "0.8")] == [
        "business_as_usual",
        "meaningful_progress",
        "breakthrough",
    ]


@pytest.mark.parametrize(
    ("commitment", "score", "became"),
    [
        ("committed", "1.0", "achieved"),
        ("committed", "0.9999", "missed"),
        ("committed", "0", "missed"),
        ("aspirational", "0.7", "achieved"),
        ("aspirational", "0.6999", "partial"),
        ("aspirational", "0.3", "partial"),
        ("aspirational", "0.2999", "missed"),
        (None, "0.7", "achieved"),
        (None, "0.3", "partial"),
        (None, "0", "missed"),
    ],
)
def test_a_committed_goal_under_1_is_a_miss_and_an_aspirational_one_at_070_a_success(
    commitment: Commitment | None, score: str, became: GoalOutcome
) -> None:
    assert outcome("graded", Decimal(score), commitment) == became


def test_without_a_score_there_is_no_outcome_and_a_dropped_goal_is_dropped() -> None:
    assert outcome("graded", None, "committed") is None
    assert outcome("committed", None, None) is None
    assert outcome("dropped", Decimal(1), "committed") == "dropped"


def test_rounding_is_half_even_to_4_places_and_only_for_showing() -> None:
    assert [str(rounded(Decimal(n))) for n in ("0.00005", "0.00015", "1")] == ["0.0000", "0.0002", "1.0000"]


@given(st.decimals(-100, 100))
def test_clamping_stays_within_0_and_1(ratio: Decimal) -> None:
    assert clamped(ratio) == sorted((0, ratio, 1))[1]
