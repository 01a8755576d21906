"""The change feed, in pages and as a stream."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Response

from contracts.answers.events import EventList
from services.projections.queries import change_feed
from services.projections.queries.paging import Limit
from services.projections.queries.query_request import LAST, PROBLEMS, CurrentQuery
from services.projections.queries.sse import EventStream, messages

router = APIRouter(prefix="/v1/workspaces/{workspace_id}", tags=["events"], responses=PROBLEMS)

After = Annotated[int, Query(ge=0, le=LAST, description="The position after which to go on; 0 is the beginning.")]
LastEventId = Annotated[
    int | None, Header(ge=0, le=LAST, description="Where a broken stream goes on; stands over `after`.")
]
STREAM: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}, "description": "One event a message."}
}


@router.get("/events", response_model=EventList)
async def list_events(query: CurrentQuery, after: After = 0, limit: Limit = 50) -> Response:
    """What was recorded, in the order in which it was recorded."""
    async with query.open_read() as session:
        events = await change_feed.events(session, query.queries.find_keys, after=after, limit=limit)
    following = events[-1]["position"] if events and events[-1]["position"] < session.position else None
    return session.answer(events=events, next=following)


@router.get("/stream", status_code=200, responses=STREAM, response_class=EventStream)
async def stream_events(query: CurrentQuery, after: After = 0, last_event_id: LastEventId = None) -> Response:
    """The same as server-sent events: what was recorded after the position, then what is recorded from now on.

    The id of a message is its position. A comment every 15 seconds says that the stream is alive.
    """
    async with query.open_read():
        pass  # A refusal is an answer of its own; once the stream has begun it could not be said any more.
    return EventStream(messages(query, after=after if last_event_id is None else last_event_id))
