"""Bodies: objectives."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.commands.base import BO, CYCLE, GOAL, PARENT, TEAM, CommandBody, example
from contracts.scalars import DecimalText, Text, Title
from domain.goal.measure import Commitment
from domain.objective.state import LinkKind


class ProposeObjective(CommandBody):
    """Propose what a team should reach. `why` is how it manifests the strategy. Without an owner it is the actor's."""

    model_config = example(
        title="Bread is fresh in every branch at seven",
        why="Freshness is how we win",
        team_id=TEAM,
        cycle_id=CYCLE,
        parent_id=PARENT,
        commitment="committed",
    )

    title: Title
    why: Text | None = None
    owner_id: UUID | None = None
    partner_id: UUID | None = None
    team_id: UUID | None = None
    cycle_id: UUID | None = None
    parent_id: UUID | None = None
    commitment: Commitment | None = None
    resources: Text | None = None


class RewordObjective(CommandBody):
    """Say it in other words; once it is agreed, with a reason. What is left out stays, null clears."""

    model_config = example(title="Bread is fresh in every branch by seven", reason="Clearer")

    title: Title | None = None
    why: Text | None = None
    resources: Text | None = None
    commitment: Commitment | None = None
    reason: Text | None = None


class AlignObjective(CommandBody):
    """Let it contribute to a goal, and so stand under it; or support one, which is shown and places nothing."""

    model_config = example(parent_id=PARENT, link="contribute", reason="It follows from the new theme")

    parent_id: UUID
    link: LinkKind = "contribute"
    reason: Text | None = None


class UnalignObjective(CommandBody):
    """Take a link away: the contributing one, or the support of `parent_id`."""

    model_config = example(link="support", parent_id=PARENT, reason="The theme is retired")

    link: LinkKind = "contribute"
    parent_id: UUID | None = None
    reason: Text | None = None


class ChildWeight(CommandBody):
    """A key result or contributing goal, and its weight relative to its siblings; who is never weighed weighs 1."""

    goal_id: UUID
    weight: Annotated[DecimalText, Field(ge=0, le=1000)]


class WeighChildren(CommandBody):
    """Set the weights of these; the others keep theirs."""

    model_config = example(weights=[{"goal_id": GOAL, "weight": "2"}, {"goal_id": BO, "weight": "0.5"}])

    weights: Annotated[tuple[ChildWeight, ...], Field(min_length=1, max_length=200)]
