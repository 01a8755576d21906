"""A step is one line of a story: when, who, what, and in which words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

Table = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that somebody did. `kind` and `key` say to what; `table` is what the tables say of it."""

    day: date
    kind: str
    key: str
    verb: str
    who: str
    args: list[str] = field(default_factory=list)
    words: str | None = None
    said_of: date | None = None
    table: Table = field(default_factory=dict)
