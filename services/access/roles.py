"""Whether a caller may do something in a workspace: both sides ask here, commands and queries."""

from domain import permission
from domain.errors import NotFound
from domain.member import Member
from domain.permission import Act
from services.access.credentials import Caller, require_live

NO_WORKSPACE = "no workspace of yours has this id"  # To one who does not belong to it there is none.


def require_admitted(caller: Caller, member: Member | None, act: Act) -> None:
    """Refuse a caller who is no member, whose token does not hold, who is suspended, or whose role does not allow it.

    `member` is the caller's membership as it stands, None where there is none. Raises NotFound, Unauthenticated,
    Suspended or Forbidden.
    """
    if member is None:
        raise NotFound(NO_WORKSPACE)
    require_live(caller, member.tokens)
    permission.require(member, act)
