"""Where a goal stands in the tree. A link holds from its moment until the next; loops are refused at every moment."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import NamedTuple
from uuid import UUID

from domain.errors import Loop
from domain.history import At
from domain.personal import Personal

FOR_EVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalRescheduled:
    """The goal was moved to another cycle, or out of cycles."""

    cycle_id: UUID | None
    reason: Personal | None = None


class Link(NamedTuple):
    """From `since` on the goal stands under `parent_id`; None is at the top."""

    since: datetime
    parent_id: UUID | None


Links = tuple[Link, ...]


def linked(links: Links, at: At, parent_id: UUID | None) -> Links:
    """The links with one more, which comes last in the order of the fold."""
    return (*links, Link(at.effective_at, parent_id))


def link_intervals(links: Links) -> Iterator[tuple[datetime, datetime, UUID]]:
    """From when until when the goal stands under whom."""
    for link, following in pairwise((*links, Link(FOR_EVER, None))):
        if link.parent_id is not None and link.since < following.since:
            yield link.since, following.since, link.parent_id


def refuse_loop(
    goal_id: UUID, parent_id: UUID, links: Links, since: datetime, links_of: Callable[[UUID], Links]
) -> None:
    """Refuse a link under which the goal would, at any moment that the link holds, stand above itself.

    `links` are the goal's own, `since` is when the new one begins; it holds until the next later one of them.
    """
    until = min((link.since for link in links if link.since > since), default=FOR_EVER)
    ways = [(parent_id, since, until)]
    walked = set()  # A loop that is stored already, as an import of events may bring one, must not hold us up.
    while ways:
        way = ancestor, begin, end = ways.pop()
        if way in walked:
            continue
        walked.add(way)
        if ancestor == goal_id:
            when = "" if begin == since else f" from {begin.isoformat()} on"
            raise Loop(f"{parent_id} stands below {goal_id}{when}")
        for start, stop, above in link_intervals(links_of(ancestor)):
            if (start := max(start, begin)) < (stop := min(stop, end)):
                ways.append((above, start, stop))
