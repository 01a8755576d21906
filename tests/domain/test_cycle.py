"""Cycles: their way from planning to closed, and what they allow the goals in them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from domain import cycle
from domain.cycle import (
    Cycle,
    CycleActivated,
    CycleClosed,
    CycleDated,
    CycleEvent,
    CycleGradingStarted,
    CyclePlanned,
    CycleReopened,
    CycleState,
    evolve,
)
from domain.errors import ClosedCycle, Invalid, Refusal, WrongPhase
from domain.history import At
from tests.domain import scenario as spec
from tests.domain.scenario import NOON, beginning, words

CYCLE = spec.Specification(evolve)
scenario, state = CYCLE.scenario, CYCLE.state
Given = spec.Given[CycleEvent]

JANUARY, APRIL, JULY = date(2026, 1, 1), date(2026, 4, 1), date(2026, 7, 1)
PLANNED = CyclePlanned(name="2026-Q1", kind="quarter", start=JANUARY, end=APRIL)
ACTIVE: list[CycleEvent] = [PLANNED, CycleActivated()]
GRADING = [*ACTIVE, CycleGradingStarted()]
CLOSED = [*GRADING, CycleClosed()]
AGAIN = CycleReopened(reason=words("a grade was wrong"))
REOPENED = [*CLOSED, AGAIN]
PHASES: dict[CycleState, Given] = {
    "planning": [PLANNED],
    "active": ACTIVE,
    "grading": GRADING,
    "closed": CLOSED,
    "reopened": REOPENED,
}


Act = spec.Decision[Cycle, CycleEvent]


def reopen(given: Cycle) -> list[CycleEvent]:
    return cycle.reopen(given, reason=words("a grade was wrong"))


# What each act records in each phase: one event, nothing new, or a refusal.
STEPS: dict[Act, dict[CycleState, CycleEvent | None]] = {
    cycle.activate: {"planning": CycleActivated(), "active": None},
    cycle.start_grading: {"active": CycleGradingStarted(), "grading": None},
    cycle.close: {"grading": CycleClosed(), "reopened": CycleClosed(), "closed": None},
    reopen: {"closed": AGAIN, "reopened": None},
}


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("act", STEPS)
def test_a_cycle_goes_no_other_way_than_the_diagram(act: Act, phase: CycleState) -> None:
    if phase not in STEPS[act]:
        refusal = ClosedCycle if phase == "closed" else WrongPhase
        scenario(given=PHASES[phase], when=act, then=refusal, says=f"position {len(PHASES[phase])}")
    else:
        event = STEPS[act][phase]
        scenario(given=PHASES[phase], when=act, then=[] if event is None else [event])


@pytest.mark.parametrize("phase", PHASES)
def test_the_events_of_a_phase_bring_it(phase: CycleState) -> None:
    assert state(PHASES[phase]).state == phase


def test_a_cycle_is_planned_with_its_days_or_without() -> None:
    beginning(
        when=lambda: cycle.plan(name="2026-Q1", kind="quarter", start=JANUARY, end=APRIL),
        then=[PLANNED],
    )
    beginning(when=lambda: cycle.plan(name="Athens"), then=[CyclePlanned(name="Athens")])


@pytest.mark.parametrize(("start", "end"), [(JANUARY, None), (None, APRIL), (APRIL, JANUARY), (APRIL, APRIL)])
def test_a_cycle_holds_at_least_a_day(start: date | None, end: date | None) -> None:
    beginning(when=lambda: cycle.plan(name="odd", start=start, end=end), then=Invalid)


def test_a_cycle_is_dated() -> None:
    dated = CycleDated(start=JANUARY, end=JULY)
    scenario(given=ACTIVE, when=lambda c: cycle.date_(c, start=JANUARY, end=JULY), then=[dated])
    scenario(given=[*ACTIVE, dated], when=lambda c: cycle.date_(c, start=JANUARY, end=JULY), then=[])
    scenario(given=ACTIVE, when=lambda c: cycle.date_(c, start=JULY, end=JANUARY), then=Invalid)
    scenario(given=CLOSED, when=lambda c: cycle.date_(c, start=JANUARY, end=JULY), then=ClosedCycle)


def test_a_cycle_is_active_since_its_activation_whatever_came_later() -> None:
    begun, ended = NOON + timedelta(days=1), NOON + timedelta(days=90)
    given: Given = [PLANNED, (CycleActivated(), begun), (CycleGradingStarted(), ended), (CycleClosed(), ended)]
    assert state(given).active_since == begun


GUARDS: dict[str, tuple[Callable[[Cycle | None], None], set[CycleState]]] = {
    "negotiate": (cycle.require_open_for_negotiation, {"planning", "active"}),
    "check in": (cycle.require_open_for_check_in, {"active", "grading", "reopened"}),
    "grade": (cycle.require_grading, {"grading", "reopened"}),
    "grade early": (partial(cycle.require_grading, early=True), {"active", "grading", "reopened"}),
    "correct": (
        partial(cycle.require_open_for_correction, by_admin=False),
        {"planning", "active", "grading", "reopened"},
    ),
    "correct as an admin": (partial(cycle.require_open_for_correction, by_admin=True), set(PHASES)),
    "anything": (cycle.require_not_closed, {"planning", "active", "grading", "reopened"}),
}


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("guard", GUARDS)
def test_what_a_phase_allows(guard: str, phase: CycleState) -> None:
    require, allowed = GUARDS[guard]
    its_cycle = state(PHASES[phase])
    if phase in allowed:
        require(its_cycle)
    else:
        refusal: type[Refusal] = ClosedCycle if phase == "closed" else WrongPhase
        with pytest.raises(refusal, match=f"position {len(PHASES[phase])}"):
            require(its_cycle)


@pytest.mark.parametrize("guard", GUARDS)
def test_a_goal_without_a_cycle_is_ruled_as_if_it_were_active_and_may_be_graded(guard: str) -> None:
    require, _ = GUARDS[guard]
    require(None)


def period(start: date | None, end: date | None) -> Cycle:
    return Cycle(name="c", kind="custom", start=start, end=end, external_id=None, since=At(NOON, 1))


def test_periods_overlap_where_they_share_a_day() -> None:
    quarter, year, undated = period(JANUARY, APRIL), period(JANUARY, date(2027, 1, 1)), period(None, None)
    assert cycle.periods_overlap(quarter, year)
    assert cycle.periods_overlap(year, quarter)
    assert not cycle.periods_overlap(quarter, period(APRIL, JULY))  # Half-open: the end is not in it.
    assert cycle.periods_overlap(quarter, undated)
    assert cycle.periods_overlap(None, quarter)


def test_a_cycle_starts_and_ends_at_midnight_of_the_workspace() -> None:
    zone = ZoneInfo("America/New_York")
    quarter = period(JANUARY, APRIL)
    assert cycle.starts_at(quarter, zone) == datetime(2026, 1, 1, 5, tzinfo=UTC)
    assert cycle.ends_at(quarter, zone) == datetime(2026, 4, 1, 4, tzinfo=UTC)
    assert cycle.starts_at(period(None, None), zone) is None
