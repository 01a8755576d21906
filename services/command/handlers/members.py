"""Members: taken in, given a role, suspended; and the tokens with which their programs come in."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from contracts.answers.accepted import AcceptedWithToken
from contracts.commands.base import Nothing
from contracts.commands.members import AddMember, ChangeRole, IssueToken, SuspendMember
from contracts.problems import problem_responses
from domain import errors, member
from domain.member import Member, Role
from domain.personal import Personal
from services.access.credentials import make_token
from services.command.http.endpoint import StrictRoute, ask, personal, stream_of, workspace_of
from services.command.loop.context import Context
from services.eventlog.uuid7 import uuid7

router = APIRouter(prefix="/v1/workspaces/{workspace_id}", tags=["members"], route_class=StrictRoute)


def role_of_actor(ctx: Context) -> Role:
    actor: Member = ctx.need("member", ctx.actor_id)
    return actor.role


@router.post("/members", responses=problem_responses(errors.OwnersOnly))
async def add(body: AddMember, request: Request) -> Response:
    """Take somebody in."""
    id = uuid7()

    def named(text: str | None) -> Personal | None:
        return None if text is None else Personal(id, text)

    def decide(ctx: Context) -> Any:
        return member.add(
            by_role=role_of_actor(ctx), name=Personal(id, body.name), role=body.role, address=named(body.address),
            handle=named(body.handle),
        )  # fmt: skip

    return await ask(request, "member", id, decide, act="administer")


@router.post("/members/{id}/change-role", responses=problem_responses(errors.OwnersOnly, errors.OwnMembership))
async def change_role(id: UUID, body: ChangeRole, request: Request) -> Response:
    """Give another role. A suspended member comes back with it."""

    def decide(ctx: Context) -> Any:
        found = ctx.need("member", id)
        return member.change_role(
            found, member_id=id, by=ctx.actor_id, by_role=role_of_actor(ctx), role=body.role
        )  # fmt: skip

    return await ask(request, "member", id, decide, act="administer")


@router.post("/members/{id}/suspend", responses=problem_responses(errors.OwnersOnly, errors.OwnMembership))
async def suspend(id: UUID, body: SuspendMember, request: Request) -> Response:
    """Take every right away, until a role is given again."""

    def decide(ctx: Context) -> Any:
        found, reason = ctx.need("member", id), personal(ctx, body.reason)
        return member.suspend(found, member_id=id, by=ctx.actor_id, by_role=role_of_actor(ctx), reason=reason)

    return await ask(request, "member", id, decide, act="administer")


@router.post(
    "/members/{id}/tokens",
    response_model=AcceptedWithToken,
    responses=problem_responses(errors.OwnersOnly, errors.NoLogin, errors.Suspended),
)
async def issue_token(id: UUID, body: IssueToken, request: Request) -> Response:
    """Let the member's programs in. The token is in the first answer, and nowhere else."""
    token_id = uuid7()
    token, digest = make_token(workspace_of(request), id, token_id)

    def decide(ctx: Context) -> Any:
        found = ctx.need("member", id)
        return member.issue_token(
            found, by_role=role_of_actor(ctx), token_id=token_id, digest=digest, label=body.label
        )  # fmt: skip

    return await ask(request, "member", id, decide, act="administer", made=token_id, more={"token": token})


@router.post("/members/{id}/tokens/{token_id}/revoke", responses=problem_responses())
async def revoke_token(id: UUID, token_id: UUID, request: Request, body: Nothing | None = None) -> Response:
    """Make a token open nothing any more."""
    return await ask(
        request, "member", id, lambda ctx: member.revoke_token(ctx.need("member", id), token_id=token_id),
        act="administer", made=token_id,
    )  # fmt: skip


@router.post("/tokens/{token_id}/revoke", responses=problem_responses())
async def revoke_token_by_id(token_id: UUID, request: Request, body: Nothing | None = None) -> Response:
    """The same, where the member is not at hand."""
    return await revoke_token(await stream_of(request, token_id), token_id, request)
