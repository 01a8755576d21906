"""Health: what was stated of a goal, while its check-ins come. It is never derived from progress or confidence.

Read downwards: the health of one goal, the health of those below it. When a check-in is due says check_in_due.py.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Literal

from domain.goal import check_in
from domain.goal.check_in_due import GRACE
from domain.goal.grade import GoalOutcome

GoalHealth = Literal["off_track", "outdated", "at_risk", "pending", "on_track"] | GoalOutcome

# Of the goals below one: the first that any of them has.
WORST_FIRST: tuple[GoalHealth, ...] = ("off_track", "outdated", "at_risk", "pending", "on_track")


def health(
    state: str, outcome: GoalOutcome | None, *, due: datetime | None, stated: check_in.HealthWord | None, now: datetime
) -> GoalHealth | None:
    """The first that applies: the outcome, outdated, what the latest check-in stated, pending. Silence is never green.

    `due` is since when or from when on a check-in is due, None where none is expected.
    >>> from datetime import UTC, timedelta
    >>> monday = datetime(2026, 1, 5, tzinfo=UTC)
    >>> [health("committed", None, due=monday, stated="on_track", now=monday + timedelta(days=n)) for n in (3, 4)]
    ['on_track', 'outdated']
    """
    if state in ("graded", "dropped"):
        return outcome
    if due is not None and now - due > GRACE:
        return "outdated"
    return stated or "pending"


def worst(below: Iterable[GoalHealth | None]) -> GoalHealth | None:
    """Of an objective: the worst of its counted key results; outcomes are no worry any more. None where none is left.

    >>> worst(["on_track", "achieved", "at_risk"]), worst(["missed"])
    ('at_risk', None)
    """
    found: Collection[GoalHealth | None] = set(below)
    return next((each for each in WORST_FIRST if each in found), None)
