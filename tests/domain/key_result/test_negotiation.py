"""The negotiation of a key result, from the first offer to commitment."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from uuid import UUID

import pytest

from domain.errors import AlreadyCommitted, FlatTarget, Invalid, NoOwner, NotAParty, NotLive, NotYourTurn
from domain.goal.measure import changes
from domain.key_result.evolve import KREvent
from domain.key_result.lifecycle import KRDropped, KRReassigned
from domain.key_result.negotiation import (
    KRCommitted,
    KRDeclined,
    KRWithdrawn,
    commit,
    counter,
    decline,
    propose,
    withdraw,
)
from tests.domain.key_results import (
    COMMITTED,
    CYCLE,
    OBJECTIVE,
    TEAM,
    Given,
    committed,
    countered,
    proposed,
    scenario,
    state,
    terms,
)
from tests.domain.scenario import ANA, BO, CY, beginning, words


def offer(
    target: int | None = 60, baseline: int | None = 100, *, by: UUID = ANA, partner: UUID | None = BO
) -> Callable[[], Sequence[KREvent]]:
    offered = terms(target, baseline)
    return lambda: propose(
        by=by, owner_id=ANA, partner_id=partner, objective_id=OBJECTIVE, terms=offered, team_id=TEAM, cycle_id=CYCLE
    )


@pytest.mark.parametrize("by", [ANA, BO])
def test_either_party_proposes(by: UUID) -> None:
    beginning(when=offer(by=by), then=[proposed(by=by)])


def test_nobody_else_proposes() -> None:
    beginning(when=offer(by=CY), then=NotAParty)


def test_nobody_is_their_own_partner() -> None:
    beginning(when=offer(partner=ANA), then=Invalid, says="partner_id")


def test_an_offer_without_any_way_to_go_is_refused() -> None:
    beginning(when=offer(100), then=FlatTarget)


def test_baseline_and_target_may_be_open() -> None:
    beginning(when=offer(None, baseline=None), then=[proposed(None, baseline=None)])


def test_the_other_party_counters_and_the_turn_passes() -> None:
    scenario(given=[proposed()], when=lambda kr: counter(kr, by=BO, terms=terms(50)), then=[countered(50)])
    scenario(
        given=[proposed(), countered(50)],
        when=lambda kr: counter(kr, by=ANA, terms=terms(55)),
        then=[countered(55, by=ANA)],
    )


def test_nobody_counters_their_own_offer() -> None:
    scenario(given=[proposed()], when=lambda kr: counter(kr, by=ANA, terms=terms(50)), then=NotYourTurn)
    scenario(given=[proposed(), countered(50)], when=lambda kr: counter(kr, by=BO, terms=terms(40)), then=NotYourTurn)


def test_the_same_counter_again_changes_nothing() -> None:
    scenario(given=[proposed(), countered(50)], when=lambda kr: counter(kr, by=BO, terms=terms(50)), then=[])


def test_a_counter_offer_has_to_be_possible_too() -> None:
    scenario(given=[proposed()], when=lambda kr: counter(kr, by=BO, terms=terms(100)), then=FlatTarget)


def test_what_a_counter_changes_is_derived_from_the_two_offers() -> None:
    assert changes(proposed(60), countered(50, unit="a week")) == {
        "target": (Decimal(60), Decimal(50)),
        "unit": (None, "a week"),
    }


def test_the_partner_commits_to_the_offer() -> None:
    scenario(given=[proposed()], when=lambda kr: commit(kr, by=BO), then=[committed()])


def test_the_owner_may_commit_to_the_counter_offer() -> None:
    scenario(given=[proposed(), countered(50)], when=lambda kr: commit(kr, by=ANA), then=[committed(by=ANA)])


def test_nobody_commits_to_their_own_offer() -> None:
    scenario(given=[proposed()], when=lambda kr: commit(kr, by=ANA), then=NotYourTurn)
    scenario(given=[proposed(), countered(50)], when=lambda kr: commit(kr, by=BO), then=NotYourTurn)


def test_the_same_commitment_again_changes_nothing() -> None:
    scenario(given=COMMITTED, when=lambda kr: commit(kr, by=BO), then=[])


def test_commitment_fixes_the_terms_offered_last() -> None:
    kr = state([proposed(60), countered(50), committed(by=ANA)])
    assert (kr.state, kr.terms, kr.first_agreed) == ("committed", terms(50), terms(50))


def test_after_commitment_nothing_is_offered_answered_or_withdrawn_any_more() -> None:
    for late in (
        lambda kr: counter(kr, by=BO, terms=terms(50)),
        lambda kr: commit(kr, by=ANA),
        lambda kr: decline(kr, by=BO),
        lambda kr: withdraw(kr, by=ANA),
    ):
        scenario(given=COMMITTED, when=late, then=AlreadyCommitted)


def test_the_other_party_declines() -> None:
    reason = words("Not ours", BO)
    declined = KRDeclined(by=BO, reason=reason)
    scenario(given=[proposed()], when=lambda kr: decline(kr, by=BO, reason=reason), then=[declined])
    scenario(given=[proposed(), declined], when=lambda kr: decline(kr, by=BO, reason=reason), then=[])
    assert state([proposed(), declined]).state == "declined"


def test_nobody_declines_their_own_offer() -> None:
    scenario(given=[proposed()], when=lambda kr: decline(kr, by=ANA), then=NotYourTurn)


def test_whose_offer_stands_withdraws_it() -> None:
    withdrawn = KRWithdrawn(by=ANA)
    scenario(given=[proposed()], when=lambda kr: withdraw(kr, by=ANA), then=[withdrawn])
    scenario(given=[proposed(), withdrawn], when=lambda kr: withdraw(kr, by=ANA), then=[])
    assert state([proposed(), withdrawn]).state == "withdrawn"


def test_nobody_withdraws_the_offer_of_the_other() -> None:
    scenario(given=[proposed()], when=lambda kr: withdraw(kr, by=BO), then=NotYourTurn)
    scenario(given=[proposed(), countered(50)], when=lambda kr: withdraw(kr, by=ANA), then=NotYourTurn)


@pytest.mark.parametrize("end", [KRDeclined(by=BO), KRWithdrawn(by=ANA), KRDropped(reason=words("Over"))])
def test_what_has_ended_is_negotiated_no_more(end: KREvent) -> None:
    for by in (ANA, BO):
        scenario(given=[proposed(), end], when=partial(counter, by=by, terms=terms(50)), then=NotLive)
        scenario(given=[proposed(), end], when=partial(commit, by=by), then=NotLive)


def test_who_is_no_party_answers_nothing() -> None:
    scenario(given=[proposed()], when=lambda kr: counter(kr, by=CY, terms=terms(50)), then=NotAParty)
    scenario(given=[proposed()], when=lambda kr: commit(kr, by=CY), then=NotAParty)
    scenario(given=[proposed()], when=lambda kr: decline(kr, by=CY), then=NotAParty)
    scenario(given=[proposed()], when=lambda kr: withdraw(kr, by=CY), then=NotYourTurn)


def test_without_another_person_the_owner_agrees_alone_and_the_record_says_so() -> None:
    scenario(
        given=[proposed(partner=None)],
        when=lambda kr: commit(kr, by=ANA),
        then=[KRCommitted(by=ANA, self_agreed=True)],
    )


def test_without_an_owner_nothing_is_negotiated_until_it_is_reassigned() -> None:
    given: Given = [proposed(owner=None, by=None)]
    scenario(given=given, when=lambda kr: commit(kr, by=BO), then=NoOwner)
    handed_over = KRReassigned(owner_id=CY, partner_id=BO, team_id=TEAM)
    scenario(given=[*given, handed_over], when=lambda kr: commit(kr, by=BO), then=[committed()])


def reassigned(owner: UUID = ANA, partner: UUID | None = BO) -> KRReassigned:
    return KRReassigned(owner_id=owner, partner_id=partner, team_id=TEAM)


def test_who_follows_the_maker_of_an_offer_answers_for_it_and_not_to_it() -> None:
    given: Given = [proposed(), reassigned(owner=CY)]
    scenario(given=given, when=lambda kr: commit(kr, by=CY), then=NotYourTurn)
    scenario(given=given, when=lambda kr: withdraw(kr, by=ANA), then=NotYourTurn)
    scenario(given=given, when=lambda kr: withdraw(kr, by=CY), then=[KRWithdrawn(by=CY)])
    scenario(given=given, when=lambda kr: commit(kr, by=BO), then=[committed()])


def test_an_offer_stays_with_its_maker_when_owner_and_partner_change_places() -> None:
    given: Given = [proposed(), reassigned(owner=BO, partner=ANA)]
    scenario(given=given, when=lambda kr: commit(kr, by=ANA), then=NotYourTurn)
    scenario(given=given, when=lambda kr: commit(kr, by=BO), then=[committed()])


def test_the_owner_answers_the_offer_of_a_partner_who_left() -> None:
    given: Given = [proposed(), countered(50), reassigned(partner=None)]
    scenario(given=given, when=lambda kr: commit(kr, by=ANA), then=[KRCommitted(by=ANA, self_agreed=True)])


def test_a_partner_who_comes_later_does_not_answer_the_offer_of_the_one_before() -> None:
    given: Given = [proposed(), countered(50), reassigned(partner=None), reassigned(partner=CY)]
    scenario(given=given, when=lambda kr: commit(kr, by=CY), then=NotYourTurn)
    scenario(given=given, when=lambda kr: commit(kr, by=ANA), then=[committed(by=ANA)])
