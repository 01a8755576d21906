"""Health and due check-ins: silence is never green."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.goal.check_in import HealthWord
from domain.goal.check_in_due import due_after
from domain.goal.grade import GoalOutcome
from domain.goal.health import WORST_FIRST, GoalHealth, health, worst

BERLIN = ZoneInfo("Europe/Berlin")
BEGUN = datetime(2026, 3, 18, 9, tzinfo=UTC)  # A Wednesday; the clocks change on 29 March.


def due(after: datetime = BEGUN, rhythm: str = "1 week", week_start: int = 0) -> str:
    moment = due_after(after, begun=BEGUN, rhythm=rhythm, week_start=week_start, zone=BERLIN)
    return moment.astimezone(BERLIN).isoformat()


@pytest.mark.parametrize(
    ("rhythm", "first", "second"),
    [
        ("1 week", "2026-03-23T00:00:00+01:00", "2026-03-30T00:00:00+02:00"),
        ("2 weeks", "2026-03-30T00:00:00+02:00", "2026-04-13T00:00:00+02:00"),
        ("3 weeks", "2026-04-06T00:00:00+02:00", "2026-04-27T00:00:00+02:00"),
        ("month", "2026-04-06T00:00:00+02:00", "2026-05-04T00:00:00+02:00"),
    ],
)
def test_a_check_in_is_due_when_the_first_day_of_each_period_begins(rhythm: str, first: str, second: str) -> None:
    assert due(rhythm=rhythm) == first
    assert due(datetime.fromisoformat(first), rhythm) == second


def test_the_week_starts_when_the_workspace_says() -> None:
    assert due(week_start=6) == "2026-03-22T00:00:00+01:00"
    assert due(week_start=2) == "2026-03-25T00:00:00+01:00"


def test_a_check_in_answers_for_the_period_in_which_it_was_made() -> None:
    assert due(datetime(2026, 3, 22, tzinfo=UTC)) == "2026-03-23T00:00:00+01:00"
    assert due(datetime(2026, 3, 24, tzinfo=UTC)) == "2026-03-30T00:00:00+02:00"


def test_nothing_is_due_before_the_goal_is_worked_on() -> None:
    assert due(BEGUN - timedelta(days=60)) == "2026-03-23T00:00:00+01:00"


def shown(
    state: str = "committed",
    *,
    outcome: GoalOutcome | None = None,
    late: timedelta | None = None,
    stated: HealthWord | None = None,
) -> GoalHealth | None:
    return health(state, outcome, due=None if late is None else BEGUN - late, stated=stated, now=BEGUN)


def test_what_is_graded_or_dropped_has_its_outcome() -> None:
    assert shown("graded", outcome="partial", late=timedelta(days=9), stated="off_track") == "partial"
    assert shown("dropped", outcome="dropped", stated="on_track") == "dropped"
    assert shown("graded", outcome=None, stated="on_track") is None


def test_overdue_by_more_than_3_days_is_outdated_whatever_was_said() -> None:
    assert shown(late=timedelta(days=3), stated="on_track") == "on_track"
    assert shown(late=timedelta(days=3, seconds=1), stated="on_track") == "outdated"
    assert shown(late=timedelta(days=-2), stated="at_risk") == "at_risk"


def test_silence_is_never_green() -> None:
    assert shown() == shown(late=timedelta(days=1)) == "pending"


def test_an_objective_is_as_well_as_the_worst_of_its_key_results() -> None:
    assert WORST_FIRST == ("off_track", "outdated", "at_risk", "pending", "on_track")
    below: list[GoalHealth | None] = ["missed", None]
    for each in reversed(WORST_FIRST):
        below = [*below, each]
        assert worst(below) == each


def test_outcomes_are_no_worry_any_more() -> None:
    assert worst(["missed", "dropped", None]) is None
    assert worst([]) is None
