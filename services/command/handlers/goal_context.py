"""What handlers of goals look at beside the goal itself. Each fetches states; the rules on them are the domain's."""

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from contracts.scalars import as_fact
from domain import permission
from domain.cycle import Cycle
from domain.goal import placement
from domain.goal.base import Goal
from domain.goal.parties import Parties, parties_of_proposal
from domain.member import Member, require_active
from domain.objective.state import Objective
from domain.purpose.base import Purpose
from domain.purpose.mission import Mission
from domain.purpose.strategy import Strategy
from domain.purpose.theme import Theme
from domain.purpose.vision import Vision
from domain.team import Team, require_not_dissolved
from domain.workspace import Workspace
from services.command.loop.context import Context

PURPOSES: tuple[type[Purpose], ...] = (Mission, Vision, Strategy, Theme)
ABOVE: tuple[type[Goal | Purpose], ...] = (*PURPOSES, Objective)  # What a goal may be put under by a command.


def parties(
    ctx: Context, *, owner_id: UUID | None, partner_id: UUID | None, above: Goal | Purpose | None, team: Team | None
) -> Parties:
    """Owner and partner of what the actor proposes. Raises NotFound, or Invalid for one who is suspended."""
    found = parties_of_proposal(
        by=ctx.actor_id,
        owner_id=owner_id,
        partner_id=partner_id,
        above=above,
        team=team,
        workspace=ctx.need(Workspace, ctx.workspace_id),
        member_of=lambda id: ctx.get(Member, id),
    )
    require_member(ctx, found.owner_id)
    require_member(ctx, found.partner_id)
    return found


def require_member(ctx: Context, member_id: UUID | None) -> None:
    """Raises NotFound, or Invalid for a member who is suspended."""
    if member_id is not None:
        require_active(ctx.need(Member, member_id), member_id)


def live_team(ctx: Context, team_id: UUID | None) -> Team | None:
    """The team, where one is named. Raises NotFound, or Invalid for a team that is dissolved."""
    if team_id is None:
        return None
    found = ctx.need(Team, team_id)
    require_not_dissolved(found, team_id)
    return found


def cycle_of(ctx: Context, cycle_id: UUID | None) -> Cycle | None:
    """The cycle, which must be there where one is named."""
    return None if cycle_id is None else ctx.need(Cycle, cycle_id)


def require_place(
    ctx: Context,
    goal_id: UUID,
    goal: Goal | Purpose | None,
    parent_id: UUID,
    cycle_id: UUID | None,
    kinds: tuple[type[Goal | Purpose], ...] = ABOVE,
) -> Goal | Purpose:
    """The goal above, if this one may stand there: no loop at any moment from now on, and periods that overlap.

    `goal` is None for one that is proposed. Raises NotFound, WrongKind, Loop, PeriodsApart.
    """
    above = ctx.goal(parent_id, *kinds)
    placement.refuse_loop_from_now(goal_id, parent_id, goal.links if goal else (), now=ctx.now, links_of=ctx.links_of)
    require_overlap(ctx, cycle_id, above)
    return above


def require_overlap(ctx: Context, cycle_id: UUID | None, above: Goal | Purpose | None) -> None:
    """Raises PeriodsApart for two aligned goals without a day in common."""
    if above is not None:
        placement.require_overlap(cycle_of(ctx, cycle_id), cycle_of(ctx, above.cycle_id))


def goal_above(ctx: Context, goal: Goal) -> Goal | Purpose | None:
    """The goal under which this one stands."""
    return None if goal.parent_id is None else ctx.goal(goal.parent_id, Goal, Purpose)


def actor_administers(ctx: Context) -> bool:
    """Whether the actor may correct what a closed cycle holds."""
    return permission.administers(ctx.get(Member, ctx.actor_id))


def fact_moment(ctx: Context, stated: datetime | date | None) -> datetime | None:
    """When the command states that its fact was true; None for when it is recorded. Raises InTheFuture."""
    if stated is None:
        return None
    return ctx.effective(as_fact(stated, ZoneInfo(ctx.need(Workspace, ctx.workspace_id).timezone)))
