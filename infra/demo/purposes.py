"""Mission, vision, strategy and theme."""

from datetime import timedelta
from typing import Any

from domain.purpose import mission, strategy, theme, vision
from infra.demo.book import Book
from infra.demo.step import Step

DAYS_OF_YEAR = 365.25


def step(book: Book, step: Step) -> None:
    if step.verb in ("draft", "state", "set"):
        id = book.new(step.kind, step.key)
        book.tell(step.who, step.kind, id, _begin(book, step))
        return
    id = book.ids[step.kind, step.key]
    book.tell(step.who, step.kind, id, _go_on(book, step, book.streams[id].state))


def _begin(book: Book, step: Step) -> list[Any]:
    told = step.table
    whose = {
        "team_id": book.of("team", told.get("team")),
        "owner_id": book.of("member", told["owner"]),
        "cycle_id": book.of("cycle", told.get("cycle")),
        "parent_id": _above(book, told.get("under")),
    }
    match step.kind:
        case "mission":
            began = book.now.date() - timedelta(days=told["origin_years_ago"] * DAYS_OF_YEAR)
            return mission.draft(statement=_statement(told), origin=told["origin"], origin_date=began, **whose)
        case "vision":
            return vision.state(title=told["title"], **whose)
        case "strategy":
            return strategy.state(hypothesis=_hypothesis(told, told["choices"]), **whose)
        case _:
            return theme.set_(title=told["title"], **whose)


def _go_on(book: Book, step: Step, state: Any) -> list[Any]:
    reason = book.words(step.who, step.words)
    match step.kind, step.verb:
        case _, "adopt":
            return mission.adopt(state)
        case _, "reaffirm":
            return mission.reaffirm(state, note=reason)
        case "vision", "revise":
            return vision.revise(state, title=" ".join(step.args), reason=_required(reason))
        case "strategy", "revise":
            hypothesis = _hypothesis(step.table, step.table["revised_choices"])
            why = _required(book.words(step.who, step.table["revised_reason"]))
            return strategy.revise(state, hypothesis=hypothesis, reason=why)
        case "strategy", "retire":
            return strategy.retire(state, reason=_required(reason))
        case _, "reword":
            return theme.reword(state, title=" ".join(step.args), reason=_required(reason))
        case _, "champion":
            return theme.name_champion(state, champion_id=book.ids["member", step.args[0]])
    raise ValueError(f"{step.kind} {step.verb}")


def _above(book: Book, key: str | None) -> Any:
    kinds = ("mission", "vision", "strategy", "theme")
    return next((book.ids[kind, key] for kind in kinds if key and (kind, key) in book.ids), None)


def _statement(told: Any) -> mission.MissionStatement:
    if "title" in told:
        return mission.MissionStatement(title=told["title"])
    parts = {name: told[name] for name in ("audience", "outcome", "approach", "impact")}
    return mission.statement_in_parts(**parts)


def _hypothesis(told: Any, choices: list[str]) -> strategy.Hypothesis:
    return strategy.Hypothesis(
        title=told["title"],
        choices=tuple(choices),
        rules_out=tuple(told["rules_out"]),
        drop_signs=tuple(told["drop_signs"]),
    )


def _required(words: Any) -> Any:
    if words is None:
        raise ValueError("this is done with a reason")
    return words
