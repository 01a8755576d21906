"""Which moment a question is about. State(T, K): what was true at T, as far as it was known at position K."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from domain.calendar import first_instant, last_instant
from domain.errors import Invalid
from services.projections.engine.read_model import KNOWN, OPEN

NOW = f"valid_to = '{OPEN.isoformat()}' AND known_to = {KNOWN}"  # Literals: the partial indexes are for these.
AS_OF = f"valid_from <= %(t)s AND valid_to > %(t)s AND known_to = {KNOWN}"
BOTH = "valid_from <= %(t)s AND valid_to > %(t)s AND known_from <= %(k)s AND known_to > %(k)s"


@dataclass(frozen=True, slots=True)
class RequestedMoment:
    """The moment as the question names it. Times are RFC 3339, or a date, which is the end of that day."""

    as_of: str | None = None
    known_at: str | None = None
    known_position: int | None = None
    min_position: int | None = None

    @property
    def about_knowledge(self) -> bool:
        return self.known_at is not None or self.known_position is not None


class Moment(NamedTuple):
    """A resolved moment. `time_filter` is the condition on rows, with the arguments t and k."""

    as_of: datetime
    known_at: datetime
    known_position: int
    time_filter: str


def instant(text: str, name: str, *, zone: ZoneInfo, now: datetime) -> datetime:
    """What a question's time says. The future is refused; a day that has begun and not ended is asked as of now.

    >>> instant("2026-03-01", "as_of", zone=ZoneInfo("Europe/Berlin"), now=datetime(2026, 5, 1, tzinfo=UTC)).isoformat()
    '2026-03-01T22:59:59.999999+00:00'
    """
    day = _date(text)
    if day is not None:
        if first_instant(day, zone) > now:
            raise Invalid(f"{name}: {text} is in the future")
        return min(last_instant(day, zone), now)
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(f"{name}: {text[:40]!r} is neither a time by RFC 3339 nor a date") from None
    if given.tzinfo is None:
        raise Invalid(f"{name}: {text} says no zone: add Z or an offset, or give a date")
    try:
        given = given.astimezone(UTC)
    except OverflowError:
        raise Invalid(f"{name}: {text} is outside of what can be asked") from None
    if given > now:
        raise Invalid(f"{name}: {text} is in the future")
    return given


def _date(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    if len(text) != len("2026-03-01") or not date.min.year < day.year < date.max.year:
        return None
    return day
