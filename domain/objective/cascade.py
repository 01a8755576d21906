"""What becomes of the key results under an objective that is dropped, brought back or graded."""

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from domain.key_result import lifecycle
from domain.key_result.lifecycle import KRLifecycleEvent
from domain.key_result.state import KeyResult
from domain.personal import Personal

KeyResults = Mapping[UUID, KeyResult]
EventsById = dict[UUID, list[KRLifecycleEvent]]

OPEN = ("proposed", "committed")  # What is open falls with its objective.
COUNTED = ("committed", "graded")  # What moves its objective's score.


def dropped_with(objective_id: UUID, key_results: KeyResults, *, reason: Personal) -> EventsById:
    """The open key results fall with their objective; what is graded, or was ended before, stays as it is."""
    return {
        id: lifecycle.drop(kr, reason=reason, because_of=objective_id)
        for id, kr in key_results.items()
        if kr.state in OPEN
    }


def reinstated_with(objective_id: UUID, key_results: KeyResults, *, reason: Personal | None) -> EventsById:
    """The key results that fell with this objective come back with it; one that was dropped alone does not."""
    return {
        id: lifecycle.reinstate(kr, reason=reason, because_of=objective_id)
        for id, kr in key_results.items()
        if kr.dropped_because_of == objective_id
    }


def counted_scores(key_results: KeyResults) -> dict[UUID, Decimal | None]:
    """The best score of each key result that counts: the final one, else the computed one, else None."""
    return {id: lifecycle.best_score(kr) for id, kr in key_results.items() if kr.state in COUNTED}
