"""An import from its first line to its summary. The first line decides which form all of them have.

Of the fact form, one fact a line, it is decided here what a line becomes (deciding.py). Of the event form, which is
what an export gives, each line is recorded as the event that it is (events.py).
"""

from collections.abc import AsyncIterable, Callable, Iterator
from functools import partial
from uuid import UUID

from domain.errors import Invalid
from domain.permission import Act
from services.command.imports.event_line import header_of, is_event
from services.command.imports.event_restore import EventRestore
from services.command.imports.fact_handler import decide, looked_at
from services.command.imports.fact_line import read_line
from services.command.imports.line_reader import SentLine, lines_of, parts_of
from services.command.imports.report import ImportReport
from services.command.imports.session import ImportItem, ImportSession
from services.command.loop.command_loop import CommandLoop
from services.command.loop.context import Context
from services.command.loop.derived_ids import DerivedIds, derived_ids_in
from services.eventlog.uuid7 import uuid7

PART_LINES = 500


async def run_import(
    loop: CommandLoop, workspace_id: UUID, actor_id: UUID, body: AsyncIterable[bytes], *,
    admit: Callable[[Context, Act], None], dry_run: bool = False, first_line: int = 1, source: str | None = None,
) -> ImportReport:  # fmt: skip
    """Import the lines of a body. Each line is one command: an import that is cut is finished by sending it again.

    `admit` refuses whoever may not do such an act. Raises what it raises.
    """
    recording = ImportSession(loop, workspace_id, actor_id, import_id=uuid7(), admit=admit, dry_run=dry_run)
    await recording.require_admitted()
    restoring, begun, names = None, False, await derived_ids_in(workspace_id, loop.log)
    async for part in parts_of(lines_of(body), first_line, PART_LINES):
        if not begun:
            restoring, part = await _begin(recording, part)
            begun = True
        if restoring:
            await restoring.record(part)
        else:
            await recording.record([*_facts(recording, names, part, source)])
    recording.summary.position = await loop.log.position(workspace_id)
    return recording.summary


async def _begin(recording: ImportSession, part: list[SentLine]) -> tuple[EventRestore | None, list[SentLine]]:
    """Which form the lines have, and those that follow the header, if there is one. Raises Invalid, or NotEmpty."""
    first, *others = part
    source_id = header_of(first.given)
    if source_id is None and not is_event(first.given):
        return None, part
    recording.act = "administer"
    await recording.require_admitted()
    restoring = EventRestore(recording, source_id)
    await restoring.begin()
    if source_id is None:
        return restoring, part
    if restoring.maps is None:
        recording.summary.take(first.number, "header", [])
    else:
        recording.summary.unchanged += 1  # It came before.
    return restoring, others


def _facts(
    recording: ImportSession, names: DerivedIds, part: list[SentLine], source: str | None
) -> Iterator[ImportItem]:
    for number, given in part:
        try:
            line = read_line(number, given)
        except Invalid as refusal:
            recording.summary.refuse(number, str(refusal))
            continue
        yield ImportItem(
            number=number, kind=line.kind, id=names.fact(line.digest),
            aggregate_id=recording.import_id, looks_at=looked_at(names, line),
            decide=partial(decide, names=names, line=line, import_id=recording.import_id, source=source),
        )  # fmt: skip
