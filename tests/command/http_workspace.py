"""A workspace of a running product, commanded over HTTP."""

from uuid import UUID

import httpx
import psycopg
from psycopg.rows import TupleRow

from tests.json_types import Json


class HttpWorkspace:
    """`post` sends whatever it is given; `make` sends what must be taken."""

    def __init__(self, client: httpx.Client, database: str, **headers: str) -> None:
        self.client, self.database = client, database
        opened = client.post("/v1/workspaces", json={"name": "Bakers", "timezone": "Europe/Berlin"}, headers=headers)
        assert opened.is_success, opened.text
        self.opened: Json = opened.json()
        self.id = UUID(self.opened["id"])
        self.url = f"/v1/workspaces/{self.id}"

    def post(
        self, address: str, body: object = None, *, by: str | None = None, key: str | None = None, **headers: str
    ) -> httpx.Response:
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        headers |= {"X-Northing-Member": by} if by else {}
        headers |= {"Idempotency-Key": key} if key else {}
        return self.client.post(f"{self.url}/{address}", json=body, headers=headers)

    def make(self, address: str, body: object = None, *, by: str | None = None, key: str | None = None) -> str:
        """The id of what a command makes or changes."""
        answer = self.post(address, body, by=by, key=key)
        assert answer.is_success, answer.text
        return str(answer.json()["id"])

    def events(self) -> int:
        """How many events the log holds of this workspace."""
        [(events,)] = self.rows("SELECT count(*) FROM northing.events WHERE workspace_id = %s", self.id)
        return int(events)

    def rows(self, statement: str, *arguments: object) -> list[TupleRow]:
        """Whatever the database holds, as its superuser."""
        with psycopg.connect(self.database) as connection:
            return connection.execute(statement, arguments).fetchall()


def problem(answer: httpx.Response) -> str:
    """The last word of a problem's type; all that every problem must have is there."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    details = answer.json()
    assert details["status"] == answer.status_code
    assert details["title"]
    assert details["instance"] == answer.headers["x-request-id"]
    return str(details["type"].removeprefix("urn:northing:problem:"))
