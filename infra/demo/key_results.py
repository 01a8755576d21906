"""Key results: their negotiation, what is said of them week by week, their grades."""

from dataclasses import replace
from datetime import datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from domain import cycle
from domain.goal.base import partner_of
from domain.goal.measure import TERMS, Terms
from domain.key_result import amendment, negotiation, stretch
from domain.key_result import lifecycle as key_result_lifecycle
from domain.key_result.state import KeyResult
from infra.demo.book import Book
from infra.demo.objectives import said
from infra.demo.organisation import comment
from infra.demo.step import Step

COMMENTS = {"comment": "key_result", "on-offer": "offer", "remark": "check_in"}
NUMBERS = ("baseline", "target", "low", "high")
END_OF_WORK = time(16, 30)


def step(book: Book, step: Step) -> None:
    if step.verb in COMMENTS:
        comment(book, step, COMMENTS[step.verb], step.key)  # type: ignore[arg-type]
        return
    if step.verb == "propose":
        book.tell(step.who, "key_result", book.new("key_result", step.key), _propose(book, step))
        return
    id = book.ids["key_result", step.key]
    kr = book.streams[id].state
    effective_at = _effective_at(book, step, kr)
    book.tell(step.who, "key_result", id, _go_on(book, step, kr, effective_at), of=effective_at)


def _propose(book: Book, step: Step) -> list[Any]:
    told, above = step.table, step.table["objective"]
    cycle.require_open_for_negotiation(book.state("cycle", told["cycle"]))
    owner_id = book.ids["member", told["owner"]]
    candidates = (told.get("partner"), above["owner"], above["partner"])
    partner_id = partner_of(owner_id, *(book.of("member", name) for name in candidates))
    return negotiation.propose(
        by=book.ids["member", step.who], owner_id=owner_id, partner_id=partner_id,
        objective_id=book.ids["objective", above["key"]], terms=_offered(_terms(told), step),
        team_id=book.ids["team", told["team"]], cycle_id=book.ids["cycle", told["cycle"]],
        reason=book.words(step.who, step.words),
    )  # fmt: skip


def _go_on(book: Book, step: Step, kr: KeyResult, effective_at: datetime | None) -> list[Any]:
    period = book.state("cycle", step.table["cycle"])
    match step.verb:
        case "said":
            cycle.require_open_for_check_in(period)
            return key_result_lifecycle.add_check_in(
                kr, check_in_id=book.id("check-in"), statement=said(book, step), effective_at=effective_at
            )
        case "correct":
            cycle.require_open_for_correction(period, by_admin=False)
            return _correct(book, step, kr)
        case "confidence":
            cycle.require_open_for_check_in(period)
            return key_result_lifecycle.update_confidence(
                kr, confidence=Decimal(step.args[0]), reason=book.words(step.who, step.words)
            )
        case "grade":
            cycle.require_grading(period, early=True)
            score = Decimal(step.args[0]) if step.args else None
            return key_result_lifecycle.grade(kr, score=score, reason=book.words(step.who, step.words))
        case "reassign":
            owner_id, partner_id = (book.ids["member", name] for name in step.args)
            reason = book.words(step.who, step.words)
            return key_result_lifecycle.reassign(
                kr, owner_id=owner_id, partner_id=partner_id, team_id=kr.team_id, reason=reason
            )
    cycle.require_open_for_negotiation(period)
    return _negotiate(kr, step, book.ids["member", step.who], book.words(step.who, step.words))


def _negotiate(kr: KeyResult, step: Step, by: UUID, reason: Any) -> list[Any]:
    match step.verb:
        case "counter":
            return negotiation.counter(kr, by=by, terms=_offered(kr.terms, step), reason=reason)
        case "commit":
            return negotiation.commit(kr, by=by)
        case "decline":
            return negotiation.decline(kr, by=by, reason=reason)
        case "withdraw":
            return negotiation.withdraw(kr, by=by, reason=reason)
        case "stretch":
            return stretch.offer_stretch(kr, by=by, stretch=Decimal(step.args[0]), reason=reason)
        case "counter-stretch":
            return stretch.counter_stretch(kr, by=by, stretch=Decimal(step.args[0]), reason=reason)
        case "agree-stretch":
            return stretch.agree_stretch(kr, by=by)
        case "decline-stretch":
            return stretch.decline_stretch(kr, by=by, reason=reason)
        case "amend":
            return amendment.propose_amendment(kr, by=by, terms=_offered(kr.terms, step), reason=reason)
        case "agree":
            return amendment.agree_amendment(kr, by=by)
        case "refuse":
            return amendment.refuse_amendment(kr, by=by, reason=reason)
    raise ValueError(f"key result {step.verb}")


def _correct(book: Book, step: Step, kr: KeyResult) -> list[Any]:
    """`correct 46 71 c7`: the latest check-in was wrong, and these are its words now."""
    wrong = kr.check_ins[-1]
    right = said(book, replace(step, args=step.args[1:]))
    return key_result_lifecycle.correct_check_in(
        kr, corrects=wrong.id, check_in_id=book.id("check-in"),
        statement=replace(right, narrative=wrong.statement.narrative),
        effective_at=wrong.at.effective_at, reason=right.narrative,
    )  # fmt: skip


def _effective_at(book: Book, step: Step, kr: KeyResult) -> datetime | None:
    """When it was true, where that is not now."""
    if step.verb == "correct":
        return kr.check_ins[-1].at.effective_at
    return datetime.combine(step.said_of, END_OF_WORK, book.zone) if step.said_of else None


def _terms(told: Any) -> Terms:
    given: dict[str, Any] = {name: told[name] for name in TERMS if name in told}
    return Terms(**given | {name: Decimal(given[name]) for name in NUMBERS if name in given})


def _offered(terms: Terms, step: Step) -> Terms:
    """What is offered: these terms, or the same with another target."""
    return replace(terms, target=Decimal(step.args[0])) if step.args else terms
