"""Where a goal may be put."""

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from domain import cycle
from domain.cycle import Cycle, CyclePlanned
from domain.errors import Loop, PeriodsApart
from domain.goal.alignment import Link, Links
from domain.goal.placement import refuse_loop_from_now, require_overlap, require_support_of_another
from tests.domain.scenario import NOON, Specification

A, B, C = (UUID(int=number) for number in (1, 2, 3))
HOUR = timedelta(hours=1)


def put(goal: UUID, parent: UUID, links: dict[UUID, Links], now: datetime = NOON) -> None:
    """Put it there now, where every goal stands as `links` say."""
    refuse_loop_from_now(goal, parent, links.get(goal, ()), now=now, links_of=lambda id: links.get(id, ()))


def test_a_goal_goes_under_what_does_not_stand_below_it() -> None:
    put(C, B, {B: (Link(NOON - HOUR, A),)})


def test_not_under_itself_and_not_under_what_stands_below_it() -> None:
    for goal, parent in ((A, A), (A, B), (A, C)):
        with pytest.raises(Loop):
            put(goal, parent, {B: (Link(NOON - HOUR, A),), C: (Link(NOON - HOUR, B),)})


def test_what_stood_below_it_once_is_in_no_way() -> None:
    put(A, B, {B: (Link(NOON - HOUR, A), Link(NOON, None))})


def test_what_will_stand_below_it_is() -> None:
    with pytest.raises(Loop, match="from 2026-01-05T13"):
        put(A, B, {B: (Link(NOON + HOUR, A),)})


def test_the_link_comes_after_all_that_the_goal_holds_though_the_clock_is_behind() -> None:
    """The goal was put elsewhere an hour later than this clock says it is: only what holds from then on counts."""
    own = (Link(NOON - HOUR, None), Link(NOON + HOUR, C))
    below_until_then = (Link(NOON - HOUR, A), Link(NOON + HOUR, None))
    put(A, B, {A: own, B: below_until_then})
    with pytest.raises(Loop):
        put(A, B, {A: own[:1], B: below_until_then})


def test_a_goal_supports_another_one() -> None:
    require_support_of_another(A, B)
    with pytest.raises(Loop, match="support itself"):
        require_support_of_another(A, A)


def planned(start: date | None, end: date | None) -> Cycle:
    found = Specification(cycle.evolve).state([CyclePlanned(name="Q", start=start, end=end)])
    assert isinstance(found, Cycle)
    return found


FIRST, SECOND = planned(date(2026, 1, 1), date(2026, 4, 1)), planned(date(2026, 4, 1), date(2026, 7, 1))
YEAR = planned(date(2026, 1, 1), date(2027, 1, 1))


def test_two_aligned_goals_have_a_day_in_common() -> None:
    require_overlap(FIRST, YEAR)
    with pytest.raises(PeriodsApart):
        require_overlap(FIRST, SECOND)


def test_where_one_has_no_days_they_may_be_aligned() -> None:
    for other in (None, planned(None, None)):
        require_overlap(FIRST, other)
        require_overlap(other, FIRST)
