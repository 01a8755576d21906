"""`northing export`: a workspace as a file in the event form, which `northing import` takes."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO

import httpx
import typer
from msgspec import json

from contracts.events.export_form import header
from infra.cli import api_client
from infra.cli.api_client import Token, Url, WorkspaceName
from infra.cli.console import NotDone, err, progress

PAGE_EVENTS = 200


def export(
    workspace: WorkspaceName,
    output: Annotated[
        Path | None, typer.Option(help="The file to write; standard output where none is given.", show_default=False)
    ] = None,
    url: Url = api_client.URL,
    token: Token = None,
) -> None:
    """Export a workspace in the event form: a header line, then every event in the order of its position.

    The file holds everything that people wrote, readable.
    """
    with api_client.server(url, token) as client:
        found = api_client.need_workspace(client, workspace)
        with _written(output) as file, progress() as bar:
            task = bar.add_task(f"{found['name']}, events", total=None)
            count = 0
            for event, position in _events(client, found["id"]):
                if not count:
                    bar.update(task, total=position)
                    whose = {name: found[name] for name in ("id", "name", "timezone")}
                    file.write(json.encode(header(**whose, position=position)) + b"\n")
                file.write(json.encode(event) + b"\n")
                count += 1
                bar.update(task, completed=count)
    err.print(f"{count} events written to {output or 'standard output'}.")


def _events(client: httpx.Client, workspace_id: str) -> Iterator[tuple[api_client.JsonAnswer, int]]:
    """Every event up to the last that was recorded when the export began, and its position.

    The feed shows what the read models have taken in: where they are behind, wait for them, so that nothing is missed.
    """
    path, after, last = f"/v1/workspaces/{workspace_id}/events", 0, None
    while last is None or after < last:
        page = api_client.get(client, path, after=after, limit=PAGE_EVENTS)
        if last is None and page["age_ms"]:
            continue
        last = page["position"] if last is None else last
        for event in page["events"]:
            if event["position"] <= last:
                yield event, last
        if not page["events"]:
            return
        after = page["events"][-1]["position"]


@contextmanager
def _written(output: Path | None) -> Iterator[BinaryIO]:
    """The file, which has its name only once it is whole."""
    if output is None:
        yield sys.stdout.buffer
        return
    unfinished = output.with_name(f"{output.name}.unfinished")
    try:
        with unfinished.open("wb") as file:
            yield file
        unfinished.replace(output)
    except OSError as error:
        raise NotDone(f"{output} cannot be written: {error.strerror}") from None
    finally:
        unfinished.unlink(missing_ok=True)
