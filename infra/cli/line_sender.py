"""Sends a file of facts or events to a server, in parts, and sums up what became of its lines."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx

PART_LINES = 500
PART_BYTES = 4 * 1024 * 1024
NDJSON = {"Content-Type": "application/x-ndjson"}

Part = list[bytes]
Told = Callable[[int], None]  # How many more bytes have been sent.


@dataclass
class SendReport:
    """What became of all lines so far."""

    taken: int = 0
    unchanged: int = 0
    refused: int = 0
    refusals: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)
    by_kind: Counter[str] = field(default_factory=Counter)
    position: int = 0  # Of the workspace afterwards: a question with this min_position sees all of it.

    def add(self, answer: dict[str, Any]) -> None:
        self.taken += answer["taken"]
        self.unchanged += answer["unchanged"]
        self.refused += answer["refused"]
        self.refusals += answer["refusals"]
        self.warnings += answer["warnings"]
        self.by_kind.update(answer["by_kind"])
        self.position = answer["position"]


def parts_of(lines: Iterable[bytes]) -> Iterator[Part]:
    """Some hundreds of lines at a time, and not too many bytes."""
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
    client: httpx.Client, workspace_id: str, lines: Iterable[bytes], *, source: str | None, dry_run: bool = False,
    told: Told = lambda _: None,
) -> SendReport:  # fmt: skip
    """Import the lines. What was sent before a part failed stays: the same file, sent again, goes on there."""
    report, first_line = SendReport(), 1
    path = f"/v1/workspaces/{workspace_id}/imports"
    # A rehearsal knows only what it has seen itself: it is one request, however long.
    for part in [lines] if dry_run else parts_of(lines):
        body = _streamed(part, told) if dry_run else b"".join(part)
        parameters = {"first_line": first_line, "dry_run": dry_run} | ({"source": source} if source else {})
        report.add(client.post(path, content=body, params=parameters, headers=NDJSON).json())
        if not dry_run:
            told(len(body))  # type: ignore[arg-type]
            first_line += len(part)  # type: ignore[arg-type]
    return report


def _streamed(lines: Iterable[bytes], told: Told) -> Iterator[bytes]:
    for part in parts_of(lines):
        yield b"".join(part)
        told(sum(map(len, part)))
