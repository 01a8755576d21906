"""Comments: who said what about which goal, offer or check-in. Of a withdrawn one the fact stays, not the text."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from contracts.recorded import Recorded
from domain.comment import CommentWithdrawn
from services.projections.columns import words
from services.projections.model import ReadModel, Row, Step, Table
from services.projections.names import names
from services.projections.pages import Page

COMMENTS = Table(
    "comments",
    key={"id": "uuid"},
    values={
        "about_kind": "text", "about_id": "uuid", "goal_id": "uuid", "author_id": "uuid",
        "text": "text", "text_subject": "uuid", "withdrawn": "boolean",
        "recorded_at": "timestamptz", "source_recorded_at": "timestamptz", "began": "bigint",
    },
    indexes=("began", "about_id, began", "goal_id, began"),
    past_indexes=("began", "about_id", "goal_id"),
)  # fmt: skip

# --- facts -> rows ------------------------------------------------------------------------------------------------


def step(said: Recorded | None, step: Step) -> tuple[Recorded, Sequence[Row]]:
    """`said` is how the comment was recorded; a withdrawal changes nothing of that."""
    said = said or step.recorded
    comment = step.after
    values = (
        comment.about_kind, comment.about_id, comment.goal_id, comment.author_id,
        *words(comment.text), isinstance(step.recorded.event, CommentWithdrawn),
        said.recorded_at, said.source_recorded_at, said.position,
    )  # fmt: skip
    return said, [Row(COMMENTS, (said.stream_id,), values)]


MODEL = ReadModel("comments", kinds=frozenset({"comment"}), tables=(COMMENTS,), step=step)

# --- questions ----------------------------------------------------------------------------------------------------

SELECT = """
    SELECT began, id, about_kind, about_id, goal_id, author_id, text, withdrawn, valid_from, recorded_at,
           source_recorded_at
      FROM comments WHERE workspace_id = %(workspace_id)s AND {holds}
"""
ABOUT = " AND (about_id = %(about)s OR goal_id = %(about)s)"


async def listing(page: Page, about: UUID | None) -> dict[str, Any]:
    """What was said about this goal (its offers and check-ins too), offer, check-in, retrospective or workspace."""
    rows, following = await page.rows(SELECT + ABOUT if about else SELECT, about=about)
    people = await names(page.view, "members", (row[5] for row in rows))
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
