"""Workspaces: opened by a caller, who becomes the owner; and their settings."""

from uuid import UUID

from contracts.commands.workspaces import ChangeSettings, OpenWorkspace
from contracts.problems import Unauthenticated
from domain import errors, member, workspace
from domain.member import Member
from domain.personal import Personal
from domain.workspace import Workspace
from services.access.credentials import Caller
from services.access.roles import require_admitted
from services.command.handlers.command import OPENING, AggregateCommands, Events
from services.command.loop.context import Context, NewEvent

commands = AggregateCommands(Workspace, tag="workspaces")


@commands.post(OPENING, refuses=(errors.Invalid,), act=None, makes_id=True, shows="owner token", answers_with="id")
def open_workspace(
    ctx: Context, id: UUID, body: OpenWorkspace, *, made_id: UUID, digest: str, opener: Caller | str
) -> Events:
    """Open a workspace. The caller becomes its owner; one who came with a token gets a token of the new workspace."""
    # The actor is the owner-to-be. `opener` has a token of another workspace, or is the owner's name without one.
    owner_id = ctx.actor_id
    name = _name_elsewhere(ctx, opener) if isinstance(opener, Caller) else opener
    events: list[object] = [*member.add(by_role="owner", name=Personal(owner_id, name), role="owner")]
    if digest:
        events.append(member.TokenIssued(token_id=made_id, digest=digest, label="opened the workspace"))
    return [
        *workspace.open_(name=body.name, timezone=body.timezone, owner_id=owner_id),
        *(NewEvent("member", owner_id, event) for event in events),
    ]


@commands.post("/settings", refuses=(errors.Invalid,), act="administer")
def change_settings(ctx: Context, id: UUID, body: ChangeSettings) -> Events:
    """Change the settings that are given."""
    return workspace.change_settings(ctx.need(Workspace, id), **dict(body))


def _name_elsewhere(ctx: Context, caller: Caller) -> str:
    """The name of who comes with a token of another workspace, where they may administer."""
    found = ctx.stream(caller.member_id, of=caller.workspace_id).history.state
    if not isinstance(found, Member):
        raise Unauthenticated("the token is unknown or revoked")
    require_admitted(caller, found, "administer")
    return found.name.text or "Owner"
