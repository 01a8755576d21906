"""Comments, in the order in which they were recorded."""

from typing import Any
from uuid import UUID

from services.projections.queries.names import names
from services.projections.queries.paging import PageQuery

SELECT = """
    SELECT began, id, about_kind, about_id, goal_id, author_id, text, withdrawn, valid_from, recorded_at,
           source_recorded_at
      FROM comments WHERE workspace_id = %(workspace_id)s AND {time_filter}
"""


ABOUT = " AND (about_id = %(about)s OR goal_id = %(about)s)"


async def listing(page: PageQuery, about: UUID | None) -> dict[str, Any]:
    """What was said about this goal (its offers and check-ins too), offer, check-in, retrospective or workspace."""
    rows, following = await page.rows(SELECT + ABOUT if about else SELECT, about=about)
    people = await names(page.session, "members", (row[5] for row in rows))
    comments = [
        {
            "id": id, "about": {"kind": kind, "id": about_id}, "goal_id": goal_id, "author": people.of(author_id),
            "text": text, "withdrawn": withdrawn, "effective_at": effective_at, "recorded_at": recorded_at,
            "source_recorded_at": source_recorded_at, "imported": source_recorded_at is not None, "position": position,
        }
        for position, id, kind, about_id, goal_id, author_id, text, withdrawn, effective_at, recorded_at,
            source_recorded_at in rows
    ]  # fmt: skip
    return {"comments": comments, "next": following}
