"""An import job, from its first line to its report. The first line decides which form all of them have.

Of the fact form, one fact a line, fact_handler decides what a line becomes. Of the event form, which is what an export
gives, event_restore records each line as the event that it is.
"""

from collections.abc import AsyncIterable, Callable, Iterator, Sequence
from functools import partial
from uuid import UUID

from domain.errors import Invalid
from domain.ids import DerivedIds
from domain.permission import Act
from services.command.imports.event_line import header_of, is_event
from services.command.imports.event_restore import EventRestore
from services.command.imports.fact_handler import decide, prefetch_of
from services.command.imports.fact_line import read_line
from services.command.imports.line_reader import SentLine, lines_of, parts_of
from services.command.imports.report import ImportReport
from services.command.imports.session import ImportItem, ImportSession
from services.command.loop.command_loop import CommandLoop
from services.command.loop.context import Context
from services.command.loop.derived_ids import derived_ids_in
from services.eventlog.uuid7 import uuid7

PART_LINES = 500


async def run_import(
    loop: CommandLoop,
    workspace_id: UUID,
    actor_id: UUID,
    body: AsyncIterable[bytes],
    *,
    admit: Callable[[Context, Act], None],
    dry_run: bool = False,
    first_line: int = 1,
    source: str | None = None,
) -> ImportReport:
    """Import the lines of a body. Each line is one command: an import that is cut is finished by sending it again.

    `admit` refuses an actor who may not do such an act. Raises what it raises; Invalid or NotEmpty for an export that
    cannot be restored here.
    """
    session = ImportSession(loop, workspace_id, actor_id, import_id=uuid7(), admit=admit, is_dry_run=dry_run)
    await session.require_admitted()
    restore, is_first, ids = None, True, await derived_ids_in(workspace_id, loop.log)
    async for part in parts_of(lines_of(body), first_line, PART_LINES):
        if is_first:
            restore, part = await _begin(session, part)
            is_first = False
        if restore:
            await restore.record(part)
        else:
            await session.record([*_items(session, ids, part, source)])
    session.report.position = await loop.log.position(workspace_id)
    return session.report


async def _begin(session: ImportSession, part: list[SentLine]) -> tuple[EventRestore | None, list[SentLine]]:
    """The restore, if these lines are an export's, and those that follow its header. Raises Invalid, or NotEmpty."""
    first, *others = part
    source_id = header_of(first.content)
    if source_id is None and not is_event(first.content):
        return None, part
    session.act = "administer"
    await session.require_admitted()
    restore = await EventRestore.begin(session, source_id)
    if source_id is None:
        return restore, part
    if restore.is_known_source:
        session.report.unchanged += 1  # The header came before.
    else:
        session.report.add_taken(first.number, "header", [])
    return restore, others


def _items(
    session: ImportSession, ids: DerivedIds, part: Sequence[SentLine], source: str | None
) -> Iterator[ImportItem]:
    """The facts of these lines; those that cannot be read are refused in the report."""
    for number, content in part:
        try:
            line = read_line(number, content)
        except Invalid as refusal:
            session.report.add_refusal(number, str(refusal))
            continue
        yield ImportItem(
            number=number,
            kind=line.kind,
            id=ids.fact(line.digest),
            aggregate_id=session.import_id,
            prefetch=prefetch_of(ids, line),
            decide=partial(decide, ids=ids, line=line, import_id=session.import_id, source=source),
        )
