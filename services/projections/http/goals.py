"""The alignment tree; goals of each kind, listed and one by one."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response

from contracts.answers.goals import (
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
from services.projections.queries import goals
from services.projections.queries.alignment_tree import TreeFilter, tree
from services.projections.queries.goal_node import shown_nodes
from services.projections.queries.paging import Cursor, Limit, open_page
from services.projections.queries.query_request import PROBLEMS, MomentQuery, QueryRequest

router = APIRouter(prefix="/v1/workspaces/{workspace_id}", responses=PROBLEMS)

NAME_CHARACTERS = 500
CYCLE = "An id, a name, or `current`. Goals of these cycles, and those above them."
TEAM = "An id or a name. Goals of this team and of the teams below it, and those above them."
Depth = Annotated[int | None, Query(ge=0, le=1000, description="How many levels below the first.")]


@router.get("/alignment-tree", tags=["alignment"], response_model=AlignmentTree)
async def alignment_tree(
    query: MomentQuery,
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
    async with query.open_read() as session:
        wanted = TreeFilter(cycle, team, owner, root, depth, dropped=include == "dropped")
        return session.answer(nodes=shown_nodes(await tree(session, wanted)))


async def _one(query: QueryRequest, kind: str, id: UUID) -> Response:
    async with query.open_read() as session:
        return session.answer(**await goals.one(session, kind, id))


async def _listing(query: QueryRequest, kind: str, plural: str, limit: int, cursor: str | None) -> Response:
    async with open_page(query, limit, cursor) as part:
        found, following = await goals.listing(part, kind)
        return part.session.answer(**{plural: found, "next": following})


@router.get("/missions", tags=["purpose"], response_model=MissionList)
async def list_missions(query: MomentQuery, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """The missions, whatever their state."""
    return await _listing(query, "mission", "missions", limit, cursor)


@router.get("/missions/{id}", tags=["purpose"], response_model=PurposeAnswer)
async def show_mission(query: MomentQuery, id: UUID) -> Response:
    """One mission: its statement, its origin, and how far what stands under it is."""
    return await _one(query, "mission", id)


@router.get("/visions", tags=["purpose"], response_model=VisionList)
async def list_visions(query: MomentQuery, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """The visions, whatever their state."""
    return await _listing(query, "vision", "visions", limit, cursor)


@router.get("/visions/{id}", tags=["purpose"], response_model=PurposeAnswer)
async def show_vision(query: MomentQuery, id: UUID) -> Response:
    """One vision."""
    return await _one(query, "vision", id)


@router.get("/strategies", tags=["purpose"], response_model=StrategyList)
async def list_strategies(query: MomentQuery, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """The strategies, whatever their state."""
    return await _listing(query, "strategy", "strategies", limit, cursor)


@router.get("/strategies/{id}", tags=["purpose"], response_model=PurposeAnswer)
async def show_strategy(query: MomentQuery, id: UUID) -> Response:
    """One strategy: the hypothesis, what it chooses and rules out, and the signs by which it would be dropped."""
    return await _one(query, "strategy", id)


@router.get("/themes", tags=["purpose"], response_model=ThemeList)
async def list_themes(query: MomentQuery, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """The themes, whatever their state."""
    return await _listing(query, "theme", "themes", limit, cursor)


@router.get("/themes/{id}", tags=["purpose"], response_model=PurposeAnswer)
async def show_theme(query: MomentQuery, id: UUID) -> Response:
    """One theme."""
    return await _one(query, "theme", id)


@router.get("/objectives", tags=["objectives"], response_model=ObjectiveList)
async def list_objectives(query: MomentQuery, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """The objectives, whatever their state."""
    return await _listing(query, "objective", "objectives", limit, cursor)


@router.get("/objectives/{id}", tags=["objectives"], response_model=ObjectiveAnswer)
async def show_objective(query: MomentQuery, id: UUID) -> Response:
    """One objective: what it is, how far it is, and what it supports."""
    return await _one(query, "objective", id)


@router.get("/key-results", tags=["key results"], response_model=KeyResultList)
async def list_key_results(query: MomentQuery, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """The key results, whatever their state."""
    return await _listing(query, "key_result", "key_results", limit, cursor)


@router.get("/key-results/{id}", tags=["key results"], response_model=KeyResultAnswer)
async def show_key_result(query: MomentQuery, id: UUID) -> Response:
    """One key result: its terms, what was first agreed, what is being negotiated, and how far it is."""
    return await _one(query, "key_result", id)
