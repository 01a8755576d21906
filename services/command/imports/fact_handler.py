"""What a line of facts becomes: pure, from what is stored and the line to events, or to a refusal with its reason.

Facts are not held to turns, clocks, periods and the states of cycles: they tell what happened elsewhere.
"""

from uuid import UUID

from domain.errors import NotFound, WrongKind
from domain.goal.alignment import GOAL_KINDS
from domain.imported_fact import FactImported
from domain.personal import Personal
from services.command.imports.fact_creations import create_cycle, create_goal
from services.command.imports.fact_edits import edit
from services.command.imports.fact_line import FactLine
from services.command.imports.fact_reports import report_check_in, report_grade, report_retirement
from services.command.imports.fact_translation import FactTranslation, FoundGoal
from services.command.loop.context import Context, NewEvent
from services.command.loop.derived_ids import DerivedIds


def decide(
    ctx: Context, *, names: DerivedIds, line: FactLine, import_id: UUID, source: str | None
) -> tuple[list[NewEvent], list[str]]:
    """The events of a line, led by the fact itself, which is their cause; and warnings. Raises Refusal."""
    telling = FactTranslation(ctx, names, line, import_id)
    _tell(telling)
    taken = FactImported(
        digest=line.digest, line=line.number, source=source or line.source, text=Personal(import_id, line.text)
    )
    fact = NewEvent("import", import_id, taken, telling.at, telling.recorded_at, event_id=telling.cause)
    return [fact, *telling.news], telling.warnings


def _tell(telling: FactTranslation) -> None:
    line = telling.line
    if line.kind == "cycle":
        create_cycle(telling)
        return
    if line.id is None:
        telling.comment("workspace", telling.workspace_id)
        return
    found = telling.goal(line.id)
    if line.kind in GOAL_KINDS:
        if found is None:
            create_goal(telling)
        elif found.kind == line.kind:
            edit(telling, found)
        else:
            raise WrongKind(f"an id of another kind: {line.id} is of the kind {found.kind}")
        return
    if found is None:
        raise NotFound(f"unknown goal id: {line.id}")
    _say(telling, found)


def _say(telling: FactTranslation, found: FoundGoal) -> None:
    match telling.line.kind:
        case "edit":
            edit(telling, found)
        case "checkin":
            report_check_in(telling, found)
        case "grade":
            report_grade(telling, found)
        case "retire":
            report_retirement(telling, found)
        case "comment":
            telling.comment(found.kind, found.id)


def looked_at(names: DerivedIds, line: FactLine) -> tuple[UUID, ...]:
    """The streams that the line will look at, as far as it names them, so that they are loaded at once."""
    goals = [line.id, line.says.get("parent")] if line.kind in (*GOAL_KINDS, "edit") else [line.id]
    ids = [stream for goal in goals if goal is not None for stream in names.goals(goal)]
    kinds = {"team": "team", "cycle": "cycle", "owner": "placeholder"}
    ids += [names.id(kind, line.says[field]) for field, kind in kinds.items() if field in line.says]
    if line.kind == "cycle":
        ids.append(names.id("cycle", line.says["title"]))
    return tuple(ids)
