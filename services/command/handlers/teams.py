"""Teams: formed, renamed, moved in their tree, dissolved; who is in them, and who leads."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from contracts.commands.teams import DissolveTeam, FormTeam, JoinTeam, LeaveTeam, MoveTeam, NameLead, RenameTeam
from contracts.problems import problem_responses
from domain import errors, team
from domain.team import Team
from services.command.handlers.goal_context import require_member
from services.command.http.endpoint import StrictRoute, ask, id_of, personal
from services.command.loop.context import Context

router = APIRouter(prefix="/v1/workspaces/{workspace_id}/teams", tags=["teams"], route_class=StrictRoute)


def team_of(ctx: Context, id: UUID) -> Team | None:
    found: Team | None = ctx.get("team", id)
    return found


@router.post("", responses=problem_responses(errors.AlreadyExists, errors.DissolvedTeam))
async def form(body: FormTeam, request: Request) -> Response:
    """Begin a team. Its first name is its own for ever, whatever it is called later."""
    id = await id_of(request, "team", body.name)

    def decide(ctx: Context) -> Any:
        if ctx.get("team", id):
            raise errors.AlreadyExists(f"a team was formed as {body.name!r}: {id}")
        return team.form(name=body.name, parent_id=body.parent_id, team_of=lambda other: team_of(ctx, other))

    return await ask(request, "team", id, decide)


@router.post("/{id}/rename", responses=problem_responses(errors.DissolvedTeam))
async def rename(id: UUID, body: RenameTeam, request: Request) -> Response:
    """Call the team otherwise."""
    return await ask(request, "team", id, lambda ctx: team.rename(ctx.need("team", id), name=body.name))


@router.post("/{id}/move", responses=problem_responses(errors.DissolvedTeam, errors.Loop))
async def move(id: UUID, body: MoveTeam, request: Request) -> Response:
    """Put the team below another one, or at the top."""

    def decide(ctx: Context) -> Any:
        found = ctx.need("team", id)
        return team.move(found, team_id=id, parent_id=body.parent_id, team_of=lambda other: team_of(ctx, other))

    return await ask(request, "team", id, decide)


@router.post("/{id}/dissolve", responses=problem_responses())
async def dissolve(id: UUID, body: DissolveTeam, request: Request) -> Response:
    """End the team. Its goals and its past stay."""
    return await ask(
        request, "team", id, lambda ctx: team.dissolve(ctx.need("team", id), reason=personal(ctx, body.reason))
    )


@router.post("/{id}/join", responses=problem_responses(errors.DissolvedTeam, errors.Invalid))
async def join(id: UUID, body: JoinTeam, request: Request) -> Response:
    """Take a member into the team."""

    def decide(ctx: Context) -> Any:
        require_member(ctx, body.member_id)
        return team.join(ctx.need("team", id), member_id=body.member_id)

    return await ask(request, "team", id, decide)


@router.post("/{id}/leave", responses=problem_responses(errors.DissolvedTeam))
async def leave(id: UUID, body: LeaveTeam, request: Request) -> Response:
    """Let a member go. A lead who leaves leads no more."""

    def decide(ctx: Context) -> Any:
        ctx.need("member", body.member_id)
        return team.leave(ctx.need("team", id), member_id=body.member_id)

    return await ask(request, "team", id, decide)


@router.post("/{id}/name-lead", responses=problem_responses(errors.DissolvedTeam, errors.Invalid))
async def name_lead(id: UUID, body: NameLead, request: Request) -> Response:
    """Say who leads the team. Who is not in it joins it."""

    def decide(ctx: Context) -> Any:
        require_member(ctx, body.member_id)
        return team.name_lead(ctx.need("team", id), member_id=body.member_id)

    return await ask(request, "team", id, decide)
