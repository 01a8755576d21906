"""The product, put together in four ways. Every journey runs on each of them, in a workspace of its own."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple, Protocol

import httpx
import psycopg
import pytest

from infra.postgres.embedded import server as embedded
from tests.conftest import on_database
from tests.server import PATIENCE_SECONDS, Server, ServerSettings

_numbers = itertools.count(1)


class Way(NamedTuple):
    """How the product is put together."""

    processes: tuple[str, ...]  # The roles of each; the one that takes commands first, the one that answers next.
    read_elsewhere: bool  # Whether the read models are on another PostgreSQL server.


ONE, THREE = ("command,query,projector",), ("command", "query", "projector")
WAYS = {
    "one process": Way(ONE, read_elsewhere=False),
    "three processes": Way(THREE, read_elsewhere=False),
    "one process and a read server": Way(ONE, read_elsewhere=True),
    "three processes and a read server": Way(THREE, read_elsewhere=True),
}


class Deployment(NamedTuple):
    """The running product: a client that finds the process by the method, and the database of the log."""

    client: httpx.Client
    database: str


class StartDeployment(Protocol):
    """Start the product; it ends with the context."""

    def __call__(self, *, dev: bool) -> AbstractContextManager[Deployment]: ...


class ByMethod(httpx.BaseTransport):
    """Sends commands to one server and questions to another, as a reverse proxy does."""

    def __init__(self, commands: Server, queries: Server) -> None:
        self.ports = {"POST": commands.port, "GET": queries.port}
        self.transport = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(port=self.ports[request.method])
        return self.transport.handle_request(request)

    def close(self) -> None:
        self.transport.close()


@pytest.fixture(scope="session", params=WAYS)
def way(request: pytest.FixtureRequest) -> Way:
    return WAYS[request.param]


@pytest.fixture(scope="session")
def read_cluster(folder: Path) -> Iterator[str]:
    """The URL of another PostgreSQL than the session's."""
    with embedded.serving(folder / "read-data") as url:
        yield url


@pytest.fixture(scope="session")
def deployments(way: Way, folder: Path, cluster: str, request: pytest.FixtureRequest) -> StartDeployment:
    """Start the product in this way: `with deployments(dev=False) as deployment`."""
    read_cluster = request.getfixturevalue("read_cluster") if way.read_elsewhere else None

    @contextmanager
    def start(*, dev: bool) -> Iterator[Deployment]:
        settings: ServerSettings = {"database_url": _new_database(cluster), "dev": dev}
        if read_cluster is not None:
            settings["read_database_url"] = _new_database(read_cluster)

        def one(roles: str) -> Server:
            of_process: ServerSettings = {**settings, "roles": roles}
            return Server(folder, **of_process)

        with ExitStack() as started, ThreadPoolExecutor(len(way.processes)) as threads:
            starting = [threads.submit(one, roles) for roles in way.processes]
            servers = [started.enter_context(each.result()) for each in starting]
            transport = ByMethod(servers[0], servers[1 % len(servers)])
            client = httpx.Client(base_url=servers[0].url, timeout=PATIENCE_SECONDS, transport=transport)
            yield Deployment(started.enter_context(client), settings["database_url"])

    return start


@pytest.fixture(scope="session")
def server(deployments: StartDeployment) -> Iterator[httpx.Client]:
    """In dev mode: without a token one is the local owner."""
    with deployments(dev=True) as deployment:
        yield deployment.client


@pytest.fixture(scope="session")
def guarded(deployments: StartDeployment) -> Iterator[Deployment]:
    """With tokens only."""
    with deployments(dev=False) as deployment:
        yield deployment


def _new_database(cluster: str) -> str:
    name = f"journeys_{next(_numbers)}"
    with psycopg.connect(cluster, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return on_database(cluster, name)
