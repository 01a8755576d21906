"""What missions, visions, strategies and themes are all asked: whose they are, and where they stand."""

from typing import Any
from uuid import UUID

from fastapi import Request, Response

from contracts.commands.purpose import Align, Placed, Reassign
from domain import errors
from domain.purpose import base as purpose
from domain.purpose.base import Purpose
from services.command.handlers.goal_context import cycle_of, require_member, require_place, require_team
from services.command.http.endpoint import ask, personal
from services.command.loop.context import Context

KINDS = ("mission", "vision", "strategy", "theme")  # Purpose stands under purpose; goals stand below it.

PLACE = (errors.Loop, errors.PeriodsApart, errors.WrongKind)
BEGUN = (*PLACE, errors.Invalid)
ALIGNED = (*PLACE, errors.NotLive, errors.ReasonRequired)
REASSIGNED = (errors.NotLive, errors.Invalid)


def placed(ctx: Context, id: UUID, body: Placed) -> dict[str, Any]:
    """Where a new one stands and whose it is, once all of it has been found."""
    require_team(ctx, body.team_id)
    require_member(ctx, body.owner_id)
    cycle_of(ctx, body.cycle_id)
    if body.parent_id is not None:
        require_place(ctx, id, None, body.parent_id, body.cycle_id, *KINDS)
    return {name: getattr(body, name) for name in Placed.model_fields}


async def align(request: Request, kind: str, id: UUID, body: Align) -> Response:
    def decide(ctx: Context) -> Any:
        found: Purpose = ctx.need(kind, id)
        if body.parent_id is not None:
            require_place(ctx, id, found, body.parent_id, found.cycle_id, *KINDS)
        return purpose.align(found, parent_id=body.parent_id, reason=personal(ctx, body.reason))

    return await ask(request, kind, id, decide)


async def reassign(request: Request, kind: str, id: UUID, body: Reassign) -> Response:
    def decide(ctx: Context) -> Any:
        found: Purpose = ctx.need(kind, id)
        to = body.over(found, "team_id", "owner_id")
        require_team(ctx, to["team_id"])
        require_member(ctx, to["owner_id"])
        return purpose.reassign(found, **to, reason=personal(ctx, body.reason))

    return await ask(request, kind, id, decide)
