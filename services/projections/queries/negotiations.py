"""The negotiation of a key result: every act in order, and the terms agreed first, agreed last, and graded."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from contracts.answers.negotiation import Entry
from domain.errors import NotFound
from services.projections.queries.names import names, titles
from services.projections.queries.read_session import ReadSession
from services.projections.queries.rows import as_promised, read
from services.projections.read_models.negotiations import ENTRIES, EntryRow


class DatedEntry(EntryRow[str]):
    """An entry, and when it was true."""

    valid_from: datetime


SELECT = f"""
    SELECT {ENTRIES.select(DatedEntry)} FROM negotiation_entries
     WHERE workspace_id = %(workspace_id)s AND key_result_id = %(id)s AND {{time_filter}}
     ORDER BY valid_from, position
"""  # noqa: S608  A constant.


AGREES = ("committed", "amended")

Change = dict[str, Any]  # {"from", "to"}: text, number or day, by the field that changed.


async def negotiation(session: ReadSession, id: UUID) -> dict[str, object]:
    """Every act, and the terms that were agreed first, agreed last, and graded."""
    rows = await read(session, DatedEntry, SELECT, id=id)
    if not rows:
        raise NotFound(str(id))
    entries = await _shown(session, rows)
    agreed = [entry["terms"] for entry in entries if entry["act"] in AGREES]
    graded = [entry["terms"] for entry in entries if entry["act"] == "graded"]
    return {
        "id": id,
        "first_agreed": agreed[0] if agreed else None,
        "last_agreed": agreed[-1] if agreed else None,
        "graded": graded[-1] if graded else None,
        "entries": entries,
    }


async def _shown(session: ReadSession, entries: list[DatedEntry]) -> list[dict[str, object]]:
    """The entries, with people, teams, cycles and parents in the place of their ids."""
    changes: list[dict[str, Change]] = [msgspec.json.decode(entry.changed) for entry in entries]
    actors = [id for entry in entries for id in (entry.actor_id, entry.by_id)]
    people = await names(session, "members", [*actors, *_ids(changes, "owner", "partner")])
    named = {
        "owner": people,
        "partner": people,
        "team": await names(session, "teams", _ids(changes, "team")),
        "cycle": await names(session, "cycles", _ids(changes, "cycle")),
        "parent": await titles(session, _ids(changes, "parent")),
    }
    for changed in changes:
        for field in changed.keys() & named.keys():
            changed[field] = {end: id and named[field].of(UUID(id)) for end, id in changed[field].items()}
    return [
        as_promised(
            Entry,
            entry,
            effective_at=entry.valid_from,
            imported=entry.source_recorded_at is not None,
            actor=people.of(entry.actor_id),
            by=people.of(entry.by_id),
            terms=msgspec.json.decode(entry.terms),
            changed=changed,
        )
        for entry, changed in zip(entries, changes, strict=True)
    ]


def _ids(changes: list[dict[str, Change]], *fields: str) -> list[UUID]:
    """The ids that these fields were changed from and to."""
    found = [changed[field] for changed in changes for field in fields if field in changed]
    return [UUID(id) for change in found for id in change.values() if id]
