"""What missions, visions, strategies and themes are all asked: whose they are, and where they stand."""

from typing import Any
from uuid import UUID

from contracts.commands.purpose import Align, Placed, Reassign
from domain import errors
from domain.purpose import base as purpose
from domain.purpose.base import Purpose
from services.command.handlers.command import Events
from services.command.handlers.goal_context import PURPOSES, cycle_of, live_team, require_member, require_place
from services.command.loop.context import Context

PLACE = (errors.Loop, errors.PeriodsApart, errors.WrongKind)
STARTED = (*PLACE, errors.Invalid)
ALIGNED = (*PLACE, errors.NotLive, errors.ReasonRequired)
REASSIGNED = (errors.NotLive, errors.Invalid)


def placed(ctx: Context, id: UUID, body: Placed) -> dict[str, Any]:
    """Where a new one stands and whose it is, once all of it has been found. Purpose stands under purpose."""
    live_team(ctx, body.team_id)
    require_member(ctx, body.owner_id)
    cycle_of(ctx, body.cycle_id)
    if body.parent_id is not None:
        require_place(ctx, id, None, body.parent_id, body.cycle_id, PURPOSES)
    return {name: getattr(body, name) for name in Placed.model_fields}


def align(ctx: Context, id: UUID, found: Purpose, body: Align) -> Events:
    if body.parent_id is not None:
        require_place(ctx, id, found, body.parent_id, found.cycle_id, PURPOSES)
    return purpose.align(found, parent_id=body.parent_id, reason=ctx.personal(body.reason))


def reassign(ctx: Context, found: Purpose, body: Reassign) -> Events:
    to = body.over(found, "team_id", "owner_id")
    live_team(ctx, to["team_id"])
    require_member(ctx, to["owner_id"])
    return purpose.reassign(found, **to, reason=ctx.personal(body.reason))
