"""Objectives and key results over a quarter: whatever is said of them in whatever order, what they show can be worked
out from the log alone, the diagram holds, and nothing ever stands below itself."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import event as seen
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.errors import Refusal
from domain.goal import roll_up
from domain.goal.alignment import refuse_loop
from domain.goal.check_in import CheckedIn, CheckInCorrected, ConfidenceUpdated, ObjectiveCheckedIn
from domain.goal.grade import ObjectiveGraded
from domain.goal.roll_up import ChildrenWeighted
from domain.history import At, History, fold
from domain.key_result import evolve as key_result_evolve
from domain.key_result import lifecycle as key_result_lifecycle
from domain.key_result.negotiation import KRCommitted
from domain.objective import agreement
from domain.objective import evolve as objective_evolve
from domain.objective import lifecycle as objective_lifecycle
from domain.objective.agreement import ObjectiveAgreed, ObjectiveProposed, ObjectiveReworded, ObjectiveWithdrawn
from domain.objective.lifecycle import (
    ObjectiveAligned,
    ObjectiveDropped,
    ObjectiveReassigned,
    ObjectiveReinstated,
    ObjectiveUnaligned,
)
from tests.domain.forest import has_a_loop
from tests.domain.key_results import proposed, said
from tests.domain.scenario import ANA, BO, NOON, words

# The diagram of an objective: what may happen in which state, and where it leads.
DIAGRAM: dict[str, dict[type, str]] = {
    "nothing": {ObjectiveProposed: "proposed"},
    "proposed": {ObjectiveAgreed: "agreed", ObjectiveWithdrawn: "withdrawn", ObjectiveDropped: "dropped"},
    "agreed": {ObjectiveCheckedIn: "agreed", ObjectiveGraded: "graded", ObjectiveDropped: "dropped"},
    "graded": {ObjectiveGraded: "graded", ObjectiveDropped: "dropped"},
    "dropped": {ObjectiveReinstated: "the state before"},
    "withdrawn": {},
}
IN_EVERY_LIVE_STATE = (ObjectiveReworded, ObjectiveAligned, ObjectiveUnaligned, ObjectiveReassigned, ChildrenWeighted)
ENDED = ("withdrawn", "dropped")

OBJECTIVES = [UUID(int=number) for number in (1, 2, 3)]
KEY_RESULTS = [UUID(int=number) for number in (101, 102)]
WHY = words("As we see it")

objectives = st.sampled_from(OBJECTIVES)
key_results = st.sampled_from(KEY_RESULTS)
hours_ago = st.integers(0, 40).map(lambda hours: timedelta(hours=hours))
confidences = st.none() | st.integers(0, 10).map(Decimal)
scores = st.sampled_from([None, Decimal("0.3"), Decimal("0.8")])


class Quarter(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.histories: dict[UUID, History] = {}
        self.places = dict.fromkeys(OBJECTIVES, "nothing")  # By the diagram alone.
        self.places_before_drop: dict[UUID, str] = {}
        self.recorded = 0

    @initialize()
    def begin(self) -> None:
        for goal in OBJECTIVES:
            self.record(goal, agreement.propose(by=ANA, owner_id=ANA, partner_id=BO, title="Customers stay"))
        for goal in KEY_RESULTS:
            self.record(goal, [proposed(), KRCommitted(by=BO)])

    # --- objectives -----------------------------------------------------------------------------------------------

    @rule(
        goal=objectives,
        by=st.sampled_from([ANA, BO]),
        answer=st.sampled_from([agreement.agree, agreement.agree, agreement.withdraw]),
    )
    def answer(self, goal: UUID, by: UUID, answer: Callable) -> None:
        self.attempt(goal, lambda state: answer(state, by=by))

    @rule(goal=objectives, parent=objectives)
    def align(self, goal: UUID, parent: UUID) -> None:
        def decide(state: Any) -> list:
            refuse_loop(goal, parent, state.links, self.now, lambda above: self.histories[above].state.links)
            return objective_lifecycle.align(state, parent_id=parent, link="contribute", reason=WHY)

        self.attempt(goal, decide)

    @rule(goal=objectives)
    def unalign(self, goal: UUID) -> None:
        self.attempt(
            goal, lambda state: objective_lifecycle.unalign(state, parent_id=None, link="contribute", reason=WHY)
        )

    @rule(goal=objectives, title=st.sampled_from(["Customers stay", "Customers return"]))
    def reword(self, goal: UUID, title: str) -> None:
        told = {"why": None, "resources": None, "commitment": None, "reason": WHY}
        self.attempt(goal, lambda state: agreement.reword(state, title=title, **told))

    @rule(goal=objectives, weights=st.dictionaries(key_results, st.decimals(0, 1000, places=4)))
    def weigh(self, goal: UUID, weights: dict) -> None:
        self.attempt(goal, lambda state: objective_lifecycle.weigh(state, weights=weights))

    @rule(goal=objectives, score=scores)
    def grade_objective(self, goal: UUID, score: Decimal | None) -> None:
        computed = {child: key_result_lifecycle.computed_score(self.histories[child].state) for child in KEY_RESULTS}
        self.attempt(
            goal,
            lambda state: objective_lifecycle.give_grade(
                state, score=score, computed=objective_lifecycle.computed_score(state, computed), reason=WHY
            ),
        )

    @rule(goal=objectives, confidence=confidences)
    def say_of_objective(self, goal: UUID, confidence: Decimal | None) -> None:
        content = said(confidence=confidence)
        self.attempt(
            goal,
            lambda state: objective_lifecycle.add_check_in(
                state, check_in_id=self.new_id(), said=content, effective_at=None
            ),
            repeats=False,
        )

    # --- key results ----------------------------------------------------------------------------------------------

    @rule(goal=key_results, value=st.none() | st.integers(20, 120), confidence=confidences, ago=hours_ago)
    def check_in(self, goal: UUID, value: int | None, confidence: Decimal | None, ago: timedelta) -> None:
        told = {"said": said(value, confidence=confidence), "effective_at": self.now - ago}
        self.attempt(
            goal, lambda state: key_result_lifecycle.add_check_in(state, check_in_id=self.new_id(), **told), ago=ago
        )

    @rule(goal=key_results, which=st.integers(0, 99), value=st.integers(20, 120), ago=hours_ago)
    def correct(self, goal: UUID, which: int, value: int, ago: timedelta) -> None:
        entries = [event.check_in_id for event, _ in self.histories[goal].facts() if hasattr(event, "check_in_id")]
        if entries:
            wrong = entries[which % len(entries)]
            told = {"said": said(value), "effective_at": self.now - ago, "reason": WHY}
            self.attempt(
                goal,
                lambda state: key_result_lifecycle.correct_check_in(
                    state, corrects=wrong, check_in_id=self.new_id(), **told
                ),
                ago=ago,
            )

    @rule(goal=key_results, confidence=st.integers(0, 10).map(Decimal))
    def state_confidence(self, goal: UUID, confidence: Decimal) -> None:
        self.attempt(
            goal,
            lambda kr: key_result_lifecycle.update_confidence(kr, confidence=confidence, reason=None),
            repeats=False,
        )

    @rule(goal=key_results, parent=objectives)
    def move(self, goal: UUID, parent: UUID) -> None:
        self.attempt(goal, lambda state: key_result_lifecycle.move(state, objective_id=parent, reason=WHY))

    # --- both -----------------------------------------------------------------------------------------------------

    @rule(goal=objectives | key_results, end=st.sampled_from([None, None, "grade", "drop"]))
    def end(self, goal: UUID, end: str | None) -> None:
        of = objective_lifecycle if goal in OBJECTIVES else key_result_lifecycle
        if end == "drop":
            self.attempt(goal, lambda state: of.drop(state, reason=WHY))
        elif end == "grade" and of is key_result_lifecycle:
            self.attempt(goal, lambda state: key_result_lifecycle.grade(state, score=None, reason=WHY))

    @rule(goal=objectives | key_results)
    def reinstate(self, goal: UUID) -> None:
        of = objective_lifecycle if goal in OBJECTIVES else key_result_lifecycle
        self.attempt(goal, lambda state: of.reinstate(state, reason=None))

    # --- what is recorded -----------------------------------------------------------------------------------------

    @property
    def now(self) -> Any:
        return NOON + timedelta(hours=10 * self.recorded)

    def new_id(self) -> UUID:
        return UUID(int=1_000 + self.recorded)

    def attempt(self, goal: UUID, decision: Callable, *, ago: timedelta = timedelta(0), repeats: bool = True) -> None:
        """No is an answer too; what must never happen is asserted below."""
        with suppress(Refusal):
            effective_at = self.now - ago
            self.record(goal, decision(self.histories[goal].state), effective_at)
            if repeats:
                assert decision(self.histories[goal].state) == [], "the same command again"

    def record(self, goal: UUID, events: list, effective_at: Any = None) -> None:
        evolve = objective_evolve.evolve if goal in OBJECTIVES else key_result_evolve.evolve
        for event in events:
            seen(type(event).__name__)
            if goal in OBJECTIVES:
                self.step(goal, event)
            self.recorded += 1
            at = At(effective_at or self.now, self.recorded)
            self.histories[goal] = self.histories.get(goal, History()).plus(evolve, event, at)

    def step(self, goal: UUID, event: Any) -> None:
        place = self.places[goal]
        if isinstance(event, IN_EVERY_LIVE_STATE):
            assert place not in ENDED
            return
        assert type(event) in DIAGRAM[place], f"{type(event).__name__} while {place}"
        if isinstance(event, ObjectiveDropped):
            self.places_before_drop[goal] = place
        back = isinstance(event, ObjectiveReinstated)
        self.places[goal] = self.places_before_drop[goal] if back else DIAGRAM[place][type(event)]

    # --- what must hold -------------------------------------------------------------------------------------------

    @invariant()
    def objectives_are_where_the_diagram_says(self) -> None:
        for goal, place in self.places.items():
            assert goal not in self.histories or self.histories[goal].state.state == place

    @invariant()
    def replaying_the_log_gives_the_live_state(self) -> None:
        for goal, history in self.histories.items():
            evolve = objective_evolve.evolve if goal in OBJECTIVES else key_result_evolve.evolve
            assert fold(evolve, history.facts()) == history.state

    @invariant()
    def nothing_stands_below_itself_at_any_moment(self) -> None:
        assert not has_a_loop({goal: history.state.links for goal, history in self.histories.items()})

    @invariant()
    def the_latest_by_when_it_was_true_decides_and_what_was_corrected_counts_nowhere(self) -> None:
        for goal in self.histories.keys() & set(KEY_RESULTS):
            facts = list(self.histories[goal].facts())
            corrected = {event.corrects for event, _ in facts if isinstance(event, CheckInCorrected)}
            said_of_it = [
                (at, event)
                for event, at in facts
                if isinstance(event, CheckedIn | CheckInCorrected) and event.check_in_id not in corrected
            ]
            stated = [(at, event.confidence) for at, event in said_of_it if event.confidence is not None]
            stated += [(at, event.confidence) for event, at in facts if isinstance(event, ConfidenceUpdated)]
            latest = max(said_of_it, key=lambda entry: entry[0], default=(None, None))[1]
            kr = self.histories[goal].state
            assert key_result_lifecycle.computed_score(kr) == (
                None if latest is None or latest.value is None else (latest.value - 100) / (60 - 100)
            )
            assert (kr.confidence and (kr.confidence.at, kr.confidence.value)) == (max(stated) if stated else None)

    @invariant()
    def a_roll_up_stays_within_0_and_1(self) -> None:
        for goal in self.histories.keys() & set(OBJECTIVES):
            counted = [
                (roll_up.part(key_result_lifecycle.computed_score(state), "key_result", cycle_active=True), child)
                for child in KEY_RESULTS
                if (state := self.histories[child].state).parent_id == goal
                and roll_up.counts("key_result", state.state)
            ]
            weights = self.histories[goal].state.weights
            rolled_up = roll_up.weighted_mean((ratio, weights.get(child, Decimal(1))) for ratio, child in counted)
            assert rolled_up is None or 0 <= rolled_up <= 1


TestQuarter = Quarter.TestCase
