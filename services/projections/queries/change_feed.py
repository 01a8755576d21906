"""The change feed: the log of one workspace, as it was recorded. Nothing of it is kept in read models."""

from collections.abc import Awaitable, Callable
from typing import Any

from services.eventlog.codec import Keys, Subject, decode_async
from services.eventlog.event_json import event_json
from services.eventlog.recorded_event import COLUMNS
from services.projections.queries.names import names
from services.projections.queries.read_session import ReadSession

FindKeys = Callable[[set[Subject]], Awaitable[Keys]]  # Finds the keys of personal text.

AFTER = f"""
    SELECT {COLUMNS} FROM northing.events
     WHERE workspace_id = %(workspace_id)s AND position > %(after)s AND position <= %(last)s
     ORDER BY position LIMIT %(limit)s
"""  # noqa: S608  COLUMNS is a constant.


async def events(session: ReadSession, find_keys: FindKeys, *, after: int, limit: int) -> list[dict[str, Any]]:
    """What was recorded after this position, in order, as far as the view knows.

    Not further: so nobody hears of what came after the end of their right to read, and names are never behind.
    """
    rows = await session.rows(AFTER, after=after, last=session.position, limit=limit)
    recorded = await decode_async(rows, find_keys)
    people = await names(session, "members", (each.actor_id for each in recorded))
    return [event_json(each, people.of(each.actor_id)) for each in recorded]
