"""A workspace made over HTTP, with key results in every state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
import pytest

from infra.cli.main import main
from tests.conftest import on_database
from tests.infra.eventsourcing_adapter.projecting import rows
from tests.json_types import Json, Parameter
from tests.server import PATIENCE_SECONDS, Server


@dataclass
class Demo:
    """The demo workspace, its server and its database."""

    client: httpx.Client
    database_url: str
    id: str
    position: int

    def does(self, command: str, **body: object) -> Json:
        answer = self.client.post(f"/v1/workspaces/{self.id}/{command}", json=body)
        assert answer.is_success, answer.text
        self.position = answer.json()["position"]
        return dict(answer.json())

    def sees(self, question: str, **query: Parameter) -> Json:
        """An answer that knows all that was recorded."""
        for _ in range(int(PATIENCE_SECONDS)):
            given = {"min_position": self.position, "limit": 200} | query
            answer = self.client.get(f"/v1/workspaces/{self.id}/{question}", params=given).json()
            if not answer.get("stale"):
                return dict(answer)
        raise AssertionError(f"position {self.position} is not shown")

    def committed(self) -> list[str]:
        """The key results of the running quarter that can be checked in on."""
        found = self.sees("key-results")["key_results"]
        running = [each for each in found if each["expected_progress"] not in (None, "1.0000")]
        return [each["id"] for each in running if each["state"] == "committed"]


@pytest.fixture(scope="module")
def demo(folder: Path, cluster: str, _template: str) -> Iterator[Demo]:
    """Shared by the tests of a module, which only add to it."""
    name = f"demo_{uuid4().hex}"
    with psycopg.connect(cluster, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {_template}".encode())
        url = on_database(cluster, name)
        with Server(folder, database_url=url) as server, server.client() as client:
            with pytest.raises(SystemExit) as ended:
                main(["demo", "--url", server.url])
            assert not ended.value.code
            [found] = client.get("/v1/workspaces").json()["workspaces"]
            [[position]] = rows(url, "SELECT max(log_position) FROM northing.events")
            yield Demo(client, url, found["id"], position)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
