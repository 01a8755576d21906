"""The change feed: the log of one workspace, as it was recorded. Nothing of it is kept in read models."""

from typing import Any

from services.eventlog.codec import FindKeysAsync, decode_async
from services.eventlog.event_json import event_json
from services.projections.queries.names import names
from services.projections.queries.read_session import ReadSession


async def events(session: ReadSession, find_keys: FindKeysAsync, *, after: int, limit: int) -> list[dict[str, Any]]:
    """What was recorded after this position, in order, as far as the session knows.

    Not further: so a reader learns nothing from after the end of their right to read, and names are never behind.
    """
    rows = await session.log.events(session.workspace_id, after=after, last=session.position, limit=limit)
    recorded = await decode_async(rows, find_keys)
    people = await names(session, "members", (each.actor_id for each in recorded))
    return [event_json(each, people.of(each.actor_id)) for each in recorded]
