"""A workspace that members fill over HTTP, and what its server promises them meanwhile."""

import httpx

from tests.json_types import Json
from tests.upgrade.answers import await_all, feed_of
from tests.upgrade.promises import Promise, first_answer

OPENING = {"name": "Northern Bakers", "timezone": "Europe/Berlin"}


class Workspace:
    """The one that is filled, and what its server promised meanwhile."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        self.id = str(client.post("/v1/workspaces", json=OPENING).raise_for_status().json()["id"])
        self.url = f"/v1/workspaces/{self.id}"
        self.promises: list[Promise] = []

    def events(self) -> list[Json]:
        await_all(self.client, self.id)
        return feed_of(self.client, self.id)


class Member:
    """A member who sends commands that must be taken; without an id the local owner."""

    def __init__(self, workspace: Workspace, id: str = "") -> None:
        self.workspace, self.id = workspace, id

    def does(self, address: str, /, *, key: str = "", **body: object) -> Json:
        """The answer. With an idempotency key it is a promise."""
        headers = {"X-Northing-Member": self.id, "Idempotency-Key": key}
        headers = {name: value for name, value in headers.items() if value}
        answer = self.workspace.client.post(f"{self.workspace.url}/{address}", json=body, headers=headers)
        assert answer.is_success, f"{address}: {answer.text}"
        if key:
            self.workspace.promises += first_answer(address, body, headers, answer)
        answered: Json = answer.json()
        return answered

    def makes(self, address: str, /, *, key: str = "", **body: object) -> str:
        """The id of what the command makes or changes."""
        return str(self.does(address, key=key, **body)["id"])
