"""Missions: drafted, adopted, revised, reaffirmed, retired."""

from uuid import UUID

from contracts.commands.base import Nothing
from contracts.commands.purpose import Align, DraftMission, ReaffirmMission, Reassign, Retire, ReviseMission, statement
from domain import errors
from domain.purpose import mission
from domain.purpose.mission import Mission
from services.command.handlers import purpose
from services.command.handlers.command import AggregateCommands, Events
from services.command.loop.context import Context

commands = AggregateCommands(Mission, tag="missions")


@commands.post("/missions", refuses=purpose.STARTED)
def draft(ctx: Context, id: UUID, body: DraftMission) -> Events:
    """Put a mission into words."""
    return mission.draft(
        statement=statement(body.statement),
        horizon_years=body.horizon_years,
        origin=body.origin,
        origin_date=body.origin_date,
        **purpose.placed(ctx, id, body),
    )


@commands.post("/missions/{id}/adopt", refuses=(errors.NotLive,))
def adopt(ctx: Context, id: UUID, body: Nothing) -> Events:
    """Make it the company's or the team's mission."""
    return mission.adopt(ctx.need(Mission, id))


@commands.post("/missions/{id}/revise", refuses=(errors.NotLive, errors.ReasonRequired))
def revise(ctx: Context, id: UUID, body: ReviseMission) -> Events:
    """Say it otherwise; once it is adopted, with a reason."""
    found = ctx.need(Mission, id)
    return mission.revise(
        found,
        statement=statement(body.statement),
        horizon_years=body.horizon_years or found.horizon_years,
        reason=ctx.personal(body.reason),
    )


@commands.post("/missions/{id}/reaffirm", refuses=(errors.NotLive,))
def reaffirm(ctx: Context, id: UUID, body: ReaffirmMission = ReaffirmMission()) -> Events:
    """Say that the mission still holds."""
    return mission.reaffirm(ctx.need(Mission, id), note=ctx.personal(body.note))


@commands.post("/missions/{id}/retire")
def retire(ctx: Context, id: UUID, body: Retire) -> Events:
    """End it. Nothing is deleted."""
    return mission.retire(ctx.need(Mission, id), reason=ctx.personal(body.reason))


@commands.post("/missions/{id}/align", refuses=purpose.ALIGNED)
def align(ctx: Context, id: UUID, body: Align) -> Events:
    """Let it support a higher one; null puts it at the top."""
    return purpose.align(ctx, id, ctx.need(Mission, id), body)


@commands.post("/missions/{id}/reassign", refuses=purpose.REASSIGNED)
def reassign(ctx: Context, id: UUID, body: Reassign) -> Events:
    """Give it to another team or owner."""
    return purpose.reassign(ctx, ctx.need(Mission, id), body)
