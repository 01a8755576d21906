"""What a timeline shows: each check-in with what it meant by the terms that held when it was true."""

from decimal import Decimal
from uuid import UUID

from domain.goal.check_in import CheckInCorrected, ConfidenceUpdated, ObjectiveCheckedIn
from domain.key_result.amendment import KRAmended
from domain.objective.agreement import ObjectiveProposed
from services.projections.read_models import timelines
from tests.domain.key_results import COMMITTED, CYCLE, amendment, checked_in
from tests.domain.scenario import ANA, BO, words
from tests.json_types import Json
from tests.projections.stream_facts import believed_rows, day

FIRST, SECOND, THIRD = (UUID(int=id) for id in (1, 2, 3))


def points(*facts: object, kind: str = "key_result") -> dict[UUID, Json]:
    rows = believed_rows(timelines.MODEL, kind, *facts)[timelines.POINTS]
    return {id: row.values | {"at": row.valid_from} for id, row in rows.items()}


def test_a_check_in_is_a_point_with_the_progress_of_its_value() -> None:
    point = points(*COMMITTED, checked_in(1, 80, confidence=Decimal(7), narrative=words("Half way", ANA)))[FIRST]
    assert (point["value"], point["progress"], point["progress_source"]) == ("80", "0.5000", "measured")
    assert (point["confidence"], point["narrative"], point["narrative_subject"]) == ("7", "Half way", ANA)
    assert (point["kind"], point["cycle_id"], point["at"]) == ("check_in", CYCLE, day(3))


def test_progress_is_by_the_terms_that_held_at_the_point() -> None:
    shown = points(*COMMITTED, checked_in(1, 80), amendment(80), KRAmended(by=BO), checked_in(2, 80))
    assert (shown[FIRST]["progress"], shown[SECOND]["progress"]) == ("0.5000", "1.0000")


def test_an_amendment_that_becomes_known_late_changes_the_points_after_its_moment_only() -> None:
    check_ins = [(checked_in(1, 80), 5), (checked_in(2, 80), 9)]
    late = [(amendment(80), 7), (KRAmended(by=BO), 7)]
    shown = points(*COMMITTED, *check_ins, *late)
    assert (shown[FIRST]["progress"], shown[SECOND]["progress"]) == ("0.5000", "1.0000")


def test_a_claimed_share_is_progress_only_without_a_value() -> None:
    shown = points(*COMMITTED, checked_in(1, claimed=Decimal("0.3")), checked_in(2, 100, claimed=Decimal("0.3")))
    assert (shown[FIRST]["progress"], shown[FIRST]["progress_source"]) == ("0.3000", "claimed")
    assert (shown[SECOND]["progress"], shown[SECOND]["progress_source"]) == ("0.0000", "measured")


def test_a_corrected_check_in_stays_a_point_that_names_what_stands_for_it() -> None:
    correction = CheckInCorrected(check_in_id=SECOND, corrects=FIRST, value=Decimal(90), reason=words("Typo", ANA))
    shown = points(*COMMITTED, (checked_in(1, 80), 5), (correction, 4))
    assert (shown[FIRST]["corrected_by"], shown[FIRST]["progress"], shown[FIRST]["at"]) == (SECOND, "0.5000", day(5))
    assert (shown[SECOND]["corrects"], shown[SECOND]["corrected_by"], shown[SECOND]["at"]) == (FIRST, None, day(4))
    assert shown[SECOND]["reason"] == "Typo"


def test_each_of_a_chain_of_corrections_names_the_next() -> None:
    corrections = (
        CheckInCorrected(check_in_id=SECOND, corrects=FIRST, value=Decimal(90)),
        CheckInCorrected(check_in_id=THIRD, corrects=SECOND, value=Decimal(85)),
    )
    shown = points(*COMMITTED, checked_in(1, 80), *corrections)
    assert [shown[id]["corrected_by"] for id in (FIRST, SECOND, THIRD)] == [SECOND, THIRD, None]


def test_a_confidence_without_a_value_is_a_point_without_progress() -> None:
    (point,) = (points(*COMMITTED, checked_in(1, 80), ConfidenceUpdated(confidence=Decimal(3)))[UUID(int=4)],)
    assert (point["kind"], point["confidence"], point["value"], point["progress"]) == ("confidence", "3", None, None)


def test_a_check_in_of_an_objective_has_no_progress_of_its_own() -> None:
    objective = ObjectiveProposed(title="Happier customers", owner_id=ANA, partner_id=BO, by=ANA)
    said = ObjectiveCheckedIn(check_in_id=FIRST, confidence=Decimal(6), claimed=Decimal("0.4"), health="at_risk")
    point = points(objective, said, kind="objective")[FIRST]
    assert (point["claimed"], point["health"], point["progress"]) == ("0.4", "at_risk", None)
