"""Objectives: proposed and agreed, aligned, weighed, checked in on, graded, dropped and back again."""

from uuid import UUID

from contracts.commands.base import Nothing
from contracts.commands.goals import (
    Because,
    CheckInObjective,
    ChooseRollUp,
    CorrectObjectiveCheckIn,
    GradeGoal,
    ReassignGoal,
    RescheduleGoal,
    WithReason,
)
from contracts.commands.objectives import (
    AlignObjective,
    ProposeObjective,
    RewordObjective,
    UnalignObjective,
    WeighChildren,
)
from domain import cycle, errors
from domain.goal import check_in as check_ins
from domain.goal.placement import require_support_of_another
from domain.key_result.state import KeyResult
from domain.objective import agreement, cascade, lifecycle
from domain.objective.cascade import EventsById
from domain.objective.state import Objective
from services.command.handlers.command import AggregateCommands, Events
from services.command.handlers.goal_context import (
    ABOVE,
    actor_administers,
    cycle_of,
    fact_moment,
    goal_above,
    live_team,
    parties,
    require_member,
    require_overlap,
    require_place,
)
from services.command.loop.context import Context, NewEvent

commands = AggregateCommands(Objective, tag="objectives")

NEGOTIATION = (
    errors.NotAParty,
    errors.NotYourTurn,
    errors.NoOwner,
    errors.NotLive,
    errors.WrongPhase,
    errors.ClosedCycle,
)
LIFE = (errors.NotLive, errors.ClosedCycle)
PLACE = (errors.Loop, errors.PeriodsApart, errors.WrongKind)
REPORTS = (errors.NotLive, errors.Invalid, errors.WrongPhase, errors.ClosedCycle)
TIMES = (errors.InTheFuture, errors.BeforeTheGoal)


def open_to_change(ctx: Context, id: UUID) -> Objective:
    """The objective, in a cycle that is not closed."""
    objective = ctx.need(Objective, id)
    cycle.require_not_closed(cycle_of(ctx, objective.cycle_id))
    return objective


def negotiated(ctx: Context, id: UUID) -> Objective:
    """The objective, in a cycle that lets it be negotiated."""
    objective = ctx.need(Objective, id)
    cycle.require_open_for_negotiation(cycle_of(ctx, objective.cycle_id))
    return objective


def key_results_under(ctx: Context, id: UUID) -> dict[UUID, KeyResult]:
    """The key results that stand under a goal now, in the order of their ids."""
    ids = sorted(ctx.children(id))
    states = ((child, stream.history.state) for child, stream in zip(ids, ctx.streams(ids), strict=True))
    return {child: state for child, state in states if isinstance(state, KeyResult)}


def of_key_results(events: EventsById) -> list[NewEvent]:
    return [NewEvent("key_result", id, event) for id, of_one in events.items() for event in of_one]


# --- agreeing on it -----------------------------------------------------------------------------------------------


@commands.post("/objectives", refuses=(*NEGOTIATION, *PLACE, errors.Invalid))
def propose(ctx: Context, id: UUID, body: ProposeObjective) -> Events:
    """Propose an objective."""
    cycle.require_open_for_negotiation(cycle_of(ctx, body.cycle_id))
    team = live_team(ctx, body.team_id)
    above = None
    if body.parent_id is not None:
        above = require_place(ctx, id, None, body.parent_id, body.cycle_id)
    owner_id, partner_id = parties(ctx, owner_id=body.owner_id, partner_id=body.partner_id, above=above, team=team)
    return agreement.propose(
        by=ctx.actor_id,
        owner_id=owner_id,
        partner_id=partner_id,
        title=body.title,
        why=body.why,
        resources=body.resources,
        commitment=body.commitment,
        parent_id=body.parent_id,
        team_id=body.team_id,
        cycle_id=body.cycle_id,
    )


@commands.post("/objectives/{id}/agree", refuses=NEGOTIATION)
def agree(ctx: Context, id: UUID, body: Nothing) -> Events:
    """Agree to what the other party proposed."""
    return agreement.agree(negotiated(ctx, id), by=ctx.actor_id)


@commands.post("/objectives/{id}/withdraw", refuses=NEGOTIATION)
def withdraw(ctx: Context, id: UUID, body: WithReason = WithReason()) -> Events:
    """Take one's own proposal back."""
    return agreement.withdraw(negotiated(ctx, id), by=ctx.actor_id, reason=ctx.personal(body.reason))


@commands.post("/objectives/{id}/reword", refuses=(*LIFE, errors.ReasonRequired, errors.Invalid))
def reword(ctx: Context, id: UUID, body: RewordObjective) -> Events:
    """Say it in other words."""
    objective = open_to_change(ctx, id)
    words = body.over(objective, "why", "resources", "commitment")
    title = body.title or objective.title
    return agreement.reword(objective, title=title, **words, reason=ctx.personal(body.reason))


# --- where it stands ----------------------------------------------------------------------------------------------


@commands.post("/objectives/{id}/align", refuses=(*LIFE, *PLACE, errors.ReasonRequired, errors.Invalid))
def align(ctx: Context, id: UUID, body: AlignObjective) -> Events:
    """Let it contribute to a goal, or support one."""
    objective = open_to_change(ctx, id)
    if body.link == "contribute":
        require_place(ctx, id, objective, body.parent_id, objective.cycle_id)
    else:
        ctx.goal(body.parent_id, *ABOVE)
        require_support_of_another(id, body.parent_id)
    return lifecycle.align(objective, parent_id=body.parent_id, link=body.link, reason=ctx.personal(body.reason))


@commands.post("/objectives/{id}/unalign", refuses=(*LIFE, errors.ReasonRequired))
def unalign(ctx: Context, id: UUID, body: UnalignObjective) -> Events:
    """Take a link away."""
    objective, reason = open_to_change(ctx, id), ctx.personal(body.reason)
    return lifecycle.unalign(objective, parent_id=body.parent_id, link=body.link, reason=reason)


@commands.post("/objectives/{id}/reassign", refuses=(*LIFE, errors.Invalid))
def reassign(ctx: Context, id: UUID, body: ReassignGoal) -> Events:
    """Give it another owner, partner or team."""
    objective = open_to_change(ctx, id)
    to = body.over(objective, "owner_id", "partner_id", "team_id")
    require_member(ctx, to["owner_id"])
    require_member(ctx, to["partner_id"])
    live_team(ctx, to["team_id"])
    return lifecycle.reassign(objective, **to, reason=ctx.personal(body.reason))


@commands.post("/objectives/{id}/reschedule", refuses=(*LIFE, errors.PeriodsApart))
def reschedule(ctx: Context, id: UUID, body: RescheduleGoal) -> Events:
    """Put it into another cycle, or out of cycles."""
    objective = open_to_change(ctx, id)
    cycle.require_not_closed(cycle_of(ctx, body.cycle_id))
    require_overlap(ctx, body.cycle_id, goal_above(ctx, objective))
    return lifecycle.reschedule(objective, cycle_id=body.cycle_id, reason=ctx.personal(body.reason))


# --- what moves it ------------------------------------------------------------------------------------------------


@commands.post("/objectives/{id}/weigh", refuses=(*LIFE, errors.Invalid))
def weigh(ctx: Context, id: UUID, body: WeighChildren) -> Events:
    """Set the weights of key results and contributing goals."""
    objective = open_to_change(ctx, id)
    weights = {child.goal_id: child.weight for child in body.weights}
    lifecycle.require_children(weights.keys(), ctx.children(id))
    return lifecycle.weigh(objective, weights=weights)


@commands.post("/objectives/{id}/choose-roll-up", refuses=LIFE)
def choose_roll_up(ctx: Context, id: UUID, body: ChooseRollUp) -> Events:
    """What moves its progress: key results, contributing goals, or both."""
    return lifecycle.choose_roll_up(open_to_change(ctx, id), mode=body.mode)


# --- how it stands ------------------------------------------------------------------------------------------------


@commands.post("/objectives/{id}/check-ins", refuses=(*REPORTS, *TIMES), makes_id=True, operation="say")
def check_in(ctx: Context, id: UUID, body: CheckInObjective, *, made_id: UUID) -> Events:
    """Check in: confidence, narrative, blockers, health."""
    objective = ctx.need(Objective, id)
    cycle.require_open_for_check_in(cycle_of(ctx, objective.cycle_id))
    at = fact_moment(ctx, body.effective_at)
    statement = body.statement(ctx.actor_id)
    events = lifecycle.add_check_in(objective, check_in_id=made_id, statement=statement, effective_at=at)
    return [NewEvent("objective", id, event, effective_at=at) for event in events]


@commands.post(
    "/objectives/{id}/check-ins/{check_in_id}/correct",
    refuses=(*REPORTS, *TIMES, errors.CheckInReplaced),
    makes_id=True,
)
def correct(ctx: Context, id: UUID, body: CorrectObjectiveCheckIn, *, check_in_id: UUID, made_id: UUID) -> Events:
    """Replace a check-in that was wrong, at every moment from now on."""
    objective = ctx.need(Objective, id)
    cycle.require_open_for_correction(cycle_of(ctx, objective.cycle_id), by_admin=actor_administers(ctx))
    wrong = check_ins.require_standing(objective.check_ins, check_in_id, objective.replaced_check_ins)
    at = wrong.at.effective_at if body.effective_at is None else fact_moment(ctx, body.effective_at)
    events = lifecycle.correct_check_in(
        objective,
        corrects=check_in_id,
        check_in_id=made_id,
        statement=body.statement(ctx.actor_id),
        effective_at=at or ctx.now,
        reason=ctx.personal(body.reason),
    )
    return [NewEvent("objective", id, event, effective_at=at) for event in events]


# --- how it ends --------------------------------------------------------------------------------------------------


@commands.post("/objectives/{id}/grade", refuses=(*REPORTS, errors.ReasonRequired))
def grade(ctx: Context, id: UUID, body: GradeGoal) -> Events:
    """Give the final score; without one the weighted mean of its key results' scores is taken."""
    objective = ctx.need(Objective, id)
    cycle.require_grading(cycle_of(ctx, objective.cycle_id))
    scores = cascade.counted_scores(key_results_under(ctx, id))
    computed = lifecycle.computed_score(objective, scores)
    return lifecycle.give_grade(objective, score=body.score, computed=computed, reason=ctx.personal(body.reason))


@commands.post("/objectives/{id}/drop", refuses=LIFE)
def drop(ctx: Context, id: UUID, body: Because) -> Events:
    """Give it up, and its open key results with it."""
    reason = ctx.personal(body.reason)
    events = lifecycle.drop(open_to_change(ctx, id), reason=reason)
    if not events:
        return []
    return [*events, *of_key_results(cascade.dropped_with(id, key_results_under(ctx, id), reason=reason))]


@commands.post("/objectives/{id}/reinstate", refuses=LIFE)
def reinstate(ctx: Context, id: UUID, body: WithReason = WithReason()) -> Events:
    """Bring it back to the state before it was dropped, and the key results that were dropped with it."""
    reason = ctx.personal(body.reason)
    events = lifecycle.reinstate(open_to_change(ctx, id), reason=reason)
    if not events:
        return []
    return [*events, *of_key_results(cascade.reinstated_with(id, key_results_under(ctx, id), reason=reason))]
