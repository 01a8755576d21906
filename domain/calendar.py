"""Days in the workspace's time zone, as instants."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def first_instant(day: date, zone: ZoneInfo) -> datetime:
    """When the day begins there, in UTC: midnight, or where the clocks skip midnight the moment at which they do.

    >>> first_instant(date(2026, 4, 24), ZoneInfo("Africa/Cairo")).isoformat()
    '2026-04-23T22:00:00+00:00'
    """
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def last_instant(day: date, zone: ZoneInfo) -> datetime:
    """The last microsecond of the day there, in UTC.

    >>> last_instant(date(2026, 10, 25), ZoneInfo("Europe/Berlin")).isoformat()
    '2026-10-25T22:59:59.999999+00:00'
    """
    return first_instant(day + timedelta(days=1), zone) - timedelta(microseconds=1)
