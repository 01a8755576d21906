"""Bodies: retrospectives, their learnings and their actions."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.commands.base import BO, CYCLE, TEAM, CommandBody, example
from contracts.scalars import Day, Text
from domain.retrospective import LearningKind


class OpenRetrospective(CommandBody):
    """Begin to look back on a cycle that is in grading. There is one a team and cycle."""

    model_config = example(team_id=TEAM, cycle_id=CYCLE)

    team_id: UUID
    cycle_id: UUID


class RecordLearning(CommandBody):
    """Say what worked, what did not, why, or what to adjust.

    Said anonymously, nothing tells who it was; the answer has a token, shown once, with which it may be withdrawn.
    """

    model_config = example(kind="did_not", text="The second oven was never ready by six", anonymous=True)

    kind: LearningKind
    text: Text
    anonymous: Annotated[bool, Field(strict=True)] = False


class WithdrawLearning(CommandBody):
    """Take a learning back: one's own, or with its token an anonymous one."""

    model_config = example(token="the token from the answer")  # noqa: S106

    token: Annotated[str, Field(min_length=1, max_length=200)] | None = None


class AgreeAction(CommandBody):
    """Agree who does what, and by when; without a day it is for the next cycle."""

    model_config = example(text="Put a timer on the second oven", owner_id=BO, due="2026-04-15")

    text: Text
    owner_id: UUID
    due: Day | None = None


class ConcludeRetrospective(CommandBody):
    """End the retrospective with what comes next, what it needs, and whose support."""

    model_config = example(
        next_steps="Bake at night in all sites", resources_needed="One more baker", support_required="The mill"
    )

    next_steps: Text
    resources_needed: Text | None = None
    support_required: Text | None = None
