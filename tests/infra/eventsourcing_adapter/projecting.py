"""`northing project` as a shell runs it: to its end inside of this process, or as a process of its own."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

import psycopg
import pytest
from psycopg.rows import TupleRow

from infra.cli.main import main
from tests.server import PATIENCE_SECONDS, ROOT

FILE = Path(__file__).with_name("read_models.py")
CAUGHT_UP = "has caught up"


class Ended(NamedTuple):
    """How a command ended, and what it said."""

    exit_code: int
    error: str


def project(name: str, *arguments: str) -> Ended:
    """Run a projection to its end; of a class alone the file is read_models.py."""
    error = io.StringIO()
    command = ["project", f"{FILE}:{name}" if name.isidentifier() else name, *arguments]
    with redirect_stdout(io.StringIO()), redirect_stderr(error), pytest.raises(SystemExit) as ended:
        main(command)
    return Ended(int(ended.value.code or 0), error.getvalue())


class Projecting:
    """A projection that follows the log as a process of its own, once it has caught up."""

    def __init__(self, folder: Path, name: str, *arguments: str) -> None:
        self.errors = folder / f"project-{time.monotonic_ns()}.err"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("NORTHING_")}
        with self.errors.open("wb") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "infra.cli", "project", f"{FILE}:{name}", *arguments],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stderr=errors,
            )
        self.await_caught_up(times=1)

    def await_caught_up(self, times: int) -> None:
        """Wait until it has said so this often: once a connection."""
        eventually(lambda: self.said().count(CAUGHT_UP) >= times or self.process.poll() is not None)
        assert self.process.poll() is None, self.said()

    def said(self) -> str:
        return self.errors.read_text()

    def end(self, signal_number: int) -> int:
        self.process.send_signal(signal_number)
        return self.process.wait(PATIENCE_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait()


def eventually(holds: Callable[[], bool]) -> None:
    """Wait for what must come; how long that takes says nothing."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, "it does not come"
        time.sleep(0.01)


def rows(database_url: str, statement: str, *arguments: object) -> list[TupleRow]:
    """What a statement of the test itself finds, or does."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        cursor = connection.execute(statement.encode(), arguments or None)
        return cursor.fetchall() if cursor.description else []
