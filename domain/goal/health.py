"""Health: what was said of a goal, once somebody still says something. It is never derived from progress or confidence.

Read downwards: when a check-in is due, the health of one goal, the health of those below it.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from domain.calendar import first_instant
from domain.goal import check_in
from domain.goal.grade import GoalOutcome

GoalHealth = Literal["off_track", "outdated", "at_risk", "pending", "on_track"] | GoalOutcome

# Of the goals below one: the first that any of them has.
WORST_FIRST: tuple[GoalHealth, ...] = ("off_track", "outdated", "at_risk", "pending", "on_track")
GRACE = timedelta(days=3)


def due_after(moment: datetime, *, begun: datetime, rhythm: str, week_start: int, zone: ZoneInfo) -> datetime:
    """When the first check-in is due after `moment`: the latest check-in, or `begun` where there is none.

    `begun` is the commitment or the cycle's activation, whichever is later. Its week begins the first period; each
    period has `rhythm` weeks, or is a month, and the check-in is due when the first `week_start` day in it begins.
    Source: docs/domain.md, "Health".
    >>> from datetime import UTC
    >>> berlin, tuesday = ZoneInfo("Europe/Berlin"), datetime(2026, 1, 6, 9, tzinfo=UTC)
    >>> for rhythm in ("1 week", "2 weeks", "month"):
    ...     print(due_after(tuesday, begun=tuesday, rhythm=rhythm, week_start=0, zone=berlin).isoformat())
    2026-01-11T23:00:00+00:00
    2026-01-18T23:00:00+00:00
    2026-02-01T23:00:00+00:00
    """
    day = first_of_week(begun.astimezone(zone).date(), week_start)
    while first_instant(day, zone) <= max(moment, begun):
        day = next_due_month(day, week_start) if rhythm == "month" else day + timedelta(weeks=int(rhythm.split()[0]))
    return first_instant(day, zone)


def first_of_week(day: date, week_start: int) -> date:
    return day - timedelta(days=(day.weekday() - week_start) % 7)


def next_due_month(day: date, week_start: int) -> date:
    """The first `week_start` day of the next month."""
    first = (day.replace(day=1) + timedelta(days=31)).replace(day=1)
    return first + timedelta(days=(week_start - first.weekday()) % 7)


def health(
    state: str, outcome: GoalOutcome | None, *, due: datetime | None, said: check_in.HealthWord | None, now: datetime
) -> GoalHealth | None:
    """The first that applies: the outcome, outdated, what the latest check-in said, pending. Silence is never green.

    `due` is since when or from when on a check-in is due, None where none is expected.
    >>> from datetime import UTC
    >>> monday = datetime(2026, 1, 5, tzinfo=UTC)
    >>> [health("committed", None, due=monday, said="on_track", now=monday + timedelta(days=n)) for n in (3, 4)]
    ['on_track', 'outdated']
    """
    if state in ("graded", "dropped"):
        return outcome
    if due is not None and now - due > GRACE:
        return "outdated"
    return said or "pending"


def worst(below: Iterable[GoalHealth | None]) -> GoalHealth | None:
    """Of an objective: the worst of its counted key results; outcomes are no worry any more. None where none is left.

    >>> worst(["on_track", "achieved", "at_risk"]), worst(["missed"])
    ('at_risk', None)
    """
    found: Collection[GoalHealth | None] = set(below)
    return next((each for each in WORST_FIRST if each in found), None)
