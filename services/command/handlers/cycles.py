"""Cycles: planned and dated, then from planning to active, to grading, to closed; and reopened by an admin."""

from uuid import UUID

from contracts.commands.base import Nothing
from contracts.commands.cycles import DateCycle, PlanCycle, ReopenCycle
from domain import cycle, errors
from domain.cycle import Cycle
from services.command.handlers.command import AggregateCommands, Events
from services.command.loop.context import Context

commands = AggregateCommands(Cycle, tag="cycles")

PHASE = (errors.WrongPhase, errors.ClosedCycle)


@commands.post(
    "/cycles", refuses=(errors.AlreadyExists, errors.Invalid), id_from=lambda ids, body: ids.id("cycle", body.name)
)
def plan(ctx: Context, id: UUID, body: PlanCycle) -> Events:
    """Name a period, with its days or to be dated later."""
    cycle.require_new_name(ctx.get(Cycle, id), name=body.name, cycle_id=id)
    return cycle.plan(name=body.name, kind=body.kind, start=body.start, end=body.end)


@commands.post("/cycles/{id}/date", refuses=(errors.Invalid, errors.ClosedCycle))
def date(ctx: Context, id: UUID, body: DateCycle) -> Events:
    """Give the period its days, or other ones."""
    return cycle.date_(ctx.need(Cycle, id), start=body.start, end=body.end)


@commands.post("/cycles/{id}/activate", refuses=PHASE)
def activate(ctx: Context, id: UUID, body: Nothing) -> Events:
    """Begin the work."""
    return cycle.activate(ctx.need(Cycle, id))


@commands.post("/cycles/{id}/start-grading", refuses=PHASE)
def start_grading(ctx: Context, id: UUID, body: Nothing) -> Events:
    """Begin to grade."""
    return cycle.start_grading(ctx.need(Cycle, id))


@commands.post("/cycles/{id}/close", refuses=(errors.WrongPhase,))
def close(ctx: Context, id: UUID, body: Nothing) -> Events:
    """Let the grades stand."""
    return cycle.close(ctx.need(Cycle, id))


@commands.post("/cycles/{id}/reopen", refuses=(errors.WrongPhase,), act="administer")
def reopen(ctx: Context, id: UUID, body: ReopenCycle) -> Events:
    """Allow again what grading allows. For an admin or owner."""
    return cycle.reopen(ctx.need(Cycle, id), reason=ctx.personal(body.reason))
