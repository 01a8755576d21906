"""A body that streams in, as its lines. A line that is too long is passed on cut: it is refused, and never kept."""

from collections.abc import AsyncIterable, AsyncIterator
from typing import NamedTuple

from services.command.imports.fact_line import LINE_BYTES


class SentLine(NamedTuple):
    """A line that is not blank, and its number."""

    number: int
    content: bytes


async def lines_of(body: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """The lines of a body, which may come in pieces of any length."""
    line = bytearray()
    async for piece in body:
        *ended, rest = piece.split(b"\n")
        for end in ended:
            _extend(line, end)
            yield bytes(line)
            line.clear()
        _extend(line, rest)
    yield bytes(line)


def _extend(line: bytearray, piece: bytes) -> None:
    line += piece[: max(LINE_BYTES + 1 - len(line), 0)]


async def parts_of(lines: AsyncIterable[bytes], first_line: int, part_lines: int) -> AsyncIterator[list[SentLine]]:
    """Lines that are not blank, `part_lines` at a time. Blank ones count in the numbers."""
    part: list[SentLine] = []
    number = first_line
    async for line in lines:
        if line.strip():
            part.append(SentLine(number, line.rstrip(b"\r\n")))
        number += 1
        if len(part) == part_lines:
            yield part
            part = []
    if part:
        yield part
