"""Bodies: cycles."""

from contracts.commands.base import CommandBody, example
from contracts.scalars import Day, Name, Text
from domain.cycle import CycleKind


class PlanCycle(CommandBody):
    """Name a period. `end` is the first day after it; a cycle may be dated later, then it has neither."""

    model_config = example(name="2026-Q1", kind="quarter", start="2026-01-01", end="2026-04-01")

    name: Name
    kind: CycleKind = "custom"
    start: Day | None = None
    end: Day | None = None


class DateCycle(CommandBody):
    """Give the period its days; `end` is the first day after it."""

    model_config = example(start="2026-01-01", end="2026-04-01")

    start: Day
    end: Day


class ReopenCycle(CommandBody):
    """Allow again what grading allows."""

    model_config = example(reason="The uptime of March was read from the wrong month")

    reason: Text
