"""Whether a caller may send a command, by what the workspace holds when it is decided."""

from domain.errors import NotFound
from domain.member import Member
from domain.permission import Act
from domain.workspace import Workspace
from services.access.credentials import Caller
from services.access.roles import NO_WORKSPACE, require_admitted
from services.command.loop.context import Context


def admit(ctx: Context, caller: Caller, act: Act) -> None:
    """Refuse a caller who may not do this here, as the workspace stands."""
    member = ctx.get(Member, caller.member_id)
    if ctx.get(Workspace, ctx.workspace_id) is None:
        raise NotFound(NO_WORKSPACE)
    require_admitted(caller, member, act)
