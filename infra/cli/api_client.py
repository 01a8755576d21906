"""A running server, as the commands see it: its workspaces, and its problems in one line."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any
from urllib.parse import urlsplit

import httpx
import typer
from msgspec import json

from infra.cli.console import NotDone

JsonAnswer = dict[str, Any]
URL = "http://127.0.0.1:8000"
PATIENCE_SECONDS = 300.0  # A part of an import may wait for a database that is busy with others.

Url = Annotated[str, typer.Option(help="Where the server is.")]
Token = Annotated[
    str | None, typer.Option(help="An API token (see `northing token`). Not needed for a server in dev mode.")
]
WorkspaceName = Annotated[str, typer.Option(help="The workspace, by its name or id.")]


@contextmanager
def server(url: str, token: str | None) -> Iterator[httpx.Client]:
    """A client of the server. Raises NotDone for a problem, and where no server answers."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise NotDone(f"--url: {url} is no address of a server, such as {URL}")
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with httpx.Client(base_url=url, headers=headers, timeout=PATIENCE_SECONDS) as client:
        client.event_hooks["response"].append(_require_done)
        try:
            yield client
        except httpx.ConnectError:
            raise NotDone(
                f"no server answers at {url}: start one with `northing serve`, or name another with --url"
            ) from None
        except httpx.TransportError as lost:
            raise NotDone(f"the server at {url} stopped answering ({type(lost).__name__}): try again") from None


def _require_done(response: httpx.Response) -> None:
    if response.is_success:
        return
    response.read()
    try:
        problem = response.json()
        raise NotDone(f"{problem['title']} ({problem['detail']})")
    except (ValueError, KeyError, TypeError):
        raise NotDone(f"{response.request.url} answered {response.status_code}: is it a Northing server?") from None


def get(client: httpx.Client, path: str, **parameters: str | int | None) -> Any:
    """What the server answers to a question."""
    said = {name: value for name, value in parameters.items() if value is not None}
    return json.decode(client.get(path, params=said).content)


def workspace(client: httpx.Client, name_or_id: str) -> JsonAnswer | None:
    """Id, name and time zone of a workspace that the caller may read. Raises NotDone where several have this name."""
    cursor, found = None, []
    while True:
        page = get(client, "/v1/workspaces", limit=200, cursor=cursor)
        found += [each for each in page["workspaces"] if name_or_id in (each["name"], each["id"])]
        cursor = page["next"]
        if cursor is None:
            break
    if len(found) > 1:
        ids = " and ".join(each["id"] for each in found)
        raise NotDone(f"{len(found)} workspaces have the name {name_or_id!r}: give the id in its place, {ids}")
    return dict(found[0]) if found else None


def need_workspace(client: httpx.Client, name_or_id: str) -> JsonAnswer:
    """The workspace. Raises NotDone, which names those that there are."""
    found = workspace(client, name_or_id)
    if found is None:
        names = ", ".join(sorted({each["name"] for each in get(client, "/v1/workspaces", limit=20)["workspaces"]}))
        raise NotDone(f"there is no workspace {name_or_id!r} that you may read; there are: {names or 'none'}")
    return found


def open_workspace(client: httpx.Client, name: str, timezone: str) -> JsonAnswer:
    """A new workspace, whose owner is the caller. A caller who came with a token goes on with that of the new one."""
    answer = client.post("/v1/workspaces", json={"name": name, "timezone": timezone}).json()
    if "token" in answer:
        client.headers["Authorization"] = f"Bearer {answer['token']}"
    return {"id": answer["id"], "name": name, "timezone": timezone, "token": answer.get("token")}
