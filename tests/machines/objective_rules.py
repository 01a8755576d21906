"""Commands on objectives: what is sent, and what the domain decides once its guards have let it."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import multiple, precondition, rule

from domain import cycle
from domain.errors import Invalid, Loop
from domain.key_result import lifecycle as key_result_lifecycle
from domain.objective import agreement
from domain.objective import lifecycle as objective_lifecycle
from domain.personal import Personal
from tests.machines.model import Told
from tests.machines.two_sided_machine import TwoSidedMachine, actors, cycles, key_results, objectives, parties, reasons

ENOUGH = 4  # More would only thin out what happens to each.


class OfObjectives(TwoSidedMachine):
    @precondition(lambda self: len(self.model.of_kind("objective")) < ENOUGH)
    @rule(
        target=objectives, by=actors, owner=parties, partner=parties, parent=st.none() | objectives | key_results,
        cycle_id=st.none() | cycles, team=st.booleans(),
    )  # fmt: skip
    def propose_objective(
        self, by: str, owner: str, partner: str, parent: UUID | None, cycle_id: UUID | None, team: bool
    ) -> Any:
        given = {"parent_id": parent, "cycle_id": cycle_id, "team_id": self.team if team else None}
        asked = {"owner_id": self.members[owner], "partner_id": self.members[partner]}

        def decide(who: UUID, id: UUID) -> list:
            cycle.require_open_for_negotiation(self.model.cycle_of(cycle_id))
            above = parent and self.model.place(id, None, parent, cycle_id)
            owner_id, partner_id = self.model.parties(who, *asked.values(), above, given["team_id"])
            return agreement.propose(by=who, owner_id=owner_id, partner_id=partner_id, title="Fresh bread", **given)

        made = self.ask(by, "objectives", {"title": "Fresh bread"} | asked | given, decide)
        return made or multiple()

    @rule(id=objectives, by=actors, verb=st.sampled_from(["agree", "withdraw"]))
    def answer_objective(self, id: UUID, by: str, verb: str) -> None:
        verbs: dict[str, Callable] = {"agree": agreement.agree, "withdraw": agreement.withdraw}
        self.ask(
            by, f"objectives/{id}/{verb}", {},
            lambda who, _: verbs[verb](self.model.negotiated("objective", id), by=who), of=id,
        )  # fmt: skip

    @rule(
        id=objectives, by=actors, title=st.sampled_from([None, "Fresh bread", "Warm bread"]),
        why=st.sampled_from(["left out", None, "It is how we win"]), reason=reasons,
    )  # fmt: skip
    def reword(self, id: UUID, by: str, title: str | None, why: str | None, reason: str | None) -> None:
        def decide(who: UUID, _: UUID) -> list:
            found = self.model.open_to_change("objective", id)
            return agreement.reword(
                found, title=title or found.title, why=found.why if why == "left out" else why,
                resources=found.resources, commitment=found.commitment, reason=self.words(who, reason),
            )  # fmt: skip

        self.ask(by, f"objectives/{id}/reword", {"title": title, "why": why, "reason": reason}, decide, of=id)

    @rule(
        id=objectives, by=actors, parent=objectives | objectives | key_results,
        link=st.sampled_from(["contribute", "contribute", "support"]), reason=reasons,
    )  # fmt: skip
    def align(self, id: UUID, by: str, parent: UUID, link: Any, reason: str | None) -> None:
        def decide(who: UUID, _: UUID) -> list:
            found = self.model.open_to_change("objective", id)
            if link == "contribute":
                self.model.place(id, found, parent, found.cycle_id)
            elif self.model.goal(parent, "objective") is found:
                raise Loop("a goal does not support itself")
            return objective_lifecycle.align(found, parent_id=parent, link=link, reason=self.words(who, reason))

        body = {"parent_id": parent, "link": link, "reason": reason}
        self.ask(by, f"objectives/{id}/align", body, decide, of=id)

    @rule(
        id=objectives, by=actors, parent=st.none() | objectives,
        link=st.sampled_from(["contribute", "support"]), reason=reasons,
    )  # fmt: skip
    def unalign(self, id: UUID, by: str, parent: UUID | None, link: Any, reason: str | None) -> None:
        def decide(who: UUID, _: UUID) -> list:
            found = self.model.open_to_change("objective", id)
            return objective_lifecycle.unalign(found, parent_id=parent, link=link, reason=self.words(who, reason))

        body = {"parent_id": parent, "link": link, "reason": reason}
        self.ask(by, f"objectives/{id}/unalign", body, decide, of=id)

    @rule(
        id=objectives, by=actors, others=st.lists(objectives | key_results, max_size=1),
        weight=st.sampled_from(["0", "0.5", "1", "0.12345"]),
    )  # fmt: skip
    def weigh(self, id: UUID, by: str, others: list[UUID], weight: str) -> None:
        """All that stands under it, and perhaps what does not."""
        children = sorted({*self.model.children(id), *others} or {id})

        def decide(_: UUID, __: UUID) -> list:
            found = self.model.open_to_change("objective", id)
            if set(children) - set(self.model.children(id)):
                raise Invalid("a stranger")
            return objective_lifecycle.weigh(found, weights=dict.fromkeys(children, Decimal(weight)))

        body = {"weights": [{"goal_id": child, "weight": weight} for child in children]}
        self.ask(by, f"objectives/{id}/weigh", body, decide, of=id)

    @rule(id=objectives, by=actors, score=st.sampled_from([None, "0.3", "0.7"]), reason=reasons)
    def grade_objective(self, id: UUID, by: str, score: str | None, reason: str | None) -> None:
        def decide(who: UUID, _: UUID) -> list:
            found = self.model.in_cycle("objective", id, cycle.require_grading)
            counted = {
                child: key_result_lifecycle.best_score(kr)
                for child, kr in self.model.key_results(id).items()
                if kr.state in ("committed", "graded")
            }
            computed = objective_lifecycle.computed_score(found, counted)
            return objective_lifecycle.give_grade(
                found, score=score and Decimal(score), computed=computed, reason=self.words(who, reason)
            )  # fmt: skip

        self.ask(by, f"objectives/{id}/grade", {"score": score, "reason": reason}, decide, of=id)

    @rule(id=objectives, by=actors, back=st.booleans())
    def drop_objective(self, id: UUID, by: str, back: bool) -> None:
        """And its open key results with it."""

        def decide(who: UUID, _: UUID) -> list:
            reason = Personal(who, "Not now")
            dropped = objective_lifecycle.drop(self.model.open_to_change("objective", id), reason=reason)
            return dropped and dropped + [
                Told(child, event)
                for child, kr in self.model.key_results(id).items()
                if kr.state in ("proposed", "committed")
                for event in key_result_lifecycle.drop(kr, reason=reason, because_of=id)
            ]

        if self.ask(by, f"objectives/{id}/drop", {"reason": "Not now"}, decide, of=id) and back:
            self.reinstate_objective(id, by, None)

    @rule(id=objectives, by=actors, reason=reasons)
    def reinstate_objective(self, id: UUID, by: str, reason: str | None) -> None:
        """And the key results that were dropped with it."""

        def decide(who: UUID, _: UUID) -> list:
            why = self.words(who, reason)
            back = objective_lifecycle.reinstate(self.model.open_to_change("objective", id), reason=why)
            return back and back + [
                Told(child, event)
                for child, kr in self.model.key_results(id).items()
                if kr.dropped_because_of == id
                for event in key_result_lifecycle.reinstate(kr, reason=why, because_of=id)
            ]

        self.ask(by, f"objectives/{id}/reinstate", {"reason": reason}, decide, of=id)
