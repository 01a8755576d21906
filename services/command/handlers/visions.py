"""Visions: stated, revised, retired."""

from uuid import UUID

from contracts.commands.purpose import Align, Reassign, Retire, ReviseVision, StateVision
from domain import errors
from domain.purpose import vision
from domain.purpose.vision import Vision
from services.command.handlers import purpose
from services.command.handlers.command import AggregateCommands, Events
from services.command.loop.context import Context

commands = AggregateCommands(Vision, tag="visions")


@commands.post("/visions", refuses=purpose.STARTED)
def state(ctx: Context, id: UUID, body: StateVision) -> Events:
    """Put a vision into words."""
    return vision.state(title=body.title, **purpose.placed(ctx, id, body))


@commands.post("/visions/{id}/revise", refuses=(errors.NotLive,))
def revise(ctx: Context, id: UUID, body: ReviseVision) -> Events:
    """Say it otherwise, and why."""
    return vision.revise(ctx.need(Vision, id), title=body.title, reason=ctx.personal(body.reason))


@commands.post("/visions/{id}/retire")
def retire(ctx: Context, id: UUID, body: Retire) -> Events:
    """End it. Nothing is deleted."""
    return vision.retire(ctx.need(Vision, id), reason=ctx.personal(body.reason))


@commands.post("/visions/{id}/align", refuses=purpose.ALIGNED)
def align(ctx: Context, id: UUID, body: Align) -> Events:
    """Put it under a mission or another vision; null puts it at the top."""
    return purpose.align(ctx, id, ctx.need(Vision, id), body)


@commands.post("/visions/{id}/reassign", refuses=purpose.REASSIGNED)
def reassign(ctx: Context, id: UUID, body: Reassign) -> Events:
    """Give it to another team or owner."""
    return purpose.reassign(ctx, ctx.need(Vision, id), body)
