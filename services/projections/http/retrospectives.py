"""Retrospectives."""

from uuid import UUID

from fastapi import APIRouter, Response

from contracts.answers.retrospective import RetrospectiveAnswer, RetrospectiveList
from services.projections.queries import retrospectives
from services.projections.queries.paging import Cursor, Limit, open_page
from services.projections.queries.query_request import PROBLEMS, MomentQuery

router = APIRouter(prefix="/v1/workspaces/{workspace_id}/retrospectives", tags=["retrospectives"], responses=PROBLEMS)


@router.get("", response_model=RetrospectiveList)
async def list_retrospectives(query: MomentQuery, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """One a team and cycle, in the order in which they were opened."""
    async with open_page(query, limit, cursor) as part:
        return part.session.answer(**await retrospectives.listing(part))


@router.get("/{id}", response_model=RetrospectiveAnswer)
async def show_retrospective(query: MomentQuery, id: UUID) -> Response:
    """A quarter of a team: grades, learnings, actions and the conclusion."""
    async with query.open_read() as session:
        return session.answer(**await retrospectives.one(session, id))
