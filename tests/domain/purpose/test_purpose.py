"""Missions, visions, strategies and themes: what each says, and what the four share."""

from datetime import date, timedelta
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest

from domain.errors import NotLive, ReasonRequired
from domain.goal.alignment import GoalRescheduled, Link
from domain.purpose import base as purpose
from domain.purpose import mission, strategy, theme, vision
from domain.purpose.base import PurposeAligned, PurposeReassigned
from domain.purpose.mission import (
    MissionAdopted,
    MissionDrafted,
    MissionReaffirmed,
    MissionRetired,
    MissionRevised,
    MissionStatement,
)
from domain.purpose.strategy import Hypothesis, StrategyRetired, StrategyRevised, StrategyStated
from domain.purpose.theme import ThemeChampionNamed, ThemeRetired, ThemeReworded, ThemeSet
from domain.purpose.vision import VisionRetired, VisionRevised, VisionStated
from tests.domain.scenario import ANA, BO, NOON, scenario, state, words

WHY = words("we learned something")
OVENS, YEAR, BAKERY, MILL = (UUID(int=n) for n in range(1, 5))

DRAFTED = MissionDrafted(title="Good bread for everybody", origin="The queue of 1998", origin_date=date(1998, 5, 1))
STATED = VisionStated(title="A bakery in every street")
HYPOTHESIS = Hypothesis(title="Win by freshness", choices=("bake on site",), rules_out=("frozen dough",))
STRATEGY = StrategyStated(title="Win by freshness", choices=("bake on site",), rules_out=("frozen dough",))
SET = ThemeSet(title="Ovens that save power")

# Of each kind: its module, how it begins (live), how it ends, and another title with the event that gives it.
KINDS: dict[str, tuple[ModuleType, list[Any], Any, Any]] = {
    "mission": (mission, [DRAFTED, MissionAdopted()], MissionRetired(reason=WHY), MissionRevised(title="New")),
    "vision": (vision, [STATED], VisionRetired(reason=WHY), VisionRevised(title="New")),
    "strategy": (strategy, [STRATEGY], StrategyRetired(reason=WHY), StrategyRevised(title="New")),
    "theme": (theme, [SET], ThemeRetired(reason=WHY), ThemeReworded(title="New")),
}


@pytest.fixture(params=KINDS)
def kind(request):
    return KINDS[request.param]


def test_it_is_aligned_under_a_goal_and_realigned_with_a_reason(kind) -> None:
    module, live, _, _ = kind
    first = PurposeAligned(parent_id=BAKERY)

    def to(parent_id, reason=None):
        return lambda given: purpose.align(given, parent_id=parent_id, reason=reason)

    scenario(module.evolve, given=live, when=to(BAKERY), then=[first])
    scenario(module.evolve, given=[*live, first], when=to(BAKERY), then=[])
    scenario(module.evolve, given=[*live, first], when=to(MILL), then=ReasonRequired)
    for parent_id in (MILL, None):
        aligned = PurposeAligned(parent_id=parent_id, reason=WHY)
        scenario(module.evolve, given=[*live, first], when=to(parent_id, WHY), then=[aligned])


def test_its_links_remember_from_when_it_stood_where(kind) -> None:
    module, live, _, _ = kind
    later = NOON + timedelta(days=30)
    given = [(live[0], NOON), *live[1:], (PurposeAligned(parent_id=BAKERY), later)]
    after = state(module.evolve, given)
    assert after.links == (Link(NOON, None), Link(later, BAKERY))
    assert after.first_at == NOON


def test_it_is_reassigned(kind) -> None:
    module, live, _, _ = kind
    given_away = PurposeReassigned(team_id=OVENS, owner_id=BO, reason=WHY)

    def give(given):
        return purpose.reassign(given, team_id=OVENS, owner_id=BO, reason=WHY)

    scenario(module.evolve, given=live, when=give, then=[given_away])
    scenario(module.evolve, given=[*live, given_away], when=give, then=[])


def test_it_is_retired_once_and_then_nothing_is_asked_of_it(kind) -> None:
    module, live, retired, _ = kind
    scenario(module.evolve, given=live, when=lambda p: module.retire(p, reason=WHY), then=[retired])
    scenario(module.evolve, given=[*live, retired], when=lambda p: module.retire(p, reason=words("again")), then=[])
    for act in (
        lambda p: purpose.align(p, parent_id=BAKERY, reason=WHY),
        lambda p: purpose.reassign(p, team_id=OVENS, owner_id=BO, reason=None),
    ):
        scenario(module.evolve, given=[*live, retired], when=act, then=NotLive)


def test_what_is_stored_of_something_retired_changes_it_and_leaves_it_retired(kind) -> None:
    module, live, retired, _ = kind
    rescheduled = GoalRescheduled(cycle_id=YEAR)
    after = state(module.evolve, [*live, retired, rescheduled, PurposeReassigned(team_id=OVENS, owner_id=BO)])
    assert (after.state, after.cycle_id, after.team_id) == ("retired", YEAR, OVENS)


def test_what_an_import_revises_after_it_was_retired_is_back(kind) -> None:
    module, live, retired, reworded = kind
    before, after = state(module.evolve, live), state(module.evolve, [*live, retired, reworded])
    assert (after.state, after.title) == (before.state, "New")


def test_a_fact_from_before_its_beginning_changes_nothing(kind) -> None:
    module, live, retired, reworded = kind
    before = NOON - timedelta(days=1)
    assert state(module.evolve, [*live, (reworded, before), (retired, before)]) == state(module.evolve, live)


# --- mission ------------------------------------------------------------------------------------------------------


def test_a_mission_is_drafted_in_one_sentence_with_its_origin() -> None:
    scenario(
        mission.evolve,
        given=[],
        when=lambda _: mission.draft(
            statement=MissionStatement(title="Good bread for everybody"),
            origin="The queue of 1998",
            origin_date=date(1998, 5, 1),
        ),
        then=[DRAFTED],
    )


def test_a_mission_in_four_parts_keeps_them_and_reads_as_one_sentence() -> None:
    parts = {"audience": "bakers", "outcome": "no waste", "approach": "forecasts", "impact": "baking pays"}
    said = mission.statement_in_parts(**parts)
    [drafted] = mission.draft(statement=said, owner_id=ANA)
    assert (drafted.title, drafted.audience) == (
        "For bakers: no waste, through forecasts, so that baking pays",
        "bakers",
    )
    assert state(mission.evolve, [drafted]).statement == said


def test_a_mission_is_adopted_once() -> None:
    scenario(mission.evolve, given=[DRAFTED], when=mission.adopt, then=[MissionAdopted()])
    scenario(mission.evolve, given=[DRAFTED, MissionAdopted()], when=mission.adopt, then=[])
    scenario(mission.evolve, given=[DRAFTED, MissionRetired(reason=WHY)], when=mission.adopt, then=NotLive)


def test_an_adoption_that_is_stored_after_the_end_leaves_it_retired() -> None:
    assert state(mission.evolve, [DRAFTED, MissionRetired(), MissionAdopted()]).state == "retired"


def revise(reason=None, *, title="Better bread", years=5):
    return lambda m: mission.revise(m, statement=MissionStatement(title=title), horizon_years=years, reason=reason)


def test_an_adopted_mission_is_revised_with_a_reason() -> None:
    adopted = [DRAFTED, MissionAdopted()]
    revised = MissionRevised(title="Better bread", reason=WHY)
    scenario(mission.evolve, given=adopted, when=revise(WHY), then=[revised])
    scenario(mission.evolve, given=adopted, when=revise(), then=ReasonRequired)
    scenario(mission.evolve, given=[*adopted, revised], when=revise(WHY), then=[])
    scenario(mission.evolve, given=[*adopted, MissionRetired()], when=revise(WHY), then=NotLive)


def test_a_drafted_mission_is_revised_without_one() -> None:
    scenario(
        mission.evolve,
        given=[DRAFTED],
        when=revise(title=DRAFTED.title, years=10),
        then=[MissionRevised(title=DRAFTED.title, horizon_years=10)],
    )


def test_a_mission_is_reaffirmed_each_time_it_is_looked_at_again() -> None:
    adopted = [DRAFTED, MissionAdopted()]
    again = MissionReaffirmed(note=WHY)
    for given in (adopted, [*adopted, again]):
        scenario(mission.evolve, given=given, when=lambda m: mission.reaffirm(m, note=WHY), then=[again])
    later = NOON + timedelta(days=90)
    assert state(mission.evolve, [*adopted, (again, later)]).reaffirmed_at == later


def test_only_an_adopted_mission_is_reaffirmed() -> None:
    scenario(mission.evolve, given=[DRAFTED], when=mission.reaffirm, then=NotLive, says="drafted")
    scenario(mission.evolve, given=[DRAFTED, MissionRetired()], when=mission.reaffirm, then=NotLive, says="retired")


# --- vision, strategy, theme --------------------------------------------------------------------------------------


def test_a_vision_is_stated_and_revised() -> None:
    scenario(vision.evolve, given=[], when=lambda _: vision.state(title=STATED.title), then=[STATED])

    def revised(title):
        return lambda v: vision.revise(v, title=title, reason=WHY)

    scenario(vision.evolve, given=[STATED], when=revised("New"), then=[VisionRevised(title="New", reason=WHY)])
    scenario(vision.evolve, given=[STATED], when=revised(STATED.title), then=[])
    scenario(vision.evolve, given=[STATED, VisionRetired()], when=revised("New"), then=NotLive)


def test_a_strategy_says_what_it_chooses_and_rules_out_and_is_revised_as_a_whole() -> None:
    scenario(strategy.evolve, given=[], when=lambda _: strategy.state(hypothesis=HYPOTHESIS), then=[STRATEGY])
    other = Hypothesis(title="Win by freshness", drop_signs=("rents double",))

    def revised(hypothesis):
        return lambda s: strategy.revise(s, hypothesis=hypothesis, reason=WHY)

    then = StrategyRevised(title="Win by freshness", drop_signs=("rents double",), reason=WHY)
    scenario(strategy.evolve, given=[STRATEGY], when=revised(other), then=[then])
    scenario(strategy.evolve, given=[STRATEGY], when=revised(HYPOTHESIS), then=[])
    scenario(strategy.evolve, given=[STRATEGY, StrategyRetired()], when=revised(other), then=NotLive)


def test_a_theme_is_set_and_reworded() -> None:
    scenario(theme.evolve, given=[], when=lambda _: theme.set_(title=SET.title), then=[SET])

    def reworded(title):
        return lambda t: theme.reword(t, title=title, reason=WHY)

    scenario(theme.evolve, given=[SET], when=reworded("New"), then=[ThemeReworded(title="New", reason=WHY)])
    scenario(theme.evolve, given=[SET], when=reworded(SET.title), then=[])
    scenario(theme.evolve, given=[SET, ThemeRetired()], when=reworded("New"), then=NotLive)


def test_a_theme_has_a_champion() -> None:
    named = ThemeChampionNamed(champion_id=BO)

    def name(given):
        return theme.name_champion(given, champion_id=BO)

    scenario(theme.evolve, given=[SET], when=name, then=[named])
    scenario(theme.evolve, given=[SET, named], when=name, then=[])
    scenario(theme.evolve, given=[SET, ThemeRetired()], when=name, then=NotLive)
