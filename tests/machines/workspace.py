"""A workspace of a running server, asked over HTTP only."""

import httpx

from tests.json_types import Json, Parameter

PATIENCE = 60  # Times two seconds, which a query waits for its position: only what is broken needs so long.
PAGE = 200


class Workspace:
    def __init__(self, server: httpx.Client, *, zone: str = "Europe/Berlin") -> None:
        self.server, self.zone = server, zone
        made = checked(server.post("/v1/workspaces", json={"name": "Northern Bakers", "timezone": zone}))
        self.id: str = made["id"]
        self.url = f"/v1/workspaces/{self.id}"
        self.head: int = made["position"]  # The greatest position of an answer.

    def post(
        self, address: str, body: Json | None = None, *, by: object = None, key: str | None = None
    ) -> httpx.Response:
        """Send a command as a member; without one as the local owner."""
        headers = {"X-Northing-Member": str(by)} if by else {}
        headers |= {"Idempotency-Key": key} if key else {}
        answer = self.server.post(f"{self.url}/{address}", json=body or {}, headers=headers)
        if answer.is_success:
            self.head = max(self.head, answer.json()["position"])
        return answer

    def do(self, address: str, body: Json | None = None, *, by: object = None) -> Json:
        """A command that is taken."""
        return checked(self.post(address, body, by=by))

    def make(self, address: str, body: Json, *, by: object = None) -> str:
        """The id of what a command makes."""
        return str(self.do(address, body, by=by)["id"])

    def get(self, address: str, **query: Parameter) -> Json:
        """An answer that knows all that was written."""
        query.setdefault("min_position", self.head)
        for _ in range(PATIENCE):
            answer = checked(self.server.get(f"{self.url}/{address}", params=query))
            if not answer.get("stale"):
                return answer
        raise AssertionError(f"{address}: position {query['min_position']} is not shown, only {answer['position']}")

    def refused(self, address: str, **query: Parameter) -> str:
        """The problem with which a question is refused: the last word of its type."""
        answer = self.server.get(f"{self.url}/{address}", params=query)
        assert answer.is_error, f"{answer.url} was answered: {answer.text[:2000]}"
        return problem(answer)

    def events(self, after: int = 0) -> list[Json]:
        """The change feed after this position, to its end."""
        found: list[Json] = []
        following: int | None = after
        while following is not None:
            page = self.get("events", after=following, limit=PAGE)
            found += page["events"]
            following = page["next"]
        return found


def problem(answer: httpx.Response) -> str:
    return str(answer.json()["type"]).rpartition(":")[2]


def checked(answer: httpx.Response) -> Json:
    assert answer.is_success, f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text[:2000]}"
    given: Json = answer.json()
    return given
