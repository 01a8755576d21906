"""The alignment tree; goals of each kind, listed and one by one."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response

from contracts.queries_goals import (
    AlignmentTree,
    KeyResultAnswer,
    KeyResultList,
    MissionList,
    ObjectiveAnswer,
    ObjectiveList,
    PurposeAnswer,
    StrategyList,
    ThemeList,
    VisionList,
)
from services.projections import goal_views
from services.projections.pages import Cursor, Limit, page
from services.projections.question import SAYS_NO, Asking, Question
from services.projections.tree import Wanted, tree

router = APIRouter(prefix="/v1/workspaces/{workspace_id}", responses=SAYS_NO)

NAME_CHARACTERS = 500
CYCLE = "An id, a name, or `current`. Goals of these cycles, and those above them."
TEAM = "An id or a name. Goals of this team and of the teams below it, and those above them."
Depth = Annotated[int | None, Query(ge=0, le=1000, description="How many levels below the first.")]


@router.get("/alignment-tree", tags=["alignment"], response_model=AlignmentTree)
async def alignment_tree(
    ask: Question,
    cycle: Annotated[str | None, Query(max_length=NAME_CHARACTERS, description=CYCLE)] = None,
    team: Annotated[str | None, Query(max_length=NAME_CHARACTERS, description=TEAM)] = None,
    owner: Annotated[UUID | None, Query(description="A member's id.")] = None,
    root: Annotated[UUID | None, Query(description="This goal, at depth 0, and what stands under it.")] = None,
    depth: Depth = None,
    include: Annotated[Literal["dropped"] | None, Query(description="Dropped and retired goals, too.")] = None,
) -> Response:
    """Who stands under whom, how far each is, and what it means for those above: at any moment, as known at any other.

    Goals that match the filters, and those above them with `matched` false. Not paged: above 20,000 goals it asks for
    a cycle, a root or a depth.
    """
    async with ask.view() as view:
        wanted = Wanted(cycle, team, owner, root, depth, dropped=include == "dropped")
        return view.answer(nodes=await tree(view, wanted))


async def _one(ask: Asking, kind: str, id: UUID) -> Response:
    async with ask.view() as view:
        return view.answer(**await goal_views.one(view, kind, id))


async def _listing(ask: Asking, kind: str, plural: str, limit: int, cursor: str | None) -> Response:
    async with page(ask, limit, cursor) as part:
        goals, following = await goal_views.listing(part, kind)
        return part.view.answer(**{plural: goals, "next": following})


@router.get("/missions", tags=["purpose"], response_model=MissionList)
async def list_missions(ask: Question, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """The missions, whatever their state."""
    return await _listing(ask, "mission", "missions", limit, cursor)


@router.get("/missions/{id}", tags=["purpose"], response_model=PurposeAnswer)
async def show_mission(ask: Question, id: UUID) -> Response:
    """One mission: its statement, its origin, and how far what stands under it is."""
    return await _one(ask, "mission", id)


@router.get("/visions", tags=["purpose"], response_model=VisionList)
async def list_visions(ask: Question, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """The visions, whatever their state."""
    return await _listing(ask, "vision", "visions", limit, cursor)


@router.get("/visions/{id}", tags=["purpose"], response_model=PurposeAnswer)
async def show_vision(ask: Question, id: UUID) -> Response:
    """One vision."""
    return await _one(ask, "vision", id)


@router.get("/strategies", tags=["purpose"], response_model=StrategyList)
async def list_strategies(ask: Question, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """The strategies, whatever their state."""
    return await _listing(ask, "strategy", "strategies", limit, cursor)


@router.get("/strategies/{id}", tags=["purpose"], response_model=PurposeAnswer)
async def show_strategy(ask: Question, id: UUID) -> Response:
    """One strategy: the hypothesis, what it chooses and rules out, and the signs by which it would be dropped."""
    return await _one(ask, "strategy", id)


@router.get("/themes", tags=["purpose"], response_model=ThemeList)
async def list_themes(ask: Question, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """The themes, whatever their state."""
    return await _listing(ask, "theme", "themes", limit, cursor)


@router.get("/themes/{id}", tags=["purpose"], response_model=PurposeAnswer)
async def show_theme(ask: Question, id: UUID) -> Response:
    """One theme."""
    return await _one(ask, "theme", id)


@router.get("/objectives", tags=["objectives"], response_model=ObjectiveList)
async def list_objectives(ask: Question, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """The objectives, whatever their state."""
    return await _listing(ask, "objective", "objectives", limit, cursor)


@router.get("/objectives/{id}", tags=["objectives"], response_model=ObjectiveAnswer)
async def show_objective(ask: Question, id: UUID) -> Response:
    """One objective: what it is, how far it is, and what it supports."""
    return await _one(ask, "objective", id)


@router.get("/key-results", tags=["key results"], response_model=KeyResultList)
async def list_key_results(ask: Question, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """The key results, whatever their state."""
    return await _listing(ask, "key_result", "key_results", limit, cursor)


@router.get("/key-results/{id}", tags=["key results"], response_model=KeyResultAnswer)
async def show_key_result(ask: Question, id: UUID) -> Response:
    """One key result: its terms, what was first agreed, what is being negotiated, and how far it is."""
    return await _one(ask, "key_result", id)
