"""Workspaces and their settings, members, teams and cycles."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from contracts.answers.people import (
    CycleAnswer,
    CycleList,
    MemberAnswer,
    MemberList,
    SettingsShown,
    TeamAnswer,
    TeamList,
    WorkspaceList,
)
from contracts.problems import InvalidRequest, Unauthenticated, Unavailable, problem_responses
from services.access.credentials import caller
from services.projections.queries import cycles, members, teams, workspaces
from services.projections.queries.paging import Cursor, Limit, open_page
from services.projections.queries.query_request import PROBLEMS, MomentQuery, queries_of
from services.projections.queries.read_session import answer

router = APIRouter()
in_workspace = APIRouter(prefix="/v1/workspaces/{workspace_id}", responses=PROBLEMS)


@router.get(
    "/v1/workspaces",
    tags=["workspaces"],
    response_model=WorkspaceList,
    responses=problem_responses(Unauthenticated, InvalidRequest, Unavailable),
)
async def list_workspaces(
    request: Request,
    limit: Limit = 50,
    cursor: Annotated[UUID, Query()] = workspaces.NOWHERE,
) -> Response:
    """The workspaces in which the caller may read."""
    queries = queries_of(request)
    asks = caller(request.headers, dev=queries.dev)
    return answer(await workspaces.visible(queries.sessions, asks, after=cursor, limit=limit))


@in_workspace.get("/settings", tags=["workspaces"], response_model=SettingsShown)
async def show_settings(query: MomentQuery) -> Response:
    """Name, time zone and settings."""
    async with query.open_read() as session:
        return session.answer(**await workspaces.settings(session))


@in_workspace.get("/members", tags=["members"], response_model=MemberList)
async def list_members(query: MomentQuery, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """Who belongs to the workspace, placeholders and suspended members too."""
    async with open_page(query, limit, cursor) as part:
        return part.session.answer(**await members.listing(part))


@in_workspace.get("/members/{id}", tags=["members"], response_model=MemberAnswer)
async def show_member(query: MomentQuery, id: UUID) -> Response:
    """One member."""
    async with query.open_read() as session:
        return session.answer(**await members.one(session, id))


@in_workspace.get("/teams", tags=["teams"], response_model=TeamList)
async def list_teams(query: MomentQuery, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """The teams: each names the one above it, its lead and its members. Dissolved ones are shown as such."""
    async with open_page(query, limit, cursor) as part:
        return part.session.answer(**await teams.listing(part))


@in_workspace.get("/teams/{id}", tags=["teams"], response_model=TeamAnswer)
async def show_team(query: MomentQuery, id: UUID) -> Response:
    """One team."""
    async with query.open_read() as session:
        return session.answer(**await teams.one(session, id))


@in_workspace.get("/cycles", tags=["cycles"], response_model=CycleList)
async def list_cycles(query: MomentQuery, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """The cycles, in the order in which they were planned."""
    async with open_page(query, limit, cursor) as part:
        return part.session.answer(**await cycles.listing(part))


@in_workspace.get("/cycles/{id}", tags=["cycles"], response_model=CycleAnswer)
async def show_cycle(query: MomentQuery, id: UUID) -> Response:
    """One cycle."""
    async with query.open_read() as session:
        return session.answer(**await cycles.one(session, id))
