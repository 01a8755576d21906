"""Key results: the negotiation, then what becomes of them."""

from uuid import UUID

from contracts.commands.base import Nothing
from contracts.commands.goals import (
    Because,
    CheckInKeyResult,
    ChooseRollUp,
    CorrectKeyResultCheckIn,
    GradeGoal,
    ReassignGoal,
    RescheduleGoal,
    StateConfidence,
    WithReason,
)
from contracts.commands.key_results import CounterOffer, MoveKeyResult, OfferStretch, ProposeAmendment, ProposeKeyResult
from domain import cycle, errors
from domain.goal import check_in as check_ins
from domain.key_result import amendment, lifecycle, negotiation, stretch
from domain.key_result.state import KeyResult
from domain.objective.agreement import require_open_to_key_results
from domain.objective.state import Objective
from services.command.handlers.command import AggregateCommands, Events
from services.command.handlers.goal_context import (
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

commands = AggregateCommands(KeyResult, tag="key results")

NEGOTIATION = (
    errors.NotAParty,
    errors.NotYourTurn,
    errors.NoOwner,
    errors.NotLive,
    errors.WrongPhase,
    errors.ClosedCycle,
)
TERMS = (errors.Invalid, errors.FlatTarget)
LIFE = (errors.NotLive, errors.ClosedCycle)
REPORTS = (errors.NotCommitted, errors.Invalid, errors.WrongPhase, errors.ClosedCycle)
TIMES = (errors.InTheFuture, errors.BeforeTheGoal)
STRETCH = AMENDMENT = (*NEGOTIATION, errors.NotCommitted, errors.AlreadyOpen, errors.NotOpen)


def negotiated(ctx: Context, id: UUID) -> KeyResult:
    """The key result, in a cycle that lets it be negotiated."""
    kr = ctx.need(KeyResult, id)
    cycle.require_open_for_negotiation(cycle_of(ctx, kr.cycle_id))
    return kr


def open_to_change(ctx: Context, id: UUID) -> KeyResult:
    """The key result, in a cycle that is not closed."""
    kr = ctx.need(KeyResult, id)
    cycle.require_not_closed(cycle_of(ctx, kr.cycle_id))
    return kr


# --- the negotiation ----------------------------------------------------------------------------------------------


@commands.post("/key-results", refuses=(*NEGOTIATION, *TERMS, errors.WrongKind, errors.PeriodsApart))
def propose(ctx: Context, id: UUID, body: ProposeKeyResult) -> Events:
    """Propose a key result for an objective."""
    objective = ctx.goal(body.objective_id, Objective)
    require_open_to_key_results(objective)
    cycle_id = body.cycle_id or objective.cycle_id
    team_id = body.team_id or objective.team_id
    cycle.require_open_for_negotiation(cycle_of(ctx, cycle_id))
    team = live_team(ctx, team_id)
    require_overlap(ctx, cycle_id, objective)
    owner_id, partner_id = parties(ctx, owner_id=body.owner_id, partner_id=body.partner_id, above=objective, team=team)
    return negotiation.propose(
        by=ctx.actor_id,
        owner_id=owner_id,
        partner_id=partner_id,
        objective_id=body.objective_id,
        terms=body.terms(),
        team_id=team_id,
        cycle_id=cycle_id,
        reason=ctx.personal(body.reason),
    )


@commands.post("/key-results/{id}/counter", refuses=(*NEGOTIATION, *TERMS, errors.AlreadyCommitted))
def counter(ctx: Context, id: UUID, body: CounterOffer) -> Events:
    """Answer the standing offer with other terms."""
    kr = negotiated(ctx, id)
    return negotiation.counter(kr, by=ctx.actor_id, terms=body.terms(kr.terms), reason=ctx.personal(body.reason))


@commands.post("/key-results/{id}/commit", refuses=(*NEGOTIATION, errors.AlreadyCommitted))
def commit(ctx: Context, id: UUID, body: Nothing) -> Events:
    """Accept the standing offer."""
    return negotiation.commit(negotiated(ctx, id), by=ctx.actor_id)


@commands.post("/key-results/{id}/decline", refuses=(*NEGOTIATION, errors.AlreadyCommitted))
def decline(ctx: Context, id: UUID, body: WithReason = WithReason()) -> Events:
    """Turn the standing offer down."""
    return negotiation.decline(negotiated(ctx, id), by=ctx.actor_id, reason=ctx.personal(body.reason))


@commands.post("/key-results/{id}/withdraw", refuses=(*NEGOTIATION, errors.AlreadyCommitted))
def withdraw(ctx: Context, id: UUID, body: WithReason = WithReason()) -> Events:
    """Take one's own standing offer back."""
    return negotiation.withdraw(negotiated(ctx, id), by=ctx.actor_id, reason=ctx.personal(body.reason))


@commands.post("/key-results/{id}/offer-stretch", refuses=(*STRETCH, errors.NotAStretch))
def offer_stretch(ctx: Context, id: UUID, body: OfferStretch) -> Events:
    """After commitment, offer to reach further."""
    reason = ctx.personal(body.reason)
    return stretch.offer_stretch(negotiated(ctx, id), by=ctx.actor_id, stretch=body.stretch, reason=reason)


@commands.post("/key-results/{id}/counter-stretch", refuses=(*STRETCH, errors.NotAStretch))
def counter_stretch(ctx: Context, id: UUID, body: OfferStretch) -> Events:
    """Answer the standing stretch with another."""
    reason = ctx.personal(body.reason)
    return stretch.counter_stretch(negotiated(ctx, id), by=ctx.actor_id, stretch=body.stretch, reason=reason)


@commands.post("/key-results/{id}/agree-stretch", refuses=STRETCH)
def agree_stretch(ctx: Context, id: UUID, body: Nothing) -> Events:
    """Accept the standing stretch."""
    return stretch.agree_stretch(negotiated(ctx, id), by=ctx.actor_id)


@commands.post("/key-results/{id}/decline-stretch", refuses=STRETCH)
def decline_stretch(ctx: Context, id: UUID, body: WithReason = WithReason()) -> Events:
    """Turn the standing stretch down."""
    return stretch.decline_stretch(negotiated(ctx, id), by=ctx.actor_id, reason=ctx.personal(body.reason))


@commands.post(
    "/key-results/{id}/propose-amendment", refuses=(*AMENDMENT, *TERMS, errors.TypeIsFixed, errors.NotAStretch)
)
def propose_amendment(ctx: Context, id: UUID, body: ProposeAmendment) -> Events:
    """Ask that what is committed be changed."""
    kr, reason = negotiated(ctx, id), ctx.personal(body.reason)
    return amendment.propose_amendment(kr, by=ctx.actor_id, terms=body.terms(kr.terms), reason=reason)


@commands.post("/key-results/{id}/agree-amendment", refuses=(*AMENDMENT, errors.TypeIsFixed))
def agree_amendment(ctx: Context, id: UUID, body: Nothing) -> Events:
    """Agree to the proposed amendment."""
    return amendment.agree_amendment(negotiated(ctx, id), by=ctx.actor_id)


@commands.post("/key-results/{id}/refuse-amendment", refuses=AMENDMENT)
def refuse_amendment(ctx: Context, id: UUID, body: WithReason = WithReason()) -> Events:
    """Refuse the proposed amendment; what is committed stays."""
    return amendment.refuse_amendment(negotiated(ctx, id), by=ctx.actor_id, reason=ctx.personal(body.reason))


# --- what becomes of it -------------------------------------------------------------------------------------------


@commands.post("/key-results/{id}/move", refuses=(*LIFE, errors.Loop, errors.PeriodsApart, errors.WrongKind))
def move(ctx: Context, id: UUID, body: MoveKeyResult) -> Events:
    """Put it under another objective."""
    kr = open_to_change(ctx, id)
    require_place(ctx, id, kr, body.objective_id, kr.cycle_id, (Objective,))
    return lifecycle.move(kr, objective_id=body.objective_id, reason=ctx.personal(body.reason))


@commands.post("/key-results/{id}/reassign", refuses=(*LIFE, errors.Invalid))
def reassign(ctx: Context, id: UUID, body: ReassignGoal) -> Events:
    """Give it another owner, partner or team."""
    kr = open_to_change(ctx, id)
    to = body.over(kr, "owner_id", "partner_id", "team_id")
    require_member(ctx, to["owner_id"])
    require_member(ctx, to["partner_id"])
    live_team(ctx, to["team_id"])
    return lifecycle.reassign(kr, **to, reason=ctx.personal(body.reason))


@commands.post("/key-results/{id}/reschedule", refuses=(*LIFE, errors.PeriodsApart))
def reschedule(ctx: Context, id: UUID, body: RescheduleGoal) -> Events:
    """Put it into another cycle, or out of cycles."""
    kr = open_to_change(ctx, id)
    cycle.require_not_closed(cycle_of(ctx, body.cycle_id))
    require_overlap(ctx, body.cycle_id, goal_above(ctx, kr))
    return lifecycle.reschedule(kr, cycle_id=body.cycle_id, reason=ctx.personal(body.reason))


@commands.post("/key-results/{id}/choose-roll-up", refuses=LIFE)
def choose_roll_up(ctx: Context, id: UUID, body: ChooseRollUp) -> Events:
    """Whether contributing goals below move it instead of its own measure."""
    return lifecycle.choose_roll_up(open_to_change(ctx, id), mode=body.mode)


@commands.post("/key-results/{id}/check-ins", refuses=(*REPORTS, *TIMES), makes_id=True, operation="say")
def check_in(ctx: Context, id: UUID, body: CheckInKeyResult, *, made_id: UUID) -> Events:
    """Check in."""
    kr = ctx.need(KeyResult, id)
    cycle.require_open_for_check_in(cycle_of(ctx, kr.cycle_id))
    at = fact_moment(ctx, body.effective_at)
    statement = body.statement(ctx.actor_id)
    events = lifecycle.add_check_in(kr, check_in_id=made_id, statement=statement, effective_at=at)
    return [NewEvent("key_result", id, event, effective_at=at) for event in events]


@commands.post(
    "/key-results/{id}/check-ins/{check_in_id}/correct",
    refuses=(*REPORTS, *TIMES, errors.CheckInReplaced),
    makes_id=True,
)
def correct(ctx: Context, id: UUID, body: CorrectKeyResultCheckIn, *, check_in_id: UUID, made_id: UUID) -> Events:
    """Replace a check-in that was wrong, at every moment from now on."""
    kr = ctx.need(KeyResult, id)
    cycle.require_open_for_correction(cycle_of(ctx, kr.cycle_id), by_admin=actor_administers(ctx))
    wrong = check_ins.require_standing(kr.check_ins, check_in_id, kr.replaced_check_ins)
    at = wrong.at.effective_at if body.effective_at is None else fact_moment(ctx, body.effective_at)
    events = lifecycle.correct_check_in(
        kr,
        corrects=check_in_id,
        check_in_id=made_id,
        statement=body.statement(ctx.actor_id),
        effective_at=at or ctx.now,
        reason=ctx.personal(body.reason),
    )
    return [NewEvent("key_result", id, event, effective_at=at) for event in events]


@commands.post("/key-results/{id}/confidence", refuses=REPORTS)
def state_confidence(ctx: Context, id: UUID, body: StateConfidence) -> Events:
    """State a confidence without a value."""
    kr = ctx.need(KeyResult, id)
    cycle.require_open_for_check_in(cycle_of(ctx, kr.cycle_id))
    return lifecycle.update_confidence(kr, confidence=body.confidence, reason=ctx.personal(body.reason))


@commands.post("/key-results/{id}/grade", refuses=(*REPORTS, errors.ReasonRequired))
def grade(ctx: Context, id: UUID, body: GradeGoal) -> Events:
    """Give the final score; a key result may be graded before its cycle is."""
    kr = ctx.need(KeyResult, id)
    cycle.require_grading(cycle_of(ctx, kr.cycle_id), early=True)
    return lifecycle.grade(kr, score=body.score, reason=ctx.personal(body.reason))


@commands.post("/key-results/{id}/drop", refuses=LIFE)
def drop(ctx: Context, id: UUID, body: Because) -> Events:
    """Give it up, for now."""
    return lifecycle.drop(open_to_change(ctx, id), reason=ctx.personal(body.reason))


@commands.post("/key-results/{id}/reinstate", refuses=LIFE)
def reinstate(ctx: Context, id: UUID, body: WithReason = WithReason()) -> Events:
    """Bring it back to the state before it was dropped."""
    return lifecycle.reinstate(open_to_change(ctx, id), reason=ctx.personal(body.reason))
