"""A checkout of Northing, of this commit or another: how its programs are run.

What a later commit may move is found here and nowhere else in tests/upgrade: the CLI by pyproject.toml, the migrations
by the name of the first, the events by the published schemas, the cluster by the data folder.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from infra.postgres.migrate import migrate
from tests.server import ROOT, Server, free_port

SOCKET_FOLDER_LINE = 4  # Of PostgreSQL's postmaster.pid.


@dataclass(frozen=True)
class Checkout:
    root: Path

    def command(self, *arguments: str) -> list[str]:
        """What `northing` runs, with the checkout's own interpreter."""
        project = tomllib.loads((self.root / "pyproject.toml").read_text())["project"]
        module, _, function = project["scripts"]["northing"].partition(":")
        python = Path(sys.executable) if self.root == ROOT else self.root / ".venv" / "bin" / "python"
        return [str(python), "-c", f"from {module} import {function}; {function}()", *arguments]

    def run(self, *arguments: str) -> None:
        """Run a command to its end. Raises AssertionError with what it printed where it fails."""
        done = subprocess.run(
            self.command(*arguments), cwd=self.root, env=environment(), capture_output=True, text=True
        )
        assert done.returncode == 0, f"{' '.join(arguments)}: exit code {done.returncode}\n{done.stdout}{done.stderr}"

    @contextmanager
    def serving(self, data: Path) -> Iterator[Server]:
        """Serve the data folder, and end in the way that an operator ends it."""
        with _ServerOf(self, data) as server:
            yield server

    def commit(self) -> str:
        git = ["git", "-C", str(self.root), "rev-parse", "--short", "HEAD"]
        return subprocess.run(git, capture_output=True, text=True, check=True).stdout.strip()

    def event_types(self) -> set[str]:
        """The stored names of all events that it may record, by its published schemas."""
        return {path.name.partition(".")[0] for path in self.root.glob("contracts/golden/events/*.json")}


HERE = Checkout(ROOT)


def environment() -> dict[str, str]:
    """That of this process, without settings of Northing."""
    return {name: value for name, value in os.environ.items() if not name.startswith("NORTHING_")}


class _ServerOf(Server):
    def __init__(self, checkout: Checkout, data: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log_file = data.with_name(f"{data.name}-{uuid.uuid4().hex[:8]}.log")
        command = checkout.command("serve", "--port", str(self.port), "--data", str(data))
        with self.log_file.open("wb") as output:
            self.process = subprocess.Popen(
                command, cwd=checkout.root, env=environment(), stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
        try:
            self.await_readiness()
        except BaseException:
            self.kill()
            raise


def database_of(data: Path) -> str:
    """The URL of the PostgreSQL that runs on a data folder. Its superuser and database are named northing."""
    sockets = (data / "postgres" / "postmaster.pid").read_text().splitlines()[SOCKET_FOLDER_LINE]
    return f"postgresql://northing@/northing?host={quote(sockets, safe='')}&port=5432"


def copy_data(data: Path, to: Path) -> None:
    """Copy the folder of a server that has ended, owners of files too."""
    if not (data / "postgres").is_dir():
        raise SystemExit(
            f"PostgreSQL's account may not enter {data}, so its cluster is elsewhere: choose another folder"
        )
    subprocess.run(["cp", "-a", str(data), str(to)], check=True)


def migrate_to(database_url: str, last: str) -> list[str]:
    """Apply the migrations up to the one of this name and no later one, as a release of that time did."""
    [first] = [path for path in ROOT.glob("infra/**/0000_*.sql") if ".venv" not in path.parts]
    with tempfile.TemporaryDirectory() as folder:
        for path in first.parent.glob("*.sql"):
            if path.name <= last:
                shutil.copy(path, folder)
        return migrate(database_url, Path(folder))
