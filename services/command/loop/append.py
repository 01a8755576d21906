"""One batch to the log: the rows that northing.append_events takes, one round trip, and what became of each command.

The same statement serves the command loop, which is asynchronous, and the recorder of the eventsourcing library.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from itertools import repeat
from typing import Annotated, Any, NamedTuple, get_args, get_type_hints
from uuid import UUID

from msgspec import Struct
from msgspec.structs import astuple

from services.eventlog.array_packing import PackedArray, pack
from services.eventlog.codec import EventBytes

# Each field of a row names the parameter of northing.append_events that takes it, and that array's type. Commands are
# numbered from 1, in the order of AppendBatch.commands. Structs, because a batch makes hundreds of rows: a named tuple
# of fourteen fields takes 0.7 us to make by keywords, a struct 0.15 us.


class CommandRow(Struct, frozen=True, gc=False):
    """A command. Those of one chain are stored all or none; one that is not to be stored is only checked."""

    chain: Annotated[int, "chains int[]"]
    command_id: Annotated[UUID, "command_ids uuid[]"]
    workspace_id: Annotated[UUID, "workspace_ids uuid[]"]
    fingerprint: Annotated[bytes, "fingerprints bytea[]"]
    result_id: Annotated[UUID, "result_ids uuid[]"]
    aggregate_id: Annotated[UUID, "aggregate_ids uuid[]"]
    version: Annotated[int, "versions int[]"]
    last_position: Annotated[int, "last_positions bigint[]"]  # Of the aggregate: the answer where there is no event.
    is_stored: Annotated[bool, "is_stored bool[]"]


class ReadStreamRow(Struct, frozen=True, gc=False):
    """A stream that commands read, and at which version; 0 where it was not there."""

    workspace_id: Annotated[UUID, "read_workspaces uuid[]"]
    stream_id: Annotated[UUID, "read_streams uuid[]"]
    version: Annotated[int, "read_versions int[]"]


class ReadRow(Struct, frozen=True, gc=False):
    """That a command read a stream: `stream` counts AppendBatch.read_streams from 1."""

    command: Annotated[int, "reader_commands int[]"]
    stream: Annotated[int, "reads int[]"]


class ReadChildrenRow(Struct, frozen=True, gc=False):
    """A set of children that a command read: their ids in order, with a space between two."""

    workspace_id: Annotated[UUID, "children_workspaces uuid[]"]
    parent_id: Annotated[UUID, "children_parents uuid[]"]
    child_ids: Annotated[str, "children_ids text[]"]
    command: Annotated[int, "children_readers int[]"]


class EventRow(Struct, frozen=True, gc=False):
    """An event of a command: the columns of northing.events but for those that the append gives itself."""

    command: Annotated[int, "event_commands int[]"]
    stream_id: Annotated[UUID, "stream_ids uuid[]"]
    stream_version: Annotated[int, "stream_versions int[]"]
    stream_kind: Annotated[str, "stream_kinds text[]"]
    topic: Annotated[str, "topics text[]"]
    schema_version: Annotated[int, "schema_versions smallint[]"]
    state: Annotated[EventBytes, "states bytea[]"]
    event_id: Annotated[UUID, "event_ids uuid[]"]
    correlation_id: Annotated[UUID | None, "correlation_ids uuid[]"] = None
    causation_id: Annotated[UUID | None, "causation_ids uuid[]"] = None
    actor_id: Annotated[UUID | None, "actor_ids uuid[]"] = None
    effective_at: Annotated[datetime | None, "effective_ats timestamptz[]"] = None  # None for when it is recorded.
    source_recorded_at: Annotated[datetime | None, "source_recorded_ats timestamptz[]"] = None
    trace_parent: Annotated[str | None, "trace_parents text[]"] = None


class LinkRow(Struct, frozen=True, gc=False):
    """A goal that a command put under another parent, or under none."""

    command: Annotated[int, "link_commands int[]"]
    child_id: Annotated[UUID, "link_children uuid[]"]
    parent_id: Annotated[UUID | None, "link_parents uuid[]"]


@dataclass(slots=True)
class AppendBatch:
    """The arguments of northing.append_events, in its order."""

    commands: list[CommandRow] = field(default_factory=list)
    read_streams: list[ReadStreamRow] = field(default_factory=list)
    reads: list[ReadRow] = field(default_factory=list)
    read_children: list[ReadChildrenRow] = field(default_factory=list)
    events: list[EventRow] = field(default_factory=list)
    links: list[LinkRow] = field(default_factory=list)


def _parameters_of(row_class: type) -> dict[str, str]:
    """Name and type of the parameters that take the fields of a row."""
    hints = get_type_hints(row_class, include_extras=True)
    return dict(hint.__metadata__[0].split() for hint in hints.values())


_ROW_PARAMETERS = {
    each.name: _parameters_of(get_args(hint)[0])
    for each, hint in zip(fields(AppendBatch), get_type_hints(AppendBatch).values(), strict=True)
}
PARAMETERS = {name: type_ for of_row in _ROW_PARAMETERS.values() for name, type_ in of_row.items()}
ARGUMENTS = ", ".join(f"%b::{type_}" for type_ in PARAMETERS.values())
APPEND = f"SELECT * FROM northing.append_events({ARGUMENTS})"  # noqa: S608  The types are constants.


class FirstResult(NamedTuple):
    """The result that a command was given when it was stored."""

    fingerprint: bytes
    id: UUID
    aggregate_id: UUID
    version: int
    position: int


class AppendResult(NamedTuple):
    """What became of a batch: per command the position of its last event, or None where its chain lost.

    A command that was stored before has lost too; its number leads to its first result.
    """

    recorded_at: datetime
    positions: list[int | None]
    first_results: dict[int, FirstResult]


def parameters(batch: AppendBatch) -> list[PackedArray]:
    """The arguments of APPEND."""
    return [
        pack(type_, column)
        for name, types in _ROW_PARAMETERS.items()
        for type_, column in zip(types.values(), _columns(getattr(batch, name)), strict=False)
    ]


def _columns(rows: list[Struct]) -> Iterable[tuple[Any, ...]]:
    return zip(*map(astuple, rows), strict=True) if rows else repeat(())


def append_result(row: Sequence[Any]) -> AppendResult:
    """The one row that the function answers."""
    recorded_at, positions, _moved, stored_before, *first_columns = row
    first_results = (FirstResult(*values) for values in zip(*(column or () for column in first_columns), strict=True))
    return AppendResult(recorded_at, positions or [], dict(zip(stored_before or (), first_results, strict=True)))
