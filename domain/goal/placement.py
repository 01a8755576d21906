"""Where a goal may be put: never below itself, and not under a goal of another time."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from domain.cycle import Cycle, periods_overlap
from domain.errors import Loop, PeriodsApart
from domain.goal.alignment import Links, refuse_loop


def refuse_loop_from_now(
    goal_id: UUID, parent_id: UUID, links: Links, *, now: datetime, links_of: Callable[[UUID], Links]
) -> None:
    """Refuse a link that begins when it is recorded, if the goal would ever stand above itself by it.

    `links` are the goal's own. The link is recorded after all that the goal holds, though it may have been asked for
    before, or by a clock that is behind.
    """
    since = max([now, *(link.since for link in links)])
    refuse_loop(goal_id, parent_id, links, since, links_of)


def require_overlap(cycle: Cycle | None, cycle_above: Cycle | None) -> None:
    """Two aligned goals have a day in common, where both have dates."""
    if not periods_overlap(cycle, cycle_above):
        raise PeriodsApart("the cycles of the two goals have no day in common")


def require_support_of_another(goal_id: UUID, supported_id: UUID) -> None:
    """A goal supports another goal; the link places nothing, so nothing else can go round in it."""
    if supported_id == goal_id:
        raise Loop("a goal does not support itself")
