"""Bodies: what objectives and key results are both asked."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from contracts.commands.base import BO, CYCLE, TEAM, CommandBody, example
from contracts.scalars import DecimalText, Instant, Text
from domain.goal.check_in import HealthWord, Statement
from domain.personal import Personal

ConfidenceText = Annotated[DecimalText, Field(ge=0, le=10)]
ScoreText = Annotated[DecimalText, Field(ge=0, lt=10)]


class WithReason(CommandBody):
    """Why, in one's own words; may be left out."""

    model_config = example(reason="Two of the ovens are leased")

    reason: Text | None = None


class Because(CommandBody):
    """Why, in one's own words."""

    model_config = example(reason="The supplier is gone")

    reason: Text


class ReassignGoal(CommandBody):
    """Give it another owner, partner or team. What is left out stays, null clears."""

    model_config = example(owner_id=BO, team_id=TEAM, reason="Bo runs the ovens now")

    owner_id: UUID | None = None
    partner_id: UUID | None = None
    team_id: UUID | None = None
    reason: Text | None = None


class RescheduleGoal(CommandBody):
    """Put it into another cycle; null takes it out of cycles."""

    model_config = example(cycle_id=CYCLE, reason="The oven comes in April")

    cycle_id: UUID | None
    reason: Text | None = None


class ChooseRollUp(CommandBody):
    """What moves its progress; null goes back to the default: key results where any counts, else contributing goals."""

    model_config = example(mode="both")

    mode: Literal["key_results", "children", "both"] | None


class GradeGoal(CommandBody):
    """Give the final score. Without one the computed score is taken; where they differ, a reason is required."""

    model_config = example(score="0.7", reason="The last site opened in the first week of April")

    score: ScoreText | None = None
    reason: Text | None = None


class CheckInObjective(CommandBody):
    """Say how it stands. `effective_at` is when it was true; now, if left out."""

    model_config = example(confidence="7", health="on_track", narrative="Two sites bake at night", blockers=None)

    confidence: ConfidenceText | None = None
    health: HealthWord | None = None
    narrative: Text | None = None
    blockers: Text | None = None
    effective_at: Instant | None = None

    def statement(self, by: UUID) -> Statement:
        """The same, as the domain holds it."""
        return Statement(
            value=getattr(self, "value", None),
            claimed=getattr(self, "claimed", None),
            confidence=self.confidence,
            health=self.health,
            narrative=None if self.narrative is None else Personal(by, self.narrative),
            blockers=None if self.blockers is None else Personal(by, self.blockers),
        )


class CorrectObjectiveCheckIn(CheckInObjective):
    """The whole check-in as it should have been; its moment stays where `effective_at` is left out."""

    model_config = example(confidence="4", narrative="One site bakes at night", reason="I counted a test run")

    reason: Text | None = None


class CheckInKeyResult(CheckInObjective):
    """Say how it stands: a value in its unit, or a claimed share where nothing was measured."""

    model_config = example(value="46", confidence="6", health="at_risk", narrative="The mill was closed for a week")

    value: DecimalText | None = None
    claimed: Annotated[DecimalText, Field(ge=0)] | None = None


class CorrectKeyResultCheckIn(CheckInKeyResult):
    """The whole check-in as it should have been; its moment stays where `effective_at` is left out."""

    model_config = example(value="44", confidence="6", reason="Two loaves were counted twice")

    reason: Text | None = None


class StateConfidence(CommandBody):
    """A confidence without a value, from 0 to 10."""

    model_config = example(confidence="3", reason="The baker has left")

    confidence: ConfidenceText
    reason: Text | None = None
