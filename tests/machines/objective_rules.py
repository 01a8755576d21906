"""Commands on objectives: what is sent."""

from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import MultipleResults, multiple, precondition, rule

from tests.machines.two_sided_machine import TwoSidedMachine, actors, cycles, key_results, objectives, parties, reasons

ENOUGH = 4  # More would only thin out what happens to each.


class OfObjectives(TwoSidedMachine):
    @precondition(lambda self: len(self.model.of_kind("objective")) < ENOUGH)
    @rule(
        target=objectives,
        by=actors,
        owner=parties,
        partner=parties,
        parent=st.none() | objectives | key_results,
        cycle_id=st.none() | cycles,
        team=st.booleans(),
    )
    def propose_objective(
        self, by: str, owner: str, partner: str, parent: UUID | None, cycle_id: UUID | None, team: bool
    ) -> UUID | MultipleResults[UUID]:
        given = {"parent_id": parent, "cycle_id": cycle_id, "team_id": self.team if team else None}
        asked = {"owner_id": self.members[owner], "partner_id": self.members[partner]}
        return self.submit(by, "objectives", {"title": "Fresh bread"} | asked | given) or multiple()

    @rule(id=objectives, by=actors, verb=st.sampled_from(["agree", "withdraw"]))
    def answer_objective(self, id: UUID, by: str, verb: str) -> None:
        self.submit(by, f"objectives/{id}/{verb}", {})

    @rule(
        id=objectives,
        by=actors,
        title=st.sampled_from([None, "Fresh bread", "Warm bread"]),
        why=st.sampled_from(["left out", None, "It is how we win"]),
        reason=reasons,
    )
    def reword(self, id: UUID, by: str, title: str | None, why: str | None, reason: str | None) -> None:
        self.submit(by, f"objectives/{id}/reword", {"title": title, "why": why, "reason": reason})

    @rule(
        id=objectives,
        by=actors,
        parent=objectives | objectives | key_results,
        link=st.sampled_from(["contribute", "contribute", "support"]),
        reason=reasons,
    )
    def align(self, id: UUID, by: str, parent: UUID, link: str, reason: str | None) -> None:
        self.submit(by, f"objectives/{id}/align", {"parent_id": parent, "link": link, "reason": reason})

    @rule(
        id=objectives,
        by=actors,
        parent=st.none() | objectives,
        link=st.sampled_from(["contribute", "support"]),
        reason=reasons,
    )
    def unalign(self, id: UUID, by: str, parent: UUID | None, link: str, reason: str | None) -> None:
        self.submit(by, f"objectives/{id}/unalign", {"parent_id": parent, "link": link, "reason": reason})

    @rule(
        id=objectives,
        by=actors,
        others=st.lists(objectives | key_results, max_size=1),
        weight=st.sampled_from(["0", "0.5", "1", "0.12345"]),
    )
    def weigh(self, id: UUID, by: str, others: list[UUID], weight: str) -> None:
        """All that stands under it, and perhaps what does not."""
        children = sorted({*self.model.children_of(id), *others} or {id})
        self.submit(by, f"objectives/{id}/weigh", {"weights": [{"goal_id": id, "weight": weight} for id in children]})

    @rule(id=objectives, by=actors, score=st.sampled_from([None, "0.3", "0.7"]), reason=reasons)
    def grade_objective(self, id: UUID, by: str, score: str | None, reason: str | None) -> None:
        self.submit(by, f"objectives/{id}/grade", {"score": score, "reason": reason})

    @rule(id=objectives, by=actors, back=st.booleans())
    def drop_objective(self, id: UUID, by: str, back: bool) -> None:
        """And its open key results with it."""
        if self.submit(by, f"objectives/{id}/drop", {"reason": "Not now"}) and back:
            self.reinstate_objective(id, by, None)

    @rule(id=objectives, by=actors, reason=reasons)
    def reinstate_objective(self, id: UUID, by: str, reason: str | None) -> None:
        """And the key results that were dropped with it."""
        self.submit(by, f"objectives/{id}/reinstate", {"reason": reason})
