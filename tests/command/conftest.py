"""The product in a thread, once a session: in dev mode, and with tokens only. A test has a workspace of its own."""

from collections.abc import Iterator

import httpx
import psycopg
import pytest

from infra.app import make_app
from infra.settings import Settings
from tests.command.http_workspace import HttpWorkspace
from tests.conftest import on_database
from tests.server import served


@pytest.fixture(scope="session")
def log_database(cluster: str, _template: str) -> Iterator[str]:
    """A database with the whole schema, for all tests that keep to their own workspace."""
    with psycopg.connect(cluster, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE commanded TEMPLATE {_template}")
        yield on_database(cluster, "commanded")
        connection.execute("DROP DATABASE commanded WITH (FORCE)")


@pytest.fixture(scope="session")
def client(log_database: str) -> Iterator[httpx.Client]:
    """Without a token the local owner, or whom X-Northing-Member names."""
    with served(make_app(Settings.from_env({}), log_database)) as url, httpx.Client(base_url=url, timeout=60) as client:
        yield client


@pytest.fixture(scope="session")
def guarded(log_database: str) -> Iterator[httpx.Client]:
    """Nobody without a token."""
    app = make_app(Settings.from_env({"NORTHING_DEV": "false"}), log_database)
    with served(app) as url, httpx.Client(base_url=url, timeout=60) as client:
        yield client


@pytest.fixture
def workspace(client: httpx.Client, log_database: str) -> HttpWorkspace:
    return HttpWorkspace(client, log_database)
