"""Objectives and key results over a quarter: whatever is said of them in whatever order, what they show can be worked
out from the log alone, the diagram holds, and nothing ever stands below itself."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Protocol
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
from domain.key_result.evolve import KREvent
from domain.key_result.negotiation import KRCommitted
from domain.key_result.state import KeyResult
from domain.objective import agreement
from domain.objective import evolve as objective_evolve
from domain.objective import lifecycle as objective_lifecycle
from domain.objective.agreement import ObjectiveAgreed, ObjectiveProposed, ObjectiveReworded, ObjectiveWithdrawn
from domain.objective.evolve import ObjectiveEvent
from domain.objective.lifecycle import (
    ObjectiveAligned,
    ObjectiveDropped,
    ObjectiveReassigned,
    ObjectiveReinstated,
    ObjectiveUnaligned,
)
from domain.objective.state import Objective
from tests.domain.forest import has_a_loop
from tests.domain.key_results import proposed, statement
from tests.domain.scenario import ANA, BO, NOON, Decision, words

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


class Answer(Protocol):
    def __call__(self, objective: Objective, *, by: UUID) -> Sequence[ObjectiveEvent]: ...


class Quarter(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.objectives: dict[UUID, History[Objective | None, ObjectiveEvent]] = {}
        self.key_results: dict[UUID, History[KeyResult | None, KREvent]] = {}
        self.places = dict.fromkeys(OBJECTIVES, "nothing")  # By the diagram alone.
        self.places_before_drop: dict[UUID, str] = {}
        self.recorded = 0

    @initialize()
    def begin(self) -> None:
        for goal in OBJECTIVES:
            events = agreement.propose(by=ANA, owner_id=ANA, partner_id=BO, title="Customers stay")
            self.record_of_objective(goal, events)
        for goal in KEY_RESULTS:
            self.record_of_key_result(goal, [proposed(), KRCommitted(by=BO)])

    # --- objectives -----------------------------------------------------------------------------------------------

    @rule(
        goal=objectives,
        by=st.sampled_from([ANA, BO]),
        answer=st.sampled_from([agreement.agree, agreement.agree, agreement.withdraw]),
    )
    def answer(self, goal: UUID, by: UUID, answer: Answer) -> None:
        self.decide_of_objective(goal, lambda objective: answer(objective, by=by))

    @rule(goal=objectives, parent=objectives)
    def align(self, goal: UUID, parent: UUID) -> None:
        def decide(objective: Objective) -> Sequence[ObjectiveEvent]:
            refuse_loop(goal, parent, objective.links, self.now, lambda above: self.objective(above).links)
            return objective_lifecycle.align(objective, parent_id=parent, link="contribute", reason=WHY)

        self.decide_of_objective(goal, decide)

    @rule(goal=objectives)
    def unalign(self, goal: UUID) -> None:
        unalign = partial(objective_lifecycle.unalign, parent_id=None, link="contribute", reason=WHY)
        self.decide_of_objective(goal, unalign)

    @rule(goal=objectives, title=st.sampled_from(["Customers stay", "Customers return"]))
    def reword(self, goal: UUID, title: str) -> None:
        reword = partial(agreement.reword, title=title, why=None, resources=None, commitment=None, reason=WHY)
        self.decide_of_objective(goal, reword)

    @rule(goal=objectives, weights=st.dictionaries(key_results, st.decimals(0, 1000, places=4)))
    def weigh(self, goal: UUID, weights: dict[UUID, Decimal]) -> None:
        self.decide_of_objective(goal, partial(objective_lifecycle.weigh, weights=weights))

    @rule(goal=objectives, score=scores)
    def grade_objective(self, goal: UUID, score: Decimal | None) -> None:
        computed = {child: key_result_lifecycle.computed_score(self.key_result(child)) for child in KEY_RESULTS}
        self.decide_of_objective(
            goal,
            lambda objective: objective_lifecycle.give_grade(
                objective, score=score, computed=objective_lifecycle.computed_score(objective, computed), reason=WHY
            ),
        )

    @rule(goal=objectives, confidence=confidences)
    def check_in_on_objective(self, goal: UUID, confidence: Decimal | None) -> None:
        content = statement(confidence=confidence)
        self.decide_of_objective(
            goal,
            lambda objective: objective_lifecycle.add_check_in(
                objective, check_in_id=self.new_id(), statement=content, effective_at=None
            ),
            repeats=False,
        )

    @rule(goal=objectives, end=st.sampled_from([False, False, False, True]))
    def drop_objective(self, goal: UUID, end: bool) -> None:
        if end:
            self.decide_of_objective(goal, partial(objective_lifecycle.drop, reason=WHY))

    @rule(goal=objectives)
    def reinstate_objective(self, goal: UUID) -> None:
        self.decide_of_objective(goal, partial(objective_lifecycle.reinstate, reason=None))

    # --- key results ----------------------------------------------------------------------------------------------

    @rule(goal=key_results, value=st.none() | st.integers(20, 120), confidence=confidences, ago=hours_ago)
    def check_in(self, goal: UUID, value: int | None, confidence: Decimal | None, ago: timedelta) -> None:
        content, effective_at = statement(value, confidence=confidence), self.now - ago
        self.decide_of_key_result(
            goal,
            lambda kr: key_result_lifecycle.add_check_in(
                kr, check_in_id=self.new_id(), statement=content, effective_at=effective_at
            ),
            ago=ago,
        )

    @rule(goal=key_results, which=st.integers(0, 99), value=st.integers(20, 120), ago=hours_ago)
    def correct(self, goal: UUID, which: int, value: int, ago: timedelta) -> None:
        facts = self.key_results[goal].facts()
        entries = [event.check_in_id for event, _ in facts if isinstance(event, CheckedIn | CheckInCorrected)]
        if entries:
            wrong, content, effective_at = entries[which % len(entries)], statement(value), self.now - ago
            self.decide_of_key_result(
                goal,
                lambda kr: key_result_lifecycle.correct_check_in(
                    kr,
                    corrects=wrong,
                    check_in_id=self.new_id(),
                    statement=content,
                    effective_at=effective_at,
                    reason=WHY,
                ),
                ago=ago,
            )

    @rule(goal=key_results, confidence=st.integers(0, 10).map(Decimal))
    def state_confidence(self, goal: UUID, confidence: Decimal) -> None:
        update = partial(key_result_lifecycle.update_confidence, confidence=confidence, reason=None)
        self.decide_of_key_result(goal, update, repeats=False)

    @rule(goal=key_results, parent=objectives)
    def move(self, goal: UUID, parent: UUID) -> None:
        self.decide_of_key_result(goal, partial(key_result_lifecycle.move, objective_id=parent, reason=WHY))

    @rule(goal=key_results, end=st.sampled_from([None, None, "grade", "drop"]))
    def end_key_result(self, goal: UUID, end: str | None) -> None:
        if end == "drop":
            self.decide_of_key_result(goal, partial(key_result_lifecycle.drop, reason=WHY))
        elif end == "grade":
            self.decide_of_key_result(goal, partial(key_result_lifecycle.grade, score=None, reason=WHY))

    @rule(goal=key_results)
    def reinstate_key_result(self, goal: UUID) -> None:
        self.decide_of_key_result(goal, partial(key_result_lifecycle.reinstate, reason=None))

    # --- what is recorded -----------------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        return NOON + timedelta(hours=10 * self.recorded)

    def new_id(self) -> UUID:
        return UUID(int=1_000 + self.recorded)

    def objective(self, goal: UUID) -> Objective:
        objective = self.objectives[goal].state
        assert objective is not None
        return objective

    def key_result(self, goal: UUID) -> KeyResult:
        kr = self.key_results[goal].state
        assert kr is not None
        return kr

    def decide_of_objective(
        self, goal: UUID, decision: Decision[Objective, ObjectiveEvent], *, repeats: bool = True
    ) -> None:
        """A refusal is an answer too; what must never happen is asserted below."""
        with suppress(Refusal):
            effective_at = self.now
            self.record_of_objective(goal, decision(self.objective(goal)), effective_at)
            if repeats:
                assert decision(self.objective(goal)) == [], "the same command again"

    def decide_of_key_result(
        self,
        goal: UUID,
        decision: Decision[KeyResult, KREvent],
        *,
        ago: timedelta = timedelta(0),
        repeats: bool = True,
    ) -> None:
        """As of an objective; `ago` is how long the fact has been true."""
        with suppress(Refusal):
            effective_at = self.now - ago
            self.record_of_key_result(goal, decision(self.key_result(goal)), effective_at)
            if repeats:
                assert decision(self.key_result(goal)) == [], "the same command again"

    def record_of_objective(
        self, goal: UUID, events: Sequence[ObjectiveEvent], effective_at: datetime | None = None
    ) -> None:
        for event in events:
            self.step(goal, event)
            history = self.objectives.get(goal, History())
            self.objectives[goal] = history.plus(objective_evolve.evolve, event, self.next_place(event, effective_at))

    def record_of_key_result(self, goal: UUID, events: Sequence[KREvent], effective_at: datetime | None = None) -> None:
        for event in events:
            history = self.key_results.get(goal, History())
            self.key_results[goal] = history.plus(key_result_evolve.evolve, event, self.next_place(event, effective_at))

    def next_place(self, event: object, effective_at: datetime | None) -> At:
        seen(type(event).__name__)
        self.recorded += 1
        return At(effective_at or self.now, self.recorded)

    def step(self, goal: UUID, event: ObjectiveEvent) -> None:
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
            assert goal not in self.objectives or self.objective(goal).state == place

    @invariant()
    def replaying_the_log_gives_the_live_state(self) -> None:
        for objective in self.objectives.values():
            assert fold(objective_evolve.evolve, objective.facts()) == objective.state
        for kr in self.key_results.values():
            assert fold(key_result_evolve.evolve, kr.facts()) == kr.state

    @invariant()
    def nothing_stands_below_itself_at_any_moment(self) -> None:
        assert not has_a_loop(
            {goal: self.objective(goal).links for goal in self.objectives}
            | {goal: self.key_result(goal).links for goal in self.key_results}
        )

    @invariant()
    def the_latest_by_when_it_was_true_decides_and_what_was_corrected_counts_nowhere(self) -> None:
        for goal, history in self.key_results.items():
            facts = list(history.facts())
            corrected = {event.corrects for event, _ in facts if isinstance(event, CheckInCorrected)}
            standing = [
                (at, event)
                for event, at in facts
                if isinstance(event, CheckedIn | CheckInCorrected) and event.check_in_id not in corrected
            ]
            stated = [(at, event.confidence) for at, event in standing if event.confidence is not None]
            stated += [(at, event.confidence) for event, at in facts if isinstance(event, ConfidenceUpdated)]
            latest = max(standing, key=lambda entry: entry[0], default=(None, None))[1]
            kr = self.key_result(goal)
            assert key_result_lifecycle.computed_score(kr) == (
                None if latest is None or latest.value is None else (latest.value - 100) / (60 - 100)
            )
            assert (kr.confidence and (kr.confidence.at, kr.confidence.value)) == (max(stated) if stated else None)

    @invariant()
    def a_roll_up_stays_within_0_and_1(self) -> None:
        for goal in self.objectives:
            counted = [
                (roll_up.part(key_result_lifecycle.computed_score(kr), "key_result", cycle_active=True), child)
                for child in KEY_RESULTS
                if (kr := self.key_result(child)).parent_id == goal and roll_up.counts("key_result", kr.state)
            ]
            assert None not in {ratio for ratio, _ in counted}, "silence counts 0 in an active cycle"
            weights = self.objective(goal).weights
            rolled_up = roll_up.weighted_mean(
                (ratio, weights.get(child, Decimal(1))) for ratio, child in counted if ratio is not None
            )
            assert rolled_up is None or 0 <= rolled_up <= 1


TestQuarter = Quarter.TestCase
