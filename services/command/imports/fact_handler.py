"""What a line of facts becomes: pure, from what is stored and the line to events, or to a refusal with its reason.

Facts are not held to turns, clocks, periods and the states of cycles: they are of what happened elsewhere.
"""

from uuid import UUID

from domain.errors import NotFound, WrongKind
from domain.ids import DerivedIds
from domain.imported_fact import FactImported
from domain.personal import Personal
from domain.purpose.kinds import GOAL_KINDS
from services.command.imports.fact_creations import create_cycle, create_goal
from services.command.imports.fact_edits import edit_goal
from services.command.imports.fact_line import FactLine
from services.command.imports.fact_reports import report_check_in, report_comment, report_grade, report_retirement
from services.command.imports.fact_translation import FactTranslation
from services.command.loop.context import Context, NewEvent

REPORTS = {
    "edit": edit_goal,
    "checkin": report_check_in,
    "grade": report_grade,
    "retire": report_retirement,
    "comment": report_comment,
}


def decide(
    ctx: Context, *, ids: DerivedIds, line: FactLine, import_id: UUID, source: str | None
) -> tuple[list[NewEvent], list[str]]:
    """The events of a line, led by the fact itself, which is their cause; and warnings. Raises Refusal."""
    translation = FactTranslation(ctx, ids, line, import_id)
    _translate(translation)
    text = Personal(import_id, line.text)
    imported = FactImported(digest=line.digest, line=line.number, source=source or line.source, text=text)
    fact = NewEvent(
        "import", import_id, imported, translation.at, translation.recorded_at, event_id=translation.fact_id
    )
    return [fact, *translation.new_events], translation.warnings


def _translate(translation: FactTranslation) -> None:
    kind, external_id = translation.line.kind, translation.line.id
    if external_id is None:
        translation.add_comment("workspace", translation.workspace_id)
        return
    if kind == "cycle":
        create_cycle(translation, external_id)
        return
    found = translation.find_goal(external_id)
    if found is None and kind in GOAL_KINDS:
        create_goal(translation, external_id)
    elif found is None:
        raise NotFound(f"unknown goal id: {external_id}")
    elif kind not in GOAL_KINDS:
        REPORTS[kind](translation, found)
    elif kind == found.kind:
        edit_goal(translation, found)
    else:
        raise WrongKind(f"an id of another kind: {external_id} is of the kind {found.kind}")


def prefetch_of(ids: DerivedIds, line: FactLine) -> tuple[UUID, ...]:
    """The streams that the line will look at, as far as it names them, so that they are loaded at once."""
    goals = [line.id, line.parent] if line.kind in (*GOAL_KINDS, "edit") else [line.id]
    streams = [stream for goal in goals if goal is not None for stream in ids.goals(goal)]
    names = (("team", line.team), ("cycle", line.cycle), ("placeholder", line.owner))
    streams += [ids.id(kind, name) for kind, name in names if name is not None]
    if line.kind == "cycle" and line.title is not None:
        streams.append(ids.id("cycle", line.title))
    return tuple(streams)
