"""Who negotiates a goal, and where it may stand: what decisions of goals look at beside the goal itself."""

from typing import Any
from uuid import UUID

from domain.cycle import Cycle, periods_overlap
from domain.errors import Invalid, PeriodsApart
from domain.goal.alignment import GOAL_KINDS, refuse_loop
from domain.goal.base import partner_of
from services.command.loop.context import Context

ABOVE = tuple(kind for kind in GOAL_KINDS if kind != "key_result")  # What a goal may be put under by a command.


def parties(
    ctx: Context, *, owner_id: UUID | None, partner_id: UUID | None, above: Any, team_id: UUID | None
) -> tuple[UUID, UUID | None]:
    """Owner and partner of what the actor proposes.

    Without an owner it is the actor. Without a partner it is the actor who proposes to somebody else, else the owner of
    the goal above, else the team's lead, else who opened the workspace.
    """
    owner = owner_id or ctx.actor_id
    if partner_id is None and owner != ctx.actor_id:
        partner_id = ctx.actor_id
    if partner_id is None:
        team = ctx.get("team", team_id)
        opener = ctx.need("workspace", ctx.workspace_id).owner_id
        candidates = (getattr(above, "owner_id", None), team.lead_id if team else None, opener)
        partner_id = partner_of(owner, *(c for c in candidates if c is not None and _can_answer(ctx, c)))
    require_member(ctx, owner)
    require_member(ctx, partner_id)
    return owner, partner_id


def _can_answer(ctx: Context, member_id: UUID) -> bool:
    member = ctx.get("member", member_id)
    return member is not None and not member.suspended and not member.placeholder


def require_member(ctx: Context, member_id: UUID | None) -> None:
    """Raises NotFound, or Invalid for a member who is suspended."""
    if member_id is not None and ctx.need("member", member_id).suspended:
        raise Invalid(f"member {member_id} is suspended")


def require_team(ctx: Context, team_id: UUID | None) -> None:
    """Raises NotFound, or Invalid for a team that is dissolved."""
    if team_id is not None and ctx.need("team", team_id).dissolved_at:
        raise Invalid(f"team {team_id} is dissolved")


def cycle_of(ctx: Context, cycle_id: UUID | None) -> Cycle | None:
    """The cycle, which must be there where one is named."""
    return None if cycle_id is None else ctx.need("cycle", cycle_id)


def require_place(ctx: Context, goal_id: UUID, goal: Any, parent_id: UUID, cycle_id: UUID | None, *kinds: str) -> Any:
    """The goal above, if this one may stand there: no loop at any moment from now on, and periods that overlap."""
    _, above = ctx.goal(parent_id, *(kinds or ABOVE))
    links = goal.links if goal else ()
    # It is recorded after all that the goal holds, though it may have been asked before, or by a clock that is behind.
    since = max([ctx.now, *(link.since for link in links)])
    refuse_loop(goal_id, parent_id, links, since, ctx.links_of)
    require_overlap(ctx, cycle_id, above)
    return above


def require_overlap(ctx: Context, cycle_id: UUID | None, above: Any) -> None:
    """Two aligned goals have a day in common, where both have dates."""
    if above is not None and not periods_overlap(cycle_of(ctx, cycle_id), cycle_of(ctx, above.cycle_id)):
        raise PeriodsApart("the cycles of the two goals have no day in common")


def above(ctx: Context, goal: Any) -> Any:
    """The goal under which this one stands, or None."""
    return None if goal.parent_id is None else ctx.goal(goal.parent_id)[1]


def actor_is_admin(ctx: Context) -> bool:
    """Whether the actor may correct what a closed cycle holds."""
    member = ctx.get("member", ctx.actor_id)
    return member is not None and member.role in ("owner", "admin")
