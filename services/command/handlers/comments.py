"""Comments: on a goal, an offer, a check-in, a retrospective or the workspace."""

from uuid import UUID

from contracts.commands.base import Nothing
from contracts.commands.comments import Comment
from domain import comment, errors
from domain.comment import PostedComment
from domain.goal.base import Goal
from domain.goal.check_in import require_made
from domain.key_result.state import KeyResult
from domain.objective.state import Objective
from domain.registry import STATES
from domain.retrospective import Retrospective
from services.command.handlers.command import AggregateCommands, Events
from services.command.handlers.goal_context import actor_administers
from services.command.loop.context import Context

commands = AggregateCommands(PostedComment, tag="comments")


@commands.post(
    "/comments",
    refuses=(errors.WrongKind,),
    act="comment",
    operation="say",
    looks_inside=lambda body: body.about_id if body.about_kind in ("offer", "check_in") else None,
)
def post(ctx: Context, id: UUID, body: Comment, *, inside: UUID | None) -> Events:
    """Say something about it. It stands with the goal that an offer or check-in belongs to."""
    goal_id = _goal_of(ctx, body, inside)
    return comment.post(
        by=ctx.actor_id, about_kind=body.about_kind, about_id=body.about_id, goal_id=goal_id, text=body.text
    )


@commands.post("/comments/{id}/withdraw", refuses=(errors.NotTheAuthor,), act="comment")
def withdraw(ctx: Context, id: UUID, body: Nothing) -> Events:
    """Take the text back; that something was said stays."""
    found, by_admin = ctx.need(PostedComment, id), actor_administers(ctx)
    return comment.withdraw(found, comment_id=id, by=ctx.actor_id, by_admin=by_admin)


def _goal_of(ctx: Context, body: Comment, inside: UUID | None) -> UUID | None:
    """The goal that the comment belongs to, once what it is about has been found; None where it is about no goal.

    `inside` is the goal of an offer or a check-in.
    """
    match body.about_kind:
        case "workspace":
            comment.require_own_workspace(body.about_id, ctx.workspace_id)
            return None
        case "retrospective":
            ctx.need(Retrospective, body.about_id)
            return None
        case "offer":
            ctx.need(KeyResult, inside or body.about_id)
            return inside
        case "check_in":
            goal: Goal = ctx.goal(inside or body.about_id, KeyResult, Objective)
            require_made(goal.check_ins, body.about_id, goal.replaced_check_ins)
            return inside
        case kind:
            ctx.goal(body.about_id, STATES[kind])
            return body.about_id
