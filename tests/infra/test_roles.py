"""Process roles: each process serves its part of the API, is ready when that part is, and reads what others wrote."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import httpx
import pytest

from infra.app import make_app
from infra.http import health
from infra.settings import Settings
from tests.server import PATIENCE_SECONDS, served

WRITES = 50


@contextmanager
def process(database: str, roles: str) -> Iterator[httpx.Client]:
    """One process of these roles, in a thread."""
    app = make_app(Settings.from_env({}, roles=roles), database)
    with served(app) as url, httpx.Client(base_url=url, timeout=PATIENCE_SECONDS) as client:
        yield client


def ready(client: httpx.Client) -> dict[str, Any]:
    """What it says once it is ready."""
    while (answer := client.get("/readyz")).status_code != httpx.codes.OK:
        pass  # What works is awaited, not timed.
    found: dict[str, Any] = answer.json()
    return found


def opened(client: httpx.Client) -> tuple[str, int]:
    """A new workspace and its position."""
    answer = client.post("/v1/workspaces", json={"name": "Bakery", "timezone": "UTC"}).raise_for_status().json()
    return f"/v1/workspaces/{answer['id']}", answer["position"]


def test_each_process_is_ready_when_its_own_part_is(database: str) -> None:
    with process(database, "command") as command, process(database, "query") as query:
        assert ready(command) == {
            "status": "ready",
            "generation": None,
            "lag_events": None,
            "lag_seconds": None,
            "parked_streams": 0,
        }
        workspace, position = opened(command)
        refused = query.get("/readyz")
        assert (refused.status_code, refused.json()["detail"]) == (
            503,
            "the read models of this program are not built yet",
        )
        assert query.get("/livez").status_code == 200
        assert query.get(f"{workspace}/settings").json()["type"] == "urn:northing:problem:unavailable"
        with process(database, "projector") as projector:
            ready(projector)
            found = ready(query)
            assert (found["generation"], found["lag_events"], found["parked_streams"]) == (1, 0, 0)
            assert query.get(f"{workspace}/settings", params={"min_position": position}).json()["name"] == "Bakery"


def test_a_query_process_is_not_ready_where_its_rows_are_far_behind(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with process(database, "command") as command, process(database, "query") as query:
        with process(database, "projector") as projector:
            ready(projector)
            ready(query)
        monkeypatch.setattr(health, "READY_LAG_SECONDS", 0.0)
        workspace, position = opened(command)
        refused = query.get("/readyz").json()
        assert refused["type"] == "urn:northing:problem:not-ready"
        assert refused["detail"].startswith(f"the read models are {position} events and ")
        behind = query.get(f"{workspace}/settings")
        assert behind.json()["type"] == "urn:northing:problem:unavailable", "not a 404: it may be there"
    assert position > 1


def test_a_process_has_the_routes_of_its_roles_and_all_have_the_whole_document(database: str) -> None:
    whole = make_app(Settings.from_env({}), database).openapi()
    with (
        process(database, "command") as command,
        process(database, "query") as query,
        process(database, "projector") as projector,
    ):
        workspace, id = f"/v1/workspaces/{uuid4()}", uuid4()
        for client, method, path, status, problem in [
            (query, "POST", f"{workspace}/objectives/{id}/agree", 404, "unknown-route"),
            (query, "POST", f"{workspace}/objectives", 405, "method-not-allowed"),
            (command, "GET", f"{workspace}/alignment-tree", 404, "unknown-route"),
            (command, "GET", f"{workspace}/objectives", 405, "method-not-allowed"),
            (projector, "GET", f"{workspace}/alignment-tree", 404, "unknown-route"),
            (projector, "POST", "/v1/workspaces", 404, "unknown-route"),
        ]:
            answer = client.request(method, path, json={})
            assert (answer.status_code, answer.json()["type"]) == (status, f"urn:northing:problem:{problem}")
        for client in (command, query, projector):
            assert client.get("/openapi.json").json() == whole
            assert client.get("/livez").status_code == 200
        ready(projector)


def test_who_writes_in_one_process_reads_it_in_another(database: str) -> None:
    with (
        process(database, "projector") as projector,
        process(database, "command") as command,
        process(database, "query") as query,
    ):
        ready(projector)
        workspace, _ = opened(command)
        for number in range(WRITES):
            wrote = command.post(f"{workspace}/teams", json={"name": f"Team {number}"}).raise_for_status().json()
            read = query.get(f"{workspace}/teams/{wrote['id']}", params={"min_position": wrote["position"]}).json()
            assert (read["name"], read["position"] >= wrote["position"]) == (f"Team {number}", True)
            assert "stale" not in read


def test_a_stream_says_what_happens_in_another_process(database: str) -> None:
    with (
        process(database, "projector") as projector,
        process(database, "command") as command,
        process(database, "query") as query,
    ):
        ready(projector)
        workspace, position = opened(command)
        with query.stream("GET", f"{workspace}/stream", params={"after": position, "min_position": position}) as stream:
            wrote = command.post(f"{workspace}/teams", json={"name": "Ovens"}).json()
            assert next(stream.iter_lines()) == f"id: {wrote['position']}"


def test_a_second_projector_takes_over(database: str) -> None:
    with process(database, "command,query") as server, process(database, "projector") as second:
        with process(database, "projector") as first:
            assert {ready(each)["generation"] for each in (first, second)} == {1}
        workspace, position = opened(server)
        shown = server.get(f"{workspace}/settings", params={"min_position": position}).json()
        while shown.get("stale") or "name" not in shown:  # Until the second has seen that the first is gone.
            shown = server.get(f"{workspace}/settings", params={"min_position": position}).json()
        assert shown["name"] == "Bakery"
