"""What a server answered and promised, kept as a file, and compared with what another server does on the same log."""

import gzip
from dataclasses import dataclass
from pathlib import Path

import httpx
from msgspec import json

from tests.upgrade.answers import (
    Answers,
    answers_to,
    await_all,
    differences,
    digest_of_stream,
    feed_of,
    pages_of,
    questions_of,
)
from tests.upgrade.moments import MOMENTS, moments_of
from tests.upgrade.promises import Promise, broken
from tests.upgrade.workspace import Workspace

LISTING = "/v1/workspaces?limit=200"


@dataclass(frozen=True)
class OfWorkspace:
    events: int
    answers: Answers
    stream: str  # A digest of its messages.


@dataclass(frozen=True)
class Recording:
    commit: str  # Of the server that answered.
    listing: list[str]
    workspaces: dict[str, OfWorkspace]
    promised_in: str  # The id of a workspace.
    promises: list[Promise]

    def figures(self) -> str:
        events = sum(workspace.events for workspace in self.workspaces.values())
        answers = sum(len(workspace.answers) for workspace in self.workspaces.values())
        return (
            f"{len(self.workspaces)} workspaces of {events:,} events made by {self.commit}, {MOMENTS} moments each: "
            f"{answers:,} answers, {len(self.workspaces)} streams and {len(self.promises)} promises"
        )


def record(client: httpx.Client, filled: Workspace, commit: str, seed: int) -> Recording:
    """Ask for everything of every workspace of a server, at moments chosen by the seed."""
    ids = [each["id"] for each in client.get(LISTING).raise_for_status().json()["workspaces"]]
    workspaces = {id: _recorded(client, id, seed) for id in ids}
    return Recording(commit, [*pages_of(client, LISTING)], workspaces, filled.id, filled.promises)


def _recorded(client: httpx.Client, workspace_id: str, seed: int) -> OfWorkspace:
    await_all(client, workspace_id)
    feed = feed_of(client, workspace_id)
    answers = answers_to(questions_of(feed, moments_of(feed, seed)), client, workspace_id)
    return OfWorkspace(len(feed), answers, digest_of_stream(client, workspace_id, len(feed)))


def compare(client: httpx.Client, recording: Recording) -> list[str]:
    """What is answered otherwise now, and which promises are broken: a line each. Records events at the end."""
    found = []
    for id, before in recording.workspaces.items():
        await_all(client, id)
        found += differences(before.answers, answers_to([*before.answers], client, id))
        if digest_of_stream(client, id, before.events) != before.stream:
            found.append(f"{id}: the stream differs")
    found += differences({LISTING: recording.listing}, {LISTING: [*pages_of(client, LISTING)]})
    return [*found, *broken(client, recording.promised_in, recording.promises)]


def write(recording: Recording, path: Path) -> None:
    path.write_bytes(gzip.compress(json.encode(recording), mtime=0))


def read(path: Path) -> Recording:
    return json.decode(gzip.decompress(path.read_bytes()), type=Recording)
