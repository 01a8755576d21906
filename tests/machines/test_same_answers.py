"""Whatever several people ask, in whatever order: the domain alone and the product over HTTP say the same.

The same events and the same refusals; a repeated command changes nothing; a replay of the feed gives the state that the
queries show; no goal is ever where the diagrams do not lead. Each rule is a command; see both.py for what must hold.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import ModuleType
from typing import Any
from uuid import UUID

import httpx
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, multiple, rule, run_state_machine_as_test

from domain import cycle
from domain.goal import check_in
from domain.goal.check_in import Statement
from domain.ids import named
from domain.key_result import lifecycle as key_result_lifecycle
from domain.objective import lifecycle as objective_lifecycle
from domain.personal import Personal
from tests.machines.key_result_rules import MEASURES, OfKeyResults
from tests.machines.model import Told
from tests.machines.objective_rules import OfObjectives
from tests.machines.two_sided_machine import actors, cycles, key_results, objectives, parties, reasons
from tests.sizes import by_size

SIZE = settings(
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # To shrink a history takes minutes: it is told as it was.
    max_examples=by_size(check=4, test=20, proof=250),
    stateful_step_count=by_size(check=30, test=70, proof=100),
)

said = st.fixed_dictionaries(
    {},
    optional={
        "value": st.sampled_from(["20", "45", "60.5", "70", "110"]),
        "confidence": st.sampled_from(["0", "3.5", "10"]),
        "health": st.sampled_from(["on_track", "off_track"]),
        "narrative": st.just("The mill was closed"),
    },
)
TURNS: dict[str, Callable] = {
    "activate": cycle.activate,
    "start-grading": cycle.start_grading,
    "close": cycle.close,
}
# The moment of a fact: not said; half a minute or an hour ahead; of an earlier fact of the goal, or just beside it.
MICROSECOND = timedelta(microseconds=1)
AHEAD = {"soon": timedelta(seconds=30), "ahead": timedelta(hours=1)}
whens = st.none() | st.sampled_from([*AHEAD]) | st.tuples(st.integers(0, 9), st.sampled_from([-1, 0, 1]))


class SameAnswers(OfObjectives, OfKeyResults):
    # --- what there is when it begins: most of what there is to try comes after agreement -----------------------------

    @initialize(target=cycles)
    def plan_two_quarters(self) -> Any:
        """The first is active. They share no day, so that a goal of one does not stand under a goal of the other."""
        self.active = first = self.plan("di", "Q1", date(2026, 1, 1), date(2026, 4, 1))
        second = self.plan("di", "Q2", date(2026, 4, 1), date(2026, 7, 1))
        self.turn(first, "di", "activate")
        return multiple(first, second)

    @initialize(target=objectives, _=cycles)
    def agree_on_objectives(self, _: UUID) -> Any:
        """One in the active cycle, one in none."""
        made = [self.propose_objective("ana", "nobody", "bo", None, id, team=False) for id in (self.active, None)]
        for id in made:
            self.answer_objective(id, "bo", "agree")
        return multiple(*made)

    @initialize(target=key_results, objective=objectives)
    def commit_to_key_results(self, objective: UUID) -> Any:
        """One that is offered, one that is committed, and one that is checked in on."""
        offer = {"measure": MEASURES[0]}
        made = [self.propose_key_result("ana", objective, "nobody", "bo", None, offer) for _ in range(3)]
        for id in made[1:]:
            self.answer(id, "bo", "commit")
        self.check_in(made[2], "ana", {"value": "70"}, None, None)
        return multiple(*made)

    # --- cycles -------------------------------------------------------------------------------------------------------

    def plan(self, by: str, name: str, start: date, end: date) -> UUID:
        def decide(_: UUID, __: UUID) -> list:
            return cycle.plan(name=name, start=start, end=end)

        id = named(self.model.workspace_id, "cycle", name)
        made = self.ask(by, "cycles", {"name": name, "start": start, "end": end}, decide, of=id)
        assert made == id
        return id

    @rule(id=cycles, by=st.sampled_from(["di", "ana", "vi"]), verb=st.sampled_from([*TURNS]))
    def turn(self, id: UUID, by: str, verb: str) -> None:
        self.ask(by, f"cycles/{id}/{verb}", {}, lambda _, __: TURNS[verb](self.model.need("cycle", id)), of=id)

    @rule(id=cycles, turns=st.integers(1, 3))
    def go_on(self, id: UUID, turns: int) -> None:
        """The turns that come next."""
        following = {"planning": "activate", "active": "start-grading", "grading": "close", "reopened": "close"}
        for _ in range(turns):
            state = self.model.need("cycle", id).state
            if state == "closed":
                self.reopen(id, "di")
            else:
                self.turn(id, "di", following[state])

    @rule(id=cycles, by=actors)
    def reopen(self, id: UUID, by: str) -> None:
        def decide(who: UUID, _: UUID) -> list:
            return cycle.reopen(self.model.need("cycle", id), reason=Personal(who, "A wrong month"))

        self.ask(by, f"cycles/{id}/reopen", {"reason": "A wrong month"}, decide, act="administer", of=id)

    # --- what is done to goals of both kinds --------------------------------------------------------------------------

    @rule(
        id=objectives | key_results, by=actors, owner=parties | st.just("left out"),
        partner=parties | st.just("left out"), reason=reasons,
    )  # fmt: skip
    def reassign(self, id: UUID, by: str, owner: str, partner: str, reason: str | None) -> None:
        kind, of, address = self.addressed(id)
        asked = {"owner_id": self.members.get(owner, owner), "partner_id": self.members.get(partner, partner)}

        def decide(who: UUID, _: UUID) -> list:
            found = self.model.open_to_change(kind, id)
            to = {name: getattr(found, name) if value == "left out" else value for name, value in asked.items()}
            for member in to.values():
                self.model.require_member(member)
            return of.reassign(found, **to, team_id=found.team_id, reason=self.words(who, reason))

        self.ask(by, f"{address}/reassign", asked | {"reason": reason}, decide, of=id)

    @rule(id=objectives | key_results, by=actors, cycle_id=st.none() | cycles)
    def reschedule(self, id: UUID, by: str, cycle_id: UUID | None) -> None:
        kind, of, address = self.addressed(id)

        def decide(_: UUID, __: UUID) -> list:
            found = self.model.open_to_change(kind, id)
            cycle.require_not_closed(self.model.cycle_of(cycle_id))
            if found.parent_id is not None:
                self.model.require_overlap(cycle_id, self.model.streams[found.parent_id].state)
            return of.reschedule(found, cycle_id=cycle_id, reason=None)

        self.ask(by, f"{address}/reschedule", {"cycle_id": cycle_id}, decide, of=id)

    @rule(
        id=objectives | key_results | key_results, by=actors, says=said, when=whens,
        corrected=st.none() | st.tuples(actors, st.integers(0, 9), said, whens),
    )  # fmt: skip
    def check_in(self, id: UUID, by: str, says: dict[str, str], when: Any, corrected: Any) -> None:
        kind, of, address = self.addressed(id)
        says, at = self.sayable(kind, says), self.moment_of(id, when)

        def decide(who: UUID, made: UUID) -> list:
            found = self.model.in_cycle(kind, id, cycle.require_open_for_check_in)
            true_at = self.model.moment(at)
            events = of.say(found, check_in_id=made, said=said_by(who, says), effective_at=true_at)
            return [Told(id, event, true_at) for event in events]

        if self.ask(by, f"{address}/check-ins", says | {"effective_at": at}, decide, of=id, makes=True) and corrected:
            self.correct(id, *corrected)

    @rule(id=objectives | key_results | key_results, by=actors, which=st.integers(0, 9), says=said, when=whens)
    def correct(self, id: UUID, by: str, which: int, says: dict[str, str], when: Any) -> None:
        kind, of, address = self.addressed(id)
        says, at = self.sayable(kind, says), self.moment_of(id, when)
        made = [fact.event.check_in_id for fact in self.model.streams[id].facts() if hasattr(fact.event, "check_in_id")]
        wrong = made[which % len(made)] if made else id  # One that was corrected, too; or none that there is.

        def decide(who: UUID, made: UUID) -> list:
            by_admin = self.model.is_admin(who)
            found = self.model.in_cycle(kind, id, lambda c: cycle.require_open_for_correction(c, by_admin=by_admin))
            standing = check_in.require_standing(found.check_ins, wrong, found.replaced_check_ins)
            true_at = self.model.moment(at) if at else standing.at.effective_at
            events = of.correct(
                found, corrects=wrong, check_in_id=made, said=said_by(who, says), reason=None,
                effective_at=true_at or datetime.now(UTC),
            )  # fmt: skip
            return [Told(id, event, true_at) for event in events]

        self.ask(by, f"{address}/check-ins/{wrong}/correct", says | {"effective_at": at}, decide, of=id, makes=True)

    def addressed(self, id: UUID) -> tuple[str, ModuleType, str]:
        """The kind of the goal, where its decisions are, and its address."""
        kind = self.model.kinds[id]
        is_objective = kind == "objective"
        decisions = objective_lifecycle if is_objective else key_result_lifecycle
        return kind, decisions, f"{'objectives' if is_objective else 'key-results'}/{id}"

    def sayable(self, kind: str, says: dict[str, str]) -> dict[str, str]:
        """An objective has no value of its own, and its check-in no place for one."""
        return {name: text for name, text in says.items() if kind == "key_result" or name != "value"}

    def moment_of(self, id: UUID, when: Any) -> datetime | None:
        if when is None:
            return None
        if when in AHEAD:
            return datetime.now(UTC) + AHEAD[when]
        which, beside = when
        facts = [*self.model.streams[id].facts()]
        return facts[which % len(facts)].at.effective_at + beside * MICROSECOND


def said_by(who: UUID, says: dict[str, str]) -> Statement:
    numbers = {name: Decimal(says[name]) for name in ("value", "confidence") if name in says}
    narrative = Personal(who, says["narrative"]) if "narrative" in says else None
    return Statement(**numbers, health=says.get("health"), narrative=narrative)


def test_the_domain_and_the_product_say_the_same(server: httpx.Client) -> None:
    run_state_machine_as_test(lambda: SameAnswers(server), settings=SIZE)
