"""Every command twice: of its handler on a dict and of the product over HTTP. Both must say the same.

Read downwards: the diagrams, who there is, a command, what must hold.
"""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID, uuid4

import httpx
from hypothesis import event as seen
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, rule

from contracts.problems import STATUS, type_of
from domain.cycle import Cycle
from domain.errors import Refusal
from domain.goal import roll_up
from domain.goal.ratio import rounded
from domain.history import Fact, History
from domain.key_result import lifecycle as key_result_lifecycle
from domain.key_result.state import KeyResult
from domain.member import Member
from domain.objective.state import Objective
from domain.registry import EVOLVE
from tests.json_types import Json
from tests.machines.model import Model, as_json, fact_of, shown_as
from tests.machines.workspace import Workspace

# Where each state may lead. `dropped` leads back to where the goal was, and nowhere else.
DIAGRAMS: dict[str, dict[str, set[str]]] = {
    "objective": {
        "nothing": {"proposed"},
        "proposed": {"agreed", "withdrawn", "dropped"},
        "agreed": {"graded", "dropped"},
        "graded": {"dropped"},
        "dropped": set(),
        "withdrawn": set(),
    },
    "key_result": {
        "nothing": {"proposed"},
        "proposed": {"committed", "declined", "withdrawn", "dropped"},
        "committed": {"amendment open", "stretch open", "graded", "dropped"},
        "amendment open": {"committed", "graded", "dropped"},
        "stretch open": {"committed", "graded", "dropped"},
        "graded": {"dropped"},
        "dropped": set(),
        "declined": set(),
        "withdrawn": set(),
    },
    "cycle": {
        "nothing": {"planning"},
        "planning": {"active"},
        "active": {"grading"},
        "grading": {"closed"},
        "closed": {"reopened"},
        "reopened": {"closed"},
    },
}
HIDDEN = ("withdrawn", "declined")  # From the tree. Dropped goals are asked for.

objectives = Bundle("objectives")
key_results = Bundle("key_results")
cycles = Bundle("cycles")
actors = st.sampled_from([*["ana", "bo"] * 8, "cy", "cy", "di", "di", "vi", "sue", "stranger"])
parties = st.sampled_from(["nobody", "nobody", "ana", "bo", "cy", "sue"])  # Who may be named in a command.
reasons = st.sampled_from([None, "As we see it"])

ROLES = {"ana": "member", "bo": "member", "cy": "member", "di": "admin", "vi": "viewer", "sue": "member"}


class TwoSidedMachine(RuleBasedStateMachine):
    """`self.submit` is every rule's one way to do something."""

    def __init__(self, server: httpx.Client) -> None:
        super().__init__()
        self.api = Workspace(server)
        self.model = Model(UUID(self.api.id))
        self.places: dict[UUID, str] = {}  # Where each goal and cycle is, by the diagrams.
        self.before_drop: dict[UUID, str] = {}
        self.submitting = False
        self.members: dict[str, UUID | None] = {"nobody": None, "stranger": uuid4()}
        for name, role in ROLES.items():
            self.members[name] = UUID(self.api.make("members", {"name": name, "role": role}))
        self.api.do(f"members/{self.members['sue']}/suspend", {"reason": "Away"})
        self.team = UUID(self.api.make("teams", {"name": "Ovens"}))
        self.api.do(f"teams/{self.team}/join", {"member_id": str(self.members["cy"])})
        self.api.do(f"teams/{self.team}/name-lead", {"member_id": str(self.members["cy"])})
        for shown in self.api.events():
            self.learn(shown)

    # --- a command ----------------------------------------------------------------------------------------------------

    def submit(self, by: str, address: str, body: Json) -> UUID | None:
        """Send it, send it again, and let the model's handler decide it: the same events, or the same refusal.

        The id of what was made or changed, None where the rules said no.
        """
        self.submitting = True
        key, who = uuid4().hex, self.members[by]
        assert who is not None
        body = {name: value for name, value in as_json(body).items() if value != "left out"}
        answer, again = (self.api.post(address, body, by=who, key=key) for _ in range(2))
        verb = address.rpartition("/")[2]
        try:
            made = UUID(answer.json()["id"]) if answer.is_success else uuid4()
            decided = self.model.decide(address, body, by=who, made_id=made, now=datetime.now(UTC))
        except Refusal as refusal:
            said_no(answer, refusal)
            said_no(again, refusal)  # Had it recorded anything, the next command's events would not be alone.
            seen(f"{verb}: {type(refusal).__name__}")
            self.submitting = False
            return None
        assert answer.is_success, f"the model takes it: {decided}; answered was {answer.text}"
        new = self.api.events(after=self.model.position)
        assert [{name: shown[name] for name in ("aggregate_id", "type", "data")} for shown in new] == [
            shown_as(event) for event in decided
        ], "the same events, once"
        for event, shown in zip(decided, new, strict=True):
            assert shown["actor"]["id"] == str(who)
            effective_at = event.effective_at.isoformat() if event.effective_at else shown["recorded_at"]
            assert shown["effective_at"] == effective_at.replace("+00:00", "Z")
            self.learn(shown)
        self.check_answer(answer, again, self.aggregate_of(address, made), [shown["position"] for shown in new])
        seen(f"{verb}: {'recorded' if new else 'nothing new'}")
        self.submitting = False
        return made

    def aggregate_of(self, address: str, made: UUID) -> UUID:
        """The goal or cycle that a command is about: the one in its path, else the one that it makes."""
        path = address.split("/")
        aggregate_id = UUID(path[1]) if len(path) > 1 else made
        assert made == aggregate_id or "check-ins" in path, "only a check-in is something inside of its goal"
        return aggregate_id

    def check_answer(self, answer: httpx.Response, again: httpx.Response, aggregate_id: UUID, new: list[int]) -> None:
        history = self.model.history(aggregate_id)
        assert answer.json() | {"id": None} == {
            "id": None,
            "aggregate_id": str(aggregate_id),
            "version": history.version,
            "position": new[-1] if new else history.position,
        }
        assert answer.headers["ETag"] == again.headers["ETag"] == f'"{history.version}"'
        assert again.json() == answer.json(), "the same answer to the same command"
        assert again.headers["Idempotency-Replayed"] == "true"

    def learn(self, shown: Json) -> None:
        """Take a recorded event into the model, and see that the diagrams let it happen."""
        id, kind = UUID(shown["aggregate_id"]), shown["stream_kind"]
        state = self.model.learn(shown)
        if kind in DIAGRAMS:
            before, after = self.places.get(id, "nothing"), place(state)
            allowed = DIAGRAMS[kind][before] | ({self.before_drop[id]} if before == "dropped" else set())
            assert after == before or after in allowed, f"{shown['type']} leads from {before} to {after}"
            if after == "dropped" != before:
                self.before_drop[id] = before
            self.places[id] = after

    # --- what must hold -----------------------------------------------------------------------------------------------

    def teardown(self) -> None:
        if not self.submitting:  # What has failed already is said once.
            self.look()

    @rule()
    def look(self) -> None:
        """The live state is that of the model, and that of a replay of the whole feed."""
        self.replaying_the_feed_gives_the_state()
        self.the_queries_show_the_state()

    def replaying_the_feed_gives_the_state(self) -> None:
        facts: dict[UUID, list[Fact[object]]] = {}
        for shown in self.api.events():
            facts.setdefault(UUID(shown["aggregate_id"]), []).append(fact_of(shown))
        histories = self.model.histories()
        assert facts.keys() == histories.keys()
        for id, history in histories.items():
            assert History.of(EVOLVE[self.model.kind(id) or ""], facts[id]) == history

    def the_queries_show_the_state(self) -> None:
        tree = {UUID(node["id"]): node for node in self.api.get("alignment-tree", include="dropped")["nodes"]}
        goals = self.model.of_kind("objective", "key_result")
        assert tree.keys() == {id for id, goal in goals.items() if goal.state not in HIDDEN}
        for id, node in tree.items():
            expected = self.node(id, goals[id])
            assert {name: node[name] for name in expected} == expected
        for id, kr in self.model.of_kind("key_result").items():
            shown = self.api.get(f"key-results/{id}")
            assert (shown["state"], shown["version"]) == (kr.state, self.model.history(id).version)
            assert as_json([kr.terms, kr.amendment, kr.stretch, kr.stretch_offer, kr.first_agreed]) == [
                shown[name] for name in ("terms", "amendment", "stretch", "stretch_offer", "first_agreed")
            ]
        for shown in self.api.get("cycles")["cycles"]:
            assert shown["state"] == self.model.state(Cycle, UUID(shown["id"])).state

    def node(self, id: UUID, goal: Objective | KeyResult) -> Json:
        """What the tree says of a goal."""
        cycle = self.model.cycle_of(goal.cycle_id)
        progress = key_result_lifecycle.computed_score(goal) if isinstance(goal, KeyResult) else None
        latest = goal.check_ins[-1].statement if goal.check_ins else None
        return {
            "title": goal.title,
            "parent_id": goal.parent_id and str(goal.parent_id),
            "owner": goal.owner_id and {"id": str(goal.owner_id), "name": self.name_of(goal.owner_id)},
            "state": goal.state,
            "phase": phase(goal.state, cycle.state if cycle else None),
            "value": text(latest.value if latest else None),
            "confidence": text(self.confidence(id, goal)),
            "score": text(goal.grade and goal.grade.score),
        } | ({"progress": text(progress and rounded(progress))} if isinstance(goal, KeyResult) else {})

    def name_of(self, id: UUID) -> str | None:
        return self.model.state(Member, id).name.text

    def confidence(self, id: UUID, goal: Objective | KeyResult) -> Decimal | None:
        if isinstance(goal, KeyResult):
            return goal.confidence.value if goal.confidence else None
        below = [
            (kr.confidence, goal.weights.get(child, Decimal(1)))
            for child, kr in self.model.key_results(id).items()
            if kr.confidence and kr.state in ("committed", "graded")
        ]
        confidence = roll_up.confidence_of(goal.confidence, below)
        return confidence if confidence is None else rounded(confidence)


def place(state: Objective | KeyResult | Cycle) -> str:
    """Where a goal or cycle is in its diagram."""
    if isinstance(state, KeyResult) and state.state == "committed":
        if state.amendment is not None:
            return "amendment open"
        return "committed" if state.stretch_offer is None else "stretch open"
    return state.state


def phase(state: str, cycle: str | None) -> str | None:
    """What is shown beside the stored state; without a cycle it is as if that were active."""
    if state in ("agreed", "committed"):
        return "active" if cycle in (None, "active") else None
    return "closed" if (state, cycle) == ("graded", "closed") else None


def text(number: Decimal | None) -> str | None:
    return None if number is None else format(number, "f")


def said_no(answer: httpx.Response, refusal: Refusal) -> None:
    kind = type(refusal)
    assert answer.is_error, f"the model refuses it: {refusal!r}; answered was {answer.text}"
    assert (answer.json()["type"], answer.status_code) == (type_of(kind), STATUS[kind]), answer.text
