"""Members, their roles and their tokens."""

from functools import partial
from uuid import UUID

import pytest

from domain.errors import NoLogin, OwnersOnly, OwnMembership, Suspended
from domain.member import (
    Member,
    MemberAdded,
    MemberEvent,
    MemberRoleChanged,
    MemberSuspended,
    Role,
    TokenIssued,
    TokenRevoked,
    add,
    change_role,
    evolve,
    issue_token,
    revoke_token,
    suspend,
)
from domain.personal import Personal
from tests.domain import scenario as spec
from tests.domain.scenario import ANA, BO, beginning, words

MEMBER = spec.Specification(evolve)
scenario, state = MEMBER.scenario, MEMBER.state
Decision = spec.Decision[Member, MemberEvent]

TOKEN = UUID(int=1)
ISSUED = TokenIssued(token_id=TOKEN, digest="d1", label="reports")
SUSPENDED = MemberSuspended(reason=words("on leave"))


def added(role: Role = "member", *, handle: Personal | None = None, placeholder: bool = False) -> MemberAdded:
    return MemberAdded(name=words("Bo", BO), role=role, handle=handle, placeholder=placeholder)


def issue(by_role: Role = "admin") -> Decision:
    return lambda member: issue_token(member, by_role=by_role, token_id=TOKEN, digest="d1", label="reports")


def to(role: Role, *, by: UUID = ANA, by_role: Role = "admin") -> Decision:
    return lambda member: change_role(member, member_id=BO, by=by, by_role=by_role, role=role)


def out(*, by: UUID = ANA, by_role: Role = "admin") -> Decision:
    return lambda member: suspend(member, member_id=BO, by=by, by_role=by_role, reason=words("on leave"))


def test_an_admin_takes_somebody_in() -> None:
    beginning(
        when=lambda: add(by_role="admin", name=words("Bo", BO), role="coach", handle=words("@bo", BO)),
        then=[added("coach", handle=words("@bo", BO))],
    )


def test_an_admin_changes_a_role() -> None:
    scenario(given=[added()], when=to("coach"), then=[MemberRoleChanged(role="coach")])


def test_the_same_role_again_changes_nothing() -> None:
    scenario(given=[added("coach")], when=to("coach"), then=[])


def test_an_admin_suspends_a_member() -> None:
    scenario(given=[added()], when=out(), then=[SUSPENDED])


def test_a_suspended_member_is_suspended_no_further() -> None:
    scenario(given=[added(), SUSPENDED], when=out(), then=[])


def test_a_role_brings_a_suspended_member_back() -> None:
    scenario(given=[added(), SUSPENDED], when=to("member"), then=[MemberRoleChanged(role="member")])
    assert not state([added(), SUSPENDED, MemberRoleChanged(role="member")]).suspended


@pytest.mark.parametrize("role", ["owner", "admin"])
def test_nobody_changes_their_own_role_or_suspends_themselves(role: Role) -> None:
    scenario(given=[added(role)], when=to("member", by=BO, by_role=role), then=OwnMembership)
    scenario(given=[added(role)], when=out(by=BO, by_role=role), then=OwnMembership)


def test_only_an_owner_makes_changes_or_suspends_an_owner() -> None:
    made = partial(add, name=words("Bo", BO), role="owner")
    beginning(when=lambda: made(by_role="admin"), then=OwnersOnly)
    scenario(given=[added()], when=to("owner"), then=OwnersOnly)
    scenario(given=[added("owner")], when=to("member"), then=OwnersOnly)
    scenario(given=[added("owner")], when=out(), then=OwnersOnly)

    beginning(when=lambda: made(by_role="owner"), then=[added("owner")])
    scenario(given=[added()], when=to("owner", by_role="owner"), then=[MemberRoleChanged(role="owner")])
    scenario(given=[added("owner")], when=to("member", by_role="owner"), then=[MemberRoleChanged(role="member")])
    scenario(given=[added("owner")], when=out(by_role="owner"), then=[SUSPENDED])


def test_a_token_is_issued_and_revoked() -> None:
    scenario(given=[added()], when=issue(), then=[ISSUED])
    scenario(
        given=[added(), ISSUED],
        when=lambda m: revoke_token(m, token_id=TOKEN),
        then=[TokenRevoked(token_id=TOKEN)],
    )


def test_a_token_is_issued_and_revoked_once() -> None:
    scenario(given=[added(), ISSUED], when=issue(), then=[])
    revoked: list[MemberEvent] = [added(), ISSUED, TokenRevoked(token_id=TOKEN)]
    scenario(given=revoked, when=lambda m: revoke_token(m, token_id=TOKEN), then=[])
    assert state(revoked).tokens == {}


def test_a_placeholder_has_no_token() -> None:
    scenario(given=[added(placeholder=True)], when=issue(), then=NoLogin)


def test_a_suspended_member_gets_no_token() -> None:
    scenario(given=[added(), SUSPENDED], when=issue(), then=Suspended)


def test_an_admin_makes_no_token_to_act_as_an_owner_with() -> None:
    scenario(given=[added("owner")], when=issue("admin"), then=OwnersOnly)
    scenario(given=[added("owner")], when=issue("owner"), then=[ISSUED])
