"""What a line of facts becomes: pure, from what is stored and the line to events, or to a refusal with its reason.

Facts are not held to turns, clocks, periods and the states of cycles: they tell what happened elsewhere.
"""

from uuid import UUID

from domain.alignment import GOAL_KINDS
from domain.errors import NotFound, WrongKind
from domain.fact import FactImported
from domain.personal import Personal
from services.command.importing.beginning import begin_cycle, begin_goal
from services.command.importing.editing import edit
from services.command.importing.line import Line
from services.command.importing.saying import check_in, grade, retire
from services.command.importing.telling import Found, Telling
from services.command.look import Look, New
from services.command.naming import Names


def decide(look: Look, *, names: Names, line: Line, import_id: UUID, source: str | None) -> tuple[list[New], list[str]]:
    """The events of a line, led by the fact itself, which is their cause; and warnings. Raises Refusal."""
    telling = Telling(look, names, line, import_id)
    _tell(telling)
    taken = FactImported(
        digest=line.digest, line=line.number, source=source or line.source, text=Personal(import_id, line.text)
    )
    fact = New("import", import_id, taken, telling.at, telling.recorded_at, event_id=telling.cause)
    return [fact, *telling.news], telling.warnings


def _tell(telling: Telling) -> None:
    line = telling.line
    if line.kind == "cycle":
        begin_cycle(telling)
        return
    if line.id is None:
        telling.comment("workspace", telling.workspace_id)
        return
    found = telling.goal(line.id)
    if line.kind in GOAL_KINDS:
        if found is None:
            begin_goal(telling)
        elif found.kind == line.kind:
            edit(telling, found)
        else:
            raise WrongKind(f"an id of another kind: {line.id} is of the kind {found.kind}")
        return
    if found is None:
        raise NotFound(f"unknown goal id: {line.id}")
    _say(telling, found)


def _say(telling: Telling, found: Found) -> None:
    match telling.line.kind:
        case "edit":
            edit(telling, found)
        case "checkin":
            check_in(telling, found)
        case "grade":
            grade(telling, found)
        case "retire":
            retire(telling, found)
        case "comment":
            telling.comment(found.kind, found.id)


def looked_at(names: Names, line: Line) -> tuple[UUID, ...]:
    """The streams that the line will look at, as far as it names them, so that they are loaded at once."""
    goals = [line.id, line.says.get("parent")] if line.kind in (*GOAL_KINDS, "edit") else [line.id]
    ids = [stream for goal in goals if goal is not None for stream in names.goals(goal)]
    kinds = {"team": "team", "cycle": "cycle", "owner": "placeholder"}
    ids += [names.id(kind, line.says[field]) for field, kind in kinds.items() if field in line.says]
    if line.kind == "cycle":
        ids.append(names.id("cycle", line.says["title"]))
    return tuple(ids)
