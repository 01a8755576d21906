"""Negotiations: every offer, answer and change of a key result, and what each changed from what to what."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from domain.alignment import GoalRescheduled
from domain.errors import NotFound
from domain.grade import KRGraded
from domain.key_result import (
    KeyResult,
    KRAmended,
    KRAmendmentProposed,
    KRAmendmentRefused,
    KRCommitted,
    KRCountered,
    KRDeclined,
    KRDropped,
    KRMoved,
    KRProposed,
    KRReassigned,
    KRReinstated,
    KRStretchAgreed,
    KRStretchCountered,
    KRStretchDeclined,
    KRStretchOffered,
    KRWithdrawn,
)
from domain.measure import Terms, fields_of
from domain.personal import Personal
from services.projections.columns import number, words
from services.projections.model import ReadModel, Row, Step, Table
from services.projections.names import names, titles
from services.projections.reading import View

ENTRIES = Table(
    "negotiation_entries",
    key={"id": "uuid"},
    values={
        "key_result_id": "uuid", "act": "text", "position": "bigint", "recorded_at": "timestamptz",
        "source_recorded_at": "timestamptz", "actor_id": "uuid", "by_id": "uuid", "self_agreed": "boolean",
        "terms": "text", "changed": "text", "reason": "text", "reason_subject": "uuid",
        "grade_as_written": "text", "grade_as_written_subject": "uuid",
    },
    indexes=("key_result_id",),
    past_indexes=("key_result_id",),
)  # fmt: skip

ACTS = {
    KRProposed: "proposed", KRCountered: "countered", KRCommitted: "committed", KRDeclined: "declined",
    KRWithdrawn: "withdrawn", KRStretchOffered: "stretch_offered", KRStretchCountered: "stretch_countered",
    KRStretchAgreed: "stretch_agreed", KRStretchDeclined: "stretch_declined",
    KRAmendmentProposed: "amendment_proposed", KRAmended: "amended", KRAmendmentRefused: "amendment_refused",
    KRMoved: "moved", KRReassigned: "reassigned", GoalRescheduled: "rescheduled", KRDropped: "dropped",
    KRReinstated: "reinstated", KRGraded: "graded",
}  # fmt: skip

# --- facts -> rows ------------------------------------------------------------------------------------------------


def step(asked: Personal | None, step: Step) -> tuple[Personal | None, Sequence[Row]]:
    """`asked` is the reason of the amendment that was proposed last: it is the reason of the amended terms."""
    recorded, event = step.recorded, step.recorded.event
    act = ACTS.get(type(event))
    if act is None:
        return asked, ()
    reason = asked if act == "amended" else getattr(event, "reason", None)
    values = (
        recorded.stream_id, act, recorded.position, recorded.recorded_at,
        recorded.source_recorded_at, recorded.actor_id,
        getattr(event, "by", None), getattr(event, "self_agreed", False),
        _json(_terms(step)), _json(changed(step)),
        *words(reason), *words(getattr(event, "as_written", None)),
    )  # fmt: skip
    return event.reason if act == "amendment_proposed" else asked, [Row(ENTRIES, (recorded.event_id,), values)]


def changed(step: Step) -> dict[str, Any]:
    """What the act changed: an offer against what stood, anything else by what it did to the key result."""
    before, event, after = step.before, step.recorded.event, step.after
    if before is None or after is None:
        return {}
    match event:
        case KRAmendmentProposed():
            return _differing(_said(before.terms), _said(event))
        case KRStretchOffered() | KRStretchCountered():
            standing = before.stretch if before.stretch_offer is None else before.stretch_offer
            return _differing({"stretch": standing}, {"stretch": event.stretch})
    return _differing(_held(before), _held(after))


def _held(kr: KeyResult) -> dict[str, Any]:
    """Everything about a key result that can be asked for as old and new."""
    return _said(kr.terms) | {
        "stretch": kr.stretch,
        "parent": kr.parent_id,
        "team": kr.team_id,
        "owner": kr.owner_id,
        "partner": kr.partner_id,
        "cycle": kr.cycle_id,
        "score": kr.grade and kr.grade.score,
    }


def _said(terms: Terms) -> dict[str, Any]:
    """The terms by name; what an import could not read as a number is in its place as it was written."""
    said = fields_of(terms)
    for name in ("baseline", "target"):
        as_written = said.pop(f"{name}_as_written")
        said[name] = as_written if said[name] is None else said[name]
    return said


def _differing(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    return {name: {"from": _shown(old[name]), "to": _shown(new[name])} for name in new if old[name] != new[name]}


def _terms(step: Step) -> dict[str, Any] | None:
    """The whole terms after the act: those that an amendment asks for, else those that stand or hold."""
    asks = isinstance(step.recorded.event, KRAmendmentProposed)
    terms = step.recorded.event if asks else step.after and step.after.terms
    return terms and {name: _shown(value) for name, value in fields_of(terms).items()}


def _shown(value: Any) -> Any:
    return number(value) if isinstance(value, Decimal) else value


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


MODEL = ReadModel("negotiations", kinds=frozenset({"key_result"}), tables=(ENTRIES,), step=step)

# --- questions ----------------------------------------------------------------------------------------------------

SELECT = """
    SELECT id, act, position, valid_from, recorded_at, source_recorded_at, actor_id, by_id, self_agreed, terms, changed,
           reason, grade_as_written
      FROM negotiation_entries WHERE workspace_id = %(workspace_id)s AND key_result_id = %(id)s AND {holds}
     ORDER BY valid_from, position
"""

AGREES = ("committed", "amended")


async def negotiation(view: View, id: UUID) -> dict[str, Any]:
    """Every act, and the terms that were agreed first, agreed last, and graded."""
    rows = await view.rows(SELECT.format(holds=view.holds), id=id)
    if not rows:
        raise NotFound(str(id))
    entries = [_entry(*row) for row in rows]
    await _name(view, entries)
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


async def _name(view: View, entries: list[dict[str, Any]]) -> None:
    """Put people, teams, cycles and parents in the place of their ids."""
    actors = [entry[who] for entry in entries for who in ("actor", "by")]
    people = await names(view, "members", [*actors, *_ids(entries, "owner", "partner")])
    teams = await names(view, "teams", _ids(entries, "team"))
    cycles = await names(view, "cycles", _ids(entries, "cycle"))
    parents = await titles(view, _ids(entries, "parent"))
    shown = {"owner": people, "partner": people, "team": teams, "cycle": cycles, "parent": parents}
    for entry in entries:
        entry["actor"], entry["by"] = people.of(entry["actor"]), people.of(entry["by"])
        for field, change in entry["changed"].items():
            if field in shown:
                entry["changed"][field] = {end: id and shown[field].of(UUID(id)) for end, id in change.items()}


def _ids(entries: list[dict[str, Any]], *fields: str) -> list[UUID]:
    changes = [entry["changed"][field] for entry in entries for field in fields if field in entry["changed"]]
    return [UUID(id) for change in changes for id in change.values() if id]
