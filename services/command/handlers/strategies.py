"""Strategies: stated, revised as the year teaches, retired."""

from uuid import UUID

from contracts.commands.purpose import Align, Reassign, Retire, ReviseStrategy, StateStrategy
from domain import errors
from domain.purpose import strategy
from domain.purpose.strategy import Strategy
from services.command.handlers import purpose
from services.command.handlers.command import AggregateCommands, Events
from services.command.loop.context import Context

commands = AggregateCommands(Strategy, tag="strategies")


@commands.post("/strategies", refuses=purpose.STARTED)
def state(ctx: Context, id: UUID, body: StateStrategy) -> Events:
    """Put a strategy into words."""
    return strategy.state(hypothesis=body.hypothesis(), **purpose.placed(ctx, id, body))


@commands.post("/strategies/{id}/revise", refuses=(errors.NotLive,))
def revise(ctx: Context, id: UUID, body: ReviseStrategy) -> Events:
    """Say the whole hypothesis as it is from now on, and why."""
    found, reason = ctx.need(Strategy, id), ctx.personal(body.reason)
    return strategy.revise(found, hypothesis=body.hypothesis(), reason=reason)


@commands.post("/strategies/{id}/retire")
def retire(ctx: Context, id: UUID, body: Retire) -> Events:
    """End it. Nothing is deleted."""
    return strategy.retire(ctx.need(Strategy, id), reason=ctx.personal(body.reason))


@commands.post("/strategies/{id}/align", refuses=purpose.ALIGNED)
def align(ctx: Context, id: UUID, body: Align) -> Events:
    """Put it under what it serves; null puts it at the top."""
    return purpose.align(ctx, id, ctx.need(Strategy, id), body)


@commands.post("/strategies/{id}/reassign", refuses=purpose.REASSIGNED)
def reassign(ctx: Context, id: UUID, body: Reassign) -> Events:
    """Give it to another team or owner."""
    return purpose.reassign(ctx, ctx.need(Strategy, id), body)
