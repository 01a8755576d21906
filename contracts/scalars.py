"""What a text, a number and a time may be, wherever one crosses the boundary."""

import re
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, StringConstraints, WithJsonSchema

from domain.calendar import first_instant, last_instant

TITLE_MAX = 500  # Code points, as in all of these.
TEXT_MAX = 10_000
DIGITS_BEFORE_POINT = 15
DIGITS_AFTER_POINT = 6
FIRST_YEAR, LAST_YEAR = 1000, 9998  # So that every zone can tell every instant.

# --- text ---------------------------------------------------------------------------------------------------------

# As ranges that Python and ECMAScript read alike. Text may hold line breaks and tabs, a name may not; nor may a name
# hold what makes another order of it on the screen than in the log.
_NO_TEXT = r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f"
_NO_NAME = r"\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"


def _text(max_length: int) -> StringConstraints:
    return StringConstraints(strip_whitespace=True, min_length=1, max_length=max_length)


def _schema(refused: str) -> object:
    """What the checks below come to, for who reads the OpenAPI document; never empty once stripped."""
    return Field(json_schema_extra={"pattern": rf"^[^{refused}]*[^{refused}\s][^{refused}]*$"})


_in_text = re.compile(f"[{_NO_TEXT}]").search
_in_name = re.compile(f"[{_NO_NAME}]").search


def _plain(text: str) -> str:
    if _in_text(text):
        raise ValueError("text holds no control characters but line breaks and tabs")
    return text


def _composed(name: str) -> str:
    if _in_name(name):
        raise ValueError("a name is one line, without control characters and without marks that turn the direction")
    return unicodedata.normalize("NFC", name)


Title = Annotated[str, _text(TITLE_MAX), AfterValidator(_plain), _schema(_NO_TEXT)]
Text = Annotated[str, _text(TEXT_MAX), AfterValidator(_plain), _schema(_NO_TEXT)]
Name = Annotated[str, _text(TITLE_MAX), AfterValidator(_composed), _schema(_NO_NAME)]

# --- numbers ------------------------------------------------------------------------------------------------------

_PLAIN_NUMBER = re.compile(rf"-?(0|[1-9][0-9]{{0,{DIGITS_BEFORE_POINT - 1}}})(\.[0-9]{{1,{DIGITS_AFTER_POINT}}})?")
_NUMBER_MAX = 10**DIGITS_BEFORE_POINT

_DECIMAL_AS_STRING = {"type": "string", "pattern": f"^{_PLAIN_NUMBER.pattern}$", "examples": ["60", "0.7"]}
_DECIMAL_AS_NUMBER = {
    "type": "number",
    "exclusiveMinimum": -_NUMBER_MAX,
    "exclusiveMaximum": _NUMBER_MAX,
    "multipleOf": 10**-DIGITS_AFTER_POINT,
}


def _decimal(given: object) -> Decimal:
    """The exact number, as it was written; a JSON number must have been read as int or Decimal to be so."""
    if isinstance(given, bool) or not isinstance(given, (str, int, float, Decimal)):
        raise ValueError("a number, as a string such as '0.7' or as a JSON number")
    if isinstance(given, str) and not _PLAIN_NUMBER.fullmatch(given):
        raise ValueError(
            f"a plain number, with at most {DIGITS_BEFORE_POINT} digits before the point and "
            f"{DIGITS_AFTER_POINT} after it"
        )
    number = Decimal(repr(given)) if isinstance(given, float) else Decimal(given)
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or number.adjusted() >= DIGITS_BEFORE_POINT or exponent < -DIGITS_AFTER_POINT:
        raise ValueError(f"at most {DIGITS_BEFORE_POINT} digits before the point and {DIGITS_AFTER_POINT} after it")
    if number == 0:
        number = abs(number)  # No minus zero.
    return Decimal(f"{number:f}") if exponent > 0 else number


DecimalText = Annotated[
    Decimal,
    BeforeValidator(_decimal),
    PlainSerializer(str),
    WithJsonSchema({"anyOf": [_DECIMAL_AS_STRING, _DECIMAL_AS_NUMBER]}, mode="validation"),
    WithJsonSchema(_DECIMAL_AS_STRING, mode="serialization"),
]

# --- times --------------------------------------------------------------------------------------------------------

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(_DAY.pattern + r"[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})")


def parse_day(text: object) -> date:
    """A calendar day such as 2026-03-31, nothing else. Raises ValueError."""
    if isinstance(text, date) and not isinstance(text, datetime):
        return text
    if not isinstance(text, str) or not _DAY.fullmatch(text):
        raise ValueError("a date such as 2026-03-31")
    return _told_in_every_zone(date.fromisoformat(text))


def parse_instant(text: object) -> datetime | date:
    """An RFC 3339 time with its zone, in UTC; or a bare date, whose instant depends on the workspace's zone.

    Below a microsecond is cut off. Raises ValueError.
    >>> parse_instant("2026-03-31T14:00:00.1234567+02:00").isoformat()
    '2026-03-31T12:00:00.123456+00:00'
    """
    if isinstance(text, str) and _MOMENT.fullmatch(text):
        moment = datetime.fromisoformat(text.upper())
        _told_in_every_zone(moment)
        return moment.astimezone(UTC)
    if isinstance(text, str) and not _DAY.fullmatch(text):
        raise ValueError("a date such as 2026-03-31, or a time with its zone such as 2026-03-31T12:00:00Z")
    return parse_day(text)


def as_fact(said: datetime | date, zone: ZoneInfo) -> datetime:
    """When something was true: a bare date is its first instant in the workspace's zone."""
    return said if isinstance(said, datetime) else first_instant(said, zone)


def as_question(asked: datetime | date, zone: ZoneInfo) -> datetime:
    """The moment asked for: a bare date is the end of that day in the workspace's zone."""
    return asked if isinstance(asked, datetime) else last_instant(asked, zone)


def _told_in_every_zone(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"a year from {FIRST_YEAR} to {LAST_YEAR}")
    return day


Day = Annotated[
    date,
    BeforeValidator(parse_day),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-03-31"]}),
]
Instant = Annotated[
    datetime | date,
    BeforeValidator(parse_instant),
    WithJsonSchema(
        {
            "anyOf": [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}],
            "description": "With its zone; a bare date is that day's first instant in the workspace's time zone.",
            "examples": ["2026-03-31T12:00:00Z", "2026-03-31"],
        }
    ),
]

# --- small numbers ------------------------------------------------------------------------------------------------

WholeNumber = Annotated[int, Field(strict=True)]  # Neither "3" nor 3.0 nor true.
