"""The end of a goal: a final score beside the computed one, and what they mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple, TypeVar

from domain.errors import Invalid, ReasonRequired
from domain.goal.measure import Commitment
from domain.goal.ratio import rounded
from domain.personal import Personal

BANDS = ("missed", "business_as_usual", "meaningful_progress", "significant_achievement", "breakthrough")
BandStarts = tuple[Decimal, Decimal, Decimal, Decimal]  # Of each band but the first one, which starts at 0.
BAND_STARTS: BandStarts = (Decimal("0.3"), Decimal("0.5"), Decimal("0.7"), Decimal("1.0"))

GoalOutcome = Literal["achieved", "partial", "missed", "dropped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """`score` is the final one, kept as given; `computed` is what the measure gave at that moment.

    `as_written` is the grade in the words of an import: often a sentence about how it went, and so personal.
    """

    score: Decimal | None = None
    computed: Decimal | None = None
    as_written: Personal | None = None
    reason: Personal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KRGraded(Graded):
    """The key result got its final score."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveGraded(Graded):
    """The objective got its final score."""


G = TypeVar("G", bound=Graded)


class Grade(NamedTuple):
    score: Decimal | None
    as_written: Personal | None


def regraded(grade: Grade | None, event: Graded) -> Grade:
    """The newer grade, with its words; but words alone never remove a number."""
    if grade is None or event.score is not None:
        return Grade(event.score, event.as_written)
    return grade if event.as_written is None else Grade(grade.score, event.as_written)


def give(
    made: type[G], before: Grade | None, *, score: Decimal | None, computed: Decimal | None, reason: Personal | None
) -> list[G]:
    """Give the final score; without one the computed score is taken.

    Refuses a score out of range, and a score without the reason that would explain it later.
    """
    if score is None and computed is not None:
        score = max(rounded(computed), Decimal(0))
    if score is None or not 0 <= score < 10:
        raise Invalid("score: at least 0 and below 10")
    if before is not None and before.score == score:
        return []
    if reason is None and before is not None:
        raise ReasonRequired(f"a second grade, after {'in words' if before.score is None else before.score}")
    if reason is None and computed is not None and rounded(computed) != rounded(score):
        raise ReasonRequired(f"the final score {score} is not the computed {rounded(computed)}")
    return [made(score=score, computed=computed, reason=reason)]


def band(score: Decimal, starts: Sequence[Decimal] = BAND_STARTS) -> str:
    """The half-open band in which a score lies.

    >>> [band(Decimal(s)) for s in ("0.29", "0.3", "0.7", "1")]
    ['missed', 'business_as_usual', 'significant_achievement', 'breakthrough']
    """
    return BANDS[sum(score >= start for start in starts)]


def outcome(state: str, score: Decimal | None, commitment: Commitment | None) -> GoalOutcome | None:
    """What became of a goal: a committed one under 1.0 is missed, an aspirational (or unsaid) one at 0.7 is achieved.

    >>> outcome("graded", Decimal("0.9"), "committed"), outcome("graded", Decimal("0.7"), None)
    ('missed', 'achieved')
    """
    if state == "dropped":
        return "dropped"
    if score is None:
        return None
    if commitment == "committed":
        return "achieved" if score >= 1 else "missed"
    return "achieved" if score >= Decimal("0.7") else "partial" if score >= Decimal("0.3") else "missed"
