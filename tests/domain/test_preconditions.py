"""What must hold of one aggregate before another one is changed: who and what a command may name."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from domain import comment, cycle, member, team
from domain.cycle import CyclePlanned
from domain.errors import AlreadyExists, Invalid, NotFound, NotLive, Refusal
from domain.goal.check_in import CheckedIn, CheckInCorrected, require_made
from domain.history import Evolve, State, fold
from domain.key_result.evolve import evolve as evolve_key_result
from domain.key_result.state import KeyResult
from domain.member import ROLES, MemberAdded, MemberEvent, MemberRoleChanged, MemberSuspended
from domain.objective.agreement import (
    ObjectiveAgreed,
    ObjectiveProposed,
    ObjectiveWithdrawn,
    require_open_to_key_results,
)
from domain.objective.evolve import evolve as evolve_objective
from domain.objective.lifecycle import ObjectiveDropped, ObjectiveReinstated, require_children
from domain.permission import administers
from domain.team import TeamDissolved, TeamFormed
from tests.domain.key_results import committed, proposed
from tests.domain.scenario import ANA, BO, Specification, beginning, facts, words

ID, OTHER = UUID(int=1), UUID(int=2)


def guarded(
    evolve: Evolve[State, Any],
    *given: object,
    by: Callable[[Any], object],
    refuses: type[Refusal] | None,
    says: str = "",
) -> None:
    """Given these events the guard lets the command pass, or refuses."""
    found = fold(evolve, facts(given))

    def let_pass() -> list[object]:
        by(found)
        return []

    beginning(when=let_pass, then=refuses or [], says=says)


ADDED = MemberAdded(name=words("Bo", BO), role="member")


def test_a_suspended_member_is_named_for_nothing() -> None:
    def named(found: member.Member) -> None:
        member.require_active(found, BO)

    guarded(member.evolve, ADDED, by=named, refuses=None)
    guarded(member.evolve, ADDED, MemberSuspended(), by=named, refuses=Invalid, says=f"member {BO} is suspended")
    guarded(member.evolve, ADDED, MemberSuspended(), MemberRoleChanged(role="coach"), by=named, refuses=None)


def test_one_who_is_there_is_not_suspended_and_can_come_in_can_answer() -> None:
    placeholder = MemberAdded(name=words("Bo", BO), role="member", placeholder=True)
    assert member.can_answer(Specification(member.evolve).folded([ADDED]))
    histories: list[list[MemberEvent]] = [[ADDED, MemberSuspended()], [placeholder], []]
    for given in histories:
        assert not member.can_answer(Specification(member.evolve).folded(given))


def test_a_dissolved_team_is_given_no_goal() -> None:
    def named(found: team.Team) -> None:
        team.require_not_dissolved(found, ID)

    guarded(team.evolve, TeamFormed(name="Oven"), by=named, refuses=None)
    guarded(team.evolve, TeamFormed(name="Oven"), TeamDissolved(), by=named, refuses=Invalid, says=f"team {ID}")


def test_a_first_name_of_a_team_is_taken_for_ever() -> None:
    def formed(found: team.Team | None) -> None:
        team.require_new_name(found, name="Oven", team_id=ID)

    guarded(team.evolve, by=formed, refuses=None)
    guarded(team.evolve, TeamFormed(name="Oven"), TeamDissolved(), by=formed, refuses=AlreadyExists, says=str(ID))


def test_a_cycle_is_planned_once() -> None:
    def planned(found: cycle.Cycle | None) -> None:
        cycle.require_new_name(found, name="Q1", cycle_id=ID)

    guarded(cycle.evolve, by=planned, refuses=None)
    guarded(cycle.evolve, CyclePlanned(name="Q1"), by=planned, refuses=AlreadyExists, says="'Q1'")


def test_a_key_result_is_proposed_for_an_objective_that_is_proposed_or_agreed() -> None:
    offered = ObjectiveProposed(title="Fresh bread", owner_id=ANA, partner_id=BO, by=ANA)
    dropped = ObjectiveDropped(reason=words("Not now"))
    by = require_open_to_key_results
    guarded(evolve_objective, offered, by=by, refuses=None)
    guarded(evolve_objective, offered, ObjectiveAgreed(by=BO), by=by, refuses=None)
    guarded(evolve_objective, offered, ObjectiveWithdrawn(by=ANA), by=by, refuses=NotLive, says="is withdrawn")
    guarded(evolve_objective, offered, dropped, by=by, refuses=NotLive, says="is dropped")
    guarded(evolve_objective, offered, dropped, ObjectiveReinstated(), by=by, refuses=None)


def test_a_check_in_that_was_corrected_was_made_all_the_same() -> None:
    made = CheckedIn(check_in_id=ID)
    corrected = CheckInCorrected(check_in_id=OTHER, corrects=ID)

    def about(id: UUID) -> Callable[[KeyResult], None]:
        return lambda kr: require_made(kr.check_ins, id, kr.replaced_check_ins)

    given = (proposed(), committed(), made)
    guarded(evolve_key_result, *given, by=about(ID), refuses=None)
    guarded(evolve_key_result, *given, by=about(OTHER), refuses=NotFound, says=f"check-in {OTHER}")
    for id in (ID, OTHER):
        guarded(evolve_key_result, *given, corrected, by=about(id), refuses=None)


def test_only_what_stands_under_an_objective_has_a_weight_in_it() -> None:
    require_children({ID}, {ID, OTHER})
    with pytest.raises(Invalid, match=f"weights: {OTHER} does not stand under this objective"):
        require_children({ID, OTHER}, {ID})


def test_a_comment_is_on_its_own_workspace() -> None:
    comment.require_own_workspace(ID, ID)
    with pytest.raises(NotFound, match=f"workspace {OTHER}"):
        comment.require_own_workspace(OTHER, ID)


def test_an_admin_and_an_owner_correct_what_others_may_not() -> None:
    for role in ROLES:
        added = MemberAdded(name=words("Bo", BO), role=role)
        assert administers(Specification(member.evolve).state([added])) is (role in ("owner", "admin"))
    assert not administers(None)
