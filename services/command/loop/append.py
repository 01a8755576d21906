"""One batch to the log: the arrays of northing.append_events, one round trip, and what it says of each command.

The same statement serves the command loop, which is asynchronous, and the recorder of the eventsourcing library.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from services.eventlog.array_packing import PackedArray, pack


@dataclass(slots=True)
class AppendBatch:
    """The arguments of northing.append_events in its order, an array each. Commands are numbered from 1."""

    chains: list[int]
    command_ids: list[UUID | None]
    workspace_ids: list[UUID]
    fingerprints: list[bytes]
    result_ids: list[UUID]
    aggregate_ids: list[UUID]
    versions: list[int]
    last_positions: list[int]
    stores: list[bool]
    looked_workspaces: list[UUID]
    looked_streams: list[UUID]
    looked_versions: list[int]
    lookers: list[int]
    looks: list[int]
    asked_workspaces: list[UUID]
    asked_parents: list[UUID]
    asked_children: list[str]
    askers: list[int]
    numbers: list[int]
    stream_ids: list[UUID]
    stream_versions: list[int]
    stream_kinds: list[str]
    topics: list[str]
    schema_versions: list[int]
    states: list[bytes]
    event_ids: list[UUID]
    correlation_ids: list[UUID | None]
    causation_ids: list[UUID | None]
    actor_ids: list[UUID | None]
    effective_ats: list[datetime | None]
    source_recorded_ats: list[datetime | None]
    trace_parents: list[str | None]
    linkers: list[int]
    link_children: list[UUID]
    link_parents: list[UUID | None]

    @classmethod
    def empty(cls) -> "AppendBatch":
        return cls(*([] for _ in fields(cls)))


TYPES = {
    "chains": "int[]", "command_ids": "uuid[]", "workspace_ids": "uuid[]", "fingerprints": "bytea[]",
    "result_ids": "uuid[]", "aggregate_ids": "uuid[]", "versions": "int[]", "last_positions": "bigint[]",
    "stores": "bool[]", "looked_workspaces": "uuid[]", "looked_streams": "uuid[]", "looked_versions": "int[]",
    "lookers": "int[]", "looks": "int[]", "asked_workspaces": "uuid[]", "asked_parents": "uuid[]",
    "asked_children": "text[]", "askers": "int[]", "numbers": "int[]", "stream_ids": "uuid[]",
    "stream_versions": "int[]", "stream_kinds": "text[]", "topics": "text[]", "schema_versions": "smallint[]",
    "states": "bytea[]", "event_ids": "uuid[]", "correlation_ids": "uuid[]", "causation_ids": "uuid[]",
    "actor_ids": "uuid[]", "effective_ats": "timestamptz[]", "source_recorded_ats": "timestamptz[]",
    "trace_parents": "text[]", "linkers": "int[]", "link_children": "uuid[]", "link_parents": "uuid[]",
}  # fmt: skip

ARGUMENTS = ", ".join(f"%b::{kind}" for kind in TYPES.values())
APPEND = f"SELECT * FROM northing.append_events({ARGUMENTS})"  # noqa: S608  TYPES is a constant.


class FirstAnswer(NamedTuple):
    """What a command was answered when it came first."""

    fingerprint: bytes
    id: UUID
    aggregate_id: UUID
    version: int
    position: int


class AppendResult(NamedTuple):
    """What became of a batch: per command the position of its last event, or None where its chain lost."""

    recorded_at: datetime
    positions: list[int | None]
    moved: frozenset[int]
    known: dict[int, FirstAnswer]


def parameters(arrays: AppendBatch) -> list[PackedArray]:
    """The arguments of APPEND."""
    return [pack(kind, getattr(arrays, name)) for name, kind in TYPES.items()]


def append_result(row: Sequence[Any]) -> AppendResult:
    """The function's one row, read."""
    recorded_at, positions, moved, numbers, *firsts = row
    known = {
        number: FirstAnswer(*first) for number, *first in zip(numbers or (), *(f or () for f in firsts), strict=True)
    }
    return AppendResult(recorded_at, positions or [], frozenset(moved or ()), known)
