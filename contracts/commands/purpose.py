"""Bodies: missions, visions, strategies, themes."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.commands.base import ANA, BO, CYCLE, GOAL, PARENT, TEAM, CommandBody, example
from contracts.scalars import Day, Text, Title, WholeNumber
from domain.purpose import mission
from domain.purpose.mission import HORIZON_YEARS
from domain.purpose.strategy import Hypothesis

HorizonYears = Annotated[WholeNumber, Field(ge=1, le=100)]
TitleLines = Annotated[tuple[Title, ...], Field(max_length=20)]

# --- of all four --------------------------------------------------------------------------------------------------


class Placed(CommandBody):
    """Where a new one stands, and whose it is."""

    team_id: UUID | None = None
    owner_id: UUID | None = None
    parent_id: UUID | None = None
    cycle_id: UUID | None = None


class Retire(CommandBody):
    """End it. Nothing is deleted."""

    model_config = example(reason="The oven is built; there is a new one to say")

    reason: Text


class Align(CommandBody):
    """Put it under another goal; null puts it at the top. To take it from where it stands needs a reason."""

    model_config = example(parent_id=PARENT, reason="It follows from the new strategy")

    parent_id: UUID | None
    reason: Text | None = None


class Reassign(CommandBody):
    """Give it to another team or owner. What is left out stays, null clears."""

    model_config = example(team_id=TEAM, owner_id=BO, reason="Bo runs the ovens now")

    team_id: UUID | None = None
    owner_id: UUID | None = None
    reason: Text | None = None


# --- mission ------------------------------------------------------------------------------------------------------


class InParts(CommandBody):
    """A mission in four parts, which read as one sentence: For audience: outcome, through approach, so that impact."""

    audience: Title
    outcome: Title
    approach: Title
    impact: Title


Said = Annotated[Title | InParts, Field(description="One free sentence, or four parts")]
IN_PARTS = {
    "audience": "small bakeries",
    "outcome": "no bread is wasted",
    "approach": "a forecast they trust",
    "impact": "baking pays again",
}


def statement(said: str | InParts) -> mission.MissionStatement:
    """What the mission says."""
    if isinstance(said, str):
        return mission.MissionStatement(title=said)
    return mission.statement_in_parts(**dict(said))


class DraftMission(Placed):
    """Put a mission into words. Its origin is the moment of meaning: when and why it began."""

    model_config = example(
        statement=IN_PARTS, origin="The day we threw away 300 loaves", origin_date="2019-05-04", owner_id=ANA
    )

    statement: Said
    horizon_years: HorizonYears = HORIZON_YEARS
    origin: Text | None = None
    origin_date: Day | None = None


class ReviseMission(CommandBody):
    """Say it otherwise; once it is adopted, with a reason. A horizon that is left out stays."""

    model_config = example(statement="No baker throws bread away", reason="It holds for large bakeries too")

    statement: Said
    horizon_years: HorizonYears | None = None
    reason: Text | None = None


class ReaffirmMission(CommandBody):
    """Say that the mission still holds."""

    model_config = example(note="Read aloud with its origin, in the January meeting")

    note: Text | None = None


# --- vision, strategy, theme --------------------------------------------------------------------------------------


class StateVision(Placed):
    """Put a vision into words."""

    model_config = example(title="A bakery in every street", parent_id=GOAL, owner_id=ANA)

    title: Title


class ReviseVision(CommandBody):
    """Say it otherwise, and why."""

    model_config = example(title="A bakery in every village", reason="Streets are served")

    title: Title
    reason: Text


class Hypothetical(CommandBody):
    """What is held to be true for a year: what it chooses and rules out, and the signs by which it would be dropped."""

    title: Title
    choices: TitleLines = ()
    rules_out: TitleLines = ()
    drop_signs: TitleLines = ()

    def hypothesis(self) -> Hypothesis:
        """The same, as the domain holds it."""
        return Hypothesis(title=self.title, choices=self.choices, rules_out=self.rules_out, drop_signs=self.drop_signs)


class StateStrategy(Placed, Hypothetical):
    """Put a strategy into words."""

    model_config = example(
        title="We win by freshness",
        choices=["Bake on site"],
        rules_out=["Frozen dough"],
        drop_signs=["Rents double"],
        cycle_id=CYCLE,
    )


class ReviseStrategy(Hypothetical):
    """The whole hypothesis as it is from now on, and why."""

    model_config = example(title="We win by freshness", choices=["Bake twice a day"], reason="Noon sells as morning")

    reason: Text


class SetTheme(Placed):
    """Set a theme: a lane that guides objectives."""

    model_config = example(title="Ovens that save power", parent_id=GOAL, cycle_id=CYCLE)

    title: Title


class RewordTheme(CommandBody):
    """Say it otherwise, and why."""

    model_config = example(title="Ovens that make power", reason="Two sites feed the grid")

    title: Title
    reason: Text


class NameChampion(CommandBody):
    """Say who owns the theme and speaks for it."""

    model_config = example(champion_id=BO)

    champion_id: UUID
