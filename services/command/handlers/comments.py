"""Comments: on a goal, an offer, a check-in, a retrospective or the workspace."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from contracts.commands.base import Nothing
from contracts.commands.comments import Comment
from contracts.problems import problem_responses
from domain import comment, errors
from domain.errors import NotFound
from services.command.handlers.goal_context import actor_is_admin
from services.command.http.endpoint import StrictRoute, ask, stream_of
from services.command.loop.context import Context
from services.eventlog.uuid7 import uuid7

router = APIRouter(prefix="/v1/workspaces/{workspace_id}/comments", tags=["comments"], route_class=StrictRoute)


@router.post("", responses=problem_responses(errors.WrongKind))
async def say(body: Comment, request: Request) -> Response:
    """Say something about it. It stands with the goal that an offer or check-in belongs to."""
    id = uuid7()
    inside = await stream_of(request, body.about_id) if body.about_kind in ("offer", "check_in") else None

    def decide(ctx: Context) -> Any:
        goal_id = _goal_of(ctx, body, inside)
        return comment.post(
            by=ctx.actor_id, about_kind=body.about_kind, about_id=body.about_id, goal_id=goal_id, text=body.text
        )  # fmt: skip

    return await ask(request, "comment", id, decide, act="comment")


@router.post("/{id}/withdraw", responses=problem_responses(errors.NotTheAuthor))
async def withdraw(id: UUID, request: Request, body: Nothing | None = None) -> Response:
    """Take the text back; that something was said stays."""

    def decide(ctx: Context) -> Any:
        found, by_admin = ctx.need("comment", id), actor_is_admin(ctx)
        return comment.withdraw(found, comment_id=id, by=ctx.actor_id, by_admin=by_admin)

    return await ask(request, "comment", id, decide, act="comment")


def _goal_of(ctx: Context, body: Comment, inside: UUID | None) -> UUID | None:
    """The goal that is spoken of, once what is spoken of has been found."""
    match body.about_kind:
        case "workspace":
            if body.about_id != ctx.workspace_id:
                raise NotFound(f"workspace {body.about_id}")
            return None
        case "retrospective":
            ctx.need("retrospective", body.about_id)
            return None
        case "offer":
            ctx.need("key_result", inside or body.about_id)
            return inside
        case "check_in":
            _, goal = ctx.goal(inside or body.about_id, "key_result", "objective")
            if body.about_id not in {*(said.id for said in goal.check_ins), *goal.replaced_check_ins}:
                raise NotFound(f"check-in {body.about_id}")
            return inside
        case kind:
            ctx.goal(body.about_id, kind)
            return body.about_id
