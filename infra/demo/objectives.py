"""Objectives: proposed, agreed, said about, graded or given up."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from domain import cycle
from domain.cycle import periods_overlap
from domain.errors import PeriodsApart
from domain.goal.alignment import refuse_loop
from domain.goal.check_in import Statement
from domain.key_result import lifecycle as key_result_lifecycle
from domain.key_result.state import KeyResult
from domain.objective import agreement
from domain.objective import lifecycle as objective_lifecycle
from domain.objective import state as objective_state
from infra.demo.book import Book
from infra.demo.organisation import comment
from infra.demo.step import Step

HEALTH = ("on_track", "at_risk", "off_track")


def step(book: Book, step: Step) -> None:
    if step.verb == "comment":
        comment(book, step, "objective", step.key)
        return
    if step.verb == "propose":
        book.tell(step.who, "objective", book.new("objective", step.key), _propose(book, step))
        return
    id = book.ids["objective", step.key]
    if step.verb == "drop":
        _drop(book, step, id)
        return
    book.tell(step.who, "objective", id, _go_on(book, step, book.streams[id].state))


def _propose(book: Book, step: Step) -> list[Any]:
    told = step.table
    cycle.require_open_for_negotiation(book.state("cycle", told["cycle"]))
    above = book.ids["theme", told["under"]]
    require_place(book, book.ids["objective", step.key], (), above, told["cycle"])
    return agreement.propose(
        by=book.ids["member", step.who], owner_id=book.ids["member", told["owner"]],
        partner_id=book.ids["member", told["partner"]], title=told["title"], why=told["why"],
        resources=told.get("resources"), commitment=told.get("commitment"), parent_id=above,
        team_id=book.ids["team", told["team"]], cycle_id=book.ids["cycle", told["cycle"]],
    )  # fmt: skip


def _go_on(book: Book, step: Step, state: objective_state.Objective) -> list[Any]:
    by, reason = book.ids["member", step.who], book.words(step.who, step.words)
    period = book.state("cycle", step.table["cycle"])
    match step.verb:
        case "agree":
            cycle.require_open_for_negotiation(period)
            return agreement.agree(state, by=by)
        case "said":
            cycle.require_open_for_check_in(period)
            return objective_lifecycle.add_check_in(
                state, check_in_id=book.id("check-in"), statement=said(book, step), effective_at=None
            )
        case "reword":
            return agreement.reword(
                state, title=" ".join(step.args), reason=reason,
                why=state.why, resources=state.resources, commitment=state.commitment,
            )  # fmt: skip
        case "align":
            above = book.ids["theme", step.args[0]]
            require_place(book, book.ids["objective", step.key], state.links, above, step.table["cycle"])
            return objective_lifecycle.align(state, parent_id=above, link="contribute", reason=reason)
        case "weigh":
            pairs = (pair.split("=") for pair in step.args)
            weights = {book.ids["key_result", f"{step.key} {number}"]: Decimal(weight) for number, weight in pairs}
            return objective_lifecycle.weigh(state, weights=weights)
        case "grade":
            cycle.require_grading(period)
            counted = {id: kr for id, kr in _key_results(book, step.key) if kr.state in ("committed", "graded")}
            computed = objective_lifecycle.computed_score(
                state, {id: key_result_lifecycle.best_score(kr) for id, kr in counted.items()}
            )
            return objective_lifecycle.give_grade(state, score=None, computed=computed, reason=reason)
    raise ValueError(f"objective {step.verb}")


def _drop(book: Book, step: Step, id: UUID) -> None:
    """Its open key results are dropped with it."""
    reason = book.words(step.who, step.words)
    assert reason  # noqa: S101  The tables give one.
    book.tell(step.who, "objective", id, objective_lifecycle.drop(book.streams[id].state, reason=reason))
    for kr_id, kr in _key_results(book, step.key):
        if kr.state in ("proposed", "committed"):
            book.tell(step.who, "key_result", kr_id, key_result_lifecycle.drop(kr, reason=reason, because_of=id))


def _key_results(book: Book, key: str) -> list[tuple[UUID, KeyResult]]:
    ids = [id for (kind, name), id in book.ids.items() if kind == "key_result" and name.rpartition(" ")[0] == key]
    return [(id, book.streams[id].state) for id in ids]


def require_place(book: Book, id: UUID, links: Any, above: UUID, period: str) -> None:
    """No loop, and periods that overlap."""
    refuse_loop(id, above, links, book.now, lambda goal_id: book.streams[goal_id].state.links)
    above_period = book.streams[above].state.cycle_id
    if above_period and not periods_overlap(book.state("cycle", period), book.streams[above_period].state):
        raise PeriodsApart(period)


def said(book: Book, step: Step) -> Statement:
    """`4.5 c7 on_track | words`: value, confidence and health, in any order and each only where it is said."""
    parts: dict[str, Any] = {"narrative": book.words(step.who, step.words)}
    for part in step.args:
        if part in HEALTH:
            parts["health"] = part
        elif part.startswith("c"):
            parts["confidence"] = Decimal(part[1:])
        else:
            parts["value"] = Decimal(part)
    return Statement(**parts)
