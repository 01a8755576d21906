"""When check-ins are due. The rule is `is_due_day`: forwards it gives the next due day, backwards the last one.

Source: docs/domain.md, "Health". `begun` is everywhere the commitment of the goal or the activation of its cycle,
whichever is later; `rhythm` is a number of weeks or `month`.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.calendar import first_instant

MONTH = "month"
A_WEEK = timedelta(weeks=1)
GRACE = timedelta(days=3)


def is_due_day(week: date, *, first: date, rhythm: str) -> bool:
    """Whether a check-in is due when `week` begins. `week` and `first` are days on which the workspace's week starts.

    `first` begins the week in which the goal begun, and with it the first period. Each period has so many weeks, and
    the check-in is due when the next one begins; or periods are months, and it is due with the first week that begins
    in the month.
    >>> mondays = [date(2026, 1, 5) + n * A_WEEK for n in range(9)]
    >>> for rhythm in ("1 week", "2 weeks", "month"):
    ...     print([monday.day for monday in mondays if is_due_day(monday, first=mondays[0], rhythm=rhythm)])
    [5, 12, 19, 26, 2, 9, 16, 23, 2]
    [5, 19, 2, 16, 2]
    [5, 2, 2]
    """
    if rhythm == MONTH:
        return week.day <= A_WEEK.days
    return (week - first) // A_WEEK % _weeks(rhythm) == 0


def due_after(moment: datetime, *, begun: datetime, rhythm: str, week_start: int, zone: ZoneInfo) -> datetime:
    """When the first check-in is due after `moment`: the latest check-in, or `begun` where there is none.

    >>> from datetime import UTC
    >>> berlin, tuesday = ZoneInfo("Europe/Berlin"), datetime(2026, 1, 6, 9, tzinfo=UTC)
    >>> for rhythm in ("1 week", "2 weeks", "month"):
    ...     print(due_after(tuesday, begun=tuesday, rhythm=rhythm, week_start=0, zone=berlin).isoformat())
    2026-01-11T23:00:00+00:00
    2026-01-18T23:00:00+00:00
    2026-02-01T23:00:00+00:00
    """
    first = week = first_of_week(begun.astimezone(zone).date(), week_start)
    while first_instant(week, zone) <= max(moment, begun) or not is_due_day(week, first=first, rhythm=rhythm):
        week += A_WEEK
    return first_instant(week, zone)


class Overdue:
    """For one moment, rhythm and zone, and many goals: since when the latest check-in whose grace is over was due.

    Due days depend on a goal only by its first week, so each is worked out once, and whether a goal is overdue is one
    comparison.
    """

    def __init__(self, now: datetime, *, rhythm: str, week_start: int, zone: ZoneInfo) -> None:
        self.rhythm = rhythm
        self.week_start = week_start
        self.zone = zone
        self._grace_over = now - GRACE
        self._latest_week = first_of_week(self._grace_over.astimezone(zone).date(), week_start)
        if first_instant(self._latest_week, zone) >= self._grace_over:
            self._latest_week -= A_WEEK
        self._same_for_all = rhythm == MONTH or _weeks(rhythm) == 1  # Whatever the first week is.
        self._due: dict[date, datetime] = {}  # By first week.

    def since(self, begun: datetime, said_at: datetime | None) -> datetime | None:
        """Since when a check-in has been due for longer than the grace; None if none has."""
        first = self._latest_week
        if not self._same_for_all:
            first = first_of_week(begun.astimezone(self.zone).date(), self.week_start)
        due = self._due.get(first)
        if due is None:
            due = self._due[first] = self._latest_due(first)
        return due if due > begun and (said_at is None or due > said_at) else None

    def _latest_due(self, first: date) -> datetime:
        week = self._latest_week
        while not is_due_day(week, first=first, rhythm=self.rhythm):
            week -= A_WEEK
        return first_instant(week, self.zone)


def first_of_week(day: date, week_start: int) -> date:
    """The day with which the week of `day` begins. `week_start` counts from Monday = 0."""
    return day - timedelta(days=(day.weekday() - week_start) % 7)


def _weeks(rhythm: str) -> int:
    return int(rhythm.split()[0])
