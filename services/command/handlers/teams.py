"""Teams: formed, renamed, moved in their tree, dissolved; who is in them, and who leads."""

from uuid import UUID

from contracts.commands.teams import DissolveTeam, FormTeam, JoinTeam, LeaveTeam, MoveTeam, NameLead, RenameTeam
from domain import errors, team
from domain.member import Member
from domain.team import Team
from services.command.handlers.command import AggregateCommands, Events
from services.command.handlers.goal_context import require_member
from services.command.loop.context import Context

commands = AggregateCommands(Team, tag="teams")


@commands.post(
    "/teams",
    refuses=(errors.AlreadyExists, errors.DissolvedTeam),
    id_from=lambda ids, body: ids.id("team", body.name),
)
def form(ctx: Context, id: UUID, body: FormTeam) -> Events:
    """Begin a team. Its first name is its own for ever, whatever it is called later."""
    team.require_new_name(ctx.get(Team, id), name=body.name, team_id=id)
    return team.form(name=body.name, parent_id=body.parent_id, team_of=lambda other: ctx.get(Team, other))


@commands.post("/teams/{id}/rename", refuses=(errors.DissolvedTeam,))
def rename(ctx: Context, id: UUID, body: RenameTeam) -> Events:
    """Call the team otherwise."""
    return team.rename(ctx.need(Team, id), name=body.name)


@commands.post("/teams/{id}/move", refuses=(errors.DissolvedTeam, errors.Loop))
def move(ctx: Context, id: UUID, body: MoveTeam) -> Events:
    """Put the team below another one, or at the top."""
    found = ctx.need(Team, id)
    return team.move(found, team_id=id, parent_id=body.parent_id, team_of=lambda other: ctx.get(Team, other))


@commands.post("/teams/{id}/dissolve")
def dissolve(ctx: Context, id: UUID, body: DissolveTeam) -> Events:
    """End the team. Its goals and its past stay."""
    return team.dissolve(ctx.need(Team, id), reason=ctx.personal(body.reason))


@commands.post("/teams/{id}/join", refuses=(errors.DissolvedTeam, errors.Invalid))
def join(ctx: Context, id: UUID, body: JoinTeam) -> Events:
    """Take a member into the team."""
    require_member(ctx, body.member_id)
    return team.join(ctx.need(Team, id), member_id=body.member_id)


@commands.post("/teams/{id}/leave", refuses=(errors.DissolvedTeam,))
def leave(ctx: Context, id: UUID, body: LeaveTeam) -> Events:
    """Let a member go. A lead who leaves leads no more."""
    ctx.need(Member, body.member_id)
    return team.leave(ctx.need(Team, id), member_id=body.member_id)


@commands.post("/teams/{id}/name-lead", refuses=(errors.DissolvedTeam, errors.Invalid))
def name_lead(ctx: Context, id: UUID, body: NameLead) -> Events:
    """Say who leads the team. Who is not in it joins it."""
    require_member(ctx, body.member_id)
    return team.name_lead(ctx.need(Team, id), member_id=body.member_id)
