"""How a goal's progress and confidence follow from what stands under it."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.goal.check_in import Confidence
from domain.goal.roll_up import (
    ChildrenWeighted,
    RollUpMode,
    Weight,
    confidence_of,
    counts,
    mode_of,
    part,
    weigh,
    weighted_mean,
)
from domain.history import At
from domain.purpose.kinds import PURPOSE_KINDS
from tests.domain.scenario import NOON

ONE, TWO = UUID(int=1), UUID(int=2)

ratios = st.decimals(-10, 10)
weights = st.decimals(0, 1000, places=4)


def test_key_results_count_once_committed_and_until_they_end() -> None:
    states = ("proposed", "committed", "graded", "declined", "withdrawn", "dropped")
    assert [state for state in states if counts("key_result", state)] == ["committed", "graded"]


def test_contributing_objectives_count_once_agreed_and_until_they_end() -> None:
    states = ("proposed", "agreed", "graded", "withdrawn", "dropped")
    assert [state for state in states if counts("objective", state)] == ["agreed", "graded"]


def test_purpose_counts_while_it_holds() -> None:
    assert [s for s in ("drafted", "adopted", "retired") if counts("mission", s)] == ["adopted"]
    for kind in ("vision", "strategy", "theme"):
        assert [s for s in ("current", "retired") if counts(kind, s)] == ["current"]


@pytest.mark.parametrize(
    ("chosen", "has_key_results", "mode"),
    [
        (None, True, "key_results"),
        (None, False, "children"),
        ("both", True, "both"),
        ("children", True, "children"),
        ("key_results", False, "key_results"),
    ],
)
def test_key_results_decide_where_any_counts_unless_chosen_otherwise(
    chosen: RollUpMode | None, has_key_results: bool, mode: RollUpMode
) -> None:
    assert mode_of("objective", chosen, has_key_results=has_key_results) == mode


def test_purpose_rolls_up_its_children() -> None:
    assert {mode_of(kind, "key_results", has_key_results=True) for kind in PURPOSE_KINDS} == {"children"}


def test_each_part_is_clamped_before_it_is_weighed() -> None:
    assert [part(Decimal(raw), "key_result", cycle_active=True) for raw in ("-0.25", "0.5", "1.25")] == [
        0,
        Decimal("0.5"),
        1,
    ]


def test_silence_counts_0_once_the_cycle_is_active_and_is_left_out_before() -> None:
    assert part(None, "key_result", cycle_active=True) == 0
    assert part(None, "key_result", cycle_active=False) is None
    assert part(None, "objective", cycle_active=True) == 0


def test_purpose_that_reaches_no_measure_is_left_out() -> None:
    assert {part(None, kind, cycle_active=True) for kind in PURPOSE_KINDS} == {None}


def test_nothing_counted_is_null_and_not_0() -> None:
    assert weighted_mean([]) is None
    assert weighted_mean([(Decimal(1), Decimal(0))]) is None


def test_weights_are_relative() -> None:
    assert weighted_mean([(Decimal(1), Decimal(3)), (Decimal(0), Decimal(1))]) == Decimal("0.75")
    assert weighted_mean([(Decimal(1), Decimal(300)), (Decimal(0), Decimal(100))]) == Decimal("0.75")


@given(st.lists(st.tuples(st.none() | ratios, weights)), st.booleans())
def test_the_roll_up_stays_within_0_and_1(below: list[tuple[Decimal | None, Decimal]], cycle_active: bool) -> None:
    parts = [(part(ratio, "key_result", cycle_active=cycle_active), weight) for ratio, weight in below]
    rolled_up = weighted_mean((ratio, weight) for ratio, weight in parts if ratio is not None)
    assert rolled_up is None or 0 <= rolled_up <= 1


def counted(progress: Decimal) -> Decimal:
    brought = part(progress, "key_result", cycle_active=True)
    assert brought is not None
    return brought


@given(st.lists(st.tuples(ratios, weights), min_size=1), ratios)
def test_more_progress_below_is_never_less_above(below: list[tuple[Decimal, Decimal]], more: Decimal) -> None:
    (ratio, weight), *others = ((counted(ratio), weight) for ratio, weight in below)
    better = max(ratio, counted(more))
    assert (weighted_mean([(better, weight), *others]) or 0) >= (weighted_mean([(ratio, weight), *others]) or 0)


def test_children_are_weighted_in_the_stream_of_their_parent() -> None:
    asked = {ONE: Decimal(2), TWO: Decimal("0.5")}
    assert weigh({}, asked) == [ChildrenWeighted(weights=(Weight(ONE, Decimal(2)), Weight(TWO, Decimal("0.5"))))]


def test_a_goal_without_a_weight_weighs_1_and_the_same_weights_again_change_nothing() -> None:
    assert weigh({}, {ONE: Decimal(1)}) == []
    assert weigh({ONE: Decimal(2)}, {ONE: Decimal("2.0"), TWO: Decimal(1)}) == []
    assert weigh({ONE: Decimal(2)}, {ONE: Decimal(1)}) == [ChildrenWeighted(weights=(Weight(ONE, Decimal(1)),))]


@pytest.mark.parametrize("weight", ["-1", "1000.0001", "0.00001"])
def test_a_weight_is_from_0_to_1000_with_at_most_4_places(weight: str) -> None:
    with pytest.raises(Invalid):
        weigh({}, {ONE: Decimal(weight)})
    assert weigh({}, {ONE: Decimal(0), TWO: Decimal(1000)})


def stated(value: int, minute: int) -> Confidence:
    return Confidence(Decimal(value), At(NOON + timedelta(minutes=minute), minute))


def test_an_objectives_own_confidence_counts_if_it_is_later_than_its_key_results() -> None:
    below = [(stated(4, 1), Decimal(1)), (stated(8, 2), Decimal(3))]
    assert confidence_of(stated(9, 3), below) == 9
    assert confidence_of(stated(9, 1), below) == 7
    assert confidence_of(None, below) == 7
    assert confidence_of(stated(9, 1), []) == 9
    assert confidence_of(None, []) is None
