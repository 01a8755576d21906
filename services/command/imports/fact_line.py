"""One line of facts: strict JSON, and what it says. Nothing here looks at the workspace.

What is not there is None; what cannot be read as a number stays the text that it is; nothing is invented.
"""

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from contracts.problems import NotJson
from contracts.scalars import parse_instant
from domain.errors import Invalid
from domain.goal.alignment import GOAL_KINDS
from services.access import strict_json

LINE_BYTES = 1024 * 1024
DIGITS = 30  # Before the point, and after it: more is no measure of anything, and stays text.

PLACED = ("title", "parent", "team", "owner", "cycle")
MEASURED = ("metric", "unit", "baseline", "target")
NUMBERS = ("baseline", "target")
KINDS = (*GOAL_KINDS, "cycle", "edit", "checkin", "grade", "retire", "comment")

_NAME_IN_NOTE = {"target read": "target", "baseline read": "baseline", "parent_id": "parent"}
_CLEARED = "-> (none)"
_PART_OF_NOTE = re.compile(r"(?:^|; )([a-z][a-z_ ]*): ")
_PLAIN_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class FactLine:
    """A fact as it was sent. `says` holds those of PLACED and MEASURED that it has, `clears` those its note clears."""

    number: int
    text: str
    digest: str
    kind: str
    id: str | None
    at: datetime | date
    recorded_at: datetime | date
    says: Mapping[str, Any]  # Texts; baseline and target are Decimals where they can be.
    clears: tuple[str, ...]
    note: str | None
    owner: str | None
    source: str | None
    current: Any = None
    score: Any = None
    confidence: Any = None


def read_line(number: int, given: bytes) -> FactLine:
    """The fact of a line. Raises Invalid, which says why it cannot be taken."""
    raw = parse(given)
    kind, external_id = raw.get("kind"), raw.get("id") or None
    if kind not in KINDS:
        raise Invalid(f"unknown kind: {text_of(kind)}")
    if kind != "comment" and not isinstance(external_id, str):
        raise Invalid("no id")
    title = text_of(raw.get("title"))
    if kind in (*GOAL_KINDS, "cycle") and not (title and title.strip()):
        raise Invalid("no title")
    at, note = _moment(raw.get("at")), text_of(raw.get("note"))
    return FactLine(
        number=number, text=given.decode().strip(), digest=digest_of(raw), kind=kind, id=text_of(external_id),
        at=at, recorded_at=_moment_or(raw.get("recorded_at"), at), says=_says(raw), clears=cleared(note or ""),
        note=note, owner=text_of(raw.get("owner")), source=text_of(raw.get("source")),
        current=raw.get("current"), score=raw.get("score"), confidence=raw.get("confidence"),
    )  # fmt: skip


def parse(given: bytes) -> dict[str, Any]:
    """The JSON object of a line. Raises Invalid."""
    if len(given) > LINE_BYTES:
        raise Invalid(f"over the limits: a line has at most {LINE_BYTES} bytes")
    try:
        raw = strict_json.loads(given)
    except NotJson as error:
        raise Invalid(f"not JSON: {error}") from None
    if not isinstance(raw, dict):
        raise Invalid("not JSON: a line is one object")
    return raw


def digest_of(raw: dict[str, Any]) -> str:
    """SHA-256 of the JSON with sorted keys: the same line is the same fact for ever, however its keys are ordered."""
    return hashlib.sha256(json.dumps(raw, sort_keys=True, default=_exact).encode()).hexdigest()


def _exact(number: Decimal) -> float | dict[str, str]:
    """A number as JSON writers write it; one that they cannot hold, digit by digit."""
    near = float(number)
    return near if math.isfinite(near) and Decimal(repr(near)) == number else {"number": str(number)}


def text_of(said: Any) -> str | None:
    """What was said as text; nothing and the empty text are None.

    >>> text_of("Rosa"), text_of(Decimal("1.50")), text_of(True), text_of("")
    ('Rosa', '1.50', 'true', None)
    """
    if said is None or said == "":
        return None
    if isinstance(said, str | Decimal):
        return str(said)
    return json.dumps(said, ensure_ascii=False, default=str)


def number_in(said: Any) -> Decimal | None:
    """A JSON number, or a text that is nothing but a plain decimal. "[N1]", "50%" and "0,7" are none.

    >>> number_in("12.50"), number_in(7), number_in("50%"), number_in(Decimal("1E+400"))
    (Decimal('12.50'), Decimal('7'), None, None)
    """
    if isinstance(said, str):
        if len(said) > 2 * DIGITS + 2 or not _PLAIN_NUMBER.fullmatch(said):
            return None
    elif isinstance(said, bool) or not isinstance(said, int | Decimal):
        return None
    number = Decimal(said)
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or number.adjusted() >= DIGITS or exponent < -DIGITS:
        return None
    return number.copy_abs() if number == 0 else number  # No minus zero.


def cleared(note: str) -> tuple[str, ...]:
    """The fields whose part of the note ends in "-> (none)". Nothing else is read out of notes.

    >>> cleared("title: A; B -> C; target read: 9 -> (none); owner: x -> y")
    ('target',)
    """
    if _CLEARED not in note:
        return ()
    starts = [*_PART_OF_NOTE.finditer(note)]
    ends = [start.start() for start in starts[1:]] + [len(note)]
    parts = [(start[1], note[start.end() : end]) for start, end in zip(starts, ends, strict=True)]
    names = (_NAME_IN_NOTE.get(name, name) for name, change in parts if change.endswith(_CLEARED))
    return tuple(name for name in names if name in (*PLACED, *MEASURED) and name != "title")


def _says(raw: dict[str, Any]) -> dict[str, Any]:
    said = {name: text_of(raw.get("parent_id" if name == "parent" else name)) for name in (*PLACED, *MEASURED)}
    found: dict[str, Any] = {name: text for name, text in said.items() if text is not None}
    for name in NUMBERS:
        if (number := number_in(raw.get(name))) is not None:
            found[name] = number
    return found


def _moment(said: Any) -> datetime | date:
    try:
        return parse_instant(said)
    except ValueError:
        raise Invalid("no readable at" if said is None else f"no readable at: {text_of(said)}") from None


def _moment_or(said: Any, otherwise: datetime | date) -> datetime | date:
    """When the source recorded it; what cannot be read stays in the line that is kept."""
    try:
        return otherwise if said is None else parse_instant(said)
    except ValueError:
        return otherwise
