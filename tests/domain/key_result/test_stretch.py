"""A stretch: offered after commitment, beyond the target, negotiated like it."""

from decimal import Decimal
from functools import partial
from uuid import UUID

import pytest

from domain.errors import AlreadyOpen, NotAParty, NotAStretch, NotCommitted, NotOpen, NotYourTurn
from domain.goal.measure import suggested_stretch
from domain.key_result.amendment import KRAmended
from domain.key_result.lifecycle import KRDropped, KRReinstated
from domain.key_result.stretch import (
    KRStretchAgreed,
    KRStretchCountered,
    KRStretchDeclined,
    KRStretchOffered,
    agree_stretch,
    counter_stretch,
    decline_stretch,
    offer_stretch,
)
from tests.domain.key_results import (
    ALONE,
    COMMITTED,
    Decision,
    Given,
    Number,
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

OFFERED = KRStretchOffered(by=BO, stretch=Decimal(40))
COUNTERED = KRStretchCountered(by=ANA, stretch=Decimal(50))
OPEN = (*COMMITTED, OFFERED)


def reach(stretch: int | str, by: UUID = BO) -> Decision:
    return lambda kr: offer_stretch(kr, by=by, stretch=Decimal(stretch))


def instead(stretch: int | str, by: UUID = ANA) -> Decision:
    return lambda kr: counter_stretch(kr, by=by, stretch=Decimal(stretch))


def test_either_party_offers_a_stretch_after_commitment() -> None:
    scenario(given=COMMITTED, when=reach(40), then=[OFFERED])
    scenario(given=COMMITTED, when=reach(40, by=ANA), then=[KRStretchOffered(by=ANA, stretch=Decimal(40))])


def test_committed_first_stretch_afterwards() -> None:
    scenario(given=[proposed()], when=reach(40), then=NotCommitted)


def test_nobody_else_offers_or_answers_a_stretch() -> None:
    scenario(given=COMMITTED, when=reach(40, by=CY), then=NotAParty)
    scenario(given=OPEN, when=lambda kr: agree_stretch(kr, by=CY), then=NotAParty)


@pytest.mark.parametrize("stretch", [60, 61, 100, 130])
def test_a_stretch_lies_beyond_the_target_in_the_direction_of_travel(stretch: int) -> None:
    scenario(given=COMMITTED, when=reach(stretch), then=NotAStretch)
    scenario(given=OPEN, when=instead(stretch), then=NotAStretch)


def test_the_direction_of_travel_may_be_upward() -> None:
    rising: Given = [proposed(60, baseline=10), committed()]
    scenario(given=rising, when=reach("60.1"), then=[KRStretchOffered(by=BO, stretch=Decimal("60.1"))])
    scenario(given=rising, when=reach(59), then=NotAStretch)


class Measure(OfferedTerms, total=False):
    target: int | None


@pytest.mark.parametrize(
    "measure",
    [
        {"baseline": None},
        {"target": None},
        {"type": "stay_above", "baseline": None},
        {"type": "range", "baseline": None, "target": None, "low": Decimal(1), "high": Decimal(2)},
        {"type": "binary", "baseline": None, "target": None},
    ],
)
def test_only_a_change_with_baseline_and_target_has_a_stretch(measure: Measure) -> None:
    scenario(given=[proposed(**measure), committed()], when=reach(40), then=NotAStretch)


def test_the_same_offer_again_changes_nothing() -> None:
    scenario(given=OPEN, when=reach(40), then=[])
    scenario(given=[*OPEN, KRStretchAgreed(by=ANA)], when=reach(40), then=[])


def test_one_offer_at_a_time() -> None:
    scenario(given=OPEN, when=reach(30), then=AlreadyOpen)
    scenario(given=[*COMMITTED, amendment()], when=reach(40), then=AlreadyOpen)


def test_the_other_party_counters_the_stretch() -> None:
    scenario(given=OPEN, when=instead(50), then=[COUNTERED])
    scenario(given=[*OPEN, COUNTERED], when=instead(50), then=[])
    scenario(given=[*OPEN, COUNTERED], when=instead(45, by=BO), then=[KRStretchCountered(by=BO, stretch=Decimal(45))])


def test_the_other_party_agrees_to_the_stretch() -> None:
    agreed = KRStretchAgreed(by=ANA)
    scenario(given=OPEN, when=lambda kr: agree_stretch(kr, by=ANA), then=[agreed])
    scenario(given=[*OPEN, agreed], when=lambda kr: agree_stretch(kr, by=ANA), then=[])
    assert state([*OPEN, agreed]).stretch == 40


def test_the_other_party_declines_the_stretch_and_what_was_agreed_before_stays() -> None:
    declined = KRStretchDeclined(by=BO, reason=words("Enough", BO))
    given: Given = [*OPEN, KRStretchAgreed(by=ANA), KRStretchOffered(by=ANA, stretch=Decimal(30))]
    scenario(given=given, when=lambda kr: decline_stretch(kr, by=BO, reason=words("Enough", BO)), then=[declined])
    scenario(given=[*given, declined], when=lambda kr: decline_stretch(kr, by=BO), then=[])
    assert state([*given, declined]).stretch == 40


def test_nobody_answers_their_own_stretch() -> None:
    for answer in (instead(45, by=BO), partial(agree_stretch, by=BO), partial(decline_stretch, by=BO)):
        scenario(given=OPEN, when=answer, then=NotYourTurn)


def test_only_an_open_stretch_is_answered() -> None:
    for answer in (instead(45), partial(agree_stretch, by=ANA), partial(decline_stretch, by=ANA)):
        scenario(given=COMMITTED, when=answer, then=NotOpen)


def test_an_answer_to_an_earlier_stretch_is_none_to_a_later_one() -> None:
    given: Given = [*OPEN, KRStretchAgreed(by=ANA), KRStretchOffered(by=BO, stretch=Decimal(30))]
    scenario(given=given, when=lambda kr: agree_stretch(kr, by=ANA), then=[KRStretchAgreed(by=ANA)])


def test_without_another_person_the_owner_agrees_to_a_stretch_alone() -> None:
    scenario(
        given=[*ALONE, KRStretchOffered(by=ANA, stretch=Decimal(40))],
        when=lambda kr: agree_stretch(kr, by=ANA),
        then=[KRStretchAgreed(by=ANA, self_agreed=True)],
    )


def test_a_stretch_that_the_amended_target_reaches_is_one_no_more() -> None:
    stretched: Given = (*OPEN, KRStretchAgreed(by=ANA))
    assert state([*stretched, amendment(50), KRAmended(by=BO)]).stretch == 40
    assert state([*stretched, amendment(40), KRAmended(by=BO)]).stretch is None
    assert state([*stretched, amendment(None), KRAmended(by=BO)]).stretch is None


def test_an_open_stretch_survives_a_drop() -> None:
    given: Given = [*OPEN, KRDropped(reason=words("Later"))]
    scenario(given=given, when=lambda kr: agree_stretch(kr, by=ANA), then=NotCommitted)
    scenario(given=[*given, KRReinstated()], when=lambda kr: agree_stretch(kr, by=ANA), then=[KRStretchAgreed(by=ANA)])


def test_progress_stays_measured_to_the_target() -> None:
    from domain.key_result.lifecycle import computed_score

    assert computed_score(state([*OPEN, KRStretchAgreed(by=ANA), checked_in(1, 60)])) == 1


@pytest.mark.parametrize(
    ("baseline", "target", "suggested"),
    [(0, 70, "100"), (100, 60, "43"), (0, "0.70", "1.00"), ("1.0", "2.5", "3.1"), (0, 1, "1"), (0, "7E+1", "100")],
)
def test_the_suggested_stretch_has_the_decimals_of_the_target(baseline: Number, target: Number, suggested: str) -> None:
    assert str(suggested_stretch(terms(target, baseline))) == suggested


def test_nothing_is_suggested_where_there_can_be_no_stretch() -> None:
    assert suggested_stretch(terms(None)) is None
    assert suggested_stretch(terms(60, None)) is None
    assert suggested_stretch(terms(60, 60)) is None
    assert suggested_stretch(terms(60, None, type="stay_above")) is None
