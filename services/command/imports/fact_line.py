"""One line of facts, read on its own: strict JSON, and the fields that it has. The workspace is not looked at.

A field that is not there is None; what cannot be read as a number stays the text that it is; nothing is invented.
"""

import hashlib
import json
import math
import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from contracts.problems import NotJson
from contracts.scalars import parse_instant
from domain.errors import Invalid
from domain.goal.measure import Terms
from domain.purpose.kinds import GOAL_KINDS
from services.access import strict_json

LINE_BYTES = 1024 * 1024
DIGITS = 30  # Before the point, and after it: more is no measure of anything, and stays text.

KINDS = (*GOAL_KINDS, "cycle", "edit", "checkin", "grade", "retire", "comment")
ClearableField = Literal["parent", "team", "owner", "cycle", "metric", "unit", "baseline", "target"]

# What a note calls the fields that it may clear.
_FIELD_IN_NOTE: dict[str, ClearableField] = {
    "parent": "parent",
    "parent_id": "parent",
    "team": "team",
    "owner": "owner",
    "cycle": "cycle",
    "metric": "metric",
    "unit": "unit",
    "baseline": "baseline",
    "baseline read": "baseline",
    "target": "target",
    "target read": "target",
}
_CLEARED = "-> (none)"
_PART_OF_NOTE = re.compile(r"(?:^|; )([a-z][a-z_ ]*): ")
_PLAIN_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class FactLine:
    """A fact as it was sent. `clears` names the fields that its note clears."""

    number: int
    text: str
    digest: str
    kind: str  # One of KINDS.
    id: str | None  # Never None but for a comment on the workspace.
    at: datetime | date
    recorded_at: datetime | date
    title: str | None  # Never None for a goal or a cycle.
    parent: str | None  # The external id of the goal above.
    team: str | None
    owner: str | None
    cycle: str | None
    metric: str | None
    unit: str | None
    baseline: str | Decimal | None
    target: str | Decimal | None
    clears: tuple[ClearableField, ...]
    note: str | None
    source: str | None
    current: object  # These three are JSON values: see number_in and text_of.
    score: object
    confidence: object

    def changes(self, field: ClearableField) -> bool:
        """Whether the line gives the field a value, or clears it."""
        return getattr(self, field) is not None or field in self.clears


def read_line(number: int, content: bytes) -> FactLine:
    """The fact of a line. Raises Invalid, which says why it cannot be taken."""
    raw = parse(content)
    kind, external_id = raw.get("kind"), raw.get("id") or None
    if not isinstance(kind, str) or kind not in KINDS:
        raise Invalid(f"unknown kind: {text_of(kind)}")
    if kind != "comment" and not isinstance(external_id, str):
        raise Invalid("no id")
    title = text_of(raw.get("title"))
    if kind in (*GOAL_KINDS, "cycle") and not (title and title.strip()):
        raise Invalid("no title")
    at, note = _required_moment(raw.get("at")), text_of(raw.get("note"))
    return FactLine(
        number=number,
        text=content.decode().strip(),
        digest=digest_of(raw),
        kind=kind,
        id=text_of(external_id),
        at=at,
        recorded_at=_moment_or(raw.get("recorded_at"), at),
        title=title,
        parent=text_of(raw.get("parent_id")),
        team=text_of(raw.get("team")),
        owner=text_of(raw.get("owner")),
        cycle=text_of(raw.get("cycle")),
        metric=text_of(raw.get("metric")),
        unit=text_of(raw.get("unit")),
        baseline=_number_or_text(raw.get("baseline")),
        target=_number_or_text(raw.get("target")),
        clears=cleared(note or ""),
        note=note,
        source=text_of(raw.get("source")),
        current=raw.get("current"),
        score=raw.get("score"),
        confidence=raw.get("confidence"),
    )


def parse(content: bytes) -> dict[str, object]:
    """The JSON object of a line. Raises Invalid."""
    if len(content) > LINE_BYTES:
        raise Invalid(f"over the limits: a line has at most {LINE_BYTES} bytes")
    try:
        raw = strict_json.loads(content)
    except NotJson as error:
        raise Invalid(f"not JSON: {error}") from None
    if not isinstance(raw, dict):
        raise Invalid("not JSON: a line is one object")
    return raw


def digest_of(raw: dict[str, object]) -> str:
    """SHA-256 of the JSON with sorted keys, in hex: the order of the keys does not make another fact of a line."""
    return hashlib.sha256(json.dumps(raw, sort_keys=True, default=_exact).encode()).hexdigest()


def _exact(number: Decimal) -> float | dict[str, str]:
    """A number as JSON writers write it; one that a float cannot hold, digit by digit."""
    near = float(number)
    return near if math.isfinite(near) and Decimal(repr(near)) == number else {"number": str(number)}


def text_of(value: object) -> str | None:
    """A JSON value as text; null and the empty text are None.

    >>> text_of("Rosa"), text_of(Decimal("1.50")), text_of(True), text_of("")
    ('Rosa', '1.50', 'true', None)
    """
    if value is None or value == "":
        return None
    if isinstance(value, str | Decimal):
        return str(value)
    return json.dumps(value, ensure_ascii=False, default=str)


def number_in(value: object) -> Decimal | None:
    """A JSON number, or a text that is nothing but a plain decimal. "[N1]", "50%" and "0,7" are none.

    >>> number_in("12.50"), number_in(7), number_in("50%"), number_in(Decimal("1E+400"))
    (Decimal('12.50'), Decimal('7'), None, None)
    """
    if isinstance(value, str):
        if len(value) > 2 * DIGITS + 2 or not _PLAIN_NUMBER.fullmatch(value):
            return None
    elif isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    number = Decimal(value)
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or number.adjusted() >= DIGITS or exponent < -DIGITS:
        return None
    return number.copy_abs() if number == 0 else number  # No minus zero.


def _number_or_text(value: object) -> str | Decimal | None:
    number = number_in(value)
    return text_of(value) if number is None else number


def cleared(note: str) -> tuple[ClearableField, ...]:
    """The fields whose part of the note ends in "-> (none)". Nothing else is read out of notes.

    >>> cleared("title: A; B -> C; target read: 9 -> (none); owner: x -> y")
    ('target',)
    """
    if _CLEARED not in note:
        return ()
    starts = [*_PART_OF_NOTE.finditer(note)]
    ends = [start.start() for start in starts[1:]] + [len(note)]
    parts = [(start[1], note[start.end() : end]) for start, end in zip(starts, ends, strict=True)]
    names = [name for name, change in parts if change.endswith(_CLEARED)]
    return tuple(_FIELD_IN_NOTE[name] for name in names if name in _FIELD_IN_NOTE)


def terms_after(terms: Terms, line: FactLine) -> Terms:
    """The terms once the line is applied. Fields that it neither gives nor clears stay."""
    baseline, baseline_as_written = terms.baseline, terms.baseline_as_written
    target, target_as_written = terms.target, terms.target_as_written
    if line.changes("baseline"):
        baseline, baseline_as_written = _number_and_text(line.baseline)
    if line.changes("target"):
        target, target_as_written = _number_and_text(line.target)
    return replace(
        terms,
        title=line.title or terms.title,
        metric=line.metric if line.changes("metric") else terms.metric,
        unit=line.unit if line.changes("unit") else terms.unit,
        baseline=baseline,
        baseline_as_written=baseline_as_written,
        target=target,
        target_as_written=target_as_written,
    )


def _number_and_text(value: str | Decimal | None) -> tuple[Decimal | None, str | None]:
    """The number, or what was written instead of one."""
    return (value, None) if isinstance(value, Decimal) else (None, value)


def _required_moment(value: object) -> datetime | date:
    try:
        return parse_instant(value)
    except ValueError:
        raise Invalid("no readable at" if value is None else f"no readable at: {text_of(value)}") from None


def _moment_or(value: object, otherwise: datetime | date) -> datetime | date:
    """When the source recorded the fact. Where that cannot be read, it stays in the text of the line, which is kept."""
    try:
        return otherwise if value is None else parse_instant(value)
    except ValueError:
        return otherwise
