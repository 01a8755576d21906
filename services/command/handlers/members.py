"""Members: taken in, given a role, suspended; and the tokens with which their programs come in."""

from uuid import UUID

from contracts.commands.base import Nothing
from contracts.commands.members import AddMember, ChangeRole, IssueToken, SuspendMember
from domain import errors, member
from domain.member import Member, Role
from domain.personal import Personal
from services.command.handlers.command import AggregateCommands, Events
from services.command.loop.context import Context

commands = AggregateCommands(Member, tag="members")


def role_of_actor(ctx: Context) -> Role:
    return ctx.need(Member, ctx.actor_id).role


@commands.post("/members", refuses=(errors.OwnersOnly,), act="administer")
def add(ctx: Context, id: UUID, body: AddMember) -> Events:
    """Take somebody in."""
    address = None if body.address is None else Personal(id, body.address)
    handle = None if body.handle is None else Personal(id, body.handle)
    name = Personal(id, body.name)
    return member.add(by_role=role_of_actor(ctx), name=name, role=body.role, address=address, handle=handle)


@commands.post("/members/{id}/change-role", refuses=(errors.OwnersOnly, errors.OwnMembership), act="administer")
def change_role(ctx: Context, id: UUID, body: ChangeRole) -> Events:
    """Give another role. A suspended member comes back with it."""
    found = ctx.need(Member, id)
    return member.change_role(found, member_id=id, by=ctx.actor_id, by_role=role_of_actor(ctx), role=body.role)


@commands.post("/members/{id}/suspend", refuses=(errors.OwnersOnly, errors.OwnMembership), act="administer")
def suspend(ctx: Context, id: UUID, body: SuspendMember) -> Events:
    """Take every right away, until a role is given again."""
    found, reason = ctx.need(Member, id), ctx.personal(body.reason)
    return member.suspend(found, member_id=id, by=ctx.actor_id, by_role=role_of_actor(ctx), reason=reason)


@commands.post(
    "/members/{id}/tokens",
    refuses=(errors.OwnersOnly, errors.NoLogin, errors.Suspended),
    act="administer",
    makes_id=True,
    shows="member token",
)
def issue_token(ctx: Context, id: UUID, body: IssueToken, *, made_id: UUID, digest: str) -> Events:
    """Let the member's programs in. The token is in the first answer, and nowhere else."""
    found = ctx.need(Member, id)
    return member.issue_token(found, by_role=role_of_actor(ctx), token_id=made_id, digest=digest, label=body.label)


@commands.post(
    "/tokens/{token_id}/revoke",
    act="administer",
    operation="revoke_token_by_id",
    description="The same, where the member is not at hand.",
)
@commands.post("/members/{id}/tokens/{token_id}/revoke", act="administer")
def revoke_token(ctx: Context, id: UUID, body: Nothing, *, token_id: UUID) -> Events:
    """Make a token open nothing any more."""
    return member.revoke_token(ctx.need(Member, id), token_id=token_id)
