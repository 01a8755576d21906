"""Where an imported goal stands: under a parent that is there, under one that is still to come, or at the top."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from domain.errors import Loop, WrongKind
from domain.goal.alignment import Link, Links, refuse_loop
from domain.key_result.lifecycle import KRMoved
from domain.objective.lifecycle import ObjectiveAligned, ObjectiveUnaligned
from domain.personal import Personal
from domain.purpose.base import PurposeAligned
from services.command.imports.fact_translation import FactTranslation
from services.command.loop.batch import awaited


class GoalPlace(NamedTuple):
    """From the fact's moment on the goal stands under `parent_id` or at the top, where it may wait for `awaits`.

    A parent that is there but began later is `follows`, from `begins` on: the goal stands at the top until then.
    """

    parent_id: UUID | None = None
    awaits: str | None = None
    follows: UUID | None = None
    begins: datetime | None = None

    @property
    def links(self) -> Links:
        """What it adds to the goal's links after the fact's own moment."""
        return (Link(self.begins, self.follows),) if self.begins else ()


def place(telling: FactTranslation, goal_id: UUID, parent: str | None, links: Links) -> GoalPlace:
    """The place under the goal with this external id. `links` are the goal's own. Raises Loop."""
    if parent is None:
        return GoalPlace()
    if parent == telling.line.id:
        raise telling.loop()
    found = telling.goal(parent)
    if found is None:
        telling.warn(f"unknown parent: {parent}; aligned when it comes")
        return GoalPlace(awaits=parent)
    begins = max(telling.moment, found.state.first_at)
    try:
        refuse_loop(goal_id, found.id, links, begins, telling.ctx.links_of)
    except Loop:
        raise telling.loop() from None
    if begins > telling.moment:
        return GoalPlace(follows=found.id, begins=begins)
    return GoalPlace(parent_id=found.id)


def follow(telling: FactTranslation, kind: str, goal_id: UUID, to: GoalPlace) -> None:
    """Put the goal under a parent that began after the fact's moment, from then on."""
    if to.follows is not None:
        telling.tell(kind, goal_id, aligned(kind, to.follows, None), at=to.begins)


def gather(telling: FactTranslation, goal_id: UUID, own: GoalPlace) -> None:
    """Align the goals that waited for this new one, from the later of the two times on. Raises Loop, or WrongKind."""
    ctx, external_id = telling.ctx, telling.line.id or ""
    links = ((Link(telling.moment, own.parent_id)), *own.links)
    waiting = sorted(ctx.children(awaited(telling.workspace_id, external_id)))
    for child_id, stream in zip(waiting, ctx.streams(waiting), strict=True):
        if stream.kind is None or stream.kind == "cycle":
            raise WrongKind(f"an id of another kind: {external_id} is of the kind cycle")
        child: Any = stream.history.state
        since = max(telling.moment, child.links[-1].since)
        try:
            refuse_loop(
                child_id, goal_id, child.links, since,
                lambda above: links if above == goal_id else ctx.links_of(above),
            )  # fmt: skip
        except Loop:
            raise telling.loop() from None
        telling.tell(stream.kind, child_id, aligned(stream.kind, goal_id, None), at=since)


def aligned(kind: str, parent_id: UUID, reason: Personal | None) -> Any:
    """The event by which a goal of this kind comes to stand under another."""
    if kind == "objective":
        return ObjectiveAligned(parent_id=parent_id, reason=reason)
    if kind == "key_result":
        return KRMoved(objective_id=parent_id, reason=reason)
    return PurposeAligned(parent_id=parent_id, reason=reason)


def at_the_top(kind: str, left: UUID | None, awaits: str | None, reason: Personal | None) -> Any:
    """The event by which a goal of this kind leaves its parent."""
    if kind == "objective":
        return ObjectiveUnaligned(parent_id=left, reason=reason, awaits=awaits)
    if kind == "key_result":
        return KRMoved(objective_id=None, reason=reason, awaits=awaits)
    return PurposeAligned(parent_id=None, reason=reason, awaits=awaits)
