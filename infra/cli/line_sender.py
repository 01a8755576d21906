"""Sends a file of facts or events to a server, in parts, and sums up what became of its lines."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import httpx

from contracts.answers.imports import Imported, Remark

PART_LINES = 500
PART_BYTES = 4 * 1024 * 1024
NDJSON = {"Content-Type": "application/x-ndjson"}

Part = list[bytes]
OnSent = Callable[[int], None]  # Takes how many more bytes have been sent.


@dataclass
class SendReport:
    """What became of all lines so far."""

    taken: int = 0
    unchanged: int = 0
    refused: int = 0
    refusals: list[Remark] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)
    by_kind: Counter[str] = field(default_factory=Counter)
    position: int = 0  # Of the workspace afterwards: a query with this min_position sees all of it.

    def add(self, answer: Imported) -> None:
        self.taken += answer.taken
        self.unchanged += answer.unchanged
        self.refused += answer.refused
        self.refusals += answer.refusals
        self.warnings += answer.warnings
        self.by_kind.update(answer.by_kind)
        self.position = answer.position


def parts_of(lines: Iterable[bytes]) -> Iterator[Part]:
    """At most PART_LINES lines at a time, and few more than PART_BYTES bytes; each line with its line break."""
    part: Part = []
    size = 0
    for line in lines:
        part.append(line if line.endswith(b"\n") else line + b"\n")
        size += len(line)
        if len(part) >= PART_LINES or size >= PART_BYTES:
            yield part
            part, size = [], 0
    if part:
        yield part


def send(
    client: httpx.Client,
    workspace_id: str,
    lines: Iterable[bytes],
    *,
    source: str | None,
    dry_run: bool = False,
    on_sent: OnSent = lambda _: None,
) -> SendReport:
    """Import the lines. What was sent before a part failed stays: the same file, sent again, goes on there."""
    report = SendReport()
    if dry_run:
        # A dry run knows only what it has decided itself: it is one request, however long.
        report.add(_post(client, workspace_id, _streamed(lines, on_sent), source, dry_run=True))
        return report
    first_line = 1
    for part in parts_of(lines):
        body = b"".join(part)
        report.add(_post(client, workspace_id, body, source, first_line=first_line))
        on_sent(len(body))
        first_line += len(part)
    return report


def _post(
    client: httpx.Client,
    workspace_id: str,
    body: bytes | Iterator[bytes],
    source: str | None,
    *,
    first_line: int = 1,
    dry_run: bool = False,
) -> Imported:
    parameters = {"first_line": first_line, "dry_run": dry_run} | ({"source": source} if source else {})
    path = f"/v1/workspaces/{workspace_id}/imports"
    return Imported.model_validate_json(client.post(path, content=body, params=parameters, headers=NDJSON).content)


def _streamed(lines: Iterable[bytes], on_sent: OnSent) -> Iterator[bytes]:
    for part in parts_of(lines):
        yield b"".join(part)
        on_sent(sum(map(len, part)))
