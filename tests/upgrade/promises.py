"""What an old server promised to its callers, and a new one on the same log holds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import httpx

from tests.json_types import Json


@dataclass(frozen=True)
class Promise:
    """The request, as it is sent again later, and how it will be answered: the status, and what the answer holds."""

    what: str
    address: str  # In the workspace.
    status: int
    holds: str = ""
    body: Json | None = None  # None: a question.
    headers: dict[str, str] = field(default_factory=dict)


def first_answer(address: str, body: Json, headers: dict[str, str], answer: httpx.Response) -> list[Promise]:
    """A command that was sent with an idempotency key: it is answered the same again, and the key is taken.

    The key of several commands is not stored; each of them has one that is derived from it.
    """
    if address == "commands":
        text = answer.text.replace('"replayed":false', '"replayed":true')
        return [Promise("the first answers again", address, answer.status_code, text, body, headers)]
    return [
        Promise("the first answer again", address, answer.status_code, answer.text, body, headers),
        Promise("no other command under its key", "teams", 422, "key-reused", {"name": "Another"}, headers),
    ]


def token_opens(token: str) -> Promise:
    return Promise("a token opens", "settings", 200, headers={"Authorization": f"Bearer {token}"})


def token_opens_nothing(token: str) -> Promise:
    headers = {"Authorization": f"Bearer {token}"}
    return Promise("a revoked token opens nothing", "settings", 401, "unauthenticated", headers=headers)


def version_stays(address: str, version: int, body: Json, member_id: str) -> list[Promise]:
    """A command that is taken at this version of its aggregate, and at no other."""
    as_member = {"X-Northing-Member": member_id}
    return [
        Promise(
            "a stale ETag", address, 412, "precondition-failed", body, as_member | {"If-Match": f'"{version - 1}"'}
        ),
        Promise("the ETag of the last answer", address, 200, "", body, as_member | {"If-Match": f'"{version}"'}),
    ]


def learning_is_its_authors(learning_id: str, token: str) -> list[Promise]:
    """An anonymous learning is withdrawn with the token of its answer, and with no other."""
    address = f"learnings/{learning_id}/withdraw"
    return [
        Promise("an anonymous learning is not withdrawn", address, 403, "not-the-author", {"token": "a guess"}),
        Promise("an anonymous learning is withdrawn", address, 200, learning_id, {"token": token}),
    ]


def broken(client: httpx.Client, workspace_id: str, promises: Sequence[Promise]) -> Iterator[str]:
    """Those that the server does not hold, a line each. Some record events: this comes after all comparing."""
    for promise in promises:
        url = f"/v1/workspaces/{workspace_id}/{promise.address}"
        method = "GET" if promise.body is None else "POST"
        answer = client.request(method, url, json=promise.body, headers=promise.headers)
        if answer.status_code != promise.status or promise.holds not in answer.text:
            yield f"{promise.what}: {promise.address} is answered {answer.status_code} {answer.text[:300]}"
