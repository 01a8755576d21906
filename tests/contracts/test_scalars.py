"""What a text, a number and a time may be."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from contracts.scalars import Day, DecimalText, Instant, Name, Text, Title, as_fact, as_question

BERLIN = ZoneInfo("Europe/Berlin")


def read(scalar: Any, given: object) -> Any:
    return TypeAdapter(scalar).validate_python(given)


def refused(scalar: Any, given: object) -> bool:
    try:
        read(scalar, given)
    except ValidationError:
        return True
    return False


# --- text ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("scalar", "longest"), [(Title, 500), (Name, 500), (Text, 10_000)])
def test_lengths_are_counted_in_code_points(scalar: object, longest: int) -> None:
    assert read(scalar, "🥖" * longest) == "🥖" * longest
    assert refused(scalar, "🥖" * (longest + 1))


@pytest.mark.parametrize("scalar", [Title, Name, Text])
@pytest.mark.parametrize("text", ["", " ", "\n", "a\0", "\x1b[2J", "\ud800", 5, None, ["a"]])
def test_no_text_is_blank_or_holds_what_no_reader_can_show(scalar: object, text: object) -> None:
    assert refused(scalar, text)


def test_text_may_have_lines_and_keeps_them() -> None:
    assert read(Text, " We learned:\n\tbake at night \r\n") == "We learned:\n\tbake at night"


@pytest.mark.parametrize(
    "name", ["Bo\nBerg", "Bo\tBerg", "Bo\u202egreB", "\u2066Bo", "B\u200fo", "Bo\u2028Berg", "Bo\x9b"]
)
def test_a_name_is_one_line_that_reads_in_one_direction(name: str) -> None:
    assert refused(Name, name)


def test_a_name_is_composed_so_that_two_ways_to_type_it_are_one() -> None:
    assert read(Name, "Jose\u0301") == read(Name, "Jos\u00e9") == "Jos\u00e9"
    assert read(Title, "Jose\u0301") == "Jose\u0301"


# --- numbers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "number"),
    [
        ("60", "60"),
        (60, "60"),
        ("0.70", "0.70"),
        (Decimal("0.70"), "0.70"),
        (0.1, "0.1"),
        (Decimal("1E+3"), "1000"),
        ("-0", "0"),
        (Decimal("-0.0"), "0.0"),
        ("-999999999999999.999999", "-999999999999999.999999"),
    ],
)
def test_a_number_is_taken_as_it_is_written_and_given_as_a_string(given: object, number: str) -> None:
    assert str(read(DecimalText, given)) == number
    assert TypeAdapter(DecimalText).dump_json(read(DecimalText, given)) == f'"{number}"'.encode()


@pytest.mark.parametrize(
    "given",
    [
        "NaN",
        "Infinity",
        Decimal("NaN"),
        Decimal("-Infinity"),
        float("inf"),
        Decimal("1E+400"),
        Decimal("0E+400"),
        Decimal("1E-400"),
        10**400,
        "1" * 16,
        "1" * 40,
        "0.1234567",
        "1e3",
        "007",
        "+1",
        " 1",
        "1_000",
        "1.",
        ".5",
        "٣",
        "",
        True,
        None,
        [1],
        {},
    ],
)
def test_whatever_else_is_no_number(given: object) -> None:
    assert refused(DecimalText, given)


@given(st.decimals(places=6, min_value=-(10**15) + 1, max_value=10**15 - 1))
def test_every_number_within_the_limits_comes_back_exactly(number: Decimal) -> None:
    text = str(abs(number) if number == 0 else number)
    assert str(read(DecimalText, f"{Decimal(text):f}")) == f"{Decimal(text):f}"


# --- times --------------------------------------------------------------------------------------------------------


def test_a_time_has_a_zone_and_is_kept_in_utc() -> None:
    assert read(Instant, "2026-03-31T14:00:00+02:00") == datetime(2026, 3, 31, 12, tzinfo=UTC)
    assert read(Instant, "2026-03-31t12:00:00.123456789z") == datetime(2026, 3, 31, 12, 0, 0, 123456, tzinfo=UTC)


def test_a_bare_date_stays_a_date_until_the_zone_is_known() -> None:
    day = read(Instant, "2026-03-29")  # In Berlin a day of 23 hours.
    assert day == date(2026, 3, 29)
    assert as_fact(day, BERLIN) == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert as_question(day, BERLIN) == datetime(2026, 3, 29, 21, 59, 59, 999999, tzinfo=UTC)


def test_a_time_is_itself_in_every_zone() -> None:
    moment = read(Instant, "2026-03-31T12:00:00Z")
    assert as_fact(moment, BERLIN) == as_question(moment, BERLIN) == moment


@pytest.mark.parametrize(
    "given",
    [
        "2026-03-31T12:00:00",
        "2026-03-31 12:00:00Z",
        "2026-02-30",
        "2026-03-31T24:00:00Z",
        "2026-03-31T23:59:60Z",
        "2026-03-31T12:00:00+24:00",
        "20260331",
        "2026-W14-2",
        "٢٠٢٦-03-31",
        "0001-01-01",
        "9999-12-31T23:59:59-23:59",
        "now",
        "",
        1774958400,
        None,
    ],
)
def test_whatever_else_is_no_time(given: object) -> None:
    assert refused(Instant, given)


@pytest.mark.parametrize("given", ["2026-03-31T12:00:00Z", "2026-3-31", 20260331, None])
def test_a_day_is_a_date_and_nothing_else(given: object) -> None:
    assert refused(Day, given)
    assert read(Day, "2026-03-31") == date(2026, 3, 31)
