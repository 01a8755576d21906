"""Small files of facts, one for each edge of the import, with what they must show written out by hand.

`shows` names a day and what the tree shows then (a goal mapped to None is not in it); a day means its end. `acts` and
`points` are the whole record of a goal, in words. `refused` and `warned` are line numbers.
"""

import json
from dataclasses import dataclass, field

from tests.json_types import Json


@dataclass(frozen=True)
class Case:
    name: str
    lines: list[str]
    shows: dict[str, dict[str, Json | None]] = field(default_factory=dict)
    acts: dict[str, list[str]] = field(default_factory=dict)
    points: dict[str, list[str]] = field(default_factory=dict)
    comments: dict[str, list[str]] = field(default_factory=dict)
    unchanged: tuple[int, ...] = ()
    refused: tuple[int, ...] = ()
    warned: tuple[int, ...] = ()
    zone: str = "UTC"


def day(number: int) -> str:
    return f"2024-03-{number:02}"


def fact(kind: str, id: str | None = None, /, at: str = day(1), **fields: object) -> str:
    named = {} if id is None else {"id": id}
    return json.dumps({"at": at, "kind": kind, **named, **fields}, ensure_ascii=False)


def goal(kind: str, id: str, /, at: str = day(1), **fields: object) -> str:
    return fact(kind, id, at=at, **{"title": f"Title of {id}", **fields})


O1 = goal("objective", "o1")
O2 = goal("objective", "o2")
K1 = goal("key_result", "k1", parent_id="o1", target=40)
BEGUN = ["01 proposed", "01 committed"]
