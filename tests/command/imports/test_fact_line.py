"""What a line of facts has, read on its own: strict JSON, texts, numbers, moments, notes."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from domain.errors import Invalid
from domain.goal.measure import Terms
from services.command.imports.fact_line import (
    LINE_BYTES,
    FactLine,
    cleared,
    digest_of,
    number_in,
    parse,
    read_line,
    terms_after,
)
from services.command.imports.line_reader import lines_of, parts_of

FACT = {"at": "2024-03-01", "kind": "key_result", "id": "k1", "title": "Fresh bread"}


VALUES = ("title", "parent", "team", "owner", "cycle", "metric", "unit", "baseline", "target")


def read(**fields: object) -> FactLine:
    return read_line(7, json.dumps(FACT | fields).encode())


def values_of(line: FactLine) -> dict[str, object]:
    """The fields that the line has."""
    return {name: value for name in VALUES if (value := getattr(line, name)) is not None}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"at": ', "not JSON"),
        (b"[1]", "not JSON: a line is one object"),
        (b'{"a": NaN}', "not JSON"),
        (b'{"a": Infinity}', "not JSON"),
        (b'{"a": 1, "a": 2}', "not JSON"),
        (b'{"a": "\\u0000"}', "not JSON"),
        (b'{"a": "\\ud800"}', "not JSON"),
        (b'{"a": "\xff"}', "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'{"a": ' + b"9" * 10_000 + b"}", "not JSON"),
        (b'{"a": 1e99999999999999999999}', "not JSON"),
        (b'{"note": "' + b"x" * LINE_BYTES + b'"}', "over the limits"),
        (json.dumps(FACT | {"at": None}).encode(), "no readable at"),
        (json.dumps(FACT | {"at": "1 March"}).encode(), "no readable at: 1 March"),
        (json.dumps(FACT | {"at": "2024-02-30"}).encode(), "no readable at: 2024-02-30"),
        (json.dumps(FACT | {"at": "2024-03-01T10:00:00"}).encode(), "no readable at"),
        (json.dumps(FACT | {"kind": "initiative"}).encode(), "unknown kind: initiative"),
        (json.dumps(FACT | {"kind": None}).encode(), "unknown kind: None"),
        (json.dumps(FACT | {"kind": ["edit"]}).encode(), "unknown kind"),
        (json.dumps(FACT | {"id": ""}).encode(), "no id"),
        (json.dumps(FACT | {"id": 5}).encode(), "no id"),
        (json.dumps(FACT | {"title": "  "}).encode(), "no title"),
    ],
)
def test_a_line_that_cannot_be_taken_says_why(line: bytes, reason: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_line(1, line)
    assert str(refusal.value).startswith(reason)


def test_a_line_has_only_the_fields_that_were_sent() -> None:
    line = read(team="Ovens", owner="", cycle=None, target="40", baseline="[N1]", parent_id="o1", unit=True)
    expected = {"title": "Fresh bread", "team": "Ovens", "target": Decimal(40), "baseline": "[N1]", "parent": "o1"}
    assert values_of(line) == expected | {"unit": "true"}
    assert (line.number, line.kind, line.id, line.note, line.owner) == (7, "key_result", "k1", None, None)


def test_a_bare_date_waits_for_the_zone_and_a_time_is_in_utc() -> None:
    assert read().at == date(2024, 3, 1)
    assert read(at="2024-03-01T08:00:00+02:00").at == datetime(2024, 3, 1, 6, tzinfo=UTC)


def test_when_the_source_recorded_it_is_the_lines_own_time_where_it_does_not_say() -> None:
    assert read(recorded_at="2024-04-01").recorded_at == date(2024, 4, 1)
    assert read().recorded_at == read(recorded_at="some day").recorded_at == date(2024, 3, 1)


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (7, "7"),
        (Decimal("12.3450"), "12.3450"),
        (Decimal("0.1234567890123456789"), "0.1234567890123456789"),
        ("-3", "-3"),
        ("1e3", None),
        ("٣", None),
        ("50%", None),
        ("0,7", None),
        ("checked", None),
        (True, None),
        (None, None),
        (Decimal("1E+400"), None),
        (Decimal("1E-400"), None),
        ("9" * 40, None),
        (Decimal("-0.0"), "0.0"),
    ],
)
def test_only_what_is_plainly_a_number_is_one(value: object, number: str | None) -> None:
    assert number_in(value) == (None if number is None else Decimal(number))
    assert number is None or str(number_in(value)) == number


def test_a_number_beyond_all_measure_stays_a_text() -> None:
    assert read_line(1, json.dumps(FACT)[:-1].encode() + b', "target": 1e400}').target == "1E+400"


def test_the_digest_is_of_the_json_in_any_order_of_keys() -> None:
    one = digest_of(parse(b'{"a": 1, "b": {"c": 0.5, "d": "x"}}'))
    assert one == digest_of(parse(b'{"b":{"d":"x","c":0.50},"a":1}'))
    others = [b'{"a": 2, "b": {"c": 0.5, "d": "x"}}', b'{"a": 1, "b": {"c": "0.5", "d": "x"}}']
    assert one not in {digest_of(parse(other)) for other in others}


def test_numbers_that_a_float_cannot_hold_have_digests_of_their_own() -> None:
    near, other = (digest_of(parse(b'{"a": 0.1234567890123456789%d}' % last)) for last in (1, 2))
    assert near != other


def test_a_note_clears_fields_and_nothing_else_is_read_from_it() -> None:
    assert cleared("parent_id: o1 -> (none); baseline read: 2 -> (none)") == ("parent", "baseline")
    assert cleared("title: x -> (none); owner: (none) -> Ana; priority: P0 -> (none)") == ()
    assert cleared("team: a; b: c -> (none)") == ()


def test_terms_change_by_what_a_line_gives_or_clears() -> None:
    before = Terms(title="Fresh bread", metric="loaves", unit="%", baseline=Decimal(2), target_as_written="[N1]")
    line = read(target=40, note="unit: % -> (none); baseline read: 2 -> (none)")
    assert terms_after(before, line) == Terms(title="Fresh bread", metric="loaves", target=Decimal(40))
    in_words = Terms(title="Fresh bread", metric="loaves", unit="%", baseline=Decimal(2), target_as_written="about 40")
    assert terms_after(before, read(title=None, target="about 40", kind="edit")) == in_words


async def _sent(*pieces: bytes, part_lines: int = 2) -> list[list[tuple[int, bytes]]]:
    async def body() -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece

    return [
        [(number, content) for number, content in part] async for part in parts_of(lines_of(body()), 11, part_lines)
    ]


def sent(*pieces: bytes) -> list[list[tuple[int, bytes]]]:
    return asyncio.run(_sent(*pieces))


def test_lines_are_counted_in_pieces_of_any_length() -> None:
    assert sent(b"a", b"b\n\n", b"  \r\nc\r", b"\nd\n", b"e") == [[(11, b"ab"), (14, b"c")], [(15, b"d"), (16, b"e")]]
    assert sent(b"\n\n") == sent() == []


def test_a_line_without_end_is_not_kept_in_memory() -> None:
    [[(number, content)]] = sent(*[b"x" * 700_000] * 4)
    assert (number, len(content)) == (11, LINE_BYTES + 1)
