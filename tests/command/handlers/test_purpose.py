"""Handlers of missions, visions, strategies and themes, each on a dict."""

import pytest

from contracts.commands.base import Nothing
from contracts.commands.purpose import (
    Align,
    DraftMission,
    NameChampion,
    Reassign,
    ReviseStrategy,
    ReviseVision,
    SetTheme,
    StateStrategy,
    StateVision,
)
from domain.errors import Invalid, Loop, NotFound, WrongKind
from domain.personal import Personal
from domain.purpose.base import PurposeAligned, PurposeReassigned
from domain.purpose.mission import Mission, MissionAdopted, MissionDrafted
from domain.purpose.strategy import Strategy, StrategyRevised, StrategyStated
from domain.purpose.theme import Theme, ThemeChampionNamed, ThemeSet
from domain.purpose.vision import Vision, VisionRevised, VisionStated
from domain.team import Team, TeamDissolved
from services.command.handlers import missions, strategies, themes, visions
from tests.command.handlers.bakery import ANA, BO, MADE, NEW, OBJECTIVE, TEAM, Bakery

MISSION = NEW


def with_mission() -> Bakery:
    at = Bakery()
    body = DraftMission(statement="Bread for everybody", team_id=TEAM, owner_id=BO)
    at.given(Mission, MISSION, *missions.draft(at.context(ANA), MISSION, body))
    return at


def test_a_mission_is_drafted_adopted_and_given_to_another_owner() -> None:
    at = with_mission()
    assert at.state(Mission, MISSION).owner_id == BO
    assert missions.adopt(at.context(ANA), MISSION, Nothing()) == [MissionAdopted()]
    assert missions.reassign(at.context(ANA), MISSION, Reassign(owner_id=ANA)) == [
        PurposeReassigned(team_id=TEAM, owner_id=ANA)
    ]


def test_a_team_that_is_dissolved_and_a_member_who_is_suspended_are_given_nothing() -> None:
    at = Bakery().suspended(BO)
    at.given(Team, TEAM, TeamDissolved())
    for body in (DraftMission(statement="X", team_id=TEAM), DraftMission(statement="X", owner_id=BO)):
        with pytest.raises(Invalid):
            missions.draft(at.context(ANA), MISSION, body)
    with pytest.raises(NotFound):
        missions.draft(at.context(ANA), MISSION, DraftMission(statement="X", owner_id=MADE))


def test_purpose_stands_under_purpose_and_not_below_itself() -> None:
    at = with_mission()
    at.given(Mission, MADE, MissionDrafted(title="Daily bread", parent_id=MISSION))
    with pytest.raises(WrongKind):
        missions.align(at.context(ANA), MISSION, Align(parent_id=OBJECTIVE))
    with pytest.raises(Loop):
        missions.align(at.context(ANA), MISSION, Align(parent_id=MADE))
    assert missions.align(at.context(ANA), MADE, Align(parent_id=None, reason="It is its own")) == [
        PurposeAligned(parent_id=None, reason=Personal(ANA, "It is its own"))
    ]


def test_a_vision_is_stated_and_revised() -> None:
    at = with_mission()
    stated = visions.state(at.context(ANA), MADE, StateVision(title="Fresh at seven", parent_id=MISSION))
    assert stated == [VisionStated(title="Fresh at seven", parent_id=MISSION)]
    at.given(Vision, MADE, *stated)
    assert visions.revise(at.context(BO), MADE, ReviseVision(title="Fresh at six", reason="Earlier")) == [
        VisionRevised(title="Fresh at six", reason=Personal(BO, "Earlier"))
    ]


def test_a_strategy_is_stated_and_revised_as_a_whole() -> None:
    at = with_mission()
    stated = strategies.state(at.context(ANA), MADE, StateStrategy(title="Freshness wins", choices=("Bake on site",)))
    assert stated == [StrategyStated(title="Freshness wins", choices=("Bake on site",))]
    at.given(Strategy, MADE, *stated)
    [revised] = strategies.revise(at.context(ANA), MADE, ReviseStrategy(title="Freshness wins", reason="Why not"))
    assert revised == StrategyRevised(title="Freshness wins", reason=Personal(ANA, "Why not"))


def test_a_theme_is_set_and_has_a_champion_who_is_active() -> None:
    at = with_mission()
    at.given(Theme, MADE, *themes.set_(at.context(ANA), MADE, SetTheme(title="Ovens")))
    assert at.state(Theme, MADE).title == "Ovens"
    assert themes.name_champion(at.context(ANA), MADE, NameChampion(champion_id=BO)) == [
        ThemeChampionNamed(champion_id=BO)
    ]
    with pytest.raises(Invalid):
        themes.name_champion(at.suspended(BO).context(ANA), MADE, NameChampion(champion_id=BO))
    assert themes.set_(at.context(ANA), MADE, SetTheme(title="Mills")) == [ThemeSet(title="Mills")]
