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
     WHERE workspace_id = %(workspace_id)s AND position > %(after)s ORDER BY position LIMIT %(limit)s
"""  # noqa: S608  COLUMNS is a constant.
HEAD = "SELECT position FROM northing.heads WHERE workspace_id = %(workspace_id)s"


async def head(view: View) -> int:
    """The position of what was recorded last."""
    found = await view.rows(HEAD)
    return found[0][0] if found else 0


async def events(view: View, find_keys: FindKeys, *, after: int, limit: int) -> list[dict[str, Any]]:
    """What was recorded after this position, in order."""
    recorded = await decode_async(await view.rows(AFTER, after=after, limit=limit), find_keys)
    people = await names(view, "members", (each.actor_id for each in recorded))
    return [shown(each, people.of(each.actor_id)) for each in recorded]
