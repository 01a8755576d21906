"""Teams: formed, renamed, moved in their tree, dissolved; who is in them, and who leads."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from contracts.commands_teams import DissolveTeam, FormTeam, JoinTeam, LeaveTeam, MoveTeam, NameLead, RenameTeam
from contracts.problems import says_no
from domain import errors, team
from domain.team import Team
from services.command.asking import StrictRoute, ask, id_of, personal
from services.command.look import Look
from services.command.parties import require_member

router = APIRouter(prefix="/v1/workspaces/{workspace_id}/teams", tags=["teams"], route_class=StrictRoute)


def team_of(look: Look, id: UUID) -> Team | None:
    found: Team | None = look.get("team", id)
    return found


@router.post("", responses=says_no(errors.AlreadyExists, errors.DissolvedTeam))
async def form(body: FormTeam, request: Request) -> Response:
    """Begin a team. Its first name is its own for ever, whatever it is called later."""
    id = await id_of(request, "team", body.name)

    def decide(look: Look) -> Any:
        if look.get("team", id):
            raise errors.AlreadyExists(f"a team was formed as {body.name!r}: {id}")
        return team.form(name=body.name, parent_id=body.parent_id, team_of=lambda other: team_of(look, other))

    return await ask(request, "team", id, decide)


@router.post("/{id}/rename", responses=says_no(errors.DissolvedTeam))
async def rename(id: UUID, body: RenameTeam, request: Request) -> Response:
    """Call the team otherwise."""
    return await ask(request, "team", id, lambda look: team.rename(look.need("team", id), name=body.name))


@router.post("/{id}/move", responses=says_no(errors.DissolvedTeam, errors.Loop))
async def move(id: UUID, body: MoveTeam, request: Request) -> Response:
    """Put the team below another one, or at the top."""

    def decide(look: Look) -> Any:
        found = look.need("team", id)
        return team.move(found, team_id=id, parent_id=body.parent_id, team_of=lambda other: team_of(look, other))

    return await ask(request, "team", id, decide)


@router.post("/{id}/dissolve", responses=says_no())
async def dissolve(id: UUID, body: DissolveTeam, request: Request) -> Response:
    """End the team. Its goals and its past stay."""
    return await ask(
        request, "team", id, lambda look: team.dissolve(look.need("team", id), reason=personal(look, body.reason))
    )


@router.post("/{id}/join", responses=says_no(errors.DissolvedTeam, errors.Invalid))
async def join(id: UUID, body: JoinTeam, request: Request) -> Response:
    """Take a member into the team."""

    def decide(look: Look) -> Any:
        require_member(look, body.member_id)
        return team.join(look.need("team", id), member_id=body.member_id)

    return await ask(request, "team", id, decide)


@router.post("/{id}/leave", responses=says_no(errors.DissolvedTeam))
async def leave(id: UUID, body: LeaveTeam, request: Request) -> Response:
    """Let a member go. A lead who leaves leads no more."""

    def decide(look: Look) -> Any:
        look.need("member", body.member_id)
        return team.leave(look.need("team", id), member_id=body.member_id)

    return await ask(request, "team", id, decide)


@router.post("/{id}/name-lead", responses=says_no(errors.DissolvedTeam, errors.Invalid))
async def name_lead(id: UUID, body: NameLead, request: Request) -> Response:
    """Say who leads the team. Who is not in it joins it."""

    def decide(look: Look) -> Any:
        require_member(look, body.member_id)
        return team.name_lead(look.need("team", id), member_id=body.member_id)

    return await ask(request, "team", id, decide)
