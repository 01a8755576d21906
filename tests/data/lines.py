"""What a line of the fact form holds, read with nothing but the standard library. The fold is in naive.py."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from tests.json_types import Json

LINKS = ("title", "parent", "team", "owner", "cycle")
MEASURE = ("metric", "unit", "baseline", "target")
NAME_IN_NOTE = {"target read": "target", "baseline read": "baseline", "parent_id": "parent"}
LONGEST_LINE_BYTES = 1024 * 1024


class Refused(Exception):
    """Why a line is not taken."""


@dataclass(frozen=True)
class Fact:
    line: int
    at: datetime
    kind: str
    id: str  # Empty for a comment on the workspace.
    fields: Json  # Of LINKS and MEASURE those that the line has; None for those that an edit clears.
    note: str | None
    source_recorded_at: datetime
    raw: Json


def fields_of(raw: Json, *, as_edit: bool) -> Json:
    """The fields that the line has, and of an edit those that its note clears (None)."""
    found = {name: raw["parent_id" if name == "parent" else name] for name in LINKS if _present(raw, name)}
    found |= {name: readable(raw[name]) for name in MEASURE if _present(raw, name)}
    if as_edit:
        for name in cleared(raw.get("note") or ""):
            if name != "title":
                found.setdefault(name, None)
    return found


def _present(raw: Json, name: str) -> bool:
    return raw.get("parent_id" if name == "parent" else name) not in (None, "")


def cleared(note: str) -> list[str]:
    """Fields whose part of the note ends in `-> (none)`. Parts begin with `name:`; a title may hold `; ` itself.

    >>> cleared("title: A; B -> C; target read: 9 -> (none); owner: x -> y")
    ['target']
    """
    starts = [*re.finditer(r"(?:^|; )([a-z][a-z_ ]*): ", note)]
    ends = [start.start() for start in starts[1:]] + [len(note)]
    parts = [(start[1], note[start.end() : end]) for start, end in zip(starts, ends, strict=False)]
    names = [NAME_IN_NOTE.get(name, name) for name, change in parts if change.endswith("-> (none)")]
    return [name for name in names if name in (*LINKS, *MEASURE)]


def number(value: object) -> Decimal | None:
    """A JSON number, or a text that is nothing but a plain decimal. `[N1]`, `50%`, `0,7` and `true` are none.

    Nor is one with more than 30 digits before its point or after it: it stays the text that it is.

    >>> number("12.50"), number("50%")
    (Decimal('12.50'), None)
    """
    match value:
        case bool():
            return None
        case int() | Decimal():
            read = Decimal(value)
        case str() if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value):
            read = Decimal(value)
        case _:
            return None
    before, _, after = f"{read:f}".removeprefix("-").partition(".")
    return read if max(len(before), len(after)) <= 30 else None


def readable(value: object) -> Decimal | str:
    """The number where it is one, else the text as it stands: nothing is invented."""
    read = number(value)
    return str(value) if read is None else read


def instant(value: object, zone: ZoneInfo) -> datetime:
    """An RFC 3339 time, or the first instant of a bare date in the workspace's zone; in UTC."""
    if not isinstance(value, str):
        raise Refused("no readable at")
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            return datetime.combine(date.fromisoformat(value), time(), zone).astimezone(UTC)
        if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", value):
            return datetime.fromisoformat(value).astimezone(UTC)
    except ValueError:
        pass
    raise Refused("no readable at")


def read_json(line: str) -> Json:
    """One line as strict JSON: an object, no NaN, no key twice, no NUL, no lone surrogate, at most 1 MiB."""
    if len(line.encode()) > LONGEST_LINE_BYTES:
        raise Refused("over the limits")
    try:
        raw = json.loads(line, parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_no_key_twice)
        json.dumps(raw, default=str, ensure_ascii=False).encode()
    except ValueError as broken:
        raise Refused(f"not JSON: {broken}") from broken
    if not isinstance(raw, dict):
        raise Refused("not JSON: not an object")
    if re.search(r"(?<!\\)(\\\\)*\\u0000", line):
        raise Refused("not JSON that can be kept: NUL")
    return raw


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _no_key_twice(pairs: list[tuple[str, object]]) -> Json:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a key twice")
    return dict(pairs)
