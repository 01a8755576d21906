"""One server for all of these: what they ask of it is in workspaces of their own."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from tests.conftest import on_database
from tests.server import Server

NAME = "machines"


@pytest.fixture(scope="session")
def server(folder: Path, cluster: str, _template: str) -> Iterator[httpx.Client]:
    with psycopg.connect(cluster, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {NAME} TEMPLATE {_template}")
    with Server(folder, database_url=on_database(cluster, NAME)) as started, started.client() as client:
        yield client
