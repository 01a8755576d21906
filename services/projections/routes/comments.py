"""Comments."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from contracts.queries_comments import CommentList
from services.projections import comments
from services.projections.pages import Cursor, Limit, page
from services.projections.question import SAYS_NO, Question

router = APIRouter(prefix="/v1/workspaces/{workspace_id}", tags=["comments"], responses=SAYS_NO)

ABOUT = "A goal (with its offers and check-ins), an offer, a check-in, a retrospective, or the workspace. Without: all."

About = Annotated[UUID | None, Query(description=ABOUT)]


@router.get("/comments", response_model=CommentList)
async def list_comments(
    ask: Question,
    about: Annotated[UUID | None, Query(description=ABOUT)] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """What was said, in the order in which it was recorded. Of a withdrawn comment the fact stays, not the text."""
    async with page(ask, limit, cursor, about) as part:
        return part.view.answer(**await comments.listing(part, about))
