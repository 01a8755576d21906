"""Of every kind of stream: whatever is stored can be folded, in whatever order it became known."""

from datetime import timedelta
from typing import TypeVar, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import comment, cycle, member, retrospective, team, workspace
from domain.history import At, Evolve, Fact, History, fold
from domain.imported_fact import FactImported
from domain.key_result import evolve as key_result_evolve
from domain.objective import evolve as objective_evolve
from domain.purpose import mission, strategy, theme, vision
from domain.registry import EVOLVE, TOPICS
from tests.domain.scenario import NOON

State = TypeVar("State")
Event = TypeVar("Event")

EVENTS: dict[str, tuple[type, ...]] = {
    "workspace": get_args(workspace.WorkspaceEvent),
    "member": get_args(member.MemberEvent),
    "team": get_args(team.TeamEvent),
    "cycle": get_args(cycle.CycleEvent),
    "mission": get_args(mission.MissionEvent),
    "vision": get_args(vision.VisionEvent),
    "strategy": get_args(strategy.StrategyEvent),
    "theme": get_args(theme.ThemeEvent),
    "objective": get_args(objective_evolve.ObjectiveEvent),
    "key_result": get_args(key_result_evolve.KREvent),
    "comment": get_args(comment.CommentEvent),
    "retrospective": get_args(retrospective.RetrospectiveEvent),
    "import": (FactImported,),
}


def test_every_stored_name_belongs_to_a_kind() -> None:
    assert set(EVENTS) == set(EVOLVE)
    assert {event for events in EVENTS.values() for event in events} == set(TOPICS.values())


def live(evolve: Evolve[State, Event], facts: list[Fact[Event]]) -> State:
    history: History[State, Event] = History()
    for event, at in facts:
        history = history.plus(evolve, event, at)
    return history.state


@pytest.mark.parametrize("kind", EVENTS)
@given(data=st.data())
def test_nothing_that_is_stored_is_refused_and_a_replay_gives_the_live_state(kind: str, data: st.DataObject) -> None:
    hours = st.integers(-3, 3)  # Few, so that facts fall together and arrive late.
    drawn: list[tuple[object, int]] = data.draw(
        st.lists(st.tuples(st.sampled_from(EVENTS[kind]).flatmap(st.from_type), hours), max_size=6)
    )
    facts = [Fact(event, At(NOON + timedelta(hours=hour), n)) for n, (event, hour) in enumerate(drawn, start=1)]
    assert live(EVOLVE[kind], facts) == fold(EVOLVE[kind], facts)
