"""Terms that can be measured, and how far a value is on its way."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import FlatTarget, Invalid
from domain.goal.measure import Count, MeasureType, Terms, change, expected_pace, is_stretch, progress, require_possible
from tests.domain.key_results import Number, number

numbers = st.decimals(-(10**6), 10**6, places=2)


def terms(
    type: MeasureType = "change",
    *,
    baseline: Number | None = None,
    target: Number | None = None,
    low: Number | None = None,
    high: Number | None = None,
    count: Count = "latest",
    inclusive: bool = True,
) -> Terms:
    return Terms(
        title="t",
        type=type,
        baseline=number(baseline),
        target=number(target),
        low=number(low),
        high=number(high),
        count=count,
        inclusive=inclusive,
    )


def ratio(measured: Terms, *values: Number) -> Decimal | None:
    return progress(measured, tuple(Decimal(value) for value in values)).ratio


def missing(measured: Terms, *values: Number) -> str | None:
    assert ratio(measured, *values) is None
    return progress(measured, tuple(Decimal(value) for value in values)).missing


FALLING = terms(baseline=100, target=60)


@pytest.mark.parametrize(
    ("value", "reads"), [(100, 0), (80, "0.5"), (70, "0.75"), (60, 1), (50, "1.25"), (110, "-0.25")]
)
def test_from_100_to_60_reads_as_the_worked_example_says(value: int, reads: int | str) -> None:
    assert ratio(FALLING, value) == Decimal(reads)


@given(baseline=numbers, target=numbers, value=numbers)
def test_progress_is_one_signed_formula_for_both_directions(baseline: Decimal, target: Decimal, value: Decimal) -> None:
    if baseline == target:
        return
    raw = change(baseline, target, value)
    assert raw == change(-baseline, -target, -value), "falling reads as rising, mirrored"
    assert change(baseline, target, baseline) == 0
    assert change(baseline, target, target) == 1
    assert (raw < 0) == ((value - baseline) * (target - baseline) < 0), "away from the target is negative"


@given(baseline=numbers, target=numbers, value=numbers)
def test_a_stretch_is_more_progress_than_the_target(baseline: Decimal, target: Decimal, value: Decimal) -> None:
    beyond = value > target if target > baseline else value < target
    assert is_stretch(terms(baseline=baseline, target=target), value) == (baseline != target and beyond)


def test_the_raw_ratio_is_neither_clamped_nor_rounded() -> None:
    assert ratio(terms(baseline=0, target=3), 1) == Decimal(1) / 3
    assert ratio(terms(baseline=0, target=1), 400) == 400


def test_the_latest_value_decides() -> None:
    assert ratio(FALLING, 60, 80) == Decimal("0.5")


@pytest.mark.parametrize(
    ("type", "inclusive", "below", "on", "above"),
    [
        ("stay_above", True, 0, 1, 1),
        ("stay_above", False, 0, 0, 1),
        ("stay_below", True, 1, 1, 0),
        ("stay_below", False, 1, 0, 0),
    ],
)
def test_exactly_on_the_bound_reads_as_inclusive_says(
    type: MeasureType, inclusive: bool, below: int, on: int, above: int
) -> None:
    bound = terms(type, target="99.5", inclusive=inclusive)
    assert [ratio(bound, value) for value in ("99.4", "99.5", "99.6")] == [below, on, above]


def test_of_a_bound_the_share_of_check_ins_for_which_it_held_may_be_counted() -> None:
    assert ratio(terms("stay_above", target=99, count="share"), 100, 98, 99, 97) == Decimal("0.5")
    assert ratio(terms("stay_above", target=99), 100, 98, 99, 97) == 0


@pytest.mark.parametrize(
    ("value", "reads"), [(10, 1), (15, 1), (20, 1), (8, "0.8"), (22, "0.8"), (0, 0), (30, 0), (-90, 0), (99, 0)]
)
def test_of_a_range_the_distance_to_the_nearer_bound_counts_against_its_width(value: int, reads: int | str) -> None:
    assert ratio(terms("range", low=10, high=20), value) == Decimal(reads)


@given(low=numbers, high=numbers, value=numbers)
def test_a_range_reads_between_0_and_1(low: Decimal, high: Decimal, value: Decimal) -> None:
    if low < high:
        read = ratio(terms("range", low=low, high=high), value)
        assert read is not None
        assert 0 <= read <= 1
        assert (read == 1) == (low <= value <= high)


def test_a_binary_measure_is_done_or_not() -> None:
    assert [ratio(terms("binary"), value) for value in (0, 1)] == [0, 1]


def test_a_baseline_once_found_reads_1_whatever_it_is() -> None:
    assert [ratio(terms("baseline"), value) for value in (0, -5, 42)] == [1, 1, 1]
    assert missing(terms("baseline")) == "no_value", "never as 0 % failed"


@pytest.mark.parametrize(
    ("open_terms", "reason"),
    [
        (terms(), "unmeasured"),
        (terms(target=60), "no_baseline"),
        (terms(baseline=100), "no_target"),
        (terms(baseline=60, target=60), "flat"),
        (terms("stay_above"), "no_target"),
    ],
)
def test_what_cannot_be_measured_is_null_with_the_reason_and_never_guessed(open_terms: Terms, reason: str) -> None:
    assert missing(open_terms, 60) == missing(open_terms) == reason


def test_without_a_value_there_is_no_progress() -> None:
    for measured in (FALLING, terms("stay_above", target=1), terms("range", low=1, high=2), terms("binary")):
        assert missing(measured) == "no_value"


@pytest.mark.parametrize(
    "possible",
    [
        terms(),
        terms(target=60),
        FALLING,
        terms("stay_above", target=99),
        terms("stay_below", target=0, inclusive=False, count="share"),
        terms("range", low=1, high=2),
        terms("binary"),
        terms("baseline"),
    ],
)
def test_an_offer_may_leave_open_what_is_not_known_yet(possible: Terms) -> None:
    require_possible(possible)


def test_a_change_that_changes_nothing_is_refused() -> None:
    with pytest.raises(FlatTarget):
        require_possible(terms(baseline="60.0", target=60))


@pytest.mark.parametrize(
    ("impossible", "says"),
    [
        (Terms(title="  "), "title"),
        (terms("range"), "low, high"),
        (terms("range", low=1), "low, high"),
        (terms("range", low=2, high=2), "low, high"),
        (terms("range", low=3, high=2), "low, high"),
        (terms("range", low=1, high=2, target=2), "baseline, target"),
        (terms(low=1), "low, high"),
        (terms("stay_above"), "target"),
        (terms("binary", target=1), "baseline, target"),
        (terms("baseline", baseline=1), "baseline, target"),
        (terms(count="share"), "count"),
        (terms("range", low=1, high=2, count="share"), "count"),
    ],
)
def test_terms_that_could_never_be_measured_are_refused(impossible: Terms, says: str) -> None:
    with pytest.raises(Invalid, match=f"^{says}"):
        require_possible(impossible)


def test_the_expected_pace_is_linear_over_the_cycle() -> None:
    start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
    tenth = (end - start) / 10
    moments = (start - tenth, start, start + 3 * tenth, end, end + tenth)
    assert [expected_pace(start, end, now) for now in moments] == [0, 0, Decimal("0.3"), 1, 1]
