"""`northing demo`: the demo workspace, filled in a running server, or written to a file as its lines."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx
import typer

from infra import demo
from infra.cli import api_client
from infra.cli.api_client import Token, Url
from infra.cli.console import NotDone, err, progress
from infra.cli.import_ import show
from infra.cli.line_sender import OnSent, SendReport, send


def demo_(
    output: Annotated[Path | None, typer.Option(help="Write the lines to this file, and ask no server.")] = None,
    today: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="With --output: the day of the story. Without: today.")
    ] = None,
    seed: Annotated[int, typer.Option(help="With --output: the number that the ids are made from.")] = demo.SEED,
    url: Url = api_client.URL,
    token: Token = None,
) -> None:
    """Fill the demo workspace of a running server, or write its lines to a file: same seed and day, same bytes."""
    if output is not None:
        _write(output, demo.demo_lines(today.date() if today else date.today(), seed=seed))  # noqa: DTZ011
        return
    with api_client.server(url, token) as client, progress() as bar:
        task = bar.add_task(f"{demo.NAME}, bytes")
        found, report = fill(client, on_sent=lambda size: bar.update(task, advance=size))
    if report is None:
        err.print(f"{demo.NAME} is there already: {found['id']}")
        return
    show(report, f"{demo.NAME}, {found['id']}")


def fill(client: httpx.Client, on_sent: OnSent = lambda _: None) -> tuple[api_client.JsonAnswer, SendReport | None]:
    """The demo workspace, and what its import came to; None where it was whole before.

    The story is that of the day on which the workspace was opened: so an import that was cut is finished on any day.
    """
    found = api_client.workspace(client, demo.NAME)
    found = found or api_client.open_workspace(client, demo.NAME, demo.TIMEZONE)
    first = api_client.get(client, f"/v1/workspaces/{found['id']}/events", limit=1, min_position=1)
    opened = datetime.fromisoformat(first["events"][0]["recorded_at"]).astimezone(ZoneInfo(demo.TIMEZONE))
    lines = demo.demo_lines(opened.date(), workspace_id=UUID(found["id"]))
    if first["position"] >= len(lines):
        return found, None
    report = send(client, found["id"], lines, source="the demo", on_sent=on_sent)
    if report.refused:
        raise NotDone(f"of the demo's lines {report.refused} were refused, the first for: {report.refusals[0].reason}")
    return found, report


def _write(output: Path, lines: list[bytes]) -> None:
    try:
        output.write_bytes(b"".join(line + b"\n" for line in lines))
    except OSError as error:
        raise NotDone(f"{output} cannot be written: {error.strerror}") from None
    err.print(f"{len(lines)} lines written to {output}.", markup=False)
