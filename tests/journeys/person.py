"""A member who works with Northing over HTTP, and sees their own writes."""

import httpx

from tests.json_types import Json, Parameter

PATIENCE = 60  # Times two seconds, which a query waits for its position: only what is broken needs so long.


def workspaces(client: httpx.Client, token: str) -> list[Json]:
    """What the token's member may see, once it is shown."""
    for _ in range(PATIENCE * 10):
        answer = client.get("/v1/workspaces", headers={"Authorization": f"Bearer {token}"})
        assert answer.is_success, answer.text
        if found := answer.json()["workspaces"]:
            return list(found)
    raise AssertionError("the workspace is not shown")


class Person:
    """A member of a workspace. In dev mode `headers` name the member, else they carry a token."""

    position = 0  # How far anyone has written: what everyone of the journey expects to see.

    def __init__(self, client: httpx.Client, workspace: str, **headers: str) -> None:
        self.client, self.url = client, f"/v1/workspaces/{workspace}"
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    def tries(self, command: str, **body: object) -> httpx.Response:
        """Send a command, whatever becomes of it."""
        answer = self.client.post(f"{self.url}/{command}", json=body, headers=self.headers)
        if answer.is_success:
            Person.position = max(Person.position, answer.json()["position"])
        return answer

    def does(self, command: str, **body: object) -> str:
        """Send a command that must be taken; the id of what it made or changed."""
        answer = self.tries(command, **body)
        assert answer.is_success, f"{command}: {answer.text}"
        return str(answer.json()["id"])

    def may_not(self, command: str, **body: object) -> str:
        """Send a command that must be refused; the last word of the problem's type."""
        answer = self.tries(command, **body)
        assert answer.is_error, f"{command} was taken"
        return str(answer.json()["type"].rsplit(":", 1)[-1])

    def sees(self, address: str, **query: Parameter) -> Json:
        """An answer that knows all that was written."""
        for _ in range(PATIENCE):
            given = query if "known_position" in query else query | {"min_position": Person.position}
            answer = self.client.get(f"{self.url}/{address}", params=given, headers=self.headers)
            if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
                continue  # Not even that one belongs to the workspace is shown yet.
            assert answer.is_success, f"{address}: {answer.text}"
            shown: Json = answer.json()
            if not shown.get("stale"):
                return shown
        raise AssertionError(f"{address}: position {Person.position} is not shown")
