"""Themes: set, reworded, given a champion, retired."""

from uuid import UUID

from contracts.commands.purpose import Align, NameChampion, Reassign, Retire, RewordTheme, SetTheme
from domain import errors
from domain.purpose import theme
from domain.purpose.theme import Theme
from services.command.handlers import purpose
from services.command.handlers.command import AggregateCommands, Events
from services.command.handlers.goal_context import require_member
from services.command.loop.context import Context

commands = AggregateCommands(Theme, tag="themes")


@commands.post("/themes", refuses=purpose.STARTED)
def set_(ctx: Context, id: UUID, body: SetTheme) -> Events:
    """Set a theme: a lane that guides objectives."""
    return theme.set_(title=body.title, **purpose.placed(ctx, id, body))


@commands.post("/themes/{id}/reword", refuses=(errors.NotLive,))
def reword(ctx: Context, id: UUID, body: RewordTheme) -> Events:
    """Say it otherwise, and why."""
    return theme.reword(ctx.need(Theme, id), title=body.title, reason=ctx.personal(body.reason))


@commands.post("/themes/{id}/name-champion", refuses=(errors.NotLive, errors.Invalid))
def name_champion(ctx: Context, id: UUID, body: NameChampion) -> Events:
    """Say who owns the theme and speaks for it."""
    require_member(ctx, body.champion_id)
    return theme.name_champion(ctx.need(Theme, id), champion_id=body.champion_id)


@commands.post("/themes/{id}/retire")
def retire(ctx: Context, id: UUID, body: Retire) -> Events:
    """End it. Nothing is deleted."""
    return theme.retire(ctx.need(Theme, id), reason=ctx.personal(body.reason))


@commands.post("/themes/{id}/align", refuses=purpose.ALIGNED)
def align(ctx: Context, id: UUID, body: Align) -> Events:
    """Put it under a strategy or another theme; null puts it at the top."""
    return purpose.align(ctx, id, ctx.need(Theme, id), body)


@commands.post("/themes/{id}/reassign", refuses=purpose.REASSIGNED)
def reassign(ctx: Context, id: UUID, body: Reassign) -> Events:
    """Give it to another team or owner."""
    return purpose.reassign(ctx, ctx.need(Theme, id), body)
