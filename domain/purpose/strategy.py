"""Strategy: a strongly held hypothesis of how to win, for a year. Read downwards: events, state, evolve, decisions."""

from dataclasses import dataclass, fields, replace
from typing import Any
from uuid import UUID

from domain.history import At
from domain.personal import Personal
from domain.purpose import base as purpose
from domain.purpose.base import Purpose, PurposeEvent, PurposeStarted, Retired

Lines = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypothesis:
    """How to win, in one sentence; what it chooses, what it rules out, and the signs by which it would be dropped."""

    title: str
    choices: Lines = ()
    rules_out: Lines = ()
    drop_signs: Lines = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyStated(PurposeStarted):
    """A strategy was put into words."""

    choices: Lines = ()
    rules_out: Lines = ()
    drop_signs: Lines = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyRevised(Hypothesis):
    """The year taught something: the whole hypothesis from now on."""

    reason: Personal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyRetired(Retired):
    """The strategy is over."""


StrategyEvent = StrategyStated | StrategyRevised | StrategyRetired | PurposeEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Strategy(Purpose):
    hypothesis: Hypothesis


def evolve(strategy: Strategy | None, event: StrategyEvent, at: At) -> Strategy | None:
    """Remember one stored fact. Never refuses: what is stored has happened."""
    match event:
        case StrategyStated():
            return Strategy(**purpose.started(event, at), hypothesis=Hypothesis(**_fields(event)))
        case StrategyRevised() if strategy:
            state, hypothesis = purpose.revised(strategy), Hypothesis(**_fields(event))
            return replace(strategy, state=state, title=event.title, hypothesis=hypothesis)
        case _:
            return purpose.evolve(strategy, event, at)


def state(
    *,
    hypothesis: Hypothesis,
    team_id: UUID | None = None,
    owner_id: UUID | None = None,
    parent_id: UUID | None = None,
    cycle_id: UUID | None = None,
) -> list[StrategyEvent]:
    """Put a strategy into words."""
    return [
        StrategyStated(
            **_fields(hypothesis), team_id=team_id, owner_id=owner_id, parent_id=parent_id, cycle_id=cycle_id
        )
    ]


def revise(strategy: Strategy, *, hypothesis: Hypothesis, reason: Personal) -> list[StrategyEvent]:
    """Change it as the year teaches, and say why: never silently."""
    if hypothesis == strategy.hypothesis:
        return []
    purpose.require_live(strategy)
    return [StrategyRevised(**_fields(hypothesis), reason=reason)]


def retire(strategy: Strategy, *, reason: Personal) -> list[StrategyEvent]:
    """End it."""
    return [] if strategy.state == "retired" else [StrategyRetired(reason=reason)]


def _fields(hypothesis: Hypothesis | StrategyStated) -> dict[str, Any]:
    return {field.name: getattr(hypothesis, field.name) for field in fields(Hypothesis)}
