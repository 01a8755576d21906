"""Key results: the negotiation, then what becomes of them."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

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
from contracts.problems import problem_responses
from domain import cycle, errors
from domain.goal import check_in
from domain.key_result import amendment, negotiation, stretch
from domain.key_result import lifecycle as key_result_lifecycle
from domain.key_result.state import KeyResult
from services.command.handlers.goal_context import (
    above,
    actor_is_admin,
    cycle_of,
    parties,
    require_member,
    require_overlap,
    require_place,
    require_team,
)
from services.command.http.endpoint import StrictRoute, ask, fact_moment, personal
from services.command.loop.context import Context, NewEvent
from services.eventlog.uuid7 import uuid7

router = APIRouter(prefix="/v1/workspaces/{workspace_id}/key-results", tags=["key results"], route_class=StrictRoute)

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
SAID = (errors.NotCommitted, errors.Invalid, errors.WrongPhase, errors.ClosedCycle)
TIMES = (errors.InTheFuture, errors.BeforeTheGoal)


def negotiated(ctx: Context, id: UUID) -> KeyResult:
    """The key result, in a cycle that lets it be negotiated."""
    kr: KeyResult = ctx.need("key_result", id)
    cycle.require_open_for_negotiation(cycle_of(ctx, kr.cycle_id))
    return kr


def open_to_change(ctx: Context, id: UUID) -> KeyResult:
    """The key result, in a cycle that is not closed."""
    kr: KeyResult = ctx.need("key_result", id)
    cycle.require_not_closed(cycle_of(ctx, kr.cycle_id))
    return kr


# --- the negotiation ----------------------------------------------------------------------------------------------


@router.post("", responses=problem_responses(*NEGOTIATION, *TERMS, errors.WrongKind, errors.PeriodsApart))
async def propose(body: ProposeKeyResult, request: Request) -> Response:
    """Propose a key result for an objective."""
    id = uuid7()

    def decide(ctx: Context) -> Any:
        _, objective = ctx.goal(body.objective_id, "objective")
        if objective.state not in ("proposed", "agreed"):
            raise errors.NotLive(f"the objective is {objective.state}")
        cycle_id = body.cycle_id or objective.cycle_id
        team_id = body.team_id or objective.team_id
        cycle.require_open_for_negotiation(cycle_of(ctx, cycle_id))
        require_team(ctx, team_id)
        require_overlap(ctx, cycle_id, objective)
        owner_id, partner_id = parties(
            ctx, owner_id=body.owner_id, partner_id=body.partner_id, above=objective, team_id=team_id
        )
        return negotiation.propose(
            by=ctx.actor_id, owner_id=owner_id, partner_id=partner_id, objective_id=body.objective_id,
            terms=body.terms(), team_id=team_id, cycle_id=cycle_id, reason=personal(ctx, body.reason),
        )  # fmt: skip

    return await ask(request, "key_result", id, decide)


@router.post("/{id}/counter", responses=problem_responses(*NEGOTIATION, *TERMS, errors.AlreadyCommitted))
async def counter(id: UUID, body: CounterOffer, request: Request) -> Response:
    """Answer the standing offer with other terms."""

    def decide(ctx: Context) -> Any:
        kr = negotiated(ctx, id)
        terms = body.terms(kr.terms)
        return negotiation.counter(kr, by=ctx.actor_id, terms=terms, reason=personal(ctx, body.reason))

    return await ask(request, "key_result", id, decide)


@router.post("/{id}/commit", responses=problem_responses(*NEGOTIATION, errors.AlreadyCommitted))
async def commit(id: UUID, request: Request, body: Nothing | None = None) -> Response:
    """Accept the standing offer."""
    return await ask(request, "key_result", id, lambda ctx: negotiation.commit(negotiated(ctx, id), by=ctx.actor_id))


@router.post("/{id}/decline", responses=problem_responses(*NEGOTIATION, errors.AlreadyCommitted))
async def decline(id: UUID, request: Request, body: WithReason = WithReason()) -> Response:
    """Turn the standing offer down."""
    return await ask(
        request, "key_result", id,
        lambda ctx: negotiation.decline(
            negotiated(ctx, id), by=ctx.actor_id, reason=personal(ctx, body.reason)
        ),
    )  # fmt: skip


@router.post("/{id}/withdraw", responses=problem_responses(*NEGOTIATION, errors.AlreadyCommitted))
async def withdraw(id: UUID, request: Request, body: WithReason = WithReason()) -> Response:
    """Take one's own standing offer back."""
    return await ask(
        request, "key_result", id,
        lambda ctx: negotiation.withdraw(
            negotiated(ctx, id), by=ctx.actor_id, reason=personal(ctx, body.reason)
        ),
    )  # fmt: skip


STRETCH = (*NEGOTIATION, errors.NotCommitted, errors.AlreadyOpen, errors.NotOpen)


@router.post("/{id}/offer-stretch", responses=problem_responses(*STRETCH, errors.NotAStretch))
async def offer_stretch(id: UUID, body: OfferStretch, request: Request) -> Response:
    """After commitment, offer to reach further."""
    return await ask(
        request, "key_result", id,
        lambda ctx: stretch.offer_stretch(
            negotiated(ctx, id), by=ctx.actor_id, stretch=body.stretch, reason=personal(ctx, body.reason)
        ),
    )  # fmt: skip


@router.post("/{id}/counter-stretch", responses=problem_responses(*STRETCH, errors.NotAStretch))
async def counter_stretch(id: UUID, body: OfferStretch, request: Request) -> Response:
    """Answer the standing stretch with another."""
    return await ask(
        request, "key_result", id,
        lambda ctx: stretch.counter_stretch(
            negotiated(ctx, id), by=ctx.actor_id, stretch=body.stretch, reason=personal(ctx, body.reason)
        ),
    )  # fmt: skip


@router.post("/{id}/agree-stretch", responses=problem_responses(*STRETCH))
async def agree_stretch(id: UUID, request: Request, body: Nothing | None = None) -> Response:
    """Accept the standing stretch."""
    return await ask(request, "key_result", id, lambda ctx: stretch.agree_stretch(negotiated(ctx, id), by=ctx.actor_id))


@router.post("/{id}/decline-stretch", responses=problem_responses(*STRETCH))
async def decline_stretch(id: UUID, request: Request, body: WithReason = WithReason()) -> Response:
    """Turn the standing stretch down."""
    return await ask(
        request, "key_result", id,
        lambda ctx: stretch.decline_stretch(
            negotiated(ctx, id), by=ctx.actor_id, reason=personal(ctx, body.reason)
        ),
    )  # fmt: skip


AMENDMENT = (*NEGOTIATION, errors.NotCommitted, errors.AlreadyOpen, errors.NotOpen)


@router.post(
    "/{id}/propose-amendment", responses=problem_responses(*AMENDMENT, *TERMS, errors.TypeIsFixed, errors.NotAStretch)
)
async def propose_amendment(id: UUID, body: ProposeAmendment, request: Request) -> Response:
    """Ask that what is committed be changed."""

    def decide(ctx: Context) -> Any:
        kr = negotiated(ctx, id)
        reason = personal(ctx, body.reason)
        return amendment.propose_amendment(kr, by=ctx.actor_id, terms=body.terms(kr.terms), reason=reason)

    return await ask(request, "key_result", id, decide)


@router.post("/{id}/agree-amendment", responses=problem_responses(*AMENDMENT, errors.TypeIsFixed))
async def agree_amendment(id: UUID, request: Request, body: Nothing | None = None) -> Response:
    """Agree to the proposed amendment."""
    return await ask(
        request, "key_result", id, lambda ctx: amendment.agree_amendment(negotiated(ctx, id), by=ctx.actor_id)
    )


@router.post("/{id}/refuse-amendment", responses=problem_responses(*AMENDMENT))
async def refuse_amendment(id: UUID, request: Request, body: WithReason = WithReason()) -> Response:
    """Refuse the proposed amendment; what is committed stays."""
    return await ask(
        request, "key_result", id,
        lambda ctx: amendment.refuse_amendment(
            negotiated(ctx, id), by=ctx.actor_id, reason=personal(ctx, body.reason)
        ),
    )  # fmt: skip


# --- what becomes of it -------------------------------------------------------------------------------------------


@router.post("/{id}/move", responses=problem_responses(*LIFE, errors.Loop, errors.PeriodsApart, errors.WrongKind))
async def move(id: UUID, body: MoveKeyResult, request: Request) -> Response:
    """Put it under another objective."""

    def decide(ctx: Context) -> Any:
        kr = open_to_change(ctx, id)
        require_place(ctx, id, kr, body.objective_id, kr.cycle_id, "objective")
        return key_result_lifecycle.move(kr, objective_id=body.objective_id, reason=personal(ctx, body.reason))

    return await ask(request, "key_result", id, decide)


@router.post("/{id}/reassign", responses=problem_responses(*LIFE, errors.Invalid))
async def reassign(id: UUID, body: ReassignGoal, request: Request) -> Response:
    """Give it another owner, partner or team."""

    def decide(ctx: Context) -> Any:
        kr = open_to_change(ctx, id)
        to = body.over(kr, "owner_id", "partner_id", "team_id")
        require_member(ctx, to["owner_id"])
        require_member(ctx, to["partner_id"])
        require_team(ctx, to["team_id"])
        return key_result_lifecycle.reassign(kr, **to, reason=personal(ctx, body.reason))

    return await ask(request, "key_result", id, decide)


@router.post("/{id}/reschedule", responses=problem_responses(*LIFE, errors.PeriodsApart))
async def reschedule(id: UUID, body: RescheduleGoal, request: Request) -> Response:
    """Put it into another cycle, or out of cycles."""

    def decide(ctx: Context) -> Any:
        kr = open_to_change(ctx, id)
        cycle.require_not_closed(cycle_of(ctx, body.cycle_id))
        require_overlap(ctx, body.cycle_id, above(ctx, kr))
        return key_result_lifecycle.reschedule(kr, cycle_id=body.cycle_id, reason=personal(ctx, body.reason))

    return await ask(request, "key_result", id, decide)


@router.post("/{id}/choose-roll-up", responses=problem_responses(*LIFE))
async def choose_roll_up(id: UUID, body: ChooseRollUp, request: Request) -> Response:
    """Whether contributing goals below move it instead of its own measure."""
    return await ask(
        request,
        "key_result",
        id,
        lambda ctx: key_result_lifecycle.choose_roll_up(open_to_change(ctx, id), mode=body.mode),
    )


@router.post("/{id}/check-ins", responses=problem_responses(*SAID, *TIMES))
async def say(id: UUID, body: CheckInKeyResult, request: Request) -> Response:
    """Check in."""
    check_in_id = uuid7()

    def decide(ctx: Context) -> Any:
        kr: KeyResult = ctx.need("key_result", id)
        cycle.require_open_for_check_in(cycle_of(ctx, kr.cycle_id))
        at = fact_moment(ctx, body.effective_at)
        events = key_result_lifecycle.add_check_in(
            kr, check_in_id=check_in_id, said=body.said(ctx.actor_id), effective_at=at
        )
        return [NewEvent("key_result", id, event, effective_at=at) for event in events]

    return await ask(request, "key_result", id, decide, made=check_in_id)


@router.post(
    "/{id}/check-ins/{check_in_id}/correct", responses=problem_responses(*SAID, *TIMES, errors.CheckInReplaced)
)
async def correct(id: UUID, check_in_id: UUID, body: CorrectKeyResultCheckIn, request: Request) -> Response:
    """Replace a check-in that was wrong, at every moment from now on."""
    corrected_id = uuid7()

    def decide(ctx: Context) -> Any:
        kr: KeyResult = ctx.need("key_result", id)
        cycle.require_open_for_correction(cycle_of(ctx, kr.cycle_id), by_admin=actor_is_admin(ctx))
        wrong = check_in.require_standing(kr.check_ins, check_in_id, kr.replaced_check_ins)
        at = wrong.at.effective_at if body.effective_at is None else fact_moment(ctx, body.effective_at)
        events = key_result_lifecycle.correct_check_in(
            kr, corrects=check_in_id, check_in_id=corrected_id, said=body.said(ctx.actor_id),
            effective_at=at or ctx.now, reason=personal(ctx, body.reason),
        )  # fmt: skip
        return [NewEvent("key_result", id, event, effective_at=at) for event in events]

    return await ask(request, "key_result", id, decide, made=corrected_id)


@router.post("/{id}/confidence", responses=problem_responses(*SAID))
async def state_confidence(id: UUID, body: StateConfidence, request: Request) -> Response:
    """State a confidence without a value."""

    def decide(ctx: Context) -> Any:
        kr: KeyResult = ctx.need("key_result", id)
        cycle.require_open_for_check_in(cycle_of(ctx, kr.cycle_id))
        return key_result_lifecycle.update_confidence(kr, confidence=body.confidence, reason=personal(ctx, body.reason))

    return await ask(request, "key_result", id, decide)


@router.post("/{id}/grade", responses=problem_responses(*SAID, errors.ReasonRequired))
async def grade(id: UUID, body: GradeGoal, request: Request) -> Response:
    """Give the final score; a key result may be graded before its cycle is."""

    def decide(ctx: Context) -> Any:
        kr: KeyResult = ctx.need("key_result", id)
        cycle.require_grading(cycle_of(ctx, kr.cycle_id), early=True)
        return key_result_lifecycle.grade(kr, score=body.score, reason=personal(ctx, body.reason))

    return await ask(request, "key_result", id, decide)


@router.post("/{id}/drop", responses=problem_responses(*LIFE))
async def drop(id: UUID, body: Because, request: Request) -> Response:
    """Give it up, for now."""
    return await ask(
        request, "key_result", id,
        lambda ctx: key_result_lifecycle.drop(open_to_change(ctx, id), reason=personal(ctx, body.reason)),
    )  # fmt: skip


@router.post("/{id}/reinstate", responses=problem_responses(*LIFE))
async def reinstate(id: UUID, request: Request, body: WithReason = WithReason()) -> Response:
    """Bring it back to the state before it was dropped."""
    return await ask(
        request, "key_result", id,
        lambda ctx: key_result_lifecycle.reinstate(open_to_change(ctx, id), reason=personal(ctx, body.reason)),
    )  # fmt: skip
