"""Workspaces and their settings, members, teams and cycles."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from contracts.caller import caller
from contracts.problems import InvalidRequest, Unauthenticated, Unavailable, says_no
from contracts.queries_people import (
    CycleAnswer,
    CycleList,
    MemberAnswer,
    MemberList,
    SettingsShown,
    TeamAnswer,
    TeamList,
    WorkspaceList,
)
from services.projections import cycles, members, teams, workspaces
from services.projections.pages import Cursor, Limit, page
from services.projections.question import SAYS_NO, Queries, Question
from services.projections.reading import answer

router = APIRouter()
in_workspace = APIRouter(prefix="/v1/workspaces/{workspace_id}", responses=SAYS_NO)


@router.get(
    "/v1/workspaces",
    tags=["workspaces"],
    response_model=WorkspaceList,
    responses=says_no(Unauthenticated, InvalidRequest, Unavailable),
)
async def list_workspaces(
    request: Request, limit: Limit = 50, cursor: Annotated[UUID, Query()] = workspaces.NOWHERE
) -> Response:
    """The workspaces in which the caller may read."""
    queries: Queries = request.app.state.queries
    asks = caller(request.headers, dev=queries.dev)
    return answer(await workspaces.visible(queries.reading, asks, after=cursor, limit=limit))


@in_workspace.get("/settings", tags=["workspaces"], response_model=SettingsShown)
async def show_settings(ask: Question) -> Response:
    """Name, time zone and settings."""
    async with ask.view() as view:
        return view.answer(**await workspaces.settings(view))


@in_workspace.get("/members", tags=["members"], response_model=MemberList)
async def list_members(ask: Question, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """Who belongs to the workspace, placeholders and suspended members too."""
    async with page(ask, limit, cursor) as part:
        return part.view.answer(**await members.listing(part))


@in_workspace.get("/members/{id}", tags=["members"], response_model=MemberAnswer)
async def show_member(ask: Question, id: UUID) -> Response:
    """One member."""
    async with ask.view() as view:
        return view.answer(**await members.one(view, id))


@in_workspace.get("/teams", tags=["teams"], response_model=TeamList)
async def list_teams(ask: Question, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """The teams: each names the one above it, its lead and its members. Dissolved ones are shown as such."""
    async with page(ask, limit, cursor) as part:
        return part.view.answer(**await teams.listing(part))


@in_workspace.get("/teams/{id}", tags=["teams"], response_model=TeamAnswer)
async def show_team(ask: Question, id: UUID) -> Response:
    """One team."""
    async with ask.view() as view:
        return view.answer(**await teams.one(view, id))


@in_workspace.get("/cycles", tags=["cycles"], response_model=CycleList)
async def list_cycles(ask: Question, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """The cycles, in the order in which they were planned."""
    async with page(ask, limit, cursor) as part:
        return part.view.answer(**await cycles.listing(part))


@in_workspace.get("/cycles/{id}", tags=["cycles"], response_model=CycleAnswer)
async def show_cycle(ask: Question, id: UUID) -> Response:
    """One cycle."""
    async with ask.view() as view:
        return view.answer(**await cycles.one(view, id))
