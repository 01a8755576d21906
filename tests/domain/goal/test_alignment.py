"""Where goals stand: a link holds from its moment until the next one, and there is no loop at any moment."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import event, example, given
from hypothesis import strategies as st

from domain.errors import Loop
from domain.goal.alignment import FOR_EVER, Link, link_intervals, linked, refuse_loop
from domain.history import At
from tests.domain.forest import Forest, has_a_loop, with_link

DAYS = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day) for day in range(6)]
A, B, C, D = (UUID(int=number) for number in range(1, 5))


def refused(forest: Forest, goal: UUID, parent: UUID, since: datetime) -> bool:
    try:
        refuse_loop(goal, parent, forest.get(goal, ()), since, lambda above: forest.get(above, ()))
    except Loop:
        return True
    return False


def test_a_goal_stands_under_another_until_the_next_link() -> None:
    links = linked(linked(linked((), At(DAYS[0], 1), A), At(DAYS[2], 2), None), At(DAYS[3], 3), B)
    assert list(link_intervals(links)) == [(DAYS[0], DAYS[2], A), (DAYS[3], FOR_EVER, B)]


def test_of_two_links_of_one_moment_the_later_recorded_holds() -> None:
    assert list(link_intervals((Link(DAYS[0], A), Link(DAYS[0], B)))) == [(DAYS[0], FOR_EVER, B)]


def test_no_goal_stands_under_itself() -> None:
    assert refused({}, A, A, DAYS[0])


def test_no_goal_stands_under_what_stands_under_it() -> None:
    forest: Forest = {B: (Link(DAYS[0], A),), C: (Link(DAYS[0], B),)}
    assert refused(forest, A, C, DAYS[1])
    assert not refused(forest, C, A, DAYS[1])


def test_a_link_that_no_longer_holds_is_in_nobodys_way() -> None:
    forest: Forest = {B: (Link(DAYS[0], A), Link(DAYS[2], None))}
    assert not refused(forest, A, B, DAYS[2])


def test_a_link_that_begins_later_is_in_the_way() -> None:
    """Imports are not held to the order of time: B stands under A from day 3 on, so A not under B from day 1 on."""
    forest: Forest = {B: (Link(DAYS[3], A),)}
    with pytest.raises(Loop, match="from 2026-01-04"):
        refuse_loop(A, B, (), DAYS[1], lambda goal: forest.get(goal, ()))


def test_a_link_holds_only_until_the_next_of_its_goal() -> None:
    forest: Forest = {A: (Link(DAYS[0], None), Link(DAYS[2], C)), B: (Link(DAYS[3], A),)}
    assert not refused(forest, A, B, DAYS[1])


def test_a_link_takes_the_place_of_an_earlier_recorded_one_of_the_same_moment() -> None:
    forest: Forest = {A: (Link(DAYS[1], None),), B: (Link(DAYS[1], A),)}
    assert refused(forest, A, B, DAYS[1])


# --- against a check that looks at every moment -------------------------------------------------------------------


goals = st.sampled_from([A, B, C, D])
tries = st.tuples(goals, st.none() | goals, st.sampled_from(DAYS))


@given(st.lists(tries, max_size=25))
@example([(A, B, DAYS[2]), (B, A, DAYS[0])])
@example([(A, B, DAYS[2]), (A, None, DAYS[3]), (B, C, DAYS[0]), (C, A, DAYS[3])])
def test_exactly_the_links_that_would_close_a_loop_at_some_moment_are_refused(
    attempts: list[tuple[UUID, UUID | None, datetime]],
) -> None:
    forest: Forest = {}
    for goal, parent, since in attempts:
        then = with_link(forest, goal, parent, since)
        closes = has_a_loop(then)
        event(f"closes a loop: {closes}")
        assert closes == (parent is not None and refused(forest, goal, parent, since))
        if not closes:
            forest = then
    assert not has_a_loop(forest)
