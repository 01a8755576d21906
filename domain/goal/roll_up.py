"""How a goal's progress follows from what stands under it. Computed when read, never stored."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal
from uuid import UUID

from domain.errors import Invalid
from domain.goal.check_in import Confidence
from domain.goal.ratio import ZERO, clamped
from domain.purpose.kinds import PURPOSE_KINDS

RollUpMode = Literal["key_results", "children", "both"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RollUpChosen:
    """Which of the goals below move this goal's progress; None goes back to the default."""

    mode: RollUpMode | None


@dataclass(frozen=True, slots=True)
class Weight:
    """Relative: 0 to 1000, at most 4 places."""

    goal_id: UUID
    weight: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildrenWeighted:
    """The weights of these key results and contributing goals; a goal that is never named weighs 1."""

    weights: tuple[Weight, ...]


def weigh(weights: dict[UUID, Decimal], asked: dict[UUID, Decimal]) -> list[ChildrenWeighted]:
    """Set the weights of children. `weights` are those that hold."""
    for goal_id, weight in asked.items():
        if not 0 <= weight <= 1000 or weight != round(weight, 4):
            raise Invalid(f"weight of {goal_id}: from 0 to 1000 with at most 4 places")
    news = {goal_id: weight for goal_id, weight in asked.items() if weights.get(goal_id, Decimal(1)) != weight}
    return [ChildrenWeighted(weights=tuple(Weight(*item) for item in news.items()))] if news else []


def counts(kind: str, state: str) -> bool:
    """Whether a goal counts in the roll-up of the one above it."""
    if kind == "key_result":
        return state in ("committed", "graded")
    return state in ("agreed", "graded") if kind == "objective" else state in ("adopted", "current")


def mode_of(kind: str, chosen: RollUpMode | None, *, has_key_results: bool) -> RollUpMode:
    """The mode that holds: purpose rolls up its children; else as chosen, else key results where any counts."""
    if kind in PURPOSE_KINDS:
        return "children"
    return chosen or ("key_results" if has_key_results else "children")


def part(progress: Decimal | None, kind: str, *, cycle_active: bool) -> Decimal | None:
    """What one counted goal brings in, clamped; None is left out.

    Silence counts as 0 once the cycle is active. Purpose that reaches no measure is left out: it promised no number.
    """
    if progress is not None:
        return clamped(progress)
    return ZERO if cycle_active and kind not in PURPOSE_KINDS else None


def weighted_mean(parts: Iterable[tuple[Decimal, Decimal]]) -> Decimal | None:
    """The mean of (ratio, weight); None where nothing is counted or all weigh 0.

    >>> weighted_mean([(Decimal(1), Decimal(1)), (Decimal(0), Decimal(3))])
    Decimal('0.25')
    """
    total = sum_of_weights = ZERO
    for ratio, weight in parts:
        total += ratio * weight
        sum_of_weights += weight
    return total / sum_of_weights if sum_of_weights else None


def confidence_of(own: Confidence | None, below: Iterable[tuple[Confidence, Decimal]]) -> Decimal | None:
    """An objective's confidence: its own statement if later than its key results', else their weighted mean.

    `below` are the latest statements of the counted key results that made one, with their weights.
    """
    stated = tuple(below)
    if own is not None and all(own.at > confidence.at for confidence, _ in stated):
        return own.value
    return weighted_mean((confidence.value, weight) for confidence, weight in stated)


def computed_score(scores: Iterable[tuple[Decimal | None, Decimal]]) -> Decimal | None:
    """Of an objective: the mean of (score, weight) of its counted key results; one that has no score counts 0."""
    return weighted_mean((ZERO if score is None else clamped(score), weight) for score, weight in scores)
