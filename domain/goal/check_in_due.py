"""Which check-ins are due by now: the other side of `health.due_after`, for many goals at one moment.

Days on which something is due depend on a goal only by the week in which it began, so they are worked out once for
each rhythm's few possibilities, and whether a goal is overdue is one comparison.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from domain.calendar import first_instant
from domain.goal.health import GRACE, first_of_week, next_due_month

A_DAY = timedelta(days=1)
A_WEEK = timedelta(weeks=1)


class Overdue:
    """For one moment, rhythm and zone: since when the latest check-in whose grace is over was due."""

    def __init__(self, now: datetime, *, rhythm: str, week_start: int, zone: ZoneInfo) -> None:
        self.zone = zone
        self.week_start = week_start
        self.weeks = None if rhythm == "month" else int(rhythm.split()[0])
        before = now - GRACE
        week = first_of_week(before.astimezone(zone).date(), week_start)
        if first_instant(week, zone) >= before:
            week -= A_WEEK
        self._latest = week
        self._known: dict[int, datetime] = {}
        # The first such day of the month in which that week begins: never after it.
        self._month = first_instant(next_due_month(week.replace(day=1) - A_DAY, week_start), zone)

    def since(self, begun: datetime, said_at: datetime | None) -> datetime | None:
        """Since when a check-in has been due for longer than the grace; None if none has."""
        due = self._month if self.weeks is None else self._due(begun, self.weeks)
        return due if due > begun and (said_at is None or due > said_at) else None

    def _due(self, begun: datetime, weeks: int) -> datetime:
        if weeks == 1:
            phase = 0
        else:
            first = first_of_week(begun.astimezone(self.zone).date(), self.week_start)
            phase = (self._latest - first).days // 7 % weeks
        due = self._known.get(phase)
        if due is None:
            due = self._known[phase] = first_instant(self._latest - phase * A_WEEK, self.zone)
        return due
