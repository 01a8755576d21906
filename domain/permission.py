"""Who may do what, by role alone, until sign-on is complete. What needs a party of a goal is ruled by the goal."""

from typing import Literal

from domain.errors import Forbidden, NotFound, Suspended
from domain.member import ROLES, Member, Role

Act = Literal["read", "comment", "work", "administer"]

ALL_ROLES = frozenset(ROLES)

# A role that is missing in a row may not. `comment` is to say and to take back one's own; `administer` is settings,
# members, tokens and reopening a cycle; `work` is every other command.
ALLOWED: dict[Act, frozenset[Role]] = {
    "read": ALL_ROLES,
    "comment": ALL_ROLES,
    "work": ALL_ROLES - {"viewer", "auditor"},
    "administer": frozenset({"owner", "admin"}),
}


def allows(actor: Member, act: Act) -> bool:
    """Whether the member may, as things stand."""
    return not actor.suspended and actor.role in ALLOWED[act]


def administers(actor: Member | None) -> bool:
    """Whether the member is an admin or owner, who may correct and withdraw what others may not."""
    return actor is not None and actor.role in ALLOWED["administer"]


def require(actor: Member | None, act: Act) -> None:
    """Refuse what the actor may not. To one who does not belong to the workspace, there is none with this id."""
    if actor is None:
        raise NotFound("no workspace of yours has this id")
    if actor.suspended:
        raise Suspended("an admin or owner may give a role again")
    if not allows(actor, act):
        raise Forbidden(f"a member in the role {actor.role} may not {act}")
