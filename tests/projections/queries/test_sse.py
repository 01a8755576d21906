"""A stream reads on only when the last message was taken, and ends when no reader takes any."""

import asyncio
from collections.abc import AsyncIterator
from itertools import count

import pytest
from starlette.types import Message

from services.projections.queries import sse
from services.projections.queries.sse import EventStream


@pytest.fixture
def given() -> list[int | str]:
    """The messages that were asked for, and whether the source was closed."""
    return []


def source(given: list[int | str]) -> AsyncIterator[bytes]:
    async def messages() -> AsyncIterator[bytes]:
        try:
            for number in count():
                given.append(number)
                yield b"data: %d\n\n" % number
        finally:
            given.append("closed")

    return messages()


async def never() -> Message:
    await asyncio.Event().wait()
    raise AssertionError


def test_a_reader_that_takes_nothing_is_dropped(given: list[int | str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "SLOWEST_SECONDS", 0.01)

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body":
            await never()

    async def run() -> None:
        async with asyncio.timeout(5):
            await EventStream(source(given))({"type": "http"}, never, send)

    asyncio.run(run())
    assert given == [0, "closed"]


def test_a_reader_that_goes_away_is_read_for_no_more(given: list[int | str]) -> None:
    sent: list[Message] = []

    async def run() -> None:
        gone = asyncio.Event()

        async def receive() -> Message:
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            sent.append(message)
            if len(sent) == 4:
                gone.set()
                await never()

        async with asyncio.timeout(5):
            await EventStream(source(given))({"type": "http"}, receive, send)

    asyncio.run(run())
    assert given == [0, 1, 2, "closed"]
    assert [message.get("body") for message in sent[1:]] == [b"data: 0\n\n", b"data: 1\n\n", b"data: 2\n\n"]
