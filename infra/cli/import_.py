"""`northing import`: a file of facts or events into a workspace, with a report of every line that was not taken."""

from io import BufferedReader
from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.markup import escape
from rich.table import Table

from infra.cli import api_client
from infra.cli.api_client import Token, Url
from infra.cli.console import NotDone, err, out, progress
from infra.cli.line_sender import SendReport, send


def import_(
    file: Annotated[Path, typer.Argument(help="Lines of JSON: facts, or the events of an export.", show_default=False)],
    workspace: Annotated[
        str, typer.Option(help="The workspace, by name or id. One of this name is made where there is none.")
    ],
    url: Url = api_client.URL,
    timezone: Annotated[str, typer.Option(help="The time zone of a workspace that is made.")] = "UTC",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Report what would become of the lines, and record nothing.")
    ] = False,
    token: Token = None,
) -> None:
    """Import a file of facts or events.

    A line is taken once for ever: an import that was cut is finished by the same command again. The exit code is 0
    when every line was taken or known already, and 1 when lines were refused.
    """
    with _opened(file) as lines, api_client.server(url, token) as client:
        workspace_id, name = _workspace(client, workspace, timezone, dry_run=dry_run)
        with progress() as bar:
            task = bar.add_task(f"{file.name}, bytes", total=file.stat().st_size)
            report = send(
                client,
                workspace_id,
                lines,
                source=file.name,
                dry_run=dry_run,
                on_sent=lambda size: bar.update(task, advance=size),
            )
        name_now = name if dry_run else _name_now(client, workspace_id, report.position)
    show(report, f"{file.name} -> {name_now}", dry_run=dry_run)
    if name_now != name:
        err.print(f"The workspace is named {escape(name_now)} now, as the file says.")
    if report.refused:
        raise typer.Exit(1)


def _opened(file: Path) -> BufferedReader:
    """Raises NotDone."""
    try:
        return file.open("rb")
    except OSError as error:
        raise NotDone(f"{file} cannot be read: {error.strerror}") from None


def _workspace(client: httpx.Client, name: str, timezone: str, *, dry_run: bool) -> tuple[str, str]:
    """Id and name of the workspace, which is made where there is none of this name. Raises NotDone in a dry run."""
    found = api_client.workspace(client, name)
    if found is None and dry_run:
        raise NotDone(f"there is no workspace {name!r} to rehearse in, and a rehearsal makes none")
    if found is None:
        found = api_client.open_workspace(client, name, timezone)
        err.print(f"Made the workspace {escape(name)} ({found['id']}, {escape(timezone)}).")
        if found["token"]:
            out.print(f"Its token, which is shown once: {found['token']}", soft_wrap=True)
    return found["id"], found["name"]


def _name_now(client: httpx.Client, workspace_id: str, position: int) -> str:
    """An export brings the name of the workspace that it is of."""
    return str(api_client.get(client, f"/v1/workspaces/{workspace_id}/settings", min_position=position)["name"])


def show(report: SendReport, title: str, *, dry_run: bool = False) -> None:
    """The summary, and each line that was refused or warned about."""
    table = Table(
        title=escape(title + (" (a rehearsal: nothing was recorded)" if dry_run else "")), title_justify="left"
    )
    table.add_column("lines")
    table.add_column("number", justify="right")
    for name, count in (("taken", report.taken), ("unchanged", report.unchanged), ("refused", report.refused)):
        table.add_row(name, str(count), style="bold")
    for kind, count in report.by_kind.most_common():
        table.add_row(f"  {kind}", str(count))
    out.print(table)
    for word, remarks in (("warning", report.warnings), ("refused", report.refusals)):
        for remark in remarks:
            out.print(f"{word}, line {remark.line}: {escape(remark.reason)}", soft_wrap=True)
