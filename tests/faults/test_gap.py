"""A reader that goes on after the last position it saw misses nothing, however many write; and where numbers are given
without the lock on the heads, it does.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from itertools import pairwise
from subprocess import PIPE
from typing import IO
from uuid import UUID, uuid4

import psycopg
import pytest
from eventsourcing.postgres import PostgresApplicationRecorder
from psycopg.rows import DictRow, TupleRow

from domain.purpose.mission import MissionDrafted
from tests.conftest import NewDatabase
from tests.faults.library import library_datastore
from tests.projections.log_writer import Log
from tests.server import PATIENCE_SECONDS, ROOT
from tests.sizes import by_size

pytestmark = pytest.mark.faults

PROCESSES, TASKS = 2, 8
EVENTS = by_size(check=500, test=20_000, proof=200_000)
EVENTS_TO_MISS_SOME = 3_000
REVERSED = by_size(check=5, test=20, proof=200)
NEXT = """
SELECT log_position, workspace_id, position, recorded_at FROM northing.events
 WHERE log_position > %s ORDER BY log_position LIMIT 5000
"""
# What most event stores do: numbers from a sequence, and no lock on the heads.
UNLOCKED = """
CREATE SEQUENCE northing.numbers;
GRANT USAGE ON SEQUENCE northing.numbers TO northing_writer;
DO $$
DECLARE
    source text := pg_get_functiondef('northing.append_events'::regproc);
BEGIN
    source := regexp_replace(source, 'FOR UPDATE', '', 'g');
    source := regexp_replace(source, 'WHERE h.workspace_id = m.workspace_id', 'WHERE false');
    EXECUTE regexp_replace(source, '(log_head|h)\\.position \\+ row_number\\(\\) OVER \\([^)]*\\)',
        'nextval(''northing.numbers'')', 'g');
END $$;
"""
# Up to 10 ms between the numbers and the end of the transaction, as a busy disk or network makes them.
SLOWED = """
DO $$ BEGIN
    EXECUTE replace(pg_get_functiondef('northing.append_events'::regproc),
        'NOTIFY northing_events', 'PERFORM pg_sleep(random() * 0.01); NOTIFY northing_events');
END $$;
"""


@dataclass
class Seen:
    """What a tailing reader saw, in the order in which it did; and how much there was in the end."""

    rows: list[TupleRow] = field(default_factory=list)
    acknowledged: int = 0
    stored: int = 0


def written_and_tailed(database: str, seed: int, events: int) -> Seen:
    """Let two processes write, and read along until they are done and nothing more comes."""
    seen = Seen()
    with ExitStack() as opened:
        reader = opened.enter_context(psycopg.connect(database, autocommit=True))
        command = [sys.executable, "-m", "tests.faults.writers", database, str(TASKS), str(events // PROCESSES)]
        writers = [
            opened.enter_context(
                subprocess.Popen([*command, str(seed + TASKS * number)], cwd=ROOT, stdin=PIPE, stdout=PIPE, text=True)
            )
            for number in range(PROCESSES)
        ]
        for writer in writers:
            opened.callback(writer.kill)
        assert [output_of(writer).readline() for writer in writers] == ["ready\n"] * PROCESSES
        for writer in writers:
            assert writer.stdin is not None
            writer.stdin.write("go\n")
            writer.stdin.flush()
        while True:
            over = all(writer.poll() is not None for writer in writers)  # Before the read that may find nothing.
            rows = reader.execute(NEXT, [seen.rows[-1][0] if seen.rows else 0]).fetchall()
            seen.rows += rows
            if over and not rows:
                break
        assert [writer.returncode for writer in writers] == [0] * PROCESSES
        seen.acknowledged = sum(int(output_of(writer).read()) for writer in writers)
        [(seen.stored,)] = reader.execute("SELECT count(*) FROM northing.events").fetchall()
    return seen


def output_of(writer: subprocess.Popen[str]) -> IO[str]:
    assert writer.stdout is not None
    return writer.stdout


def test_sixteen_writers_in_two_processes_hide_nothing_from_a_reader(
    database: str, seed: int, figures: list[str]
) -> None:
    seen = written_and_tailed(database, seed, EVENTS)
    figures.append(f"a tailing reader saw {len(seen.rows)} of {seen.stored} events")
    assert [row[0] for row in seen.rows] == list(range(1, seen.stored + 1))
    assert seen.acknowledged == seen.stored >= EVENTS - TASKS * PROCESSES
    in_workspace: dict[UUID, list[int]] = defaultdict(list)
    for _, workspace_id, position, _ in seen.rows:
        in_workspace[workspace_id].append(position)
    assert all(positions == list(range(1, len(positions) + 1)) for positions in in_workspace.values())
    assert all(before[3] <= after[3] for before, after in pairwise(seen.rows))


@pytest.mark.parametrize("locked", [True, False], ids=["with the lock", "without"])
def test_where_transactions_end_slowly_it_is_the_lock_that_hides_nothing(
    database: str, seed: int, figures: list[str], locked: bool
) -> None:
    change(database, SLOWED if locked else UNLOCKED + SLOWED)
    seen = written_and_tailed(database, seed, EVENTS_TO_MISS_SOME)
    figures.append(f"{'with' if locked else 'without'} the lock, slowed: {len(seen.rows)} of {seen.stored}")
    assert (len(seen.rows) == seen.stored) is locked


def change(database: str, statement: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(statement)


@pytest.mark.parametrize("rolled_back", [False, True], ids=["committed", "rolled back"])
def test_an_append_waits_for_the_one_before_it(database: str, rolled_back: bool) -> None:
    """So no two can be held open and committed in the wrong order; and what is rolled back leaves no hole."""
    workspace_id, last = uuid4(), 0
    with (
        closing(Log(database)) as first,
        closing(Log(database)) as second,
        psycopg.connect(database, autocommit=True) as reader,
        ThreadPoolExecutor(1) as thread,
    ):
        for _ in range(REVERSED):
            with first.connection.transaction(force_rollback=rolled_back):
                first.append(workspace_id, drafted())
                later = thread.submit(second.append, workspace_id, drafted())
                await_blocked(reader, second.connection, by=first.connection)
                assert reader.execute(NEXT, [last]).fetchall() == []
                assert not later.done()
            later.result(PATIENCE_SECONDS)
            seen = [row[0] for row in reader.execute(NEXT, [last]).fetchall()]
            assert seen == ([last + 1] if rolled_back else [last + 1, last + 2])
            last = seen[-1]


def test_without_the_lock_an_event_is_hidden_each_time_that_two_commit_in_reverse_order(database: str) -> None:
    change(database, UNLOCKED)
    last = 0
    with (
        closing(Log(database)) as first,
        closing(Log(database)) as second,
        psycopg.connect(database, autocommit=True) as reader,
    ):
        for _ in range(REVERSED):
            with first.connection.transaction():
                hidden = first.append(uuid4(), drafted())
                second.append(uuid4(), drafted())
                seen = [row[0] for row in reader.execute(NEXT, [last]).fetchall()]
                assert len(seen) == 1
                last = seen[0]
            assert reader.execute(NEXT, [last]).fetchall() == []
            assert hidden < last
        assert reader.execute("SELECT count(*) FROM northing.events").fetchone() == (2 * REVERSED,)


def test_the_librarys_functions_hide_an_event_each_time_that_two_commit_in_reverse_order(
    new_database: NewDatabase,
) -> None:
    with library_datastore(new_database(), pool_size=3, enable_db_functions=True) as datastore:
        recorder = PostgresApplicationRecorder(datastore, events_table_name="stored_events")
        recorder.create_table()
        last = 0
        for _ in range(REVERSED):
            with datastore.transaction(commit=True) as first:
                insert(recorder, first)
                with datastore.transaction(commit=True) as second:
                    insert(recorder, second)
                seen = recorder.select_notifications(last, 10, inclusive_of_start=False)
                assert [each.id for each in seen] == [last + 2]
                last = seen[-1].id
            assert recorder.select_notifications(last, 10, inclusive_of_start=False) == []
        assert len(recorder.select_notifications(None, 2 * REVERSED)) == 2 * REVERSED


def insert(recorder: PostgresApplicationRecorder, cursor: psycopg.Cursor[DictRow]) -> None:
    """What its insert_events does in this mode, in a transaction that the caller holds."""
    event = recorder.construct_pg_stored_event(uuid4(), 1, "topic", b"")
    cursor.execute(recorder.sql_invoke_pg_function_insert_events, ([event],))


def drafted() -> tuple[str, UUID, MissionDrafted]:
    return "mission", uuid4(), MissionDrafted(title="Fresh bread for all")


def await_blocked(reader: psycopg.Connection, blocked: psycopg.Connection, *, by: psycopg.Connection) -> None:
    pids = [by.info.backend_pid, blocked.info.backend_pid]
    deadline = time.monotonic() + PATIENCE_SECONDS
    while reader.execute("SELECT %s = ANY (pg_blocking_pids(%s))", pids).fetchone() != (True,):
        assert time.monotonic() < deadline, "the second append does not wait for the first"
