"""Ana and Bo in a workspace, over HTTP, and the commands with which they negotiate."""

from __future__ import annotations

from dataclasses import dataclass, replace

import httpx

from tests.json_types import Json

MEASURE = {"type": "change", "unit": "loaves", "baseline": "40", "target": "60"}


@dataclass(frozen=True)
class Person:
    """A person at one server. Ana opened the workspace; in dev mode a request that names no member is hers."""

    server: httpx.Client
    workspace: str
    id: str | None = None  # None: Ana.

    def at(self, server: httpx.Client) -> Person:
        """The same person, at another server or on another connection."""
        return replace(self, server=server)

    def send(self, path: str, body: Json | None = None, **headers: str) -> httpx.Response:
        """Send a command. Headers as `if_match='"3"'`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.id:
            named["X-Northing-Member"] = self.id
        return self.server.post(f"/v1/workspaces/{self.workspace}/{path}", json=body or {}, headers=named)

    def accepted(self, path: str, body: Json | None = None, **headers: str) -> Json:
        """Send a command that must be accepted."""
        answer = self.send(path, body, **headers)
        assert answer.status_code == httpx.codes.OK, answer.text
        accepted: Json = answer.json()
        return accepted


def ana_and_bo(server: httpx.Client) -> tuple[Person, Person]:
    """In a workspace of their own."""
    opened = server.post("/v1/workspaces", json={"name": "Bakery", "timezone": "Europe/Berlin"})
    ana = Person(server, opened.raise_for_status().json()["id"])
    return ana, replace(ana, id=ana.accepted("members", {"name": "Bo Berg"})["id"])


def objective(partner: Person, **more: object) -> Json:
    return {"title": "Bread is fresh at seven", "partner_id": partner.id} | more


def key_result(objective_id: str, partner: Person) -> Json:
    return {"objective_id": objective_id, "title": "Sell 60 loaves", "measure": MEASURE, "partner_id": partner.id}
