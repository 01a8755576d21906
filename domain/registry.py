"""Every kind of stream: the state of its aggregate, the events that it holds, and how they are folded.

The stored names of the events follow from the unions. A stored name stays for ever, whatever becomes of its class: a
class that is renamed gets its old name in STORED_AS.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple, get_args

from domain import comment, cycle, imported_fact, member, retrospective, team, workspace
from domain.history import Evolve
from domain.key_result import evolve as key_result
from domain.key_result.state import KeyResult
from domain.objective import evolve as objective
from domain.objective.state import Objective
from domain.purpose import mission, strategy, theme, vision


class Aggregate(NamedTuple):
    """`events` is a union of event classes, or the one class that there is."""

    state: type
    events: Any
    evolve: Evolve[Any, Any]


AGGREGATES: dict[str, Aggregate] = {
    "workspace": Aggregate(workspace.Workspace, workspace.WorkspaceEvent, workspace.evolve),
    "member": Aggregate(member.Member, member.MemberEvent, member.evolve),
    "team": Aggregate(team.Team, team.TeamEvent, team.evolve),
    "cycle": Aggregate(cycle.Cycle, cycle.CycleEvent, cycle.evolve),
    "mission": Aggregate(mission.Mission, mission.MissionEvent, mission.evolve),
    "vision": Aggregate(vision.Vision, vision.VisionEvent, vision.evolve),
    "strategy": Aggregate(strategy.Strategy, strategy.StrategyEvent, strategy.evolve),
    "theme": Aggregate(theme.Theme, theme.ThemeEvent, theme.evolve),
    "objective": Aggregate(Objective, objective.ObjectiveEvent, objective.evolve),
    "key_result": Aggregate(KeyResult, key_result.KREvent, key_result.evolve),
    "comment": Aggregate(comment.PostedComment, comment.CommentEvent, comment.evolve),
    "retrospective": Aggregate(retrospective.Retrospective, retrospective.RetrospectiveEvent, retrospective.evolve),
    "import": Aggregate(imported_fact.ImportedFacts, imported_fact.FactImported, imported_fact.evolve),
}

# The stored name of an event whose class was renamed after an event of it had been stored.
STORED_AS: dict[type, str] = {}

# The version in which an event is written today; 1 where it is not named. An older one has upcasters in the codec.
VERSIONS: dict[str, int] = {}

EVOLVE: Mapping[str, Evolve[Any, Any]] = {kind: aggregate.evolve for kind, aggregate in AGGREGATES.items()}
STATES: Mapping[str, type] = {kind: aggregate.state for kind, aggregate in AGGREGATES.items()}
KINDS: Mapping[type, str] = {state: kind for kind, state in STATES.items()}
EVENTS: Mapping[str, tuple[type, ...]] = {
    kind: get_args(aggregate.events) or (aggregate.events,) for kind, aggregate in AGGREGATES.items()
}
NAMES: Mapping[type, str] = {
    event: STORED_AS.get(event, event.__name__) for events in EVENTS.values() for event in events
}
TOPICS: Mapping[str, type] = {name: event for event, name in NAMES.items()}
