"""Who may read: a member of the workspace, by a token that still holds, or in dev mode by their own word.

What counts is how the membership stands now, whatever moment is asked about.
"""

from domain.member import Member, Role
from domain.personal import Personal
from services.access.credentials import Caller
from services.access.roles import require_admitted
from services.projections.queries.moment import NOW
from services.projections.queries.read_session import ReadSession

MEMBERSHIP = f"""
    SELECT role, suspended,
           (SELECT digest FROM tokens
             WHERE workspace_id = %(workspace_id)s AND id = %(token_id)s AND member_id = %(member_id)s AND {NOW})
      FROM members WHERE workspace_id = %(workspace_id)s AND id = %(member_id)s AND {NOW}
"""  # noqa: S608  NOW is a constant.


async def admit(session: ReadSession, asks: Caller) -> None:
    """Refuse a caller who may not read here, as the workspace stands now."""
    found = await session.rows(MEMBERSHIP, member_id=asks.member_id, token_id=asks.token_id)
    require_admitted(asks, _membership(asks, *found[0]) if found else None, "read")


def _membership(asks: Caller, role: Role, suspended: bool, digest: str | None) -> Member:
    """What the row says of the caller, who holds no token but the one that was sent."""
    tokens = {asks.token_id: digest} if asks.token_id and digest else {}
    return Member(name=Personal(asks.member_id, None), role=role, suspended=suspended, tokens=tokens)
