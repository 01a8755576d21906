"""The negotiation of a key result: every act in order, and the terms agreed first, agreed last, and graded."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from domain.errors import NotFound
from services.projections.queries.names import names, titles
from services.projections.queries.read_session import ReadSession

SELECT = """
    SELECT id, act, position, valid_from, recorded_at, source_recorded_at, actor_id, by_id, self_agreed, terms, changed,
           reason, grade_as_written
      FROM negotiation_entries WHERE workspace_id = %(workspace_id)s AND key_result_id = %(id)s AND {time_filter}
     ORDER BY valid_from, position
"""


AGREES = ("committed", "amended")


async def negotiation(session: ReadSession, id: UUID) -> dict[str, Any]:
    """Every act, and the terms that were agreed first, agreed last, and graded."""
    rows = await session.rows(SELECT.format(time_filter=session.time_filter), id=id)
    if not rows:
        raise NotFound(str(id))
    entries = [_entry(*row) for row in rows]
    await _name(session, entries)
    agreed = [entry["terms"] for entry in entries if entry["act"] in AGREES]
    graded = [entry["terms"] for entry in entries if entry["act"] == "graded"]
    return {
        "id": id,
        "first_agreed": agreed[0] if agreed else None,
        "last_agreed": agreed[-1] if agreed else None,
        "graded": graded[-1] if graded else None,
        "entries": entries,
    }


def _entry(
    id: UUID, act: str, position: int, effective_at: datetime, recorded_at: datetime,
    source_recorded_at: datetime | None, actor_id: UUID | None, by_id: UUID | None, self_agreed: bool,
    terms: str, changed: str, reason: str | None, grade_as_written: str | None,
) -> dict[str, Any]:  # fmt: skip
    return {
        "id": id, "position": position, "effective_at": effective_at, "recorded_at": recorded_at,
        "source_recorded_at": source_recorded_at, "imported": source_recorded_at is not None,
        "actor": actor_id, "by": by_id, "act": act, "self_agreed": self_agreed,
        "terms": msgspec.json.decode(terms), "changed": msgspec.json.decode(changed), "reason": reason,
        "grade_as_written": grade_as_written,
    }  # fmt: skip


async def _name(session: ReadSession, entries: list[dict[str, Any]]) -> None:
    """Put people, teams, cycles and parents in the place of their ids."""
    actors = [entry[who] for entry in entries for who in ("actor", "by")]
    people = await names(session, "members", [*actors, *_ids(entries, "owner", "partner")])
    teams = await names(session, "teams", _ids(entries, "team"))
    cycles = await names(session, "cycles", _ids(entries, "cycle"))
    parents = await titles(session, _ids(entries, "parent"))
    shown = {"owner": people, "partner": people, "team": teams, "cycle": cycles, "parent": parents}
    for entry in entries:
        entry["actor"], entry["by"] = people.of(entry["actor"]), people.of(entry["by"])
        for field, change in entry["changed"].items():
            if field in shown:
                entry["changed"][field] = {end: id and shown[field].of(UUID(id)) for end, id in change.items()}


def _ids(entries: list[dict[str, Any]], *fields: str) -> list[UUID]:
    changes = [entry["changed"][field] for entry in entries for field in fields if field in entry["changed"]]
    return [UUID(id) for change in changes for id in change.values() if id]
