"""Commands on key results: what is sent, and what the domain decides once its guards have let it."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import multiple, precondition, rule

from domain import cycle
from domain.errors import NotLive
from domain.goal.measure import Terms
from domain.key_result import amendment, negotiation, stretch
from domain.key_result import lifecycle as key_result_lifecycle
from domain.personal import Personal
from tests.machines.two_sided_machine import TwoSidedMachine, actors, cycles, key_results, objectives, parties, reasons

MEASURES: list[dict[str, Any]] = [
    {"baseline": "100", "target": "60"},
    {"target": "50"},
    {"target": None},
    {"baseline": "60", "target": "60"},
    {"type": "stay_below", "baseline": None, "target": "50", "count": "share"},
    {"type": "range", "baseline": None, "target": None, "low": "20", "high": "60"},
    {"type": "baseline", "baseline": None, "target": None},
]
offers = st.fixed_dictionaries(
    {"measure": st.sampled_from([*MEASURES[:2], *MEASURES])}, optional={"title": st.just("Fewer complaints")}
)
stretches = st.sampled_from(["20", "45", "55.5", "70"])

STRETCHES: dict[str, Callable] = {"offer-stretch": stretch.offer_stretch, "counter-stretch": stretch.counter_stretch}
ANSWERS: dict[str, Callable] = {
    "commit": negotiation.commit, "decline": negotiation.decline, "withdraw": negotiation.withdraw,
    "agree-stretch": stretch.agree_stretch, "decline-stretch": stretch.decline_stretch,
    "agree-amendment": amendment.agree_amendment, "refuse-amendment": amendment.refuse_amendment,
}  # fmt: skip
# An offer is often answered at once: by whom, and how.
answers = st.none() | st.tuples(actors, st.sampled_from([*ANSWERS]))
AGREEING = ("commit", "agree-stretch", "agree-amendment")


def over(terms: Terms, offer: dict[str, Any]) -> Terms:
    """The whole terms: what an offer leaves out stays as it is."""
    numbers = ("baseline", "target", "low", "high")
    measure = {name: value and Decimal(value) if name in numbers else value for name, value in offer["measure"].items()}
    return replace(terms, title=offer.get("title", terms.title), **measure)


ENOUGH = 5  # More would only thin out what happens to each.


class OfKeyResults(TwoSidedMachine):
    # --- the negotiation ----------------------------------------------------------------------------------------------

    @precondition(lambda self: len(self.model.of_kind("key_result")) < ENOUGH)
    @rule(
        target=key_results, by=actors, objective=objectives, owner=parties, partner=parties,
        cycle_id=st.none() | cycles, offer=offers,
    )  # fmt: skip
    def propose_key_result(
        self, by: str, objective: UUID, owner: str, partner: str, cycle_id: UUID | None, offer: dict[str, Any]
    ) -> Any:
        body = {"title": "Complaints a week"} | offer
        asked = {"owner_id": self.members[owner], "partner_id": self.members[partner]}

        def decide(who: UUID, _: UUID) -> list:
            above = self.model.goal(objective, "objective")
            if above.state not in ("proposed", "agreed"):
                raise NotLive(above.state)
            in_cycle = cycle_id or above.cycle_id
            cycle.require_open_for_negotiation(self.model.cycle_of(in_cycle))
            self.model.require_overlap(in_cycle, above)
            owner_id, partner_id = self.model.parties(who, *asked.values(), above, above.team_id)
            return negotiation.propose(
                by=who, owner_id=owner_id, partner_id=partner_id, objective_id=objective, team_id=above.team_id,
                cycle_id=in_cycle, terms=over(Terms(title=body["title"]), body),
            )  # fmt: skip

        given = {"objective_id": objective, "cycle_id": cycle_id} | asked | body
        return self.ask(by, "key-results", given, decide) or multiple()

    @rule(id=key_results, by=actors, offer=offers, reason=reasons, then=answers)
    def counter(self, id: UUID, by: str, offer: dict[str, Any], reason: str | None, then: Any) -> None:
        def decide(who: UUID, _: UUID) -> list:
            kr = self.model.negotiated("key_result", id)
            return negotiation.counter(kr, by=who, terms=over(kr.terms, offer), reason=self.words(who, reason))

        if self.ask(by, f"key-results/{id}/counter", offer | {"reason": reason}, decide, of=id) and then:
            self.answer(id, *then)

    @rule(id=key_results, by=actors, offer=offers, then=answers)
    def propose_amendment(self, id: UUID, by: str, offer: dict[str, Any], then: Any) -> None:
        def decide(who: UUID, _: UUID) -> list:
            kr = self.model.negotiated("key_result", id)
            return amendment.propose_amendment(
                kr, by=who, terms=over(kr.terms, offer), reason=Personal(who, "An oven broke")
            )  # fmt: skip

        body = offer | {"reason": "An oven broke"}
        if self.ask(by, f"key-results/{id}/propose-amendment", body, decide, of=id) and then:
            self.answer(id, *then)

    @rule(id=key_results, by=actors, verb=st.sampled_from([*STRETCHES]), beyond=stretches, then=answers)
    def reach(self, id: UUID, by: str, verb: str, beyond: str, then: Any) -> None:
        def decide(who: UUID, _: UUID) -> list:
            return STRETCHES[verb](self.model.negotiated("key_result", id), by=who, stretch=Decimal(beyond))

        if self.ask(by, f"key-results/{id}/{verb}", {"stretch": beyond}, decide, of=id) and then:
            self.answer(id, *then)

    @rule(id=key_results, by=actors, verb=st.sampled_from([*ANSWERS, *AGREEING]))
    def answer(self, id: UUID, by: str, verb: str) -> None:
        def decide(who: UUID, _: UUID) -> list:
            return ANSWERS[verb](self.model.negotiated("key_result", id), by=who)

        self.ask(by, f"key-results/{id}/{verb}", {}, decide, of=id)

    # --- what becomes of them -----------------------------------------------------------------------------------------

    @rule(id=key_results, by=actors, parent=objectives | objectives | key_results, reason=reasons)
    def move(self, id: UUID, by: str, parent: UUID, reason: str | None) -> None:
        def decide(who: UUID, _: UUID) -> list:
            kr = self.model.open_to_change("key_result", id)
            self.model.place(id, kr, parent, kr.cycle_id, "objective")
            return key_result_lifecycle.move(kr, objective_id=parent, reason=self.words(who, reason))

        self.ask(by, f"key-results/{id}/move", {"objective_id": parent, "reason": reason}, decide, of=id)

    @rule(id=key_results, by=actors, confidence=st.sampled_from(["0", "4", "9.5"]), reason=reasons)
    def state_confidence(self, id: UUID, by: str, confidence: str, reason: str | None) -> None:
        def decide(who: UUID, _: UUID) -> list:
            kr = self.model.in_cycle("key_result", id, cycle.require_open_for_check_in)
            return key_result_lifecycle.update_confidence(
                kr, confidence=Decimal(confidence), reason=self.words(who, reason)
            )

        body = {"confidence": confidence, "reason": reason}
        self.ask(by, f"key-results/{id}/confidence", body, decide, of=id)

    @rule(id=key_results, by=actors, score=st.sampled_from([None, "0.3", "1.2"]), reason=reasons)
    def grade(self, id: UUID, by: str, score: str | None, reason: str | None) -> None:
        def decide(who: UUID, _: UUID) -> list:
            kr = self.model.in_cycle("key_result", id, lambda c: cycle.require_grading(c, early=True))
            return key_result_lifecycle.grade(kr, score=score and Decimal(score), reason=self.words(who, reason))

        self.ask(by, f"key-results/{id}/grade", {"score": score, "reason": reason}, decide, of=id)

    @rule(id=key_results, by=actors)
    def drop(self, id: UUID, by: str) -> None:
        def decide(who: UUID, _: UUID) -> list:
            return key_result_lifecycle.drop(
                self.model.open_to_change("key_result", id), reason=Personal(who, "Not now")
            )

        self.ask(by, f"key-results/{id}/drop", {"reason": "Not now"}, decide, of=id)

    @rule(id=key_results, by=actors, reason=reasons)
    def reinstate(self, id: UUID, by: str, reason: str | None) -> None:
        def decide(who: UUID, _: UUID) -> list:
            return key_result_lifecycle.reinstate(
                self.model.open_to_change("key_result", id), reason=self.words(who, reason)
            )

        self.ask(by, f"key-results/{id}/reinstate", {"reason": reason}, decide, of=id)
