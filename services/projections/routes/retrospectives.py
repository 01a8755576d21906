"""Retrospectives."""

from uuid import UUID

from fastapi import APIRouter, Response

from contracts.queries_retrospective import RetrospectiveAnswer, RetrospectiveList
from services.projections import retrospectives
from services.projections.pages import Cursor, Limit, page
from services.projections.question import SAYS_NO, Question

router = APIRouter(prefix="/v1/workspaces/{workspace_id}/retrospectives", tags=["retrospectives"], responses=SAYS_NO)


@router.get("", response_model=RetrospectiveList)
async def list_retrospectives(ask: Question, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """One a team and cycle, in the order in which they were opened."""
    async with page(ask, limit, cursor) as part:
        return part.view.answer(**await retrospectives.listing(part))


@router.get("/{id}", response_model=RetrospectiveAnswer)
async def show_retrospective(ask: Question, id: UUID) -> Response:
    """A quarter of a team: grades, learnings, actions and the conclusion."""
    async with ask.view() as view:
        return view.answer(**await retrospectives.one(view, id))
