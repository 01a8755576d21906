"""Who may do what, over all roles and all acts."""

import pytest

from domain.errors import Forbidden, NotFound, Suspended
from domain.member import ROLES, Member, Role
from domain.permission import ALLOWED, Act, require
from tests.domain.scenario import words

MAY = {
    "owner": {"read", "comment", "work", "administer"},
    "admin": {"read", "comment", "work", "administer"},
    "coach": {"read", "comment", "work"},
    "member": {"read", "comment", "work"},
    "service": {"read", "comment", "work"},
    "viewer": {"read", "comment"},
    "auditor": {"read", "comment"},
}


def test_the_table_is_whole() -> None:
    assert set(MAY) == set(ROLES)
    assert set.union(*MAY.values()) == set(ALLOWED)


@pytest.mark.parametrize("act", ALLOWED)
@pytest.mark.parametrize("role", ROLES)
def test_a_role_allows_what_the_table_says_and_no_more(role: Role, act: Act) -> None:
    member = Member(name=words("Bo"), role=role)
    if act in MAY[role]:
        require(member, act)
    else:
        with pytest.raises(Forbidden, match=role):
            require(member, act)


@pytest.mark.parametrize("act", ALLOWED)
@pytest.mark.parametrize("role", ROLES)
def test_a_suspended_member_may_do_nothing(role: Role, act: Act) -> None:
    with pytest.raises(Suspended):
        require(Member(name=words("Bo"), role=role, suspended=True), act)


@pytest.mark.parametrize("act", ALLOWED)
def test_to_a_stranger_the_workspace_is_not_there(act: Act) -> None:
    with pytest.raises(NotFound):
        require(None, act)
