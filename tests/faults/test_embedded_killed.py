"""SIGKILL of PostgreSQL, of the process that serves it, and of both: what was acknowledged is there afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
import pytest

from infra.postgres.embedded import server as embedded
from infra.postgres.embedded.data_folder import place_for
from infra.postgres.embedded.process import postmaster
from tests.server import PATIENCE_SECONDS, ROOT

pytestmark = pytest.mark.faults

SERVE = """
import sys, pathlib
from infra.postgres.embedded import server as embedded
with embedded.serving(pathlib.Path(sys.argv[1])) as url:
    print(url, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def data(folder: Path) -> Path:
    return folder / f"data-{uuid.uuid4().hex[:8]}"


def test_postgresql_comes_back_by_itself_when_it_is_killed(data: Path) -> None:
    with embedded.serving(data) as url:
        before = _write_until_killed(url, lambda: _kill(_postmaster(data)))
        assert _await_rows(url) >= before
        assert _postmaster(data).is_running()
    assert embedded.running(data) is None


def test_a_server_that_is_killed_leaves_nothing_undone_for_the_next(data: Path) -> None:
    with _serving_elsewhere(data) as server:
        url = _first_line(server)
        before = _write_until_killed(url, lambda: _kill(server))
        left_behind = _postmaster(data)
    with embedded.serving(data) as url:
        assert _postmaster(data) != left_behind
        assert _await_rows(url) == before
    assert embedded.running(data) is None


def test_a_power_cut_that_kills_both_recovers(data: Path) -> None:
    with _serving_elsewhere(data) as server:
        url = _first_line(server)
        left_behind = _postmaster(data)

        def kill_both() -> None:
            _kill(server)
            _kill(left_behind)

        before = _write_until_killed(url, kill_both)
    with embedded.serving(data) as url:
        assert _await_rows(url) >= before


def test_a_process_that_got_the_dead_postgresqls_id_is_left_alone(data: Path) -> None:
    with _serving_elsewhere(data) as server:
        _first_line(server)
        for process in (server, _postmaster(data)):
            _kill(process)
    place = place_for(data)
    bystander = subprocess.Popen(["sleep", "600"], user=place.account and place.account.pw_uid)
    try:
        pid_file = place.cluster / "postmaster.pid"
        pid_file.write_text("\n".join([str(bystander.pid), *pid_file.read_text().splitlines()[1:], ""]))
        with embedded.serving(data):
            pass
        assert bystander.poll() is None
    finally:
        _kill(bystander)


@contextmanager
def _serving_elsewhere(data: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", SERVE, str(data)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def _first_line(server: subprocess.Popen[str]) -> str:
    """What it says once it serves: the URL."""
    assert server.stdout is not None
    return server.stdout.readline().strip()


def _write_until_killed(url: str, kill: Callable[[], object]) -> int:
    """How many rows were acknowledged, one commit each, the kill falling among them."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE acknowledged (number int PRIMARY KEY)")
        for number in range(200):
            if number == 100:
                kill()
            try:
                connection.execute("INSERT INTO acknowledged VALUES (%s)", [number])
            except psycopg.OperationalError:
                return number
    return 200


def _await_rows(url: str) -> int:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            with psycopg.connect(url) as connection:
                row = connection.execute("SELECT count(*) FROM acknowledged").fetchone()
                return row[0] if row else 0
        except psycopg.OperationalError:
            assert time.monotonic() < deadline, "PostgreSQL did not come back"
            time.sleep(0.02)


def _postmaster(data: Path) -> psutil.Process:
    found = postmaster(data / "postgres")
    assert found is not None
    return found


def _kill(process: psutil.Process | subprocess.Popen[str] | subprocess.Popen[bytes]) -> None:
    os.kill(process.pid, signal.SIGKILL)
    process.wait(PATIENCE_SECONDS)
