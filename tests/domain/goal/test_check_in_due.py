"""When a check-in has been due for too long: worked out backwards from now, the same as forwards from the last one."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from domain.goal.check_in_due import GRACE, Overdue, due_after
from domain.workspace import RHYTHMS

ZONES = [ZoneInfo(name) for name in ("Europe/Berlin", "America/Los_Angeles", "Pacific/Auckland", "Africa/Cairo")]
moments = st.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@given(
    begun=moments,
    later=st.timedeltas(timedelta(0), timedelta(days=100)),
    said_after=st.none() | st.timedeltas(timedelta(0), timedelta(days=100)),
    rhythm=st.sampled_from(RHYTHMS),
    week_start=st.integers(0, 6),
    zone=st.sampled_from(ZONES),
)
def test_overdue_is_what_the_rule_of_due_days_says(
    begun: datetime, later: timedelta, said_after: timedelta | None, rhythm: str, week_start: int, zone: ZoneInfo
) -> None:
    now = begun + later
    said_at = None if said_after is None else begun + said_after
    due = due_after(said_at or begun, begun=begun, rhythm=rhythm, week_start=week_start, zone=zone)
    since = Overdue(now, rhythm=rhythm, week_start=week_start, zone=zone).since(begun, said_at)
    assert (since is not None) == (now - due > GRACE)


def test_nothing_is_overdue_in_the_first_days() -> None:
    begun = datetime(2026, 1, 6, tzinfo=UTC)
    overdue = Overdue(begun + timedelta(days=8), rhythm="1 week", week_start=0, zone=ZONES[0])
    assert overdue.since(begun, None) is None
