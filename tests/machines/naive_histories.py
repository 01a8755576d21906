"""What happened to one goal, and what was said, at (T, K): point by point from the change feed."""

from copy import deepcopy
from datetime import datetime
from decimal import Decimal
from typing import Any

from tests.json_types import Json
from tests.machines.naive import (
    NUMBERS,
    TERMS,
    Event,
    Goal,
    Tree,
    apply,
    facts_at,
    number,
    progress_of,
    rounded,
    terms_of,
)

CHECK_INS = ("CheckedIn", "CheckInCorrected", "ObjectiveCheckedIn", "ObjectiveCheckInCorrected")
ACTS = {
    "KRProposed": "proposed",
    "KRCountered": "countered",
    "KRCommitted": "committed",
    "KRDeclined": "declined",
    "KRWithdrawn": "withdrawn",
    "KRStretchOffered": "stretch_offered",
    "KRStretchCountered": "stretch_countered",
    "KRStretchAgreed": "stretch_agreed",
    "KRStretchDeclined": "stretch_declined",
    "KRAmendmentProposed": "amendment_proposed",
    "KRAmended": "amended",
    "KRAmendmentRefused": "amendment_refused",
    "KRMoved": "moved",
    "KRReassigned": "reassigned",
    "GoalRescheduled": "rescheduled",
    "KRDropped": "dropped",
    "KRReinstated": "reinstated",
    "KRGraded": "graded",
}
OF_PEOPLE = ("parent", "team", "owner", "partner", "cycle")


def timeline(feed: list[Event], id: str, t: datetime, k: int) -> list[Json]:
    """Every check-in stays a point, also one that was corrected: with what it meant by the terms of its own moment."""
    goals: dict[str, Goal] = {}
    points = []
    for event in facts_at(feed, t, k):
        if event["aggregate_id"] != id:
            continue
        if event["type"] in (*CHECK_INS, "ConfidenceUpdated"):
            points.append(point_of(feed, k, event, goals[id]))
        if event["corrected_by"] is None:
            apply(goals, event)
    return points


def point_of(feed: list[Event], k: int, event: Event, before: Goal) -> Json:
    data, progress = event["data"], None
    if event["type"] in CHECK_INS and before["kind"] == "key_result":
        progress = progress_of(before["terms"], [*before["check_ins"], data])
    elif before["kind"] == "objective":  # What had rolled up to it by then.
        then = Tree(feed, event["effective_at"], k)
        progress = then.progress(then.goals[before["id"]])
    return {
        "id": data.get("check_in_id", event["id"]),
        "effective_at": event["effective_at"],
        "recorded_at": event["recorded_at"],
        "position": event["position"],
        "value": number(data.get("value")),
        "claimed": number(data.get("claimed")),
        "confidence": number(data["confidence"]),
        "health": data.get("health"),
        "narrative": text(data.get("narrative")),
        "corrects": data.get("corrects"),
        "corrected_by": event["corrected_by"],
        "progress": rounded(progress),
    }


def negotiation(feed: list[Event], id: str, t: datetime, k: int) -> list[Json]:
    """Every act, the terms after it, and what it changed from what to what."""
    goals: dict[str, Goal] = {}
    entries, asked = [], None
    for event in facts_at(feed, t, k):
        if event["aggregate_id"] != id or event["corrected_by"] is not None:
            continue
        before = deepcopy(goals.get(id))
        apply(goals, event)
        if event["type"] in ACTS:
            data = event["data"]
            asked = data["reason"] if event["type"] == "KRAmendmentProposed" else asked
            reason = asked if event["type"] == "KRAmended" else data.get("reason")
            proposed = terms_of(data) if event["type"] == "KRAmendmentProposed" else goals[id]["terms"]
            entries.append(
                {
                    "id": event["id"],
                    "act": ACTS[event["type"]],
                    "position": event["position"],
                    "by": data.get("by"),
                    "effective_at": event["effective_at"],
                    "reason": text(reason),
                    "terms": proposed,
                    "changed": changed(before, event, goals[id]),
                }
            )
    return entries


def changed(before: Goal | None, event: Event, after: Goal) -> dict[str, tuple[object, object]]:
    if before is None:
        return {}
    if event["type"] == "KRAmendmentProposed":
        return differing(before["terms"], terms_of(event["data"]))
    if event["type"] in ("KRStretchOffered", "KRStretchCountered"):
        standing = before["stretch"] if before["stretch_offer"] is None else before["stretch_offer"]
        return differing({"stretch": standing}, {"stretch": Decimal(event["data"]["stretch"])})
    return differing(held(before), held(after))


def held(goal: Goal) -> Json:
    terms: Json = goal["terms"]
    return terms | {name: goal[name] for name in ("stretch", "score", *OF_PEOPLE)}


def differing(old: Json, new: Json) -> dict[str, tuple[object, object]]:
    return {name: (old[name], new[name]) for name in new if old[name] != new[name]}


def texts_of(feed: list[Event], t: datetime, k: int, makes: str, takes_back: str) -> list[Json]:
    """Comments or learnings in the order in which they were recorded: of one that was taken back the text is gone."""
    found: dict[str, Json] = {}
    facts = facts_at(feed, t, k)
    for event in facts:
        if event["type"] == makes:
            id = event["data"].get("learning_id", event["aggregate_id"])
            words = text(event["data"]["text"])
            found[id] = {"id": id, "text": words, "withdrawn": False, "began": event["position"]}
    for event in facts:
        if event["type"] == takes_back:
            found[event["data"]["withdraws"]] |= {"text": None, "withdrawn": True}
    in_order = sorted(found.values(), key=lambda entry: entry["began"])
    return [{name: entry[name] for name in ("id", "text", "withdrawn")} for entry in in_order]


def text(personal: Json | None) -> str | None:
    return personal["text"] if personal else None


# --- what the product answers, in the same words ----------------------------------------------------------------------


def point_shown(point: Json) -> Json:
    numbers = ("value", "claimed", "confidence", "progress")
    times = ("effective_at", "recorded_at")
    same = ("id", "position", "health", "narrative", "corrects", "corrected_by")
    return (
        {name: point[name] for name in same}
        | {name: number(point[name]) for name in numbers}
        | {name: datetime.fromisoformat(point[name]) for name in times}
    )


def entry_shown(entry: Json) -> Json:
    return {name: entry[name] for name in ("id", "act", "position", "reason")} | {
        "by": entry["by"] and entry["by"]["id"],
        "effective_at": datetime.fromisoformat(entry["effective_at"]),
        "terms": {name: side(name, entry["terms"][name]) for name in TERMS},
        "changed": {
            name: (side(name, change["from"]), side(name, change["to"])) for name, change in entry["changed"].items()
        },
    }


def node_shown(node: Json) -> Json:
    numbers = ("baseline", "target", "value", "claimed", "progress", "confidence", "score", "computed_score")
    same = ("id", "kind", "parent_id", "state", "title", "commitment", "phase", "metric", "depth")
    return (
        {name: node[name] for name in same}
        | {name: number(node[name]) for name in numbers}
        | {name: node[name] and node[name]["id"] for name in ("owner", "team", "cycle")}
    )


def side(name: str, said: Any) -> object:
    if name in (*NUMBERS, "stretch", "score"):
        return number(said)
    return said["id"] if name in OF_PEOPLE and said else said
