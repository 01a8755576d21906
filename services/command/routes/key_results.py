"""Key results: the negotiation, then what becomes of them."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from contracts.commands import Nothing
from contracts.commands_goals import (
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
from contracts.commands_key_results import (
    CounterOffer,
    MoveKeyResult,
    OfferStretch,
    ProposeAmendment,
    ProposeKeyResult,
)
from contracts.problems import says_no
from domain import amendment, check_in, cycle, errors, key_result, stretch
from domain import key_result_life as life
from domain.key_result import KeyResult
from services.command.asking import StrictRoute, ask, fact_moment, personal
from services.command.look import Look, New
from services.command.parties import (
    above,
    actor_is_admin,
    cycle_of,
    parties,
    require_member,
    require_overlap,
    require_place,
    require_team,
)
from services.command.uuid7 import uuid7

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


def negotiated(look: Look, id: UUID) -> KeyResult:
    """The key result, in a cycle that lets it be negotiated."""
    kr: KeyResult = look.need("key_result", id)
    cycle.require_open_for_negotiation(cycle_of(look, kr.cycle_id))
    return kr


def open_to_change(look: Look, id: UUID) -> KeyResult:
    """The key result, in a cycle that is not closed."""
    kr: KeyResult = look.need("key_result", id)
    cycle.require_not_closed(cycle_of(look, kr.cycle_id))
    return kr


# --- the negotiation ----------------------------------------------------------------------------------------------


@router.post("", responses=says_no(*NEGOTIATION, *TERMS, errors.WrongKind, errors.PeriodsApart))
async def propose(body: ProposeKeyResult, request: Request) -> Response:
    """Propose a key result for an objective."""
    id = uuid7()

    def decide(look: Look) -> Any:
        _, objective = look.goal(body.objective_id, "objective")
        if objective.state not in ("proposed", "agreed"):
            raise errors.NotLive(f"the objective is {objective.state}")
        cycle_id = body.cycle_id or objective.cycle_id
        team_id = body.team_id or objective.team_id
        cycle.require_open_for_negotiation(cycle_of(look, cycle_id))
        require_team(look, team_id)
        require_overlap(look, cycle_id, objective)
        owner_id, partner_id = parties(
            look, owner_id=body.owner_id, partner_id=body.partner_id, above=objective, team_id=team_id
        )
        return key_result.propose(
            by=look.actor_id, owner_id=owner_id, partner_id=partner_id, objective_id=body.objective_id,
            terms=body.terms(), team_id=team_id, cycle_id=cycle_id, reason=personal(look, body.reason),
        )  # fmt: skip

    return await ask(request, "key_result", id, decide)


@router.post("/{id}/counter", responses=says_no(*NEGOTIATION, *TERMS, errors.AlreadyCommitted))
async def counter(id: UUID, body: CounterOffer, request: Request) -> Response:
    """Answer the standing offer with other terms."""

    def decide(look: Look) -> Any:
        kr = negotiated(look, id)
        terms = body.terms(kr.terms)
        return key_result.counter(kr, by=look.actor_id, terms=terms, reason=personal(look, body.reason))

    return await ask(request, "key_result", id, decide)


@router.post("/{id}/commit", responses=says_no(*NEGOTIATION, errors.AlreadyCommitted))
async def commit(id: UUID, request: Request, body: Nothing | None = None) -> Response:
    """Accept the standing offer."""
    return await ask(request, "key_result", id, lambda look: key_result.commit(negotiated(look, id), by=look.actor_id))


@router.post("/{id}/decline", responses=says_no(*NEGOTIATION, errors.AlreadyCommitted))
async def decline(id: UUID, request: Request, body: WithReason = WithReason()) -> Response:
    """Turn the standing offer down."""
    return await ask(
        request, "key_result", id,
        lambda look: key_result.decline(
            negotiated(look, id), by=look.actor_id, reason=personal(look, body.reason)
        ),
    )  # fmt: skip


@router.post("/{id}/withdraw", responses=says_no(*NEGOTIATION, errors.AlreadyCommitted))
async def withdraw(id: UUID, request: Request, body: WithReason = WithReason()) -> Response:
    """Take one's own standing offer back."""
    return await ask(
        request, "key_result", id,
        lambda look: key_result.withdraw(
            negotiated(look, id), by=look.actor_id, reason=personal(look, body.reason)
        ),
    )  # fmt: skip


STRETCH = (*NEGOTIATION, errors.NotCommitted, errors.AlreadyOpen, errors.NotOpen)


@router.post("/{id}/offer-stretch", responses=says_no(*STRETCH, errors.NotAStretch))
async def offer_stretch(id: UUID, body: OfferStretch, request: Request) -> Response:
    """After commitment, offer to reach further."""
    return await ask(
        request, "key_result", id,
        lambda look: stretch.offer_stretch(
            negotiated(look, id), by=look.actor_id, stretch=body.stretch, reason=personal(look, body.reason)
        ),
    )  # fmt: skip


@router.post("/{id}/counter-stretch", responses=says_no(*STRETCH, errors.NotAStretch))
async def counter_stretch(id: UUID, body: OfferStretch, request: Request) -> Response:
    """Answer the standing stretch with another."""
    return await ask(
        request, "key_result", id,
        lambda look: stretch.counter_stretch(
            negotiated(look, id), by=look.actor_id, stretch=body.stretch, reason=personal(look, body.reason)
        ),
    )  # fmt: skip


@router.post("/{id}/agree-stretch", responses=says_no(*STRETCH))
async def agree_stretch(id: UUID, request: Request, body: Nothing | None = None) -> Response:
    """Accept the standing stretch."""
    return await ask(
        request, "key_result", id, lambda look: stretch.agree_stretch(negotiated(look, id), by=look.actor_id)
    )


@router.post("/{id}/decline-stretch", responses=says_no(*STRETCH))
async def decline_stretch(id: UUID, request: Request, body: WithReason = WithReason()) -> Response:
    """Turn the standing stretch down."""
    return await ask(
        request, "key_result", id,
        lambda look: stretch.decline_stretch(
            negotiated(look, id), by=look.actor_id, reason=personal(look, body.reason)
        ),
    )  # fmt: skip


AMENDMENT = (*NEGOTIATION, errors.NotCommitted, errors.AlreadyOpen, errors.NotOpen)


@router.post("/{id}/propose-amendment", responses=says_no(*AMENDMENT, *TERMS, errors.TypeIsFixed, errors.NotAStretch))
async def propose_amendment(id: UUID, body: ProposeAmendment, request: Request) -> Response:
    """Ask that what is committed be changed."""

    def decide(look: Look) -> Any:
        kr = negotiated(look, id)
        reason = personal(look, body.reason)
        return amendment.propose_amendment(kr, by=look.actor_id, terms=body.terms(kr.terms), reason=reason)

    return await ask(request, "key_result", id, decide)


@router.post("/{id}/agree-amendment", responses=says_no(*AMENDMENT, errors.TypeIsFixed))
async def agree_amendment(id: UUID, request: Request, body: Nothing | None = None) -> Response:
    """Agree to the proposed amendment."""
    return await ask(
        request, "key_result", id, lambda look: amendment.agree_amendment(negotiated(look, id), by=look.actor_id)
    )


@router.post("/{id}/refuse-amendment", responses=says_no(*AMENDMENT))
async def refuse_amendment(id: UUID, request: Request, body: WithReason = WithReason()) -> Response:
    """Refuse the proposed amendment; what is committed stays."""
    return await ask(
        request, "key_result", id,
        lambda look: amendment.refuse_amendment(
            negotiated(look, id), by=look.actor_id, reason=personal(look, body.reason)
        ),
    )  # fmt: skip


# --- what becomes of it -------------------------------------------------------------------------------------------


@router.post("/{id}/move", responses=says_no(*LIFE, errors.Loop, errors.PeriodsApart, errors.WrongKind))
async def move(id: UUID, body: MoveKeyResult, request: Request) -> Response:
    """Put it under another objective."""

    def decide(look: Look) -> Any:
        kr = open_to_change(look, id)
        require_place(look, id, kr, body.objective_id, kr.cycle_id, "objective")
        return life.move(kr, objective_id=body.objective_id, reason=personal(look, body.reason))

    return await ask(request, "key_result", id, decide)


@router.post("/{id}/reassign", responses=says_no(*LIFE, errors.Invalid))
async def reassign(id: UUID, body: ReassignGoal, request: Request) -> Response:
    """Give it another owner, partner or team."""

    def decide(look: Look) -> Any:
        kr = open_to_change(look, id)
        to = body.over(kr, "owner_id", "partner_id", "team_id")
        require_member(look, to["owner_id"])
        require_member(look, to["partner_id"])
        require_team(look, to["team_id"])
        return life.reassign(kr, **to, reason=personal(look, body.reason))

    return await ask(request, "key_result", id, decide)


@router.post("/{id}/reschedule", responses=says_no(*LIFE, errors.PeriodsApart))
async def reschedule(id: UUID, body: RescheduleGoal, request: Request) -> Response:
    """Put it into another cycle, or out of cycles."""

    def decide(look: Look) -> Any:
        kr = open_to_change(look, id)
        cycle.require_not_closed(cycle_of(look, body.cycle_id))
        require_overlap(look, body.cycle_id, above(look, kr))
        return life.reschedule(kr, cycle_id=body.cycle_id, reason=personal(look, body.reason))

    return await ask(request, "key_result", id, decide)


@router.post("/{id}/choose-roll-up", responses=says_no(*LIFE))
async def choose_roll_up(id: UUID, body: ChooseRollUp, request: Request) -> Response:
    """Whether contributing goals below move it instead of its own measure."""
    return await ask(
        request, "key_result", id, lambda look: life.choose_roll_up(open_to_change(look, id), mode=body.mode)
    )


@router.post("/{id}/check-ins", responses=says_no(*SAID, *TIMES))
async def say(id: UUID, body: CheckInKeyResult, request: Request) -> Response:
    """Check in."""
    check_in_id = uuid7()

    def decide(look: Look) -> Any:
        kr: KeyResult = look.need("key_result", id)
        cycle.require_open_for_check_in(cycle_of(look, kr.cycle_id))
        at = fact_moment(look, body.effective_at)
        events = life.say(kr, check_in_id=check_in_id, said=body.said(look.actor_id), effective_at=at)
        return [New("key_result", id, event, effective_at=at) for event in events]

    return await ask(request, "key_result", id, decide, made=check_in_id)


@router.post("/{id}/check-ins/{check_in_id}/correct", responses=says_no(*SAID, *TIMES, errors.CheckInReplaced))
async def correct(id: UUID, check_in_id: UUID, body: CorrectKeyResultCheckIn, request: Request) -> Response:
    """Replace a check-in that was wrong, at every moment from now on."""
    corrected_id = uuid7()

    def decide(look: Look) -> Any:
        kr: KeyResult = look.need("key_result", id)
        cycle.require_open_for_correction(cycle_of(look, kr.cycle_id), by_admin=actor_is_admin(look))
        wrong = check_in.require_standing(kr.check_ins, check_in_id, kr.replaced_check_ins)
        at = wrong.at.effective_at if body.effective_at is None else fact_moment(look, body.effective_at)
        events = life.correct(
            kr, corrects=check_in_id, check_in_id=corrected_id, said=body.said(look.actor_id),
            effective_at=at or look.now, reason=personal(look, body.reason),
        )  # fmt: skip
        return [New("key_result", id, event, effective_at=at) for event in events]

    return await ask(request, "key_result", id, decide, made=corrected_id)


@router.post("/{id}/confidence", responses=says_no(*SAID))
async def state_confidence(id: UUID, body: StateConfidence, request: Request) -> Response:
    """State a confidence without a value."""

    def decide(look: Look) -> Any:
        kr: KeyResult = look.need("key_result", id)
        cycle.require_open_for_check_in(cycle_of(look, kr.cycle_id))
        return life.update_confidence(kr, confidence=body.confidence, reason=personal(look, body.reason))

    return await ask(request, "key_result", id, decide)


@router.post("/{id}/grade", responses=says_no(*SAID, errors.ReasonRequired))
async def grade(id: UUID, body: GradeGoal, request: Request) -> Response:
    """Give the final score; a key result may be graded before its cycle is."""

    def decide(look: Look) -> Any:
        kr: KeyResult = look.need("key_result", id)
        cycle.require_grading(cycle_of(look, kr.cycle_id), early=True)
        return life.grade(kr, score=body.score, reason=personal(look, body.reason))

    return await ask(request, "key_result", id, decide)


@router.post("/{id}/drop", responses=says_no(*LIFE))
async def drop(id: UUID, body: Because, request: Request) -> Response:
    """Give it up, for now."""
    return await ask(
        request, "key_result", id,
        lambda look: life.drop(open_to_change(look, id), reason=personal(look, body.reason)),
    )  # fmt: skip


@router.post("/{id}/reinstate", responses=says_no(*LIFE))
async def reinstate(id: UUID, request: Request, body: WithReason = WithReason()) -> Response:
    """Bring it back to the state before it was dropped."""
    return await ask(
        request, "key_result", id,
        lambda look: life.reinstate(open_to_change(look, id), reason=personal(look, body.reason)),
    )  # fmt: skip
