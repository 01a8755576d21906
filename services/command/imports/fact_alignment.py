"""Where an imported goal stands: under a parent that is there, under one that is still to come, or at the top."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from domain.errors import Loop, WrongKind
from domain.goal.alignment import Link, Links, refuse_loop
from services.command.imports.fact_translation import FactTranslation
from services.command.imports.goal_events import FactGoal, moved
from services.command.loop.batch import awaited


class GoalPlace(NamedTuple):
    """From the fact's moment on the goal stands under `parent_id` or at the top, where it may wait for `awaits`.

    A parent that is there but began later is `later_parent_id`, from `begins` on; until then the goal is at the top.
    """

    parent_id: UUID | None = None
    awaits: str | None = None
    later_parent_id: UUID | None = None
    begins: datetime | None = None

    @property
    def later_links(self) -> Links:
        """What the place adds to the goal's links after the fact's own moment."""
        return (Link(self.begins, self.later_parent_id),) if self.begins else ()


def find_place(translation: FactTranslation, goal_id: UUID, parent: str | None, links: Links) -> GoalPlace:
    """The place under the goal with the external id `parent`. `links` are the goal's own. Raises Loop."""
    if parent is None:
        return GoalPlace()
    if parent == translation.line.id:
        raise _loop(translation)
    found = translation.find_goal(parent)
    if found is None:
        translation.warn(f"unknown parent: {parent}; aligned when it comes")
        return GoalPlace(awaits=parent)
    begins = max(translation.moment, found.state.first_at)
    _require_no_loop(translation, goal_id, found.id, links, begins, translation.ctx.links_of)
    if begins > translation.moment:
        return GoalPlace(later_parent_id=found.id, begins=begins)
    return GoalPlace(parent_id=found.id)


def align_later(translation: FactTranslation, kind: str, goal_id: UUID, place: GoalPlace) -> None:
    """Put the goal under a parent that began after the fact's moment, from then on."""
    if place.later_parent_id is not None:
        translation.add_events(kind, goal_id, moved(kind, place.later_parent_id), at=place.begins)


def align_waiting(translation: FactTranslation, external_id: str, goal_id: UUID, place: GoalPlace) -> None:
    """Align the goals that waited for this new one, from the later of the two times on. Raises Loop, or WrongKind."""
    ctx = translation.ctx
    links = (Link(translation.moment, place.parent_id), *place.later_links)

    def links_of(above: UUID) -> Links:
        return links if above == goal_id else ctx.links_of(above)

    waiting = sorted(ctx.children(awaited(translation.workspace_id, external_id)))
    for child_id, stream in zip(waiting, ctx.streams(waiting), strict=True):
        if stream.kind is None or stream.kind == "cycle":
            raise WrongKind(f"an id of another kind: {external_id} is of the kind cycle")
        child: FactGoal = stream.history.state
        since = max(translation.moment, child.links[-1].since)
        _require_no_loop(translation, child_id, goal_id, child.links, since, links_of)
        translation.add_events(stream.kind, child_id, moved(stream.kind, goal_id), at=since)


def _require_no_loop(
    translation: FactTranslation,
    goal_id: UUID,
    parent_id: UUID,
    links: Links,
    since: datetime,
    links_of: Callable[[UUID], Links],
) -> None:
    """As domain.goal.alignment.refuse_loop, in the words of the line."""
    try:
        refuse_loop(goal_id, parent_id, links, since, links_of)
    except Loop:
        raise _loop(translation) from None


def _loop(translation: FactTranslation) -> Loop:
    return Loop(f"a loop: {translation.line.id} would stand below itself")
