"""Cycles: planned and dated, then from planning to active, to grading, to closed; and reopened by an admin."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from contracts.commands.base import Nothing
from contracts.commands.cycles import DateCycle, PlanCycle, ReopenCycle
from contracts.problems import problem_responses
from domain import cycle, errors
from services.command.http.endpoint import StrictRoute, ask, id_of, personal
from services.command.loop.context import Context

router = APIRouter(prefix="/v1/workspaces/{workspace_id}/cycles", tags=["cycles"], route_class=StrictRoute)

PHASE = (errors.WrongPhase, errors.ClosedCycle)


@router.post("", responses=problem_responses(errors.AlreadyExists, errors.Invalid))
async def plan(body: PlanCycle, request: Request) -> Response:
    """Name a period, with its days or to be dated later."""
    id = await id_of(request, "cycle", body.name)

    def decide(ctx: Context) -> Any:
        if ctx.get("cycle", id):
            raise errors.AlreadyExists(f"a cycle was planned as {body.name!r}: {id}")
        return cycle.plan(name=body.name, kind=body.kind, start=body.start, end=body.end)

    return await ask(request, "cycle", id, decide)


@router.post("/{id}/date", responses=problem_responses(errors.Invalid, errors.ClosedCycle))
async def date(id: UUID, body: DateCycle, request: Request) -> Response:
    """Give the period its days, or other ones."""
    return await ask(
        request, "cycle", id, lambda ctx: cycle.date_(ctx.need("cycle", id), start=body.start, end=body.end)
    )


@router.post("/{id}/activate", responses=problem_responses(*PHASE))
async def activate(id: UUID, request: Request, body: Nothing | None = None) -> Response:
    """Begin the work."""
    return await ask(request, "cycle", id, lambda ctx: cycle.activate(ctx.need("cycle", id)))


@router.post("/{id}/start-grading", responses=problem_responses(*PHASE))
async def start_grading(id: UUID, request: Request, body: Nothing | None = None) -> Response:
    """Begin to grade."""
    return await ask(request, "cycle", id, lambda ctx: cycle.start_grading(ctx.need("cycle", id)))


@router.post("/{id}/close", responses=problem_responses(errors.WrongPhase))
async def close(id: UUID, request: Request, body: Nothing | None = None) -> Response:
    """Let the grades stand."""
    return await ask(request, "cycle", id, lambda ctx: cycle.close(ctx.need("cycle", id)))


@router.post("/{id}/reopen", responses=problem_responses(errors.WrongPhase))
async def reopen(id: UUID, body: ReopenCycle, request: Request) -> Response:
    """Allow again what grading allows. For an admin or owner."""

    def decide(ctx: Context) -> Any:
        return cycle.reopen(ctx.need("cycle", id), reason=personal(ctx, body.reason))

    return await ask(request, "cycle", id, decide, act="administer")
