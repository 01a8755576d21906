"""Members: who may act in the workspace, in which role. Read downwards: events, state, evolve, decisions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal
from uuid import UUID

from domain.errors import Invalid, NoLogin, OwnersOnly, OwnMembership, Suspended
from domain.history import At
from domain.personal import Personal

Role = Literal["owner", "admin", "coach", "member", "viewer", "auditor", "service"]
ROLES: tuple[Role, ...] = ("owner", "admin", "coach", "member", "viewer", "auditor", "service")


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberAdded:
    """A member belongs to the workspace. A placeholder stands for a name in what was imported, and has no login."""

    name: Personal
    role: Role
    address: Personal | None = None
    handle: Personal | None = None
    placeholder: bool = False
    external_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRoleChanged:
    """The member has another role, or is back with this one after a suspension."""

    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberSuspended:
    """The member may do nothing until a role is given again."""

    reason: Personal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenIssued:
    """An API token was made. Only its digest is known; the token was shown once."""

    token_id: UUID
    digest: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRevoked:
    """The token opens nothing any more."""

    token_id: UUID


MemberEvent = MemberAdded | MemberRoleChanged | MemberSuspended | TokenIssued | TokenRevoked


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    name: Personal
    role: Role
    address: Personal | None = None
    handle: Personal | None = None
    placeholder: bool = False
    external_id: str | None = None
    suspended: bool = False
    tokens: Mapping[UUID, str] = field(default_factory=dict)  # Of the live ones: id -> digest.


MemberOf = Callable[[UUID], Member | None]  # The member with this id, as far as the decision may look.


def evolve(member: Member | None, event: MemberEvent, _at: At) -> Member | None:
    """Remember one stored fact. Never refuses: what is stored has happened."""
    if isinstance(event, MemberAdded):
        return Member(
            name=event.name,
            role=event.role,
            address=event.address,
            handle=event.handle,
            placeholder=event.placeholder,
            external_id=event.external_id,
        )
    if member is None:
        return None
    match event:
        case MemberRoleChanged():
            return replace(member, role=event.role, suspended=False)
        case MemberSuspended():
            return replace(member, suspended=True)
        case TokenIssued():
            return replace(member, tokens={**member.tokens, event.token_id: event.digest})
        case TokenRevoked():
            return replace(member, tokens={key: member.tokens[key] for key in member.tokens if key != event.token_id})


def add(
    *,
    by_role: Role,
    name: Personal,
    role: Role,
    address: Personal | None = None,
    handle: Personal | None = None,
) -> list[MemberEvent]:
    """Add a member. The opener of a workspace acts in the role of its owner."""
    _require_owner(by_role, role)
    return [MemberAdded(name=name, role=role, address=address, handle=handle)]


def change_role(member: Member, *, member_id: UUID, by: UUID, by_role: Role, role: Role) -> list[MemberEvent]:
    """Give another role; a suspended member comes back with it."""
    if role == member.role and not member.suspended:
        return []
    _require_other(member_id, by)
    _require_owner(by_role, member.role, role)
    return [MemberRoleChanged(role=role)]


def suspend(member: Member, *, member_id: UUID, by: UUID, by_role: Role, reason: Personal | None) -> list[MemberEvent]:
    """Take every right away, until a role is given again."""
    if member.suspended:
        return []
    _require_other(member_id, by)
    _require_owner(by_role, member.role)
    return [MemberSuspended(reason=reason)]


def issue_token(member: Member, *, by_role: Role, token_id: UUID, digest: str, label: str) -> list[MemberEvent]:
    """Issue an API token. Its holder acts as the member: so a token for an owner is issued by an owner."""
    if member.tokens.get(token_id) == digest:
        return []
    if member.placeholder:
        raise NoLogin("this member stands for a name in what was imported")
    if member.suspended:
        raise Suspended("change the role first, which brings the member back")
    _require_owner(by_role, member.role)
    return [TokenIssued(token_id=token_id, digest=digest, label=label)]


def revoke_token(member: Member, *, token_id: UUID) -> list[MemberEvent]:
    """Make a token open nothing."""
    return [TokenRevoked(token_id=token_id)] if token_id in member.tokens else []


def require_active(member: Member, member_id: UUID) -> None:
    """A suspended member is named for nothing new: not as owner or partner, in no team, for no action."""
    if member.suspended:
        raise Invalid(f"member {member_id} is suspended")


def can_answer(member: Member | None) -> bool:
    """Whether the member could answer an offer: one who is there, is not suspended, and can come in."""
    return member is not None and not member.suspended and not member.placeholder


def _require_other(member_id: UUID, by: UUID) -> None:
    if member_id == by:
        raise OwnMembership("another admin or owner has to do this")


def _require_owner(by_role: Role, *roles: Role) -> None:
    if "owner" in roles and by_role != "owner":
        raise OwnersOnly(f"this is asked for in the role {by_role}")
