"""The table, the append and the readers list the columns of the log alike; and an append survives an upgrade."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from msgspec.structs import asdict

from domain.workspace import WorkspaceOpened
from infra.postgres.migrate import FOLDER, migrate
from services.command.loop.append import (
    APPEND,
    PARAMETERS,
    AppendBatch,
    CommandRow,
    EventRow,
    append_result,
    parameters,
)
from services.eventlog.codec import EventBytes
from services.eventlog.recorded_event import COLUMNS
from tests.projections.log_writer import Log

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


def test_a_process_of_the_release_before_goes_on_with_the_statement_that_it_prepared(
    new_database: Callable[..., str], tmp_path: Path
) -> None:
    """The statement is the same in both releases: the arguments by position, with their types."""
    url, before = new_database(), tmp_path / "before"
    before.mkdir()
    for path in FOLDER.glob("000[012]_*.sql"):
        shutil.copy(path, before)
    migrate(url, before)
    with closing(Log(url)) as log:
        log.connection.prepare_threshold = 0
        workspace_id = uuid4()
        opened = WorkspaceOpened(name="Bakery", timezone="UTC")
        positions = [log.append(workspace_id, ("workspace", uuid4(), opened)) for _ in range(2)]
        assert "0003_plain_words.sql" in migrate(url)
        positions += [log.append(workspace_id, ("workspace", uuid4(), opened)) for _ in range(2)]
    assert positions == [1, 2, 3, 4]
