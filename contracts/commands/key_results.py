"""Bodies: key results and their negotiation."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from contracts.commands.base import BO, GOAL, CommandBody, example
from contracts.scalars import Day, DecimalText, Text, Title
from domain.goal.measure import Commitment, Count, MeasureType, Terms

MEASURE = {"type": "change", "metric": "loaves sold before noon", "unit": "loaves", "baseline": "40", "target": "60"}


class Measure(CommandBody):
    """What is measured. Of stay_above and stay_below `target` is the bound; `low` and `high` are of a range.

    In an answer to an offer, what is left out stays as it is in the standing terms, and null clears.
    """

    model_config = example(**MEASURE)

    type: MeasureType = "change"
    metric: Title | None = None
    unit: Annotated[Title, Field(max_length=100)] | None = None
    baseline: DecimalText | None = None
    target: DecimalText | None = None
    low: DecimalText | None = None
    high: DecimalText | None = None
    inclusive: Annotated[bool, Field(strict=True)] = True
    count: Count = "latest"


class ProposeKeyResult(CommandBody):
    """Propose how an objective is measured. Team, cycle and owner are the objective's and the actor, unless said."""

    model_config = example(
        objective_id=GOAL,
        title="Sell 60 loaves before noon",
        measure=MEASURE,
        commitment="committed",
        owner_id=BO,
        reason="We sold 40 in spring",
    )

    objective_id: UUID
    title: Title
    measure: Measure = Measure()
    due: Day | None = None
    resources: Text | None = None
    commitment: Commitment | None = None
    owner_id: UUID | None = None
    partner_id: UUID | None = None
    team_id: UUID | None = None
    cycle_id: UUID | None = None
    reason: Text | None = None

    def terms(self) -> Terms:
        """The terms offered."""
        return Terms(
            title=self.title, due=self.due, resources=self.resources, commitment=self.commitment, **dict(self.measure)
        )


class CounterOffer(CommandBody):
    """Answer with other terms. What is left out stays as it is in the standing offer, null clears."""

    model_config = example(measure={"target": "45"}, reason="Two of the ovens are leased until May")

    title: Title | None = None
    measure: Measure = Measure()
    due: Day | None = None
    resources: Text | None = None
    commitment: Commitment | None = None
    reason: Text | None = None

    def terms(self, standing: Terms) -> Terms:
        """The whole terms, where `standing` are those that are answered."""
        named: dict[str, Any] = self.over(standing, "due", "resources", "commitment")
        measured = self.measure.over(standing, *Measure.model_fields)
        return Terms(title=self.title or standing.title, **named, **measured)


class ProposeAmendment(CounterOffer):
    """Ask that what is committed be changed, with a reason."""

    model_config = example(measure={"target": "45"}, reason="The second site opens in May")

    reason: Text


class OfferStretch(CommandBody):
    """Offer to reach further than the target, in the unit of the key result."""

    model_config = example(stretch="70", reason="If the second oven comes early")

    stretch: DecimalText
    reason: Text | None = None


class MoveKeyResult(CommandBody):
    """Put it under another objective."""

    model_config = example(objective_id=GOAL, reason="It measures freshness, not growth")

    objective_id: UUID
    reason: Text | None = None
