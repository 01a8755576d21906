"""The fold itself, held against what is written out by hand, so that it may be believed where it speaks alone."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from tests.data import cases_of_goals, cases_of_lines
from tests.data.case import Case, day, fact, goal
from tests.data.naive import Act, Fold, Goal, Point, shown_parent

CASES = [*cases_of_goals.CASES, *cases_of_lines.CASES]
EACH_CASE = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
MARCH_2 = datetime(2024, 3, 2, tzinfo=UTC)
TICK = timedelta(microseconds=1)


@EACH_CASE
def test_the_trees_are_those_written_by_hand(case: Case) -> None:
    fold = Fold(case.lines, zone=case.zone)
    for asked, shown in case.shows.items():
        goals = fold.goals(fold.end_of(date.fromisoformat(asked)))
        for name, fields in shown.items():
            found = goals.get(name)
            got = None if found is None else {field: value_of(goals, found, field) for field in fields or {}}
            assert got == fields, (asked, name)


@EACH_CASE
def test_the_records_are_those_written_by_hand(case: Case) -> None:
    goals = Fold(case.lines, zone=case.zone).goals(datetime.now(UTC))
    assert {name: [act_in_words(act) for act in goals[name].acts] for name in case.acts} == case.acts
    assert {name: [point_in_words(point) for point in goals[name].points] for name in case.points} == case.points
    assert {name: goals[name].comments for name in case.comments} == case.comments


@EACH_CASE
def test_each_line_is_taken_unchanged_or_refused(case: Case) -> None:
    fold = Fold(case.lines, zone=case.zone)
    assert (tuple(fold.unchanged), tuple(fold.refused)) == (case.unchanged, case.refused)
    written = [line for line in case.lines if line.strip()]
    assert fold.taken + len(fold.unchanged) + len(fold.refused) == len(written)


def test_the_names_of_the_cases_differ() -> None:
    assert len({case.name for case in CASES}) == len(CASES)


def test_a_moment_is_inclusive() -> None:
    fold = Fold([goal("objective", "o", at=day(1)), fact("retire", "o", at=day(2))])
    assert not fold.goals(MARCH_2 - TICK)["o"].dropped
    assert fold.goals(MARCH_2)["o"].dropped


def test_a_dropped_goal_leaves_the_tree_and_what_is_below_it_stands_at_depth_0() -> None:
    fold = Fold(
        [
            goal("objective", "o1"),
            goal("objective", "o2"),
            goal("key_result", "k1", parent_id="o1"),
            goal("key_result", "k2", parent_id="o2"),
            fact("retire", "o1", at=day(2)),
        ]
    )
    before = [(0, "o1"), (1, "k1"), (0, "o2"), (1, "k2")]
    assert in_short(fold.tree(MARCH_2 - TICK, dropped=False)) == before
    assert in_short(fold.tree(MARCH_2, dropped=True)) == before
    assert in_short(fold.tree(MARCH_2, dropped=False)) == [(0, "o2"), (1, "k2"), (0, "k1")]


def test_up_to_a_minute_ahead_is_now() -> None:
    def at(time: datetime) -> str:
        return time.strftime("%Y-%m-%dT%H:%M:%SZ")

    now = datetime(2024, 3, 1, 12, tzinfo=UTC)
    lines = [goal("objective", "o1", at=at(now + timedelta(seconds=s))) for s in (60, 61)]
    assert Fold(lines, now=now).refused == {2: "at lies ahead"}


def test_a_goal_that_would_close_a_loop_with_those_that_wait_for_it_is_refused() -> None:
    fold = Fold([goal("objective", "o1", parent_id="late"), goal("objective", "late", parent_id="o1", at=day(2))])
    assert fold.refused == {2: "a loop"}
    assert fold.goals(MARCH_2)["o1"].acts == [
        Act(MARCH_2 - timedelta(days=1), act) for act in ("proposed", "committed")
    ]


def value_of(goals: dict[str, Goal], found: Goal, name: str) -> object:
    if name == "parent":
        return shown_parent(goals, found)
    if name == "score":
        return None if found.score is None else str(plain(found.score))
    return found.now[name] if name in found.now else getattr(found, name)


def plain(number: Decimal) -> Decimal:
    """Without the zeros at the end that were only written: 12.3450 is 12.345."""
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()


def act_in_words(act: Act) -> str:
    changes = ", ".join(f"{name}: {old} > {new}" for name, (old, new) in sorted(act.changed.items()))
    return " ".join(filter(None, [f"{act.at:%d}", act.act, changes, act.reason and f"({act.reason})"]))


def point_in_words(point: Point) -> str:
    words = [
        f"{point.at:%d}",
        None if point.value is None else str(point.value),
        point.written and repr(point.written),
        None if point.claimed is None else f"claimed {point.claimed}",
        None if point.confidence is None else f"confidence {point.confidence}",
        point.narrative and f"({point.narrative})",
        point.corrected and "corrected",
    ]
    return " ".join(word for word in words if word)


def in_short(tree: list[tuple[int, Goal]]) -> list[tuple[int, str]]:
    return [(depth, found.id) for depth, found in tree]
