"""What `northing serve` says when it is up: where to look first."""

from collections.abc import Callable

import httpx
from rich.markup import escape

from infra import demo
from infra.cli import api_client
from infra.cli.console import NotDone, err
from infra.cli.demo import fill
from infra.cli.line_sender import SendReport
from infra.settings import ALL_ROLES, Settings

QUICK_SECONDS = 5.0
REBUILD_SECONDS = 3600.0


def print_banner(settings: Settings, url: str, *, with_demo: bool, await_live: Callable[[float], bool]) -> None:
    """Fill the demo where it is asked for, and say what there is."""
    if not await_live(QUICK_SECONDS):
        err.print("The read models are being built from the log; until then no question is answered.")
        await_live(REBUILD_SECONDS)
    lines = [f"[bold]Northing serves on {url}[/]", "", *_about(settings, url)]
    if with_demo:
        try:
            with api_client.server(url, None) as client:
                found, report = fill(client)
                lines += ["", *_demo(client, url, found, report)]
        except (NotDone, httpx.HTTPError) as error:
            lines += ["", f"[red]The demo workspace could not be filled:[/] {escape(str(error))}"]
    err.print("", *lines, "", sep="\n", soft_wrap=True)


def _about(settings: Settings, url: str) -> list[str]:
    where = "the PostgreSQL of NORTHING_DATABASE_URL" if settings.database_url else str(settings.data.resolve())
    who = (
        "dev mode: a request without a token is the local owner"
        if settings.dev
        else "every request needs a token: see `northing token`"
    )
    part = [] if settings.roles == ALL_ROLES else [f"Roles         {', '.join(settings.roles)}"]
    reads = ["Read models   the PostgreSQL of NORTHING_READ_DATABASE_URL"] if settings.read_database_url else []
    return [
        *part,
        f"API by task   {url}/docs",
        f"Health        {url}/readyz",
        f"Data          {escape(where)}",
        *reads,
        f"Who asks      {who}",
    ]


def _demo(client: httpx.Client, url: str, found: api_client.JsonAnswer, report: SendReport | None) -> list[str]:
    path = f"/v1/workspaces/{found['id']}"
    first = api_client.get(client, f"{path}/events", limit=1)["events"][0]
    tree = api_client.get(
        client, f"{path}/alignment-tree", cycle="current", min_position=report.position if report else None
    )
    key_results = [node for node in tree["nodes"] if node["kind"] == "key_result"]
    if not key_results:  # Every member may have changed the demo.
        return [f"[bold]{demo.NAME}[/] is there: workspace {found['id']}"]
    goal = next((node["id"] for node in key_results if node["title"] == demo.LOOK_AT), key_results[0]["id"])
    people = api_client.get(client, f"{path}/members", limit=200)["members"]
    answers = next((each["id"] for each in people if each["name"] == demo.ANSWERS), people[0]["id"])
    base = f"{url}{path}"
    return [
        f"[bold]{demo.NAME}[/] {'is filled' if report else 'is there'}: workspace {found['id']}",
        f"known_at starts at its import, {first['recorded_at'][:19]}Z; as_of goes back a year before that.",
        "",
        "[bold]Look here first[/]",
        f"curl -s '{base}/alignment-tree?cycle=current'",
        f"curl -s {base}/key-results/{goal}/negotiation",
        f"curl -s {base}/key-results/{goal}/timeline",
        f"northing tree --workspace '{demo.NAME}' --url {url}",
        "",
        f"[bold]Act as another member[/]: {demo.ANSWERS} may answer the amendment that stands open there",
        f"curl -s -X POST -H 'X-Northing-Member: {answers}' {base}/key-results/{goal}/agree-amendment",
    ]
