"""The table, the append and the readers list the columns of the log alike; and an append survives an upgrade."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from msgspec.structs import asdict

from services.command.loop.append import (
    APPEND,
    PARAMETERS,
    AppendBatch,
    CommandRow,
    EventRow,
    append_result,
    parameters,
)
from services.eventlog.array_packing import PackedArray, pack
from services.eventlog.codec import EventBytes
from services.eventlog.recorded_event import COLUMNS
from tests.conftest import NewDatabase
from tests.upgrade.checkout import migrate_to

GIVEN_BY_THE_APPEND = ["log_position", "workspace_id", "position", "command_id", "recorded_at"]
NEVER_READ = ["trace_parent"]
TABLE = """
SELECT attname FROM pg_attribute WHERE attrelid = 'northing.events'::regclass AND attnum > 0 ORDER BY attnum
"""
INPUTS = """
SELECT proargnames[number], type::regtype::text
  FROM pg_proc, unnest(proargtypes::oid[]) WITH ORDINALITY AS input (type, number)
 WHERE oid = 'northing.append_events'::regproc ORDER BY number
"""
LONG_NAMES = {"int[]": "integer[]", "bool[]": "boolean[]", "timestamptz[]": "timestamp with time zone[]"}


@pytest.fixture
def columns(database: str) -> list[str]:
    """The columns of northing.events, in their order."""
    with psycopg.connect(database) as connection:
        return [name for (name,) in connection.execute(TABLE).fetchall()]


def test_the_rows_of_a_batch_are_the_parameters_of_the_function(database: str) -> None:
    with psycopg.connect(database) as connection:
        inputs = connection.execute(INPUTS).fetchall()
    assert inputs == [(name, LONG_NAMES.get(type_, type_)) for name, type_ in PARAMETERS.items()]


def test_an_event_to_append_has_every_column_that_the_append_does_not_give(columns: list[str]) -> None:
    assert list(EventRow.__struct_fields__) == [
        "command",
        *(name for name in columns if name not in GIVEN_BY_THE_APPEND),
    ]


def test_a_parameter_of_an_event_is_the_plural_of_its_column() -> None:
    names, columns_given = list(PARAMETERS), EventRow.__struct_fields__[1:]
    first = names.index("event_commands") + 1
    assert names[first : first + len(columns_given)] == [f"{name}s" for name in columns_given]


def test_a_recorded_event_has_every_column_of_the_log_but_those_that_are_never_read(columns: list[str]) -> None:
    assert COLUMNS.split(", ") == [name for name in columns if name not in NEVER_READ]


def test_the_insert_names_every_column_of_the_log(database: str, columns: list[str]) -> None:
    with psycopg.connect(database) as connection:
        [[source]] = connection.execute("SELECT pg_get_functiondef('northing.append_events'::regproc)").fetchall()
    [inserted] = re.findall(r"INSERT INTO northing\.events \(([^)]*)\)", source)
    assert re.split(r",\s*", inserted.strip()) == columns


def test_each_value_is_stored_in_its_own_column(database: str, columns: list[str]) -> None:
    workspace_id, command_id, stream_id = uuid4(), uuid4(), uuid4()
    true_at = datetime(2026, 3, 1, tzinfo=UTC)
    event = EventRow(
        command=1,
        stream_id=stream_id,
        stream_version=1,
        stream_kind="kind",
        topic="Topic",
        schema_version=7,
        state=EventBytes(b"{}"),
        event_id=uuid4(),
        correlation_id=uuid4(),
        causation_id=uuid4(),
        actor_id=uuid4(),
        effective_at=true_at,
        source_recorded_at=true_at + timedelta(days=1),
        trace_parent="00-trace",
    )
    batch = AppendBatch(commands=[command_row(command_id, workspace_id, stream_id)], events=[event])
    with psycopg.connect(database, autocommit=True) as connection:
        row = connection.execute(APPEND, parameters(batch), binary=True).fetchone()
        assert row is not None
        recorded_at, positions, first_results = append_result(row)
        stored = connection.execute("SELECT * FROM northing.events", binary=True).fetchone()
    assert (positions, first_results) == ([1], {})
    assert stored is not None
    given = dict(zip(GIVEN_BY_THE_APPEND, (1, workspace_id, 1, command_id, recorded_at), strict=True))
    row_of_event = asdict(event)
    del row_of_event["command"]
    assert dict(zip(columns, stored, strict=True)) == given | row_of_event


def command_row(command_id: UUID, workspace_id: UUID, aggregate_id: UUID) -> CommandRow:
    return CommandRow(
        chain=1,
        command_id=command_id,
        workspace_id=workspace_id,
        fingerprint=b"",
        result_id=aggregate_id,
        aggregate_id=aggregate_id,
        version=1,
        last_position=0,
        is_stored=True,
    )


# The types of the arguments by position, as the release before 0003 has them in its statement: of a command, of what
# was read, of an event, of a link.
COMMAND_BEFORE = "int uuid uuid bytea uuid uuid int bigint bool"
READS_BEFORE = "uuid uuid int int int uuid uuid text int"
EVENT_BEFORE = "int uuid int text text smallint bytea uuid uuid uuid uuid timestamptz timestamptz text"
LINK_BEFORE = "int uuid uuid"
TYPES_BEFORE = f"{COMMAND_BEFORE} {READS_BEFORE} {EVENT_BEFORE} {LINK_BEFORE}".split()


def arguments_before(version: int) -> list[PackedArray]:
    """One command with one event, by position; nothing that was read, and no link."""
    workspace_id, stream_id = UUID(int=1), UUID(int=2)
    command: list[object] = [1, uuid4(), workspace_id, b"", stream_id, stream_id, version, 0, True]
    event: list[object] = [1, stream_id, version, "kind", "Topic", 1, b"{}", uuid4(), *[None] * 6]
    arrays = [[value] for value in command] + [[]] * 9 + [[value] for value in event] + [[]] * 3
    return [pack(f"{type_}[]", values) for type_, values in zip(TYPES_BEFORE, arrays, strict=True)]


def test_a_process_of_the_release_before_goes_on_with_the_statement_that_it_prepared(
    new_database: NewDatabase,
) -> None:
    url = new_database()
    migrate_to(url, "0002_read_side.sql")
    statement = f"SELECT * FROM northing.append_events({', '.join(f'%b::{type_}[]' for type_ in TYPES_BEFORE)})"
    with psycopg.connect(url, autocommit=True, prepare_threshold=0) as process:
        answers = [process.execute(statement, arguments_before(version), binary=True) for version in (1, 2)]
        assert migrate_to(url, "0003_plain_words.sql") == ["0003_plain_words.sql"]
        answers += [process.execute(statement, arguments_before(version), binary=True) for version in (3, 4)]
    assert [answer.fetchall()[0][1] for answer in answers] == [[1], [2], [3], [4]]
