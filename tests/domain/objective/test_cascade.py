"""What becomes of the key results under an objective that is dropped, brought back or graded."""

from decimal import Decimal
from uuid import UUID

from domain.goal.check_in import CheckedIn
from domain.goal.grade import KRGraded
from domain.key_result.evolve import KREvent, evolve
from domain.key_result.lifecycle import KRDropped, KRReinstated
from domain.key_result.negotiation import KRDeclined
from domain.key_result.state import KeyResult
from domain.objective.cascade import counted_scores, dropped_with, reinstated_with
from tests.domain.key_results import committed, proposed
from tests.domain.scenario import BO, Specification, words

OBJECTIVE, OTHER = UUID(int=0x0B1), UUID(int=0x0B2)
WHY = words("Not now")
VALUE = CheckedIn(check_in_id=UUID(int=9), value=Decimal(80))
GRADED = KRGraded(score=Decimal("0.7"))
FELL = KRDropped(reason=WHY, because_of=OBJECTIVE)


def key_results(*histories: tuple[KREvent, ...]) -> dict[UUID, KeyResult]:
    """One of each history, with the ids 1, 2, 3 …"""
    return {UUID(int=number): Specification(evolve).state(events) for number, events in enumerate(histories, 1)}


def ids(events: dict[UUID, list[object]]) -> list[int]:
    return [id.int for id in events]


OFFERED, COMMITTED = (proposed(),), (proposed(), committed())
DECLINED = (proposed(), KRDeclined(by=BO))
ENDED = (*COMMITTED, GRADED)
DROPPED_ALONE = (*COMMITTED, KRDropped(reason=WHY))
DROPPED_WITH_IT = (*COMMITTED, FELL)


def test_what_is_open_falls_with_its_objective_and_all_else_stays() -> None:
    fallen = dropped_with(OBJECTIVE, key_results(OFFERED, COMMITTED, DECLINED, ENDED, DROPPED_ALONE), reason=WHY)
    assert fallen == {UUID(int=1): [FELL], UUID(int=2): [FELL]}


def test_what_fell_with_it_comes_back_with_it_and_nothing_else() -> None:
    fell_with_another = (*COMMITTED, KRDropped(reason=WHY, because_of=OTHER))
    back_since = (*DROPPED_WITH_IT, KRReinstated())
    under = key_results(DROPPED_WITH_IT, DROPPED_ALONE, fell_with_another, back_since, COMMITTED)
    assert reinstated_with(OBJECTIVE, under, reason=None) == {UUID(int=1): [KRReinstated(because_of=OBJECTIVE)]}


def test_what_fell_is_dropped_and_what_came_back_is_as_it_was() -> None:
    under = key_results(COMMITTED)
    [fallen] = dropped_with(OBJECTIVE, under, reason=WHY).values()
    dropped = key_results((*COMMITTED, *fallen))
    [back] = reinstated_with(OBJECTIVE, dropped, reason=None).values()
    assert dropped[UUID(int=1)].state == "dropped"
    assert key_results((*COMMITTED, *fallen, *back)) == under


def test_committed_and_graded_key_results_count_by_their_best_score() -> None:
    """From 100 to 60 a value of 80 is half the way; a grade stands over it; without either there is none."""
    under = key_results((*COMMITTED, VALUE), (*COMMITTED, VALUE, GRADED), COMMITTED, OFFERED, DROPPED_ALONE, DECLINED)
    assert counted_scores(under) == {
        UUID(int=1): Decimal("0.5"),
        UUID(int=2): Decimal("0.7"),
        UUID(int=3): None,
    }
