"""Comments."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from contracts.answers.comments import CommentList
from services.projections.queries import comments
from services.projections.queries.paging import Cursor, Limit, open_page
from services.projections.queries.query_request import PROBLEMS, MomentQuery

router = APIRouter(prefix="/v1/workspaces/{workspace_id}", tags=["comments"], responses=PROBLEMS)

ABOUT = "A goal (with its offers and check-ins), an offer, a check-in, a retrospective, or the workspace. Without: all."


@router.get("/comments", response_model=CommentList)
async def list_comments(
    query: MomentQuery,
    about: Annotated[UUID | None, Query(description=ABOUT)] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """What was said, in the order in which it was recorded. Of a withdrawn comment the fact stays, not the text."""
    async with open_page(query, limit, cursor, about) as part:
        return part.session.answer(**await comments.listing(part, about))
