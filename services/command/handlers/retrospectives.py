"""Retrospectives: opened, learned from, acted on, concluded. A learning may be said, and taken back, anonymously."""

import hashlib
import secrets
from typing import Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Request, Response

from contracts.answers.accepted import AcceptedWithToken
from contracts.commands.base import Nothing
from contracts.commands.retrospectives import (
    AgreeAction,
    ConcludeRetrospective,
    OpenRetrospective,
    RecordLearning,
    WithdrawLearning,
)
from contracts.problems import problem_responses
from domain import errors, retrospective
from domain.retrospective import Retrospective
from services.command.handlers.goal_context import actor_is_admin, require_member
from services.command.http.endpoint import StrictRoute, ask, id_of, stream_of
from services.command.loop.context import Context
from services.eventlog.uuid7 import uuid7

router = APIRouter(prefix="/v1/workspaces/{workspace_id}", tags=["retrospectives"], route_class=StrictRoute)


def needed(ctx: Context, id: UUID) -> Retrospective:
    found: Retrospective = ctx.need("retrospective", id)
    return found


@router.post("/retrospectives", responses=problem_responses(errors.WrongPhase))
async def open_(body: OpenRetrospective, request: Request) -> Response:
    """Begin to look back on a cycle. Whoever comes second finds it open."""
    id = await id_of(request, "", f"{body.team_id}{body.cycle_id}")

    def decide(ctx: Context) -> Any:
        ctx.need("team", body.team_id)
        return retrospective.open_(
            ctx.get("retrospective", id), team_id=body.team_id, cycle_id=body.cycle_id,
            cycle=ctx.need("cycle", body.cycle_id),
        )  # fmt: skip

    return await ask(request, "retrospective", id, decide)


@router.post(
    "/retrospectives/{id}/learnings", response_model=AcceptedWithToken, responses=problem_responses(errors.Concluded)
)  # fmt: skip
async def learn(id: UUID, body: RecordLearning, request: Request) -> Response:
    """Say what was learned. Of an anonymous learning nothing that is stored leads to who said it."""
    if body.anonymous:
        return await _learn_anonymously(id, body, request)
    learning_id = uuid7()

    def decide(ctx: Context) -> Any:
        return retrospective.learn(
            needed(ctx, id), learning_id=learning_id, kind=body.kind, author_id=ctx.actor_id, text=body.text
        )  # fmt: skip

    return await ask(request, "retrospective", id, decide, made=learning_id)


async def _learn_anonymously(id: UUID, body: RecordLearning, request: Request) -> Response:
    learning_id = uuid4()  # A UUIDv7 would tell the millisecond.
    token = secrets.token_urlsafe()

    def decide(ctx: Context) -> Any:
        return retrospective.learn_anonymously(
            needed(ctx, id), learning_id=learning_id, kind=body.kind, text=body.text,
            withdrawal_digest=_digest(token),
        )  # fmt: skip

    return await ask(
        request, "retrospective", id, decide, made=learning_id, anonymous=True, more={"token": token}
    )  # fmt: skip


@router.post("/retrospectives/{id}/learnings/{learning_id}/withdraw", responses=problem_responses(errors.NotTheAuthor))
async def withdraw_learning(
    id: UUID, learning_id: UUID, request: Request, body: WithdrawLearning = WithdrawLearning()
) -> Response:
    """Take a learning back: one's own, or with its token an anonymous one. That something was said stays."""
    token = body.token

    def decide(ctx: Context) -> Any:
        found = needed(ctx, id)
        if token is None:
            return retrospective.withdraw_learning(
                found, learning_id=learning_id, by=ctx.actor_id, by_admin=actor_is_admin(ctx)
            )
        return retrospective.withdraw_anonymous_learning(found, learning_id=learning_id, token_digest=_digest(token))

    return await ask(
        request, "retrospective", id, decide, act="comment", made=learning_id, anonymous=token is not None
    )  # fmt: skip


@router.post("/learnings/{learning_id}/withdraw", responses=problem_responses(errors.NotTheAuthor))
async def withdraw_learning_by_id(
    learning_id: UUID, request: Request, body: WithdrawLearning = WithdrawLearning()
) -> Response:
    """The same, where the retrospective is not at hand."""
    return await withdraw_learning(await stream_of(request, learning_id), learning_id, request, body)


@router.post("/retrospectives/{id}/actions", responses=problem_responses(errors.Concluded, errors.Invalid))
async def agree_action(id: UUID, body: AgreeAction, request: Request) -> Response:
    """Agree who does what, and by when."""
    action_id = uuid7()

    def decide(ctx: Context) -> Any:
        require_member(ctx, body.owner_id)
        return retrospective.agree_action(
            needed(ctx, id), action_id=action_id, by=ctx.actor_id, text=body.text, owner_id=body.owner_id,
            due=body.due,
        )  # fmt: skip

    return await ask(request, "retrospective", id, decide, made=action_id)


@router.post("/retrospectives/{id}/actions/{action_id}/done", responses=problem_responses())
async def do_action(id: UUID, action_id: UUID, request: Request, body: Nothing | None = None) -> Response:
    """Say that an action is done, also long after the retrospective was concluded."""
    return await ask(
        request, "retrospective", id, lambda ctx: retrospective.do_action(needed(ctx, id), action_id=action_id),
        made=action_id,
    )  # fmt: skip


@router.post("/actions/{action_id}/done", responses=problem_responses())
async def do_action_by_id(action_id: UUID, request: Request, body: Nothing | None = None) -> Response:
    """The same, where the retrospective is not at hand."""
    return await do_action(await stream_of(request, action_id), action_id, request)


@router.post("/retrospectives/{id}/conclude", responses=problem_responses(errors.Concluded))
async def conclude(id: UUID, body: ConcludeRetrospective, request: Request) -> Response:
    """End the retrospective with what comes next."""

    def decide(ctx: Context) -> Any:
        return retrospective.conclude(
            needed(ctx, id), by=ctx.actor_id, next_steps=body.next_steps,
            resources_needed=body.resources_needed, support_required=body.support_required,
        )  # fmt: skip

    return await ask(request, "retrospective", id, decide)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
