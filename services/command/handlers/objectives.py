"""Objectives: proposed and agreed, aligned, weighed, checked in on, graded, dropped and back again."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

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
from contracts.problems import problem_responses
from domain import cycle, errors
from domain.goal import check_in
from domain.key_result import lifecycle as key_result_lifecycle
from domain.key_result.state import KeyResult
from domain.objective import agreement
from domain.objective import lifecycle as objective_lifecycle
from domain.objective.state import Objective
from services.command.handlers.goal_context import (
    ABOVE,
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

router = APIRouter(prefix="/v1/workspaces/{workspace_id}/objectives", tags=["objectives"], route_class=StrictRoute)

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
SAID = (errors.NotLive, errors.Invalid, errors.WrongPhase, errors.ClosedCycle)
TIMES = (errors.InTheFuture, errors.BeforeTheGoal)


def open_to_change(ctx: Context, id: UUID) -> Objective:
    """The objective, in a cycle that is not closed."""
    found: Objective = ctx.need("objective", id)
    cycle.require_not_closed(cycle_of(ctx, found.cycle_id))
    return found


def negotiated(ctx: Context, id: UUID) -> Objective:
    """The objective, in a cycle that lets it be negotiated."""
    found: Objective = ctx.need("objective", id)
    cycle.require_open_for_negotiation(cycle_of(ctx, found.cycle_id))
    return found


def key_results(ctx: Context, id: UUID) -> dict[UUID, KeyResult]:
    """The key results that stand under a goal now."""
    ids = sorted(ctx.children(id))
    found = zip(ids, ctx.streams(ids), strict=True)
    return {child: stream.history.state for child, stream in found if stream.kind == "key_result"}


# --- agreeing on it -----------------------------------------------------------------------------------------------


@router.post("", responses=problem_responses(*NEGOTIATION, *PLACE, errors.Invalid))
async def propose(body: ProposeObjective, request: Request) -> Response:
    """Propose an objective."""
    id = uuid7()

    def decide(ctx: Context) -> Any:
        cycle.require_open_for_negotiation(cycle_of(ctx, body.cycle_id))
        require_team(ctx, body.team_id)
        parent = body.parent_id and require_place(ctx, id, None, body.parent_id, body.cycle_id)
        owner_id, partner_id = parties(
            ctx, owner_id=body.owner_id, partner_id=body.partner_id, above=parent, team_id=body.team_id
        )
        return agreement.propose(
            by=ctx.actor_id, owner_id=owner_id, partner_id=partner_id, title=body.title, why=body.why,
            resources=body.resources, commitment=body.commitment, parent_id=body.parent_id, team_id=body.team_id,
            cycle_id=body.cycle_id,
        )  # fmt: skip

    return await ask(request, "objective", id, decide)


@router.post("/{id}/agree", responses=problem_responses(*NEGOTIATION))
async def agree(id: UUID, request: Request, body: Nothing | None = None) -> Response:
    """Agree to what the other party proposed."""
    return await ask(request, "objective", id, lambda ctx: agreement.agree(negotiated(ctx, id), by=ctx.actor_id))


@router.post("/{id}/withdraw", responses=problem_responses(*NEGOTIATION))
async def withdraw(id: UUID, request: Request, body: WithReason = WithReason()) -> Response:
    """Take one's own proposal back."""
    return await ask(
        request, "objective", id,
        lambda ctx: agreement.withdraw(negotiated(ctx, id), by=ctx.actor_id, reason=personal(ctx, body.reason)),
    )  # fmt: skip


@router.post("/{id}/reword", responses=problem_responses(*LIFE, errors.ReasonRequired, errors.Invalid))
async def reword(id: UUID, body: RewordObjective, request: Request) -> Response:
    """Say it in other words."""

    def decide(ctx: Context) -> Any:
        found = open_to_change(ctx, id)
        words = body.over(found, "why", "resources", "commitment")
        title = body.title or found.title
        return agreement.reword(found, title=title, **words, reason=personal(ctx, body.reason))

    return await ask(request, "objective", id, decide)


# --- where it stands ----------------------------------------------------------------------------------------------


@router.post("/{id}/align", responses=problem_responses(*LIFE, *PLACE, errors.ReasonRequired, errors.Invalid))
async def align(id: UUID, body: AlignObjective, request: Request) -> Response:
    """Let it contribute to a goal, or support one."""

    def decide(ctx: Context) -> Any:
        found = open_to_change(ctx, id)
        if body.link == "contribute":
            require_place(ctx, id, found, body.parent_id, found.cycle_id)
        else:
            ctx.goal(body.parent_id, *ABOVE)
            if body.parent_id == id:
                raise errors.Loop("a goal does not support itself")
        return objective_lifecycle.align(
            found, parent_id=body.parent_id, link=body.link, reason=personal(ctx, body.reason)
        )

    return await ask(request, "objective", id, decide)


@router.post("/{id}/unalign", responses=problem_responses(*LIFE, errors.ReasonRequired))
async def unalign(id: UUID, body: UnalignObjective, request: Request) -> Response:
    """Take a link away."""

    def decide(ctx: Context) -> Any:
        found = open_to_change(ctx, id)
        return objective_lifecycle.unalign(
            found, parent_id=body.parent_id, link=body.link, reason=personal(ctx, body.reason)
        )

    return await ask(request, "objective", id, decide)


@router.post("/{id}/reassign", responses=problem_responses(*LIFE, errors.Invalid))
async def reassign(id: UUID, body: ReassignGoal, request: Request) -> Response:
    """Give it another owner, partner or team."""

    def decide(ctx: Context) -> Any:
        found = open_to_change(ctx, id)
        to = body.over(found, "owner_id", "partner_id", "team_id")
        require_member(ctx, to["owner_id"])
        require_member(ctx, to["partner_id"])
        require_team(ctx, to["team_id"])
        return objective_lifecycle.reassign(found, **to, reason=personal(ctx, body.reason))

    return await ask(request, "objective", id, decide)


@router.post("/{id}/reschedule", responses=problem_responses(*LIFE, errors.PeriodsApart))
async def reschedule(id: UUID, body: RescheduleGoal, request: Request) -> Response:
    """Put it into another cycle, or out of cycles."""

    def decide(ctx: Context) -> Any:
        found = open_to_change(ctx, id)
        cycle.require_not_closed(cycle_of(ctx, body.cycle_id))
        require_overlap(ctx, body.cycle_id, above(ctx, found))
        return objective_lifecycle.reschedule(found, cycle_id=body.cycle_id, reason=personal(ctx, body.reason))

    return await ask(request, "objective", id, decide)


# --- what moves it ------------------------------------------------------------------------------------------------


@router.post("/{id}/weigh", responses=problem_responses(*LIFE, errors.Invalid))
async def weigh(id: UUID, body: WeighChildren, request: Request) -> Response:
    """Set the weights of key results and contributing goals."""

    def decide(ctx: Context) -> Any:
        found = open_to_change(ctx, id)
        weights = {child.goal_id: child.weight for child in body.weights}
        if strangers := weights.keys() - ctx.children(id):
            raise errors.Invalid(f"weights: {min(strangers)} does not stand under this objective")
        return objective_lifecycle.weigh(found, weights=weights)

    return await ask(request, "objective", id, decide)


@router.post("/{id}/choose-roll-up", responses=problem_responses(*LIFE))
async def choose_roll_up(id: UUID, body: ChooseRollUp, request: Request) -> Response:
    """What moves its progress: key results, contributing goals, or both."""
    return await ask(
        request,
        "objective",
        id,
        lambda ctx: objective_lifecycle.choose_roll_up(open_to_change(ctx, id), mode=body.mode),
    )


# --- what is said of it -------------------------------------------------------------------------------------------


@router.post("/{id}/check-ins", responses=problem_responses(*SAID, *TIMES))
async def say(id: UUID, body: CheckInObjective, request: Request) -> Response:
    """Check in: confidence, narrative, blockers, health."""
    check_in_id = uuid7()

    def decide(ctx: Context) -> Any:
        found: Objective = ctx.need("objective", id)
        cycle.require_open_for_check_in(cycle_of(ctx, found.cycle_id))
        at = fact_moment(ctx, body.effective_at)
        events = objective_lifecycle.add_check_in(
            found, check_in_id=check_in_id, said=body.said(ctx.actor_id), effective_at=at
        )
        return [NewEvent("objective", id, event, effective_at=at) for event in events]

    return await ask(request, "objective", id, decide, made=check_in_id)


@router.post(
    "/{id}/check-ins/{check_in_id}/correct", responses=problem_responses(*SAID, *TIMES, errors.CheckInReplaced)
)
async def correct(id: UUID, check_in_id: UUID, body: CorrectObjectiveCheckIn, request: Request) -> Response:
    """Replace a check-in that was wrong, at every moment from now on."""
    corrected_id = uuid7()

    def decide(ctx: Context) -> Any:
        found: Objective = ctx.need("objective", id)
        cycle.require_open_for_correction(cycle_of(ctx, found.cycle_id), by_admin=actor_is_admin(ctx))
        wrong = check_in.require_standing(found.check_ins, check_in_id, found.replaced_check_ins)
        at = wrong.at.effective_at if body.effective_at is None else fact_moment(ctx, body.effective_at)
        events = objective_lifecycle.correct_check_in(
            found, corrects=check_in_id, check_in_id=corrected_id, said=body.said(ctx.actor_id),
            effective_at=at or ctx.now, reason=personal(ctx, body.reason),
        )  # fmt: skip
        return [NewEvent("objective", id, event, effective_at=at) for event in events]

    return await ask(request, "objective", id, decide, made=corrected_id)


# --- how it ends --------------------------------------------------------------------------------------------------


@router.post("/{id}/grade", responses=problem_responses(*SAID, errors.ReasonRequired))
async def grade(id: UUID, body: GradeGoal, request: Request) -> Response:
    """Give the final score; without one the weighted mean of its key results' scores is taken."""

    def decide(ctx: Context) -> Any:
        found: Objective = ctx.need("objective", id)
        cycle.require_grading(cycle_of(ctx, found.cycle_id))
        scores = {child: kr for child, kr in key_results(ctx, id).items() if kr.state in ("committed", "graded")}
        computed = objective_lifecycle.computed_score(
            found, {child: key_result_lifecycle.best_score(kr) for child, kr in scores.items()}
        )
        return objective_lifecycle.give_grade(
            found, score=body.score, computed=computed, reason=personal(ctx, body.reason)
        )

    return await ask(request, "objective", id, decide)


@router.post("/{id}/drop", responses=problem_responses(*LIFE))
async def drop(id: UUID, body: Because, request: Request) -> Response:
    """Give it up, and its open key results with it."""

    def decide(ctx: Context) -> Any:
        reason = personal(ctx, body.reason)
        dropped: list[Any] = [*objective_lifecycle.drop(open_to_change(ctx, id), reason=reason)]
        if dropped:
            for child, kr in key_results(ctx, id).items():
                if kr.state in ("proposed", "committed"):
                    dropped += [
                        NewEvent("key_result", child, event)
                        for event in key_result_lifecycle.drop(kr, reason=reason, because_of=id)
                    ]
        return dropped

    return await ask(request, "objective", id, decide)


@router.post("/{id}/reinstate", responses=problem_responses(*LIFE))
async def reinstate(id: UUID, request: Request, body: WithReason = WithReason()) -> Response:
    """Bring it back to the state before it was dropped, and the key results that were dropped with it."""

    def decide(ctx: Context) -> Any:
        reason = personal(ctx, body.reason)
        back: list[Any] = [*objective_lifecycle.reinstate(open_to_change(ctx, id), reason=reason)]
        if back:
            for child, kr in key_results(ctx, id).items():
                if kr.dropped_because_of == id:
                    back += [
                        NewEvent("key_result", child, event)
                        for event in key_result_lifecycle.reinstate(kr, reason=reason, because_of=id)
                    ]
        return back

    return await ask(request, "objective", id, decide)
