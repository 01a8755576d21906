"""Negotiations: every offer, answer and change of a key result, and what each changed from what to what."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

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
from services.projections.engine.read_model import FoldStep, ReadModel, Row, Table
from services.projections.read_models.columns import number, words

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


def step(asked: Personal | None, step: FoldStep) -> tuple[Personal | None, Sequence[Row]]:
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


def changed(step: FoldStep) -> dict[str, Any]:
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


def _terms(step: FoldStep) -> dict[str, Any] | None:
    """The whole terms after the act: those that an amendment asks for, else those that stand or hold."""
    asks = isinstance(step.recorded.event, KRAmendmentProposed)
    terms = step.recorded.event if asks else step.after and step.after.terms
    return terms and {name: _shown(value) for name, value in fields_of(terms).items()}


def _shown(value: Any) -> Any:
    return number(value) if isinstance(value, Decimal) else value


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


MODEL = ReadModel("negotiations", kinds=frozenset({"key_result"}), tables=(ENTRIES,), step=step)
