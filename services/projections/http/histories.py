"""How a goal came to be what it is: its timeline, and of a key result its negotiation."""

from uuid import UUID

from fastapi import APIRouter, Response

from contracts.answers.negotiation import Negotiation
from contracts.answers.timeline import Timeline
from services.projections.queries import negotiations, timelines
from services.projections.queries.query_request import PROBLEMS, MomentQuery

router = APIRouter(prefix="/v1/workspaces/{workspace_id}", responses=PROBLEMS)


@router.get("/key-results/{id}/timeline", tags=["key results"], response_model=Timeline)
async def show_timeline(query: MomentQuery, id: UUID) -> Response:
    """Every check-in, also those that were corrected: what was said, when it was true, when it became known."""
    async with query.open_read() as session:
        return session.answer(id=id, points=await timelines.timeline(session, id, "key_result"))


@router.get("/objectives/{id}/timeline", tags=["objectives"], response_model=Timeline)
async def show_objective_timeline(query: MomentQuery, id: UUID) -> Response:
    """The objective's own check-ins, each with the progress that rolled up to it at that moment."""
    async with query.open_read() as session:
        return session.answer(id=id, points=await timelines.timeline(session, id, "objective"))


@router.get("/key-results/{id}/negotiation", tags=["key results"], response_model=Negotiation)
async def show_negotiation(query: MomentQuery, id: UUID) -> Response:
    """Every offer, counter, agreement, amendment and move: who, when, why, and what changed from what to what."""
    async with query.open_read() as session:
        return session.answer(**await negotiations.negotiation(session, id))
