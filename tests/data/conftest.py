"""One server a module: what is imported goes into a workspace of its own each time."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from tests.conftest import on_database
from tests.server import Server


@pytest.fixture(scope="module")
def server(request: pytest.FixtureRequest, folder: Path, cluster: str, _template: str) -> Iterator[httpx.Client]:
    """A client of a product that runs in dev mode on this module's database."""
    name = request.module.__name__.rpartition(".")[2]
    with psycopg.connect(cluster, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {_template}")
    with Server(folder, database_url=on_database(cluster, name)) as running, running.client() as client:
        yield client
    with psycopg.connect(cluster, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
