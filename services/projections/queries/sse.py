"""The change feed as server-sent events: what was recorded after a position, then what is recorded from now on.

A reader is never buffered for: the next events are read when the last ones have been taken. One that takes nothing for
a while is dropped, and comes back with its Last-Event-ID.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any

import msgspec
from fastapi import Response

from contracts.problems import Fault
from domain.errors import Refusal
from services.projections.queries import change_feed
from services.projections.queries.query_request import Queries, QueryRequest

HEARTBEAT_SECONDS = 15.0
SLOWEST_SECONDS = 30.0  # A reader takes one message in this time, or is dropped.
BATCH = 200

HEARTBEAT = b": still here\n\n"

Message = MutableMapping[str, Any]


async def messages(query: QueryRequest, *, after: int) -> AsyncIterator[bytes]:
    """Events, and a heartbeat where there are none. Whoever may not read any more hears no more."""
    queries: Queries = query.request.app.state.queries
    while not queries.stopping.is_set():
        try:
            async with query.open_read() as session:
                events = await change_feed.events(session, queries.find_keys, after=after, limit=BATCH)
        except (Refusal, Fault):
            return  # It cannot be said any more; whoever asks again is told.
        for event in events:
            yield b"id: %d\ndata: %s\n\n" % (event["position"], msgspec.json.encode(event))
            after = event["position"]
        if not events and not await _more(query, queries, after + 1):
            yield HEARTBEAT


async def _more(query: QueryRequest, queries: Queries, position: int) -> bool:
    """Wait until this position is in the read models, or until there is reason to say that nothing happened."""
    applied = queries.reading.applied.wait_for(query.workspace_id, position, HEARTBEAT_SECONDS)
    waiting = {asyncio.ensure_future(applied), asyncio.ensure_future(queries.stopping.wait())}
    done, pending = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    return any(task.result() for task in done)


class EventStream(Response):
    """Sends messages as they come, until the reader goes away or falls asleep."""

    media_type = "text/event-stream"

    def __init__(self, said: AsyncIterator[bytes]) -> None:
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self.said = said

    async def __call__(
        self, _scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        sending = asyncio.ensure_future(self._send(send))
        leaving = asyncio.ensure_future(_left(receive))
        done, pending = await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
        for task in done:
            task.result()

    async def _send(self, send: Callable[[Message], Awaitable[None]]) -> None:
        async for message in self.said:
            try:
                async with asyncio.timeout(SLOWEST_SECONDS):
                    await send({"type": "http.response.body", "body": message, "more_body": True})
            except TimeoutError:
                return  # Nothing more is written; the server closes the connection.
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _left(receive: Callable[[], Awaitable[Message]]) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
