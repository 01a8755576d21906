"""An amendment: the only way in which what is committed changes."""

from decimal import Decimal
from typing import Unpack
from uuid import UUID

import pytest

from domain.errors import AlreadyOpen, FlatTarget, NotAParty, NotCommitted, NotOpen, NotYourTurn, TypeIsFixed
from domain.goal.grade import KRGraded
from domain.key_result.amendment import (
    KRAmended,
    KRAmendmentRefused,
    agree_amendment,
    propose_amendment,
    refuse_amendment,
)
from domain.key_result.evolve import KREvent
from domain.key_result.lifecycle import KRDropped, KRReassigned, KRReinstated
from domain.key_result.stretch import KRStretchOffered
from tests.domain.key_results import (
    ALONE,
    COMMITTED,
    TEAM,
    Decision,
    Given,
    OfferedTerms,
    amendment,
    checked_in,
    committed,
    proposed,
    scenario,
    state,
    terms,
)
from tests.domain.scenario import ANA, BO, CY, words

WHY = words("A quarter lost")
OPEN = (*COMMITTED, amendment())


def ask(target: int | None = 70, *, by: UUID = ANA, **further: Unpack[OfferedTerms]) -> Decision:
    asked = terms(target, **further)
    return lambda kr: propose_amendment(kr, by=by, terms=asked, reason=words("A quarter lost", by))


def test_either_party_asks_for_an_amendment() -> None:
    scenario(given=COMMITTED, when=ask(), then=[amendment()])
    scenario(given=COMMITTED, when=ask(by=BO), then=[amendment(by=BO)])


def test_what_is_not_committed_is_not_amended() -> None:
    scenario(given=[proposed()], when=ask(), then=NotCommitted)
    scenario(given=[*COMMITTED, KRDropped(reason=WHY)], when=ask(), then=NotCommitted)
    scenario(given=[*COMMITTED, KRGraded(score=Decimal(1))], when=ask(), then=NotCommitted)


def test_nobody_else_asks_or_answers() -> None:
    scenario(given=COMMITTED, when=ask(by=CY), then=NotAParty)
    scenario(given=OPEN, when=lambda kr: agree_amendment(kr, by=CY), then=NotAParty)


def test_until_it_is_agreed_the_committed_terms_hold() -> None:
    assert state(OPEN).terms == terms(60)


def test_the_other_party_agrees_and_the_amended_terms_hold() -> None:
    scenario(given=OPEN, when=lambda kr: agree_amendment(kr, by=BO), then=[KRAmended(by=BO)])
    kr = state([*OPEN, KRAmended(by=BO)])
    assert (kr.terms, kr.first_agreed, kr.amendment) == (terms(70), terms(60), None)


def test_the_other_party_refuses_and_the_committed_terms_hold() -> None:
    refused = KRAmendmentRefused(by=BO, reason=words("We can", BO))
    scenario(given=OPEN, when=lambda kr: refuse_amendment(kr, by=BO, reason=words("We can", BO)), then=[refused])
    kr = state([*OPEN, refused])
    assert (kr.state, kr.terms, kr.amendment) == ("committed", terms(60), None)


def test_nobody_answers_their_own_amendment() -> None:
    scenario(given=OPEN, when=lambda kr: agree_amendment(kr, by=ANA), then=NotYourTurn)
    scenario(given=OPEN, when=lambda kr: refuse_amendment(kr, by=ANA), then=NotYourTurn)


def test_only_an_open_amendment_is_answered() -> None:
    scenario(given=COMMITTED, when=lambda kr: agree_amendment(kr, by=BO), then=NotOpen)
    scenario(given=COMMITTED, when=lambda kr: refuse_amendment(kr, by=BO), then=NotOpen)


def test_the_same_again_changes_nothing() -> None:
    scenario(given=OPEN, when=ask(), then=[])
    scenario(given=COMMITTED, when=ask(60), then=[])
    scenario(given=[*OPEN, KRAmended(by=BO)], when=ask(), then=[])
    scenario(given=[*OPEN, KRAmended(by=BO)], when=lambda kr: agree_amendment(kr, by=BO), then=[])
    scenario(given=[*OPEN, KRAmendmentRefused(by=BO)], when=lambda kr: refuse_amendment(kr, by=BO), then=[])


def test_an_answer_to_an_earlier_amendment_is_none_to_a_later_one() -> None:
    given: Given = [*OPEN, KRAmended(by=BO), amendment(80)]
    scenario(given=given, when=lambda kr: agree_amendment(kr, by=BO), then=[KRAmended(by=BO)])


def test_one_offer_at_a_time() -> None:
    scenario(given=OPEN, when=ask(80), then=AlreadyOpen)
    scenario(given=OPEN, when=ask(by=BO), then=AlreadyOpen)
    stretch = KRStretchOffered(by=BO, stretch=Decimal(40))
    scenario(given=[*COMMITTED, stretch], when=ask(), then=AlreadyOpen)


def test_amended_terms_have_to_be_possible_too() -> None:
    scenario(given=COMMITTED, when=ask(100), then=FlatTarget)


BOUND: OfferedTerms = {"type": "stay_below", "baseline": None}


def test_the_type_changes_until_the_first_check_in() -> None:
    scenario(given=COMMITTED, when=ask(70, **BOUND), then=[amendment(70, **BOUND)])
    scenario(given=[*COMMITTED, checked_in(1, 90)], when=ask(70, **BOUND), then=TypeIsFixed)
    scenario(
        given=[*COMMITTED, amendment(70, **BOUND), checked_in(1, 90)],
        when=lambda kr: agree_amendment(kr, by=BO),
        then=TypeIsFixed,
    )


def test_a_baseline_becomes_another_type_at_any_time() -> None:
    finding: Given = [proposed(None, type="baseline", baseline=None), committed(), checked_in(1, 100)]
    scenario(given=finding, when=ask(70), then=[amendment(70)])
    scenario(given=[*finding, amendment(70)], when=lambda kr: agree_amendment(kr, by=BO), then=[KRAmended(by=BO)])


def test_first_agreed_last_agreed_and_graded_terms_stay_askable() -> None:
    kr = state([*OPEN, KRAmended(by=BO), amendment(80), KRAmended(by=BO), KRGraded(score=Decimal(1))])
    assert (kr.first_agreed, kr.terms, kr.graded_terms) == (terms(60), terms(80), terms(80))


def test_without_another_person_the_owner_agrees_to_an_amendment_alone() -> None:
    scenario(
        given=[*ALONE, amendment()],
        when=lambda kr: agree_amendment(kr, by=ANA),
        then=[KRAmended(by=ANA, self_agreed=True)],
    )


def test_who_follows_the_one_who_asked_answers_for_it() -> None:
    given: Given = [*OPEN, KRReassigned(owner_id=CY, partner_id=BO, team_id=TEAM)]
    scenario(given=given, when=lambda kr: agree_amendment(kr, by=CY), then=NotYourTurn)
    scenario(given=given, when=lambda kr: agree_amendment(kr, by=BO), then=[KRAmended(by=BO)])


@pytest.mark.parametrize("answer", [KRAmended(by=BO), KRAmendmentRefused(by=BO)])
def test_an_answer_that_finds_nothing_open_leaves_the_terms(answer: KREvent) -> None:
    """An import may have amended the terms at a moment between question and answer."""
    assert state([*COMMITTED, answer]).terms == terms(60)


def test_an_open_amendment_survives_a_drop() -> None:
    given: Given = [*OPEN, KRDropped(reason=WHY), KRReinstated()]
    scenario(given=given, when=lambda kr: agree_amendment(kr, by=BO), then=[KRAmended(by=BO)])
