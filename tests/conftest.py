"""The real things, shared: one PostgreSQL a session, a fresh migrated database a test, and the server as a process."""

from __future__ import annotations

import itertools
import os
import random
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol, Unpack

import httpx
import psycopg
import pytest

from infra.postgres.embedded import server as embedded
from infra.postgres.migrate import migrate
from tests.server import Server, ServerSettings, StartServer
from tests.sizes import SIZE

TEMPLATE = "northing_template"
SEED = int(os.environ.get("TEST_SEED") or random.SystemRandom().randrange(2**32))
os.environ["TEST_SEED"] = str(SEED)  # The processes that share a run share the seed.
_numbers = itertools.count(1)


class NewDatabase(Protocol):
    """Make an empty database, or a copy of a template; its URL."""

    def __call__(self, template: str = "template1") -> str: ...


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    if config.option.hypothesis_seed is None:
        config.option.hypothesis_seed = str(SEED)


def pytest_report_header() -> str:
    return f"size: {SIZE}, seed: {SEED} (the same again: TEST_SIZE={SIZE} TEST_SEED={SEED})"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The small size, which is for while you work, leaves out what starts processes of its own, unless it is named."""
    if SIZE != "check" or config.option.file_or_dir:
        return
    left_out = [item for item in items if _starts_processes(item)]
    items[:] = [item for item in items if item not in set(left_out)]
    config.hook.pytest_deselected(items=left_out)


def _starts_processes(item: pytest.Item) -> bool:
    folders = {"faults", "machines"} & set(item.path.parts)
    files = item.path.name in ("test_embedded.py", "test_demo.py")
    fixtures = {"server", "start_server", "demo", "deployments"} & set(getattr(item, "fixturenames", ()))
    return bool(folders or files or fixtures)


@pytest.fixture
def seed() -> int:
    """The number that every random choice of this run comes from. Given again as TEST_SEED it repeats them."""
    return SEED


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """A folder of this session with a short path that PostgreSQL's account may pass through."""
    made = Path(tempfile.mkdtemp(prefix="northing-tests-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="session")
def cluster(folder: Path) -> Iterator[str]:
    """The URL of the session's PostgreSQL, which is the embedded one as the product runs it."""
    with embedded.serving(folder / "data") as url:
        yield url


@pytest.fixture(scope="session")
def _template(cluster: str) -> str:
    with psycopg.connect(cluster, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {TEMPLATE}")
    migrate(on_database(cluster, TEMPLATE))
    return TEMPLATE


@pytest.fixture
def new_database(cluster: str) -> Iterator[NewDatabase]:
    """Make an empty database, or a copy of a template. All are dropped at the end of the test."""
    made: list[str] = []

    def make(template: str = "template1") -> str:
        name = f"test_{next(_numbers)}"
        with psycopg.connect(cluster, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        made.append(name)
        return on_database(cluster, name)

    yield make
    with psycopg.connect(cluster, autocommit=True) as connection:
        for name in made:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database(new_database: NewDatabase, _template: str) -> str:
    """The URL of a fresh database with the whole schema."""
    return new_database(_template)


@pytest.fixture
def start_server(folder: Path) -> Iterator[StartServer]:
    """Start the product as a process: `start_server(database_url=…)` or `start_server(data=…)`, more as settings."""
    with ExitStack() as started:

        def start(arguments: Sequence[str] = (), **settings: Unpack[ServerSettings]) -> Server:
            if "data" in settings:
                started.callback(_end_database, settings["data"])
            return started.enter_context(Server(folder, arguments, **settings))

        yield start


@pytest.fixture
def server(start_server: StartServer, database: str) -> Iterator[httpx.Client]:
    """A client of a product that runs in dev mode on this test's database."""
    with start_server(database_url=database).client() as client:
        yield client


def _end_database(data: Path) -> None:
    """A server that a test killed leaves its PostgreSQL running; whoever serves the folder next ends it."""
    if embedded.running(data):
        with embedded.serving(data):
            pass


def on_database(url: str, name: str) -> str:
    """The same PostgreSQL, another of its databases."""
    return url.replace(f"@/{embedded.NAME}?", f"@/{name}?")
