"""The workspace, its people, teams and cycles, and what is said to all of them."""

from domain import cycle, member, team, workspace
from domain.comment import AboutKind, post
from infra.demo.book import Book
from infra.demo.step import Step


def workspace_step(book: Book, step: Step) -> None:
    match step.verb:
        case "open":
            owner_id = book.new("member", step.who)
            opened = workspace.open_(name=step.table["name"], timezone=step.table["timezone"], owner_id=owner_id)
            book.tell(step.who, "workspace", book.workspace_id, opened)
        case "suspend":
            _suspend(book, step)
        case "comment":
            comment(book, step, "workspace", None)


def member_step(book: Book, step: Step) -> None:
    id = book.new("member", step.key)
    name = book.words(step.key, step.table["name"])
    assert name  # noqa: S101  Everybody in the table has one.
    book.tell(step.who, "member", id, member.add(by_role="owner", name=name, role=step.table["role"]), act="administer")


def team_step(book: Book, step: Step) -> None:
    """Form it, let its members join, and name the first of them its lead."""
    id = book.new("team", step.key)
    under = book.of("team", step.table.get("under"))
    formed = team.form(name=step.key, parent_id=under, team_of=lambda id: book.streams[id].state)
    book.tell(step.who, "team", id, formed)
    for who in step.table["members"]:
        book.tell(step.who, "team", id, team.join(book.streams[id].state, member_id=book.ids["member", who]))
    lead = book.ids["member", step.table["members"][0]]
    book.tell(step.who, "team", id, team.name_lead(book.streams[id].state, member_id=lead))


def cycle_step(book: Book, step: Step) -> None:
    match step.verb:
        case "plan":
            id = book.new("cycle", step.key)
            book.tell(step.who, "cycle", id, cycle.plan(name=step.key, **step.table))
            return
        case "activate":
            decide = cycle.activate
        case "grade":
            decide = cycle.start_grading
        case _:
            decide = cycle.close
    id = book.ids["cycle", step.key]
    book.tell(step.who, "cycle", id, decide(book.streams[id].state))


def comment(book: Book, step: Step, about: AboutKind, goal_key: str | None) -> None:
    """Say something about a goal, its standing offer, its last check-in, or the workspace."""
    goal_id = None if goal_key is None else book.ids[step.kind, goal_key]
    about_id = goal_id or book.workspace_id
    if goal_id and about == "offer":
        about_id = book.last[goal_id]
    if goal_id and about == "check_in":
        about_id = book.streams[goal_id].state.check_ins[-1].id
    said = post(
        by=book.ids["member", step.who], about_kind=about, about_id=about_id, goal_id=goal_id, text=step.words or ""
    )
    book.tell(step.who, "comment", book.id("comment"), said, act="comment")


def _suspend(book: Book, step: Step) -> None:
    """They leave their teams, and may do nothing any more."""
    [who] = step.args
    id = book.ids["member", who]
    for (kind, _), team_id in book.ids.items():
        if kind == "team":
            book.tell(step.who, "team", team_id, team.leave(book.streams[team_id].state, member_id=id))
    suspended = member.suspend(
        book.streams[id].state, member_id=id, by=book.ids["member", step.who], by_role="owner",
        reason=book.words(step.who, step.words),
    )  # fmt: skip
    book.tell(step.who, "member", id, suspended, act="administer")
