"""Missions, visions, strategies and themes: what each says, and what the four share."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import pytest

from domain.errors import NotLive, ReasonRequired
from domain.goal.alignment import GoalRescheduled, Link
from domain.personal import Personal
from domain.purpose import base as purpose
from domain.purpose import mission, strategy, theme, vision
from domain.purpose.base import Purpose, PurposeAligned, PurposeEvent, PurposeReassigned, Retired
from domain.purpose.mission import (
    Mission,
    MissionAdopted,
    MissionDrafted,
    MissionEvent,
    MissionReaffirmed,
    MissionRetired,
    MissionRevised,
    MissionStatement,
)
from domain.purpose.strategy import (
    Hypothesis,
    Strategy,
    StrategyEvent,
    StrategyRetired,
    StrategyRevised,
    StrategyStated,
)
from domain.purpose.theme import Theme, ThemeChampionNamed, ThemeEvent, ThemeRetired, ThemeReworded, ThemeSet
from domain.purpose.vision import Vision, VisionEvent, VisionRetired, VisionRevised, VisionStated
from tests.domain.scenario import ANA, BO, NOON, Decision, Given, Specification, beginning, words

WHY = words("we learned something")
OVENS, YEAR, BAKERY, MILL = (UUID(int=n) for n in range(1, 5))

DRAFTED = MissionDrafted(title="Good bread for everybody", origin="The queue of 1998", origin_date=date(1998, 5, 1))
STATED = VisionStated(title="A bakery in every street")
HYPOTHESIS = Hypothesis(title="Win by freshness", choices=("bake on site",), rules_out=("frozen dough",))
STRATEGY = StrategyStated(title="Win by freshness", choices=("bake on site",), rules_out=("frozen dough",))
SET = ThemeSet(title="Ovens that save power")

MISSION = Specification(mission.evolve)
VISION = Specification(vision.evolve)
STRATEGIES = Specification(strategy.evolve)
THEME = Specification(theme.evolve)


class Kind(NamedTuple):
    """How one of the four begins (live) and ends, and the event that gives it another title."""

    spec: Specification[Any, Any]  # Each kind has its own state and events.
    live: list[object]
    retire: Callable[..., Sequence[object]]
    retired: Retired
    reworded: object


KINDS = {
    "mission": Kind(
        MISSION, [DRAFTED, MissionAdopted()], mission.retire, MissionRetired(reason=WHY), MissionRevised(title="New")
    ),
    "vision": Kind(VISION, [STATED], vision.retire, VisionRetired(reason=WHY), VisionRevised(title="New")),
    "strategy": Kind(
        STRATEGIES, [STRATEGY], strategy.retire, StrategyRetired(reason=WHY), StrategyRevised(title="New")
    ),
    "theme": Kind(THEME, [SET], theme.retire, ThemeRetired(reason=WHY), ThemeReworded(title="New")),
}


@pytest.fixture(params=list(KINDS.values()), ids=list(KINDS))
def kind(request: pytest.FixtureRequest) -> Kind:
    param: Kind = request.param
    return param


def test_it_is_aligned_under_a_goal_and_realigned_with_a_reason(kind: Kind) -> None:
    live = kind.live
    first = PurposeAligned(parent_id=BAKERY)

    def to(parent_id: UUID | None, reason: Personal | None = None) -> Decision[Purpose, PurposeEvent]:
        return lambda given: purpose.align(given, parent_id=parent_id, reason=reason)

    kind.spec.scenario(given=live, when=to(BAKERY), then=[first])
    kind.spec.scenario(given=[*live, first], when=to(BAKERY), then=[])
    kind.spec.scenario(given=[*live, first], when=to(MILL), then=ReasonRequired)
    for parent_id in (MILL, None):
        aligned = PurposeAligned(parent_id=parent_id, reason=WHY)
        kind.spec.scenario(given=[*live, first], when=to(parent_id, WHY), then=[aligned])


def test_its_links_remember_from_when_it_stood_where(kind: Kind) -> None:
    live = kind.live
    later = NOON + timedelta(days=30)
    given: Given[object] = [(live[0], NOON), *live[1:], (PurposeAligned(parent_id=BAKERY), later)]
    after = kind.spec.state(given)
    assert after.links == (Link(NOON, None), Link(later, BAKERY))
    assert after.first_at == NOON


def test_it_is_reassigned(kind: Kind) -> None:
    live = kind.live
    given_away = PurposeReassigned(team_id=OVENS, owner_id=BO, reason=WHY)

    def give(given: Purpose) -> list[PurposeEvent]:
        return purpose.reassign(given, team_id=OVENS, owner_id=BO, reason=WHY)

    kind.spec.scenario(given=live, when=give, then=[given_away])
    kind.spec.scenario(given=[*live, given_away], when=give, then=[])


def test_it_is_retired_once_and_then_nothing_is_asked_of_it(kind: Kind) -> None:
    live, retired = kind.live, kind.retired
    kind.spec.scenario(given=live, when=lambda p: kind.retire(p, reason=WHY), then=[retired])
    kind.spec.scenario(given=[*live, retired], when=lambda p: kind.retire(p, reason=words("again")), then=[])
    acts: tuple[Decision[Purpose, PurposeEvent], ...] = (
        lambda p: purpose.align(p, parent_id=BAKERY, reason=WHY),
        lambda p: purpose.reassign(p, team_id=OVENS, owner_id=BO, reason=None),
    )
    for act in acts:
        kind.spec.scenario(given=[*live, retired], when=act, then=NotLive)


def test_what_is_stored_of_something_retired_changes_it_and_leaves_it_retired(kind: Kind) -> None:
    live, retired = kind.live, kind.retired
    rescheduled = GoalRescheduled(cycle_id=YEAR)
    after = kind.spec.state([*live, retired, rescheduled, PurposeReassigned(team_id=OVENS, owner_id=BO)])
    assert (after.state, after.cycle_id, after.team_id) == ("retired", YEAR, OVENS)


def test_what_an_import_revises_after_it_was_retired_is_back(kind: Kind) -> None:
    live, retired, reworded = kind.live, kind.retired, kind.reworded
    before, after = kind.spec.state(live), kind.spec.state([*live, retired, reworded])
    assert (after.state, after.title) == (before.state, "New")


def test_a_fact_from_before_its_beginning_changes_nothing(kind: Kind) -> None:
    live, retired, reworded = kind.live, kind.retired, kind.reworded
    before = NOON - timedelta(days=1)
    assert kind.spec.state([*live, (reworded, before), (retired, before)]) == kind.spec.state(live)


# --- mission ------------------------------------------------------------------------------------------------------


def test_a_mission_is_drafted_in_one_sentence_with_its_origin() -> None:
    beginning(
        when=lambda: mission.draft(
            statement=MissionStatement(title="Good bread for everybody"),
            origin="The queue of 1998",
            origin_date=date(1998, 5, 1),
        ),
        then=[DRAFTED],
    )


def test_a_mission_in_four_parts_keeps_them_and_reads_as_one_sentence() -> None:
    statement = mission.statement_in_parts(
        audience="bakers", outcome="no waste", approach="forecasts", impact="baking pays"
    )
    [drafted] = mission.draft(statement=statement, owner_id=ANA)
    assert isinstance(drafted, MissionDrafted)
    assert (drafted.title, drafted.audience) == (
        "For bakers: no waste, through forecasts, so that baking pays",
        "bakers",
    )
    assert MISSION.state([drafted]).statement == statement


def test_a_mission_is_adopted_once() -> None:
    MISSION.scenario(given=[DRAFTED], when=mission.adopt, then=[MissionAdopted()])
    MISSION.scenario(given=[DRAFTED, MissionAdopted()], when=mission.adopt, then=[])
    MISSION.scenario(given=[DRAFTED, MissionRetired(reason=WHY)], when=mission.adopt, then=NotLive)


def test_an_adoption_that_is_stored_after_the_end_leaves_it_retired() -> None:
    assert MISSION.state([DRAFTED, MissionRetired(), MissionAdopted()]).state == "retired"


def revise(
    reason: Personal | None = None, *, title: str = "Better bread", years: int = 5
) -> Decision[Mission, MissionEvent]:
    return lambda m: mission.revise(m, statement=MissionStatement(title=title), horizon_years=years, reason=reason)


def test_an_adopted_mission_is_revised_with_a_reason() -> None:
    adopted: list[MissionEvent] = [DRAFTED, MissionAdopted()]
    revised = MissionRevised(title="Better bread", reason=WHY)
    MISSION.scenario(given=adopted, when=revise(WHY), then=[revised])
    MISSION.scenario(given=adopted, when=revise(), then=ReasonRequired)
    MISSION.scenario(given=[*adopted, revised], when=revise(WHY), then=[])
    MISSION.scenario(given=[*adopted, MissionRetired()], when=revise(WHY), then=NotLive)


def test_a_drafted_mission_is_revised_without_one() -> None:
    MISSION.scenario(
        given=[DRAFTED],
        when=revise(title=DRAFTED.title, years=10),
        then=[MissionRevised(title=DRAFTED.title, horizon_years=10)],
    )


def test_a_mission_is_reaffirmed_each_time_it_is_looked_at_again() -> None:
    adopted: list[MissionEvent] = [DRAFTED, MissionAdopted()]
    again = MissionReaffirmed(note=WHY)
    for given in (adopted, [*adopted, again]):
        MISSION.scenario(given=given, when=lambda m: mission.reaffirm(m, note=WHY), then=[again])
    later = NOON + timedelta(days=90)
    assert MISSION.state([*adopted, (again, later)]).reaffirmed_at == later


def test_only_an_adopted_mission_is_reaffirmed() -> None:
    MISSION.scenario(given=[DRAFTED], when=mission.reaffirm, then=NotLive, says="drafted")
    MISSION.scenario(given=[DRAFTED, MissionRetired()], when=mission.reaffirm, then=NotLive, says="retired")


# --- vision, strategy, theme --------------------------------------------------------------------------------------


def test_a_vision_is_stated_and_revised() -> None:
    beginning(when=lambda: vision.state(title=STATED.title), then=[STATED])

    def revised(title: str) -> Decision[Vision, VisionEvent]:
        return lambda v: vision.revise(v, title=title, reason=WHY)

    VISION.scenario(given=[STATED], when=revised("New"), then=[VisionRevised(title="New", reason=WHY)])
    VISION.scenario(given=[STATED], when=revised(STATED.title), then=[])
    VISION.scenario(given=[STATED, VisionRetired()], when=revised("New"), then=NotLive)


def test_a_strategy_says_what_it_chooses_and_rules_out_and_is_revised_as_a_whole() -> None:
    beginning(when=lambda: strategy.state(hypothesis=HYPOTHESIS), then=[STRATEGY])
    other = Hypothesis(title="Win by freshness", drop_signs=("rents double",))

    def revised(hypothesis: Hypothesis) -> Decision[Strategy, StrategyEvent]:
        return lambda s: strategy.revise(s, hypothesis=hypothesis, reason=WHY)

    then = StrategyRevised(title="Win by freshness", drop_signs=("rents double",), reason=WHY)
    STRATEGIES.scenario(given=[STRATEGY], when=revised(other), then=[then])
    STRATEGIES.scenario(given=[STRATEGY], when=revised(HYPOTHESIS), then=[])
    STRATEGIES.scenario(given=[STRATEGY, StrategyRetired()], when=revised(other), then=NotLive)


def test_a_theme_is_set_and_reworded() -> None:
    beginning(when=lambda: theme.set_(title=SET.title), then=[SET])

    def reworded(title: str) -> Decision[Theme, ThemeEvent]:
        return lambda t: theme.reword(t, title=title, reason=WHY)

    THEME.scenario(given=[SET], when=reworded("New"), then=[ThemeReworded(title="New", reason=WHY)])
    THEME.scenario(given=[SET], when=reworded(SET.title), then=[])
    THEME.scenario(given=[SET, ThemeRetired()], when=reworded("New"), then=NotLive)


def test_a_theme_has_a_champion() -> None:
    named = ThemeChampionNamed(champion_id=BO)

    def name(given: Theme) -> list[ThemeEvent]:
        return theme.name_champion(given, champion_id=BO)

    THEME.scenario(given=[SET], when=name, then=[named])
    THEME.scenario(given=[SET, named], when=name, then=[])
    THEME.scenario(given=[SET, ThemeRetired()], when=name, then=NotLive)
