"""Negotiations: every offer, answer and change of a key result, and what each changed from what to what."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import msgspec

from domain.alignment import GoalRescheduled
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
from domain.measure import changes, fields_of
from domain.personal import Personal
from services.projections.columns import number, words
from services.projections.model import ReadModel, Row, Step, Table

ENTRIES = Table(
    "negotiation_entries",
    key={"id": "uuid"},
    values={
        "key_result_id": "uuid", "act": "text", "position": "bigint", "recorded_at": "timestamptz",
        "source_recorded_at": "timestamptz", "actor_id": "uuid", "by_id": "uuid", "self_agreed": "boolean",
        "terms": "text", "changed": "text", "reason": "text", "reason_subject": "uuid",
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


def step(asked: Personal | None, step: Step) -> tuple[Personal | None, Iterable[Row]]:
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
        *words(reason),
    )  # fmt: skip
    return event.reason if act == "amendment_proposed" else asked, [Row(ENTRIES, (recorded.event_id,), values)]


def changed(step: Step) -> dict[str, Any]:
    """What the act changed: an offer against what stood, anything else by what it did to the key result."""
    before, event, after = step.before, step.recorded.event, step.after
    if before is None or after is None:
        return {}
    match event:
        case KRAmendmentProposed():
            return {name: _from_to(*pair) for name, pair in changes(before.terms, event).items()}
        case KRStretchOffered() | KRStretchCountered():
            standing = before.stretch if before.stretch_offer is None else before.stretch_offer
            return {} if standing == event.stretch else {"stretch": _from_to(standing, event.stretch)}
    held, holds = _held(before), _held(after)
    return {name: _from_to(held[name], holds[name]) for name in holds if held[name] != holds[name]}


def _held(kr: KeyResult) -> dict[str, Any]:
    """Everything about a key result that can be asked for as old and new."""
    return fields_of(kr.terms) | {
        "stretch": kr.stretch,
        "parent": kr.parent_id,
        "team": kr.team_id,
        "owner": kr.owner_id,
        "partner": kr.partner_id,
        "cycle": kr.cycle_id,
        "score": kr.grade and kr.grade.score,
        "grade_as_written": kr.grade and kr.grade.as_written,
    }


def _terms(step: Step) -> dict[str, Any] | None:
    """The whole terms after the act: those that an amendment asks for, else those that stand or hold."""
    asks = isinstance(step.recorded.event, KRAmendmentProposed)
    terms = step.recorded.event if asks else step.after and step.after.terms
    return terms and {name: _shown(value) for name, value in fields_of(terms).items()}


def _from_to(old: Any, new: Any) -> dict[str, Any]:
    return {"from": _shown(old), "to": _shown(new)}


def _shown(value: Any) -> Any:
    return number(value) if isinstance(value, Decimal) else value


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


MODEL = ReadModel("negotiations", kinds=frozenset({"key_result"}), tables=(ENTRIES,), step=step)
