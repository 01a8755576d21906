"""Commands on key results: what is sent."""

from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import MultipleResults, multiple, precondition, rule

from tests.json_types import Json
from tests.machines.two_sided_machine import TwoSidedMachine, actors, cycles, key_results, objectives, parties, reasons

MEASURES: list[Json] = [
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

ANSWERS = (
    "commit",
    "decline",
    "withdraw",
    "agree-stretch",
    "decline-stretch",
    "agree-amendment",
    "refuse-amendment",
)
# An offer is often answered at once: by whom, and how.
answers = st.none() | st.tuples(actors, st.sampled_from(ANSWERS))
Answer = tuple[str, str]  # By whom, and how.
AGREEING = ("commit", "agree-stretch", "agree-amendment")

ENOUGH = 5  # More would only thin out what happens to each.


class OfKeyResults(TwoSidedMachine):
    # --- the negotiation ----------------------------------------------------------------------------------------------

    @precondition(lambda self: len(self.model.of_kind("key_result")) < ENOUGH)
    @rule(
        target=key_results,
        by=actors,
        objective=objectives,
        owner=parties,
        partner=parties,
        cycle_id=st.none() | cycles,
        offer=offers,
    )
    def propose_key_result(
        self, by: str, objective: UUID, owner: str, partner: str, cycle_id: UUID | None, offer: Json
    ) -> UUID | MultipleResults[UUID]:
        body = {"title": "Complaints a week", "objective_id": objective, "cycle_id": cycle_id} | offer
        body |= {"owner_id": self.members[owner], "partner_id": self.members[partner]}
        return self.submit(by, "key-results", body) or multiple()

    @rule(id=key_results, by=actors, offer=offers, reason=reasons, then=answers)
    def counter(self, id: UUID, by: str, offer: Json, reason: str | None, then: Answer | None) -> None:
        if self.submit(by, f"key-results/{id}/counter", offer | {"reason": reason}) and then:
            self.answer(id, *then)

    @rule(id=key_results, by=actors, offer=offers, then=answers)
    def propose_amendment(self, id: UUID, by: str, offer: Json, then: Answer | None) -> None:
        if self.submit(by, f"key-results/{id}/propose-amendment", offer | {"reason": "An oven broke"}) and then:
            self.answer(id, *then)

    @rule(
        id=key_results,
        by=actors,
        verb=st.sampled_from(["offer-stretch", "counter-stretch"]),
        beyond=stretches,
        then=answers,
    )
    def reach(self, id: UUID, by: str, verb: str, beyond: str, then: Answer | None) -> None:
        if self.submit(by, f"key-results/{id}/{verb}", {"stretch": beyond}) and then:
            self.answer(id, *then)

    @rule(id=key_results, by=actors, verb=st.sampled_from([*ANSWERS, *AGREEING]))
    def answer(self, id: UUID, by: str, verb: str) -> None:
        self.submit(by, f"key-results/{id}/{verb}", {})

    # --- what becomes of them -----------------------------------------------------------------------------------------

    @rule(id=key_results, by=actors, parent=objectives | objectives | key_results, reason=reasons)
    def move(self, id: UUID, by: str, parent: UUID, reason: str | None) -> None:
        self.submit(by, f"key-results/{id}/move", {"objective_id": parent, "reason": reason})

    @rule(id=key_results, by=actors, confidence=st.sampled_from(["0", "4", "9.5"]), reason=reasons)
    def state_confidence(self, id: UUID, by: str, confidence: str, reason: str | None) -> None:
        self.submit(by, f"key-results/{id}/confidence", {"confidence": confidence, "reason": reason})

    @rule(id=key_results, by=actors, score=st.sampled_from([None, "0.3", "1.2"]), reason=reasons)
    def grade(self, id: UUID, by: str, score: str | None, reason: str | None) -> None:
        self.submit(by, f"key-results/{id}/grade", {"score": score, "reason": reason})

    @rule(id=key_results, by=actors)
    def drop(self, id: UUID, by: str) -> None:
        self.submit(by, f"key-results/{id}/drop", {"reason": "Not now"})

    @rule(id=key_results, by=actors, reason=reasons)
    def reinstate(self, id: UUID, by: str, reason: str | None) -> None:
        self.submit(by, f"key-results/{id}/reinstate", {"reason": reason})
