"""Comments, in the order in which they were recorded."""

from datetime import datetime
from uuid import UUID

from contracts.answers.comments import CommentShown
from services.projections.queries.names import names
from services.projections.queries.page_rows import read_page
from services.projections.queries.paging import PageQuery
from services.projections.queries.rows import as_promised
from services.projections.read_models.comments import COMMENTS, CommentRow


class DatedComment(CommentRow[str]):
    """A comment, and when it was said."""

    valid_from: datetime


SELECT = f"""
    SELECT began, {COMMENTS.select(DatedComment)} FROM comments
     WHERE workspace_id = %(workspace_id)s AND {{time_filter}}
"""  # noqa: S608  A constant.


ABOUT = " AND (about_id = %(about)s OR goal_id = %(about)s)"


async def listing(page: PageQuery, about: UUID | None) -> dict[str, object]:
    """What was said about this goal (its offers and check-ins too), offer, check-in, retrospective or workspace."""
    found, following = await read_page(page, DatedComment, SELECT + ABOUT if about else SELECT, about=about)
    people = await names(page.session, "members", (comment.author_id for comment in found))
    comments = [
        as_promised(
            CommentShown,
            comment,
            about={"kind": comment.about_kind, "id": comment.about_id},
            author=people.of(comment.author_id),
            effective_at=comment.valid_from,
            imported=comment.source_recorded_at is not None,
            position=comment.began,
        )
        for comment in found
    ]
    return {"comments": comments, "next": following}
