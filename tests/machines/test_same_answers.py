"""Whatever several people ask, in whatever order: handlers on a dict and the product over HTTP say the same.

The same events and the same refusals; a repeated command changes nothing; a replay of the feed gives the state that the
queries show; no goal is ever where the diagrams do not lead. Each rule is a command; what must hold is in
two_sided_machine.py.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import MultipleResults, initialize, multiple, rule, run_state_machine_as_test

from domain.cycle import Cycle
from domain.ids import named
from tests.machines.key_result_rules import MEASURES, OfKeyResults
from tests.machines.objective_rules import OfObjectives
from tests.machines.two_sided_machine import actors, cycles, key_results, objectives, parties, reasons
from tests.sizes import by_size

SIZE = settings(
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # To shrink a history takes minutes: it is shown as it was.
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
TURNS = ("activate", "start-grading", "close")
# The moment of a fact: not said; half a minute or an hour ahead; of an earlier fact of the goal, or just beside it.
MICROSECOND = timedelta(microseconds=1)
AHEAD = {"soon": timedelta(seconds=30), "ahead": timedelta(hours=1)}
whens = st.none() | st.sampled_from([*AHEAD]) | st.tuples(st.integers(0, 9), st.sampled_from([-1, 0, 1]))


When = None | str | tuple[int, int]
Correction = tuple[str, int, dict[str, str], When]  # By whom, which check-in, what is said, and when.


class SameAnswers(OfObjectives, OfKeyResults):
    # --- what there is when it begins: most of what there is to try comes after agreement -----------------------------

    @initialize(target=cycles)
    def plan_two_quarters(self) -> MultipleResults[UUID]:
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
        made = self.submit(by, "cycles", {"name": name, "start": start, "end": end})
        assert made == named(self.model.workspace_id, "cycle", name)
        return made

    @rule(id=cycles, by=st.sampled_from(["di", "ana", "vi"]), verb=st.sampled_from(TURNS))
    def turn(self, id: UUID, by: str, verb: str) -> None:
        self.submit(by, f"cycles/{id}/{verb}", {})

    @rule(id=cycles, turns=st.integers(1, 3))
    def go_on(self, id: UUID, turns: int) -> None:
        """The turns that come next."""
        following = {"planning": "activate", "active": "start-grading", "grading": "close", "reopened": "close"}
        for _ in range(turns):
            state = self.model.state(Cycle, id).state
            if state == "closed":
                self.reopen(id, "di")
            else:
                self.turn(id, "di", following[state])

    @rule(id=cycles, by=actors)
    def reopen(self, id: UUID, by: str) -> None:
        self.submit(by, f"cycles/{id}/reopen", {"reason": "A wrong month"})

    # --- what is done to goals of both kinds --------------------------------------------------------------------------

    @rule(
        id=objectives | key_results,
        by=actors,
        owner=parties | st.just("left out"),
        partner=parties | st.just("left out"),
        reason=reasons,
    )
    def reassign(self, id: UUID, by: str, owner: str, partner: str, reason: str | None) -> None:
        body = {"owner_id": self.members.get(owner, owner), "partner_id": self.members.get(partner, partner)}
        self.submit(by, f"{self.address(id)}/reassign", body | {"reason": reason})

    @rule(id=objectives | key_results, by=actors, cycle_id=st.none() | cycles)
    def reschedule(self, id: UUID, by: str, cycle_id: UUID | None) -> None:
        self.submit(by, f"{self.address(id)}/reschedule", {"cycle_id": cycle_id})

    @rule(
        id=objectives | key_results | key_results,
        by=actors,
        says=said,
        when=whens,
        corrected=st.none() | st.tuples(actors, st.integers(0, 9), said, whens),
    )
    def check_in(self, id: UUID, by: str, says: dict[str, str], when: When, corrected: Correction | None) -> None:
        body = {**self.sayable(id, says), "effective_at": self.moment_of(id, when)}
        if self.submit(by, f"{self.address(id)}/check-ins", body) and corrected:
            self.correct(id, *corrected)

    @rule(id=objectives | key_results | key_results, by=actors, which=st.integers(0, 9), says=said, when=whens)
    def correct(self, id: UUID, by: str, which: int, says: dict[str, str], when: When) -> None:
        body = {**self.sayable(id, says), "effective_at": self.moment_of(id, when)}
        events = [fact.event for fact in self.model.history(id).facts()]
        made = [event.check_in_id for event in events if hasattr(event, "check_in_id")]
        wrong = made[which % len(made)] if made else id  # One that was corrected, too; or none that there is.
        self.submit(by, f"{self.address(id)}/check-ins/{wrong}/correct", body)

    def address(self, id: UUID) -> str:
        return f"{'objectives' if self.model.kind(id) == 'objective' else 'key-results'}/{id}"

    def sayable(self, id: UUID, says: dict[str, str]) -> dict[str, str]:
        """An objective has no value of its own, and its check-in no place for one."""
        return {name: text for name, text in says.items() if self.model.kind(id) == "key_result" or name != "value"}

    def moment_of(self, id: UUID, when: When) -> datetime | None:
        if when is None:
            return None
        if isinstance(when, str):
            return datetime.now(UTC) + AHEAD[when]
        which, beside = when
        facts = [*self.model.history(id).facts()]
        moment: datetime = facts[which % len(facts)].at.effective_at + beside * MICROSECOND
        return moment


def test_the_handlers_and_the_product_say_the_same(server: httpx.Client) -> None:
    run_state_machine_as_test(lambda: SameAnswers(server), settings=SIZE)  # type: ignore[arg-type]  # It may be any factory.
