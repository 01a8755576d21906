"""`northing tree`: the alignment tree in the terminal, of any day. What colour says is said in words too."""

from decimal import Decimal
from typing import Annotated

import typer
from rich.console import Group
from rich.padding import Padding
from rich.text import Text
from rich.tree import Tree

from infra.cli import api_client
from infra.cli.api_client import JsonAnswer, Token, Url, WorkspaceName
from infra.cli.console import out

KINDS = {"key_result": "KR", "objective": "Objective", "theme": "Theme", "strategy": "Strategy", "vision": "Vision"}
HEALTH = {
    "on_track": "green",
    "at_risk": "yellow",
    "off_track": "red",
    "outdated": "magenta",
    "pending": "dim",
    "achieved": "green",
    "partial": "yellow",
    "missed": "red",
    "dropped": "dim",
}
BAR_CELLS = 10


def tree(
    workspace: WorkspaceName,
    as_of: Annotated[str | None, typer.Option(help="What was true then: a day, or a time with its offset.")] = None,
    known_at: Annotated[str | None, typer.Option(help="As it was known then.")] = None,
    cycle: Annotated[str | None, typer.Option(help="Only goals of this cycle: its id or name, or 'current'.")] = None,
    team: Annotated[str | None, typer.Option(help="Only goals of this team and the teams below it.")] = None,
    url: Url = api_client.URL,
    token: Token = None,
) -> None:
    """Show the alignment tree: state, progress, confidence, health, score and owner of every goal."""
    with api_client.server(url, token) as client:
        found = api_client.need_workspace(client, workspace)
        path = f"/v1/workspaces/{found['id']}/alignment-tree"
        shown = api_client.get(client, path, as_of=as_of, known_at=known_at, cycle=cycle, team=team)
    out.print(drawn(found["name"], shown))


def drawn(name: str, shown: JsonAnswer) -> Tree:
    """The answer of the server as a tree."""
    when = f"as of {shown['as_of'][:16].replace('T', ' ')} UTC, known up to position {shown['position']}"
    root = Tree(Text.assemble((name, "bold"), f"  {when}"))
    branches = [root]
    for node in shown["nodes"]:
        del branches[node["depth"] + 1 :]
        branches.append(branches[-1].add(_label(node)))
    if not shown["nodes"]:
        root.add("no goals at this moment")
    return root


def _label(node: JsonAnswer) -> Group:
    kind = KINDS.get(node["kind"], node["kind"].capitalize())
    title = Text.assemble((f"{kind}: ", "dim"), (node["title"], "bold" if node["kind"] == "objective" else ""))
    parts = (_state(node), _progress(node), _confidence(node), _health(node), _score(node), _whose(node))
    said = Text("  ").join(part for part in parts if part)
    return Group(title, Padding(said, (0, 0, 0, 2), style="" if node["matched"] else "dim", expand=False))


def _state(node: JsonAnswer) -> Text:
    return Text(node["state"] + (f", {node['phase']}" if node["phase"] else ""), style="cyan")


def _progress(node: JsonAnswer) -> Text | None:
    if node["progress"] is None:
        return None
    ratio = Decimal(node["progress"])
    cells = int(min(max(ratio, Decimal(0)), Decimal(1)) * BAR_CELLS + Decimal("0.5"))
    return Text("█" * cells + "░" * (BAR_CELLS - cells) + f" {ratio * 100:.0f} %")


def _confidence(node: JsonAnswer) -> Text | None:
    if node["confidence"] is None:
        return None
    return Text(f"confidence {Decimal(node['confidence']):.0f} ({node['confidence_in_words']})")


def _health(node: JsonAnswer) -> Text | None:
    health = node["health"]
    return Text(health.replace("_", " "), style=HEALTH.get(health, "")) if health else None


def _score(node: JsonAnswer) -> Text | None:
    return None if node["score"] is None else Text(f"score {Decimal(node['score']):.2f}", style="bold")


def _whose(node: JsonAnswer) -> Text | None:
    names = [node[role]["name"] for role in ("owner", "team", "cycle") if node[role] and node[role]["name"]]
    return Text(" · ".join(names), style="dim") if names else None
