"""What a team learned in a quarter, and what it will do about it."""

from datetime import timedelta
from hashlib import sha256
from typing import Any, cast, get_args

from domain import retrospective
from domain.ids import retrospective_id
from domain.retrospective import LearningKind, Retrospective
from infra.demo.book import Book
from infra.demo.step import Step

KINDS = get_args(LearningKind)
NOBODY = "nobody"  # Says something anonymously.


def step(book: Book, step: Step) -> None:
    team_id, cycle_id = book.ids["team", step.table["team"]], book.ids["cycle", step.table["cycle"]]
    id = retrospective_id(book.workspace_id, team_id, cycle_id)
    state: Any = book.streams[id].state if id in book.streams else None
    if step.verb == "open":
        cycle = book.streams[cycle_id].state
        book.tell(
            step.who, "retrospective", id,
            retrospective.open_(state, team_id=team_id, cycle_id=cycle_id, cycle=cycle),
        )  # fmt: skip
    elif step.who == NOBODY:
        book.tell_anonymously("retrospective", id, _learn_anonymously(book, step, state))
    else:
        book.tell(step.who, "retrospective", id, _go_on(book, step, state))


def _go_on(book: Book, step: Step, state: Any) -> list[Any]:
    by, words = book.ids["member", step.who], step.words or ""
    match step.verb:
        case kind if kind in KINDS:
            learning_id = book.id("learning")
            return retrospective.learn(
                state, learning_id=learning_id, kind=cast(LearningKind, kind), author_id=by, text=words
            )
        case "action":
            owner, days, key = step.args
            due = step.day + timedelta(days=int(days))
            id, owner_id = book.new("action", key), book.ids["member", owner]
            return retrospective.agree_action(state, action_id=id, by=by, text=words, owner_id=owner_id, due=due)
        case "done":
            return retrospective.do_action(state, action_id=book.ids["action", step.args[0]])
        case "conclude":
            next_steps, *more = words.split(" // ")
            resources, support = (*more, None, None)[:2]
            return retrospective.conclude(
                state, by=by, next_steps=next_steps, resources_needed=resources, support_required=support
            )
    raise ValueError(f"retrospective {step.verb}")


def _learn_anonymously(book: Book, step: Step, state: Retrospective) -> list[Any]:
    """The token that could take it back was shown to nobody."""
    digest = sha256(book.id("token").bytes).hexdigest()
    return retrospective.learn_anonymously(
        state, learning_id=book.id("learning"), kind=cast(LearningKind, step.verb), text=step.words or "",
        withdrawal_digest=digest,
    )  # fmt: skip
