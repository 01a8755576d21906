"""The change feed as server-sent events: what was recorded after a position, then what is recorded from now on.

A reader is never buffered for: the next events are read when the last ones have been taken. One that takes nothing for
a while is dropped, and comes back with its Last-Event-ID.
"""

import asyncio
from collections.abc import AsyncIterator

import msgspec
from fastapi.responses import StreamingResponse
from starlette.types import Send

from contracts.problems import Fault
from domain.errors import Refusal
from services.projections.queries import change_feed
from services.projections.queries.query_request import QueryRequest

HEARTBEAT_SECONDS = 15.0
SLOWEST_SECONDS = 30.0  # A reader takes one message in this time, or is dropped.
BATCH = 200

HEARTBEAT = b": still here\n\n"


async def messages(query: QueryRequest, *, after: int) -> AsyncIterator[bytes]:
    """Events, and a heartbeat where there are none. It ends where the caller may not read any more."""
    queries = query.queries
    while not queries.stopping.is_set():
        try:
            async with query.open_read() as session:
                events = await change_feed.events(session, queries.find_keys, after=after, limit=BATCH)
        except (Refusal, Fault):
            return  # The answer has begun; a caller that asks again is answered with the problem.
        for event in events:
            yield b"id: %d\ndata: %s\n\n" % (event["position"], msgspec.json.encode(event))
            after = event["position"]
        if not events and not await _more(query, after + 1):
            yield HEARTBEAT


async def _more(query: QueryRequest, position: int) -> bool:
    """Wait until this position is in the read models, or until there is reason to say that nothing happened."""
    queries = query.queries
    applied = queries.sessions.applied.wait_for(query.workspace_id, position, HEARTBEAT_SECONDS)
    waiting = {asyncio.ensure_future(applied), asyncio.ensure_future(queries.stopping.wait())}
    done, pending = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    return any(task.result() for task in done)


class EventStream(StreamingResponse):
    """Sends messages as they come, until the reader goes away or takes none.

    FastAPI's EventSourceResponse would read messages ahead, has no limit for a reader that takes none, and writes `id`
    after `data`.
    """

    media_type = "text/event-stream"

    def __init__(self, content: AsyncIterator[bytes]) -> None:
        super().__init__(content, headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})

    async def stream_response(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        async for message in self.body_iterator:
            try:
                async with asyncio.timeout(SLOWEST_SECONDS):
                    await send({"type": "http.response.body", "body": message, "more_body": True})
            except TimeoutError:
                return  # Nothing more is written; the server closes the connection.
        await send({"type": "http.response.body", "body": b"", "more_body": False})
