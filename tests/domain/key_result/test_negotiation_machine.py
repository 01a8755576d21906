"""Whatever two parties and a stranger try, in whatever order: the diagram holds, and a committed target never moves."""

from collections.abc import Sequence
from contextlib import suppress
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from hypothesis import event as seen
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.errors import Refusal
from domain.goal.check_in import CheckedIn
from domain.goal.grade import KRGraded
from domain.goal.measure import Terms, is_stretch, terms_of
from domain.history import At, History, fold
from domain.key_result import amendment, negotiation, stretch
from domain.key_result import evolve as key_result_evolve
from domain.key_result import lifecycle as key_result_lifecycle
from domain.key_result.amendment import KRAmended, KRAmendmentProposed, KRAmendmentRefused
from domain.key_result.evolve import KREvent
from domain.key_result.lifecycle import KRDropped, KRMoved, KRReassigned, KRReinstated
from domain.key_result.negotiation import KRCommitted, KRCountered, KRDeclined, KRProposed, KRWithdrawn
from domain.key_result.state import KeyResult
from domain.key_result.stretch import KRStretchAgreed, KRStretchCountered, KRStretchDeclined, KRStretchOffered
from tests.domain.key_results import CYCLE, OBJECTIVE, TEAM, Decision, statement, terms
from tests.domain.scenario import ANA, BO, CY, NOON, words

DI, STRANGER = UUID(int=0xD), UUID(int=0xE)

# The diagram: what may happen where, and where it leads. Whatever is not here must not happen.
DIAGRAM: dict[str, dict[type, str]] = {
    "nothing": {KRProposed: "proposed"},
    "proposed": {
        KRCountered: "proposed",
        KRCommitted: "committed",
        KRDeclined: "declined",
        KRWithdrawn: "withdrawn",
        KRDropped: "dropped",
    },
    "committed": {
        KRAmendmentProposed: "amendment open",
        KRStretchOffered: "stretch open",
        KRGraded: "graded",
        KRDropped: "dropped",
        CheckedIn: "committed",
    },
    "amendment open": {
        KRAmended: "committed",
        KRAmendmentRefused: "committed",
        KRGraded: "graded",
        KRDropped: "dropped",
        CheckedIn: "amendment open",
    },
    "stretch open": {
        KRStretchCountered: "stretch open",
        KRStretchAgreed: "committed",
        KRStretchDeclined: "committed",
        KRGraded: "graded",
        KRDropped: "dropped",
        CheckedIn: "stretch open",
    },
    "graded": {KRGraded: "graded", KRDropped: "dropped"},
    "dropped": {KRReinstated: "the state before"},
    "declined": {},
    "withdrawn": {},
}
ANYWHERE_LIVE = (KRMoved, KRReassigned)
ENDED = ("declined", "withdrawn", "dropped")

STRETCHES = (KRStretchOffered, KRStretchCountered)
OFFERS = (KRProposed, KRCountered, KRAmendmentProposed, *STRETCHES)
AGREEMENTS = (KRCommitted, KRAmended, KRStretchAgreed)
REFUSALS = (KRDeclined, KRAmendmentRefused, KRStretchDeclined)
Agreement = KRCommitted | KRAmended | KRStretchAgreed
No = KRDeclined | KRAmendmentRefused | KRStretchDeclined

seats = st.sampled_from(["owner", "partner", "owner", "partner", "stranger"])
owners = st.sampled_from([ANA, CY])  # Nobody changes sides here; that has an example of its own.
partners = st.sampled_from([BO, DI, None])
offers = st.sampled_from(
    [
        terms(60),
        terms(60),
        terms(50),
        terms(None),
        terms(100),
        terms(50, None, type="stay_below"),
        terms(None, None, type="baseline"),
    ]
)
possible = offers.filter(lambda offer: offer.baseline != offer.target or offer.target is None)
stretches = st.sampled_from([Decimal(n) for n in (30, 45, 55, 70)])


class Answer(Protocol):
    def __call__(self, kr: KeyResult, *, by: UUID) -> Sequence[KREvent]: ...


class Reach(Protocol):
    def __call__(self, kr: KeyResult, *, by: UUID, stretch: Decimal) -> Sequence[KREvent]: ...


ANSWERS = (
    negotiation.commit,
    amendment.agree_amendment,
    amendment.refuse_amendment,
    stretch.agree_stretch,
    stretch.decline_stretch,
)


def where(kr: KeyResult | None) -> str:
    """The place in the diagram at which a key result is."""
    if kr is None:
        return "nothing"
    if kr.state == "committed" and kr.amendment is not None:
        return "amendment open"
    if kr.state == "committed" and kr.stretch_offer is not None:
        return "stretch open"
    return kr.state


class Negotiation(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.history: History[KeyResult | None, KREvent] = History()
        self.place = "nothing"  # By the diagram alone, beside what the domain says.
        self.place_before_drop = ""
        self.seats: dict[str, UUID | None] = {}
        self.offered_from = ""
        self.offer: Terms | Decimal | None = None
        self.agreed: Terms | None = None  # Since commitment.

    @initialize(by=seats.filter(lambda seat: seat != "stranger"), terms=possible, first=st.lists(seats, max_size=2))
    def propose(self, by: str, terms: Terms, first: list[str]) -> None:
        self.seats = {"owner": ANA, "partner": BO}
        proposed = negotiation.propose(
            by=self.who(by),
            owner_id=ANA,
            partner_id=BO,
            objective_id=OBJECTIVE,
            terms=terms,
            team_id=TEAM,
            cycle_id=CYCLE,
        )
        for event in proposed:
            self.happened(event)
        for seat in first:  # Most of what there is to try comes after commitment.
            self.answer(seat, negotiation.commit)

    @rule(by=seats, terms=offers)
    def counter(self, by: str, terms: Terms) -> None:
        self.attempt(lambda kr: negotiation.counter(kr, by=self.who(by), terms=terms))

    @rule(by=seats, terms=offers)
    def propose_amendment(self, by: str, terms: Terms) -> None:
        self.attempt(
            lambda kr: amendment.propose_amendment(kr, by=self.who(by), terms=terms, reason=words("Things change"))
        )

    @rule(by=seats, beyond=stretches, act=st.sampled_from([stretch.offer_stretch, stretch.counter_stretch]))
    def reach(self, by: str, beyond: Decimal, act: Reach) -> None:
        self.attempt(lambda kr: act(kr, by=self.who(by), stretch=beyond))

    @rule(by=seats, answer=st.sampled_from([*ANSWERS]))
    def answer(self, by: str, answer: Answer) -> None:
        self.attempt(lambda kr: answer(kr, by=self.who(by)))

    @rule(owner=owners, partner=partners)
    def reassign(self, owner: UUID, partner: UUID | None) -> None:
        self.attempt(
            lambda kr: key_result_lifecycle.reassign(kr, owner_id=owner, partner_id=partner, team_id=TEAM, reason=None)
        )

    @rule(objective=owners)
    def move(self, objective: UUID) -> None:
        self.attempt(lambda kr: key_result_lifecycle.move(kr, objective_id=objective, reason=None))

    @rule(value=st.integers(40, 120))
    def check_in(self, value: int) -> None:
        new = UUID(int=self.history.version)
        self.attempt(
            lambda kr: key_result_lifecycle.add_check_in(
                kr, check_in_id=new, statement=statement(value), effective_at=None
            ),
            repeats=False,
        )

    @rule(end=st.sampled_from([None, None, None, "grade", "drop", "decline", "withdraw"]), by=seats)
    def end(self, end: str | None, by: str) -> None:
        match end:
            case "grade":
                self.attempt(
                    lambda kr: key_result_lifecycle.grade(kr, score=Decimal("0.5"), reason=words("As we see it"))
                )
            case "drop":
                self.attempt(lambda kr: key_result_lifecycle.drop(kr, reason=words("Not now")))
            case "decline" | "withdraw":
                self.answer(by, getattr(negotiation, end))

    @rule()
    def reinstate(self) -> None:
        self.attempt(lambda kr: key_result_lifecycle.reinstate(kr, reason=None))

    def who(self, seat: str) -> UUID:
        return self.seats.get(seat) or STRANGER

    @property
    def key_result(self) -> KeyResult:
        """As it stands, since it was proposed."""
        kr = self.history.state
        assert kr is not None
        return kr

    def attempt(self, decision: Decision, *, repeats: bool = True) -> None:
        """No is an answer too; what must never happen is asserted below."""
        with suppress(Refusal):
            for event in decision(self.key_result):
                self.happened(event)
            if repeats:
                assert decision(self.key_result) == [], "the same command again"

    def happened(self, event: KREvent) -> None:
        if isinstance(event, ANYWHERE_LIVE):
            assert self.place not in ENDED
        else:
            assert type(event) in DIAGRAM[self.place], f"{type(event).__name__} while {self.place}"
            self.step(event)
        if isinstance(event, AGREEMENTS + REFUSALS):
            self.check_the_turn(event)
        if isinstance(event, KRProposed | KRReassigned):
            self.seats = {"owner": event.owner_id, "partner": event.partner_id}
        if isinstance(event, OFFERS):
            self.offered_from = next(side for side, member in self.seats.items() if member == event.by)
            self.offer = event.stretch if isinstance(event, STRETCHES) else terms_of(event)
        if isinstance(event, KRCommitted | KRAmended):
            assert isinstance(self.offer, Terms)
            self.agreed = self.offer
        self.history = self.history.plus(key_result_evolve.evolve, event, At(NOON, self.history.version + 1))

    def step(self, event: KREvent) -> None:
        seen(f"{type(event).__name__} while {self.place}")
        before, after = self.place, DIAGRAM[self.place][type(event)]
        self.place = self.place_before_drop if isinstance(event, KRReinstated) else after
        if isinstance(event, KRDropped):
            self.place_before_drop = before

    def check_the_turn(self, event: Agreement | No) -> None:
        alone = self.seats["partner"] is None
        assert event.by in self.seats.values()
        assert alone or event.by != self.seats[self.offered_from], "nobody answers the offer of their own side"
        if isinstance(event, AGREEMENTS):
            assert event.self_agreed == alone

    @invariant()
    def the_state_is_where_the_diagram_says(self) -> None:
        assert where(self.history.state) == self.place

    @invariant()
    def a_committed_target_moves_only_by_an_agreed_amendment(self) -> None:
        assert self.agreed is None or self.key_result.terms == self.agreed

    @invariant()
    def a_stretch_lies_beyond_the_target(self) -> None:
        kr = self.history.state
        assert kr is None or kr.stretch is None or is_stretch(kr.terms, kr.stretch)

    @invariant()
    def replaying_the_log_gives_the_live_state(self) -> None:
        assert fold(key_result_evolve.evolve, self.history.facts()) == self.history.state


TestNegotiation = Negotiation.TestCase
