"""What is taken as JSON, and what is not."""

import contextlib
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.problems import NotJson
from services.access import strict_json

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
numbers = st.integers() | st.decimals(allow_nan=False, allow_infinity=False, places=6)
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


@given(documents, st.booleans())
def test_what_is_json_reads_as_it_was_written(document: object, ascii_only: bool) -> None:
    assert strict_json.loads(json.dumps(document, ensure_ascii=ascii_only).encode()) == document


@given(numbers)
def test_a_number_keeps_its_digits(number: int | Decimal) -> None:
    written = str(number) if isinstance(number, int) else f"{number:f}"
    assert str(strict_json.loads(f"[{written}]".encode())[0]) == written


def test_a_long_number_is_read_exactly() -> None:
    assert strict_json.loads(b"0.1000000000000000055511151231257827") == Decimal("0.1000000000000000055511151231257827")
    assert strict_json.loads(b"1e400") == Decimal("1e400"), "what it may be used for is for the field to say"


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused_and_nothing_else_happens(body: bytes) -> None:
    with contextlib.suppress(NotJson):
        strict_json.loads(body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b"{}x",
        b"{'a': 1}",
        b'{"a": 1,}',
        b"[1 2]",
        b"01",
        b"+1",
        b".5",
        b"0x10",
        b"NaN",
        b"[Infinity]",
        b'{"a": -Infinity}',
        b'{"a": 1, "a": 1}',
        b'{"b": {"a": 1, "\\u0061": 2}}',
        b'"\\u0000"',
        b'{"\\u0000": 1}',
        b'"\\ud800"',
        b'"\\udc00\\ud800"',
        b'["\\ud83d"]',
        b'{"\\ud800": 1}',
        b'"\x00"',
        b'"\n"',
        b'"\xff"',
        b'"\xed\xa0\x80"',
        b"\xef\xbb\xbf{}",
        b"\xff\xfe{\x00}\x00",
        b"1e99999999999999999999",
        b"9" * 5000,
        b"[" * 33 + b"]" * 33,
        b"[" * 200_000,
        b'{"a":' * 100_000,
    ],
)
def test_what_is_not_strict_json_is_refused(body: bytes) -> None:
    with pytest.raises(NotJson):
        strict_json.loads(body)


@pytest.mark.parametrize(
    ("body", "reads"),
    [
        (b"[" * 32 + b"]" * 32, None),
        (b'"\\ud83c\\udf5e"', "🍞"),
        (b'"' + b"[" * 100 + b'"', "[" * 100),
        (b'"\\"' + b"{" * 100 + b'"', '"' + "{" * 100),
        (b'{"a": {"a": 1}, "b": {"a": 1}}', {"a": {"a": 1}, "b": {"a": 1}}),
        (b"-0", 0),
    ],
)
def test_what_only_looks_like_it_is_taken(body: bytes, reads: object) -> None:
    assert strict_json.loads(body) == reads or reads is None


@given(st.lists(texts, min_size=2, max_size=6))
def test_a_key_stands_once_in_an_object(keys: list[str]) -> None:
    body = "{" + ",".join(f"{json.dumps(key)}:1" for key in keys) + "}"
    if len(set(keys)) == len(keys):
        assert strict_json.loads(body.encode()) == dict.fromkeys(keys, 1)
    else:
        with pytest.raises(NotJson, match="stands twice"):
            strict_json.loads(body.encode())
