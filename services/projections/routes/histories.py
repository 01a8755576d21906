"""How a goal came to be what it is: its timeline, and of a key result its negotiation."""

from uuid import UUID

from fastapi import APIRouter, Response

from contracts.queries_negotiation import Negotiation
from contracts.queries_timeline import Timeline
from services.projections import negotiations, timelines
from services.projections.question import SAYS_NO, Question

router = APIRouter(prefix="/v1/workspaces/{workspace_id}", responses=SAYS_NO)


@router.get("/key-results/{id}/timeline", tags=["key results"], response_model=Timeline)
async def show_timeline(ask: Question, id: UUID) -> Response:
    """Every check-in, also those that were corrected: what was said, when it was true, when it became known."""
    async with ask.view() as view:
        return view.answer(id=id, points=await timelines.timeline(view, id, "key_result"))


@router.get("/objectives/{id}/timeline", tags=["objectives"], response_model=Timeline)
async def show_objective_timeline(ask: Question, id: UUID) -> Response:
    """The objective's own check-ins, each with the progress that rolled up to it at that moment."""
    async with ask.view() as view:
        return view.answer(id=id, points=await timelines.timeline(view, id, "objective"))


@router.get("/key-results/{id}/negotiation", tags=["key results"], response_model=Negotiation)
async def show_negotiation(ask: Question, id: UUID) -> Response:
    """Every offer, counter, agreement, amendment and move: who, when, why, and what changed from what to what."""
    async with ask.view() as view:
        return view.answer(**await negotiations.negotiation(view, id))
