"""What was said anonymously is shown without anything that could tell who said it: its times are days."""

from datetime import UTC, date, datetime


def times(effective_at: datetime, recorded_at: datetime, *, anonymous: bool) -> dict[str, datetime | date]:
    """Both times of a fact, as they may be shown.

    >>> times(datetime(2026, 7, 2, 8, tzinfo=UTC), datetime(2026, 7, 2, 8, tzinfo=UTC), anonymous=True)["recorded_at"]
    datetime.date(2026, 7, 2)
    """
    both = {"effective_at": effective_at, "recorded_at": recorded_at}
    return {name: at.astimezone(UTC).date() if anonymous else at for name, at in both.items()}
