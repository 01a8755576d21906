"""Goals and what they stand under, looked at moment by moment: slow, and meant to be believed by reading."""

from datetime import datetime
from uuid import UUID

from domain.goal.alignment import Link, Links

Forest = dict[UUID, Links]


def with_link(forest: Forest, goal: UUID, parent: UUID | None, since: datetime) -> Forest:
    """The new link is recorded last, so it stands behind all others that begin no later."""
    links = forest.get(goal, ())
    place = sum(link.since <= since for link in links)
    return forest | {goal: (*links[:place], Link(since, parent), *links[place:])}


def has_a_loop(forest: Forest) -> bool:
    """At any moment at which a link begins: between two of them nothing changes."""
    moments = {link.since for links in forest.values() for link in links}
    return any(stands_below_itself(forest, goal, moment) for goal in forest for moment in moments)


def stands_below_itself(forest: Forest, goal: UUID, moment: datetime) -> bool:
    above: UUID | None = goal
    for _ in forest:
        above = parent_at(forest, above, moment)
        if above == goal:
            return True
    return False


def parent_at(forest: Forest, goal: UUID | None, moment: datetime) -> UUID | None:
    links = () if goal is None else forest.get(goal, ())
    held = [link.parent_id for link in links if link.since <= moment]
    return held[-1] if held else None
