"""The change feed: the log of one workspace, as it was recorded. Nothing of it is kept in read models."""

from collections.abc import Awaitable, Callable
from typing import Any

from contracts.codec import Keys, Subject, decode_async
from contracts.event_form import shown
from contracts.recorded import COLUMNS
from services.projections.names import names
from services.projections.reading import View

FindKeys = Callable[[set[Subject]], Awaitable[Keys]]  # Finds the keys of personal text.

AFTER = f"""
    SELECT {COLUMNS} FROM northing.events
     WHERE workspace_id = %(workspace_id)s AND position > %(after)s AND position <= %(last)s
     ORDER BY position LIMIT %(limit)s
"""  # noqa: S608  COLUMNS is a constant.


async def events(view: View, find_keys: FindKeys, *, after: int, limit: int) -> list[dict[str, Any]]:
    """What was recorded after this position, in order, as far as the view knows.

    Not further: so nobody hears of what came after the end of their right to read, and names are never behind.
    """
    rows = await view.rows(AFTER, after=after, last=view.position, limit=limit)
    recorded = await decode_async(rows, find_keys)
    people = await names(view, "members", (each.actor_id for each in recorded))
    return [shown(each, people.of(each.actor_id)) for each in recorded]
