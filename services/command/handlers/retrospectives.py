"""Retrospectives: opened, learned from, acted on, concluded. A learning may be said, and taken back, anonymously."""

from uuid import UUID

from contracts.commands.base import Nothing
from contracts.commands.retrospectives import (
    AgreeAction,
    ConcludeRetrospective,
    OpenRetrospective,
    RecordLearning,
    WithdrawLearning,
)
from domain import errors, retrospective
from domain.cycle import Cycle
from domain.retrospective import Retrospective
from domain.team import Team
from services.access.credentials import withdrawal_digest
from services.command.handlers.command import AggregateCommands, Events
from services.command.handlers.goal_context import actor_administers, require_member
from services.command.loop.context import Context

commands = AggregateCommands(Retrospective, tag="retrospectives")


@commands.post(
    "/retrospectives",
    refuses=(errors.WrongPhase,),
    id_from=lambda ids, body: ids.id("", f"{body.team_id}{body.cycle_id}"),
)
def open_(ctx: Context, id: UUID, body: OpenRetrospective) -> Events:
    """Begin to look back on a cycle. Whoever comes second finds it open."""
    ctx.need(Team, body.team_id)
    found, cycle = ctx.get(Retrospective, id), ctx.need(Cycle, body.cycle_id)
    return retrospective.open_(found, team_id=body.team_id, cycle_id=body.cycle_id, cycle=cycle)


@commands.post(
    "/retrospectives/{id}/learnings",
    refuses=(errors.Concluded,),
    makes_id=True,
    shows="withdrawal token",
    anonymous=lambda body: body.anonymous,
)
def learn(ctx: Context, id: UUID, body: RecordLearning, *, made_id: UUID, digest: str) -> Events:
    """Say what was learned. Of an anonymous learning nothing that is stored leads to who said it."""
    found = ctx.need(Retrospective, id)
    if body.anonymous:
        return retrospective.learn_anonymously(
            found, learning_id=made_id, kind=body.kind, text=body.text, withdrawal_digest=digest
        )
    return retrospective.learn(found, learning_id=made_id, kind=body.kind, author_id=ctx.actor_id, text=body.text)


@commands.post(
    "/learnings/{learning_id}/withdraw",
    refuses=(errors.NotTheAuthor,),
    act="comment",
    anonymous=lambda body: body.token is not None,
    operation="withdraw_learning_by_id",
    description="The same, where the retrospective is not at hand.",
)
@commands.post(
    "/retrospectives/{id}/learnings/{learning_id}/withdraw",
    refuses=(errors.NotTheAuthor,),
    act="comment",
    anonymous=lambda body: body.token is not None,
)
def withdraw_learning(
    ctx: Context, id: UUID, body: WithdrawLearning = WithdrawLearning(), *, learning_id: UUID
) -> Events:
    """Take a learning back: one's own, or with its token an anonymous one. That something was said stays."""
    found = ctx.need(Retrospective, id)
    if body.token is None:
        return retrospective.withdraw_learning(
            found, learning_id=learning_id, by=ctx.actor_id, by_admin=actor_administers(ctx)
        )
    digest = withdrawal_digest(body.token)
    return retrospective.withdraw_anonymous_learning(found, learning_id=learning_id, token_digest=digest)


@commands.post("/retrospectives/{id}/actions", refuses=(errors.Concluded, errors.Invalid), makes_id=True)
def agree_action(ctx: Context, id: UUID, body: AgreeAction, *, made_id: UUID) -> Events:
    """Agree who does what, and by when."""
    require_member(ctx, body.owner_id)
    found = ctx.need(Retrospective, id)
    return retrospective.agree_action(
        found, action_id=made_id, by=ctx.actor_id, text=body.text, owner_id=body.owner_id, due=body.due
    )


@commands.post(
    "/actions/{action_id}/done",
    operation="do_action_by_id",
    description="The same, where the retrospective is not at hand.",
)
@commands.post("/retrospectives/{id}/actions/{action_id}/done")
def do_action(ctx: Context, id: UUID, body: Nothing, *, action_id: UUID) -> Events:
    """Say that an action is done, also long after the retrospective was concluded."""
    return retrospective.do_action(ctx.need(Retrospective, id), action_id=action_id)


@commands.post("/retrospectives/{id}/conclude", refuses=(errors.Concluded,))
def conclude(ctx: Context, id: UUID, body: ConcludeRetrospective) -> Events:
    """End the retrospective with what comes next."""
    return retrospective.conclude(
        ctx.need(Retrospective, id),
        by=ctx.actor_id,
        next_steps=body.next_steps,
        resources_needed=body.resources_needed,
        support_required=body.support_required,
    )
