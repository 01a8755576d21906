"""What the negotiation of a key result shows of each act: whose it was, the terms after it, and what it changed."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import msgspec

from domain.goal.alignment import GoalRescheduled
from domain.goal.check_in import ConfidenceUpdated
from domain.goal.grade import KRGraded
from domain.key_result.amendment import KRAmended, KRAmendmentRefused
from domain.key_result.lifecycle import KRDropped, KRMoved, KRReassigned, KRReinstated
from domain.key_result.negotiation import KRDeclined
from domain.key_result.stretch import KRStretchAgreed, KRStretchCountered, KRStretchOffered
from services.projections.read_models import negotiations
from tests.domain.key_results import COMMITTED, CYCLE, OBJECTIVE, TEAM, amendment, committed, countered, proposed
from tests.domain.scenario import ANA, BO, CY, words
from tests.json_types import Json
from tests.projections.stream_facts import believed_rows, day

ELSEWHERE = UUID(int=0xE)


def entries(*facts: object) -> list[Json]:
    """The entries in the order of their moments; terms and changes decoded."""
    rows = believed_rows(negotiations.MODEL, "key_result", *facts)[negotiations.ENTRIES].values()
    shown = [row.values | {"at": row.valid_from} for row in sorted(rows, key=lambda row: row.valid_from)]
    return [each | {name: msgspec.json.decode(each[name]) for name in ("terms", "changed")} for each in shown]


def changed(*facts: object) -> Json:
    change: Json = entries(*facts)[-1]["changed"]
    return change


def test_the_first_offer_has_its_terms_and_changes_nothing() -> None:
    (entry,) = entries(proposed(60))
    assert (entry["act"], entry["by_id"], entry["terms"]["target"], entry["changed"]) == ("proposed", ANA, "60", {})


def test_a_counter_is_compared_with_the_standing_offer() -> None:
    assert changed(proposed(60), countered(70, commitment="committed")) == {
        "target": {"from": "60", "to": "70"},
        "commitment": {"from": None, "to": "committed"},
    }


def test_commitment_holds_the_terms_that_were_offered_last() -> None:
    entry = entries(proposed(60), countered(70), committed(by=ANA))[-1]
    assert (entry["act"], entry["terms"]["target"], entry["changed"]) == ("committed", "70", {})


def test_an_amendment_says_what_it_asks_for_and_once_agreed_what_it_changed_and_why() -> None:
    asked, agreed = entries(*COMMITTED, amendment(70), KRAmended(by=BO))[-2:]
    assert asked["changed"] == agreed["changed"] == {"target": {"from": "60", "to": "70"}}
    assert asked["terms"] == agreed["terms"]
    assert (asked["reason"], agreed["reason"]) == ("A quarter lost", "A quarter lost")
    assert (agreed["reason_subject"], agreed["by_id"]) == (ANA, BO)


def test_a_refused_amendment_changes_nothing_and_the_committed_terms_are_shown() -> None:
    entry = entries(*COMMITTED, amendment(70), KRAmendmentRefused(by=BO, reason=words("No", BO)))[-1]
    assert (entry["act"], entry["terms"]["target"], entry["changed"], entry["reason"]) == (
        "amendment_refused",
        "60",
        {},
        "No",
    )


def test_an_amendment_shows_the_stretch_that_it_took_away() -> None:
    stretched = (KRStretchOffered(by=ANA, stretch=Decimal(50)), KRStretchAgreed(by=BO))
    assert changed(*COMMITTED, *stretched, amendment(40), KRAmended(by=BO)) == {
        "target": {"from": "60", "to": "40"},
        "stretch": {"from": "50", "to": None},
    }


def test_a_stretch_is_compared_with_the_standing_one() -> None:
    offered, answered, agreed = entries(
        *COMMITTED,
        KRStretchOffered(by=ANA, stretch=Decimal(40)),
        KRStretchCountered(by=BO, stretch=Decimal(50)),
        KRStretchAgreed(by=ANA),
    )[-3:]
    assert offered["changed"] == {"stretch": {"from": None, "to": "40"}}
    assert answered["changed"] == {"stretch": {"from": "40", "to": "50"}}
    assert agreed["changed"] == {"stretch": {"from": None, "to": "50"}}


def test_what_moves_hands_over_and_reschedules_shows_old_and_new() -> None:
    assert changed(*COMMITTED, KRMoved(objective_id=ELSEWHERE)) == {
        "parent": {"from": str(OBJECTIVE), "to": str(ELSEWHERE)}
    }
    reassigned = KRReassigned(owner_id=CY, partner_id=BO, team_id=None, reason=words("Ana left", BO))
    assert changed(*COMMITTED, reassigned) == {
        "owner": {"from": str(ANA), "to": str(CY)},
        "team": {"from": str(TEAM), "to": None},
    }
    assert changed(*COMMITTED, GoalRescheduled(cycle_id=None)) == {"cycle": {"from": str(CYCLE), "to": None}}


def test_a_second_grade_shows_both_scores_and_its_words() -> None:
    entry = entries(
        *COMMITTED, KRGraded(score=Decimal("0.5")), KRGraded(score=Decimal("0.70"), as_written=words("ok"))
    )[-1]
    assert (entry["changed"], entry["grade_as_written"]) == ({"score": {"from": "0.5", "to": "0.70"}}, "ok")


def test_the_end_of_a_proposal_and_drop_and_return_have_their_reasons() -> None:
    assert entries(proposed(), KRDeclined(by=BO, reason=words("Not ours", BO)))[-1]["reason"] == "Not ours"
    acts = entries(*COMMITTED, KRDropped(reason=words("Lost", ANA)), KRReinstated(reason=words("Found", ANA)))[-2:]
    assert [(each["act"], each["reason"]) for each in acts] == [("dropped", "Lost"), ("reinstated", "Found")]


def test_what_is_no_number_is_in_the_place_of_the_number() -> None:
    about = replace(amendment(None), target_as_written="about 45")
    assert changed(*COMMITTED, about, KRAmended(by=BO)) == {"target": {"from": "60", "to": "about 45"}}


def test_what_is_said_of_a_key_result_is_no_part_of_its_negotiation() -> None:
    assert len(entries(*COMMITTED, ConfidenceUpdated(confidence=Decimal(7)))) == 2


def test_an_act_that_becomes_known_late_changes_what_those_after_it_are_compared_with() -> None:
    facts = [(proposed(60), 1), (committed(), 2), (amendment(80), 9), (KRAmended(by=BO), 10)]
    late = [(amendment(70), 5), (KRAmended(by=BO), 6)]
    shown = [(each["at"], each["changed"]) for each in entries(*facts, *late) if each["act"] == "amended"]
    assert shown == [
        (day(6), {"target": {"from": "60", "to": "70"}}),
        (day(10), {"target": {"from": "70", "to": "80"}}),
    ]
