"""Negotiations: every offer, answer and change of a key result, and what each changed from what to what."""

from datetime import datetime
from decimal import Decimal
from typing import Generic
from uuid import UUID

import msgspec

from domain.goal.alignment import GoalRescheduled
from domain.goal.grade import KRGraded
from domain.goal.measure import Terms, fields_of
from domain.key_result.amendment import KRAmended, KRAmendmentProposed, KRAmendmentRefused
from domain.key_result.lifecycle import KRDropped, KRMoved, KRReassigned, KRReinstated
from domain.key_result.negotiation import KRCommitted, KRCountered, KRDeclined, KRProposed, KRWithdrawn
from domain.key_result.state import KeyResult
from domain.key_result.stretch import KRStretchAgreed, KRStretchCountered, KRStretchDeclined, KRStretchOffered
from domain.personal import Personal
from services.projections.engine.read_model import FoldStep, ReadModel, Rows
from services.projections.engine.table import Table, TableRow, Text
from services.projections.read_models.columns import number


class EntryRow(TableRow[UUID], Generic[Text]):
    """One act. `terms` and `changed` are JSON: the whole terms after it, and what it changed from what to what."""

    key_result_id: UUID
    act: str
    position: int
    recorded_at: datetime
    source_recorded_at: datetime | None
    actor_id: UUID | None
    by_id: UUID | None
    self_agreed: bool
    terms: str
    changed: str
    reason: Text | None
    grade_as_written: Text | None


ENTRIES = Table("negotiation_entries", EntryRow[Personal], indexes=("key_result_id",), past_indexes=("key_result_id",))

ACTS = {
    KRProposed: "proposed",
    KRCountered: "countered",
    KRCommitted: "committed",
    KRDeclined: "declined",
    KRWithdrawn: "withdrawn",
    KRStretchOffered: "stretch_offered",
    KRStretchCountered: "stretch_countered",
    KRStretchAgreed: "stretch_agreed",
    KRStretchDeclined: "stretch_declined",
    KRAmendmentProposed: "amendment_proposed",
    KRAmended: "amended",
    KRAmendmentRefused: "amendment_refused",
    KRMoved: "moved",
    KRReassigned: "reassigned",
    GoalRescheduled: "rescheduled",
    KRDropped: "dropped",
    KRReinstated: "reinstated",
    KRGraded: "graded",
}


def step(asked: Personal | None, step: FoldStep[KeyResult]) -> tuple[Personal | None, Rows]:
    """`asked` is the reason of the amendment that was proposed last: it is the reason of the amended terms."""
    recorded, event = step.recorded, step.recorded.event
    act = ACTS.get(type(event))
    if act is None:
        return asked, ()
    entry = EntryRow(
        id=recorded.event_id,
        key_result_id=recorded.stream_id,
        act=act,
        position=recorded.position,
        recorded_at=recorded.recorded_at,
        source_recorded_at=recorded.source_recorded_at,
        actor_id=recorded.actor_id,
        by_id=getattr(event, "by", None),
        self_agreed=getattr(event, "self_agreed", False),
        terms=_json(_terms(step)),
        changed=_json(changed(step)),
        reason=asked if act == "amended" else getattr(event, "reason", None),
        grade_as_written=getattr(event, "as_written", None),
    )
    return event.reason if act == "amendment_proposed" else asked, (entry,)


def changed(step: FoldStep[KeyResult]) -> dict[str, object]:
    """What the act changed: an offer against what stood, anything else by what it did to the key result."""
    before, event, after = step.before, step.recorded.event, step.after
    if before is None or after is None:
        return {}
    match event:
        case KRAmendmentProposed():
            return _differing(_offered(before.terms), _offered(event))
        case KRStretchOffered() | KRStretchCountered():
            standing = before.stretch if before.stretch_offer is None else before.stretch_offer
            return _differing({"stretch": standing}, {"stretch": event.stretch})
    return _differing(_standing(before), _standing(after))


def _standing(kr: KeyResult) -> dict[str, object]:
    """Everything about a key result that can be asked for as old and new."""
    return _offered(kr.terms) | {
        "stretch": kr.stretch,
        "parent": kr.parent_id,
        "team": kr.team_id,
        "owner": kr.owner_id,
        "partner": kr.partner_id,
        "cycle": kr.cycle_id,
        "score": kr.grade and kr.grade.score,
    }


def _offered(terms: Terms) -> dict[str, object]:
    """The terms by name; what an import could not read as a number is in its place as it was written."""
    offered = fields_of(terms)
    for name in ("baseline", "target"):
        as_written = offered.pop(f"{name}_as_written")
        offered[name] = as_written if offered[name] is None else offered[name]
    return offered


def _differing(old: dict[str, object], new: dict[str, object]) -> dict[str, object]:
    return {name: {"from": _shown(old[name]), "to": _shown(new[name])} for name in new if old[name] != new[name]}


def _terms(step: FoldStep[KeyResult]) -> dict[str, object] | None:
    """The whole terms after the act: those that an amendment asks for, else those that stand or hold."""
    event, after = step.recorded.event, step.after
    terms = event if isinstance(event, KRAmendmentProposed) else None if after is None else after.terms
    return None if terms is None else {name: _shown(value) for name, value in fields_of(terms).items()}


def _shown(value: object) -> object:
    return number(value) if isinstance(value, Decimal) else value


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


MODEL = ReadModel("negotiations", kinds=frozenset({"key_result"}), tables=(ENTRIES,), step=step, start=None)
