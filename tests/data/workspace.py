"""A workspace of a running server, asked over HTTP only, and its answers held against the fold."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import httpx

from tests.data.lines import LINKS, MEASURE
from tests.data.naive import Act, Fold, Goal, Point, shown_parent
from tests.json_types import Json, Parameter

OPEN = ("proposed", "agreed", "committed", "drafted", "adopted", "current")
REDUCED = dict.fromkeys(OPEN, "open") | {"graded": "graded", "dropped": "dropped", "retired": "dropped"}
READS_MAX = 60  # Of two seconds each, which a query waits for its position: only what is broken needs so many.


class Workspace:
    def __init__(self, server: httpx.Client, name: str, *, zone: str = "UTC") -> None:
        self.server = server
        made = checked(server.post("/v1/workspaces", json={"name": name, "timezone": zone}))
        self.id: str = made["id"]
        self.url = f"/v1/workspaces/{self.id}"
        self.position = made["position"]
        self.ids: dict[str, str] = {}  # Of every imported goal, by its external id.

    def send(self, lines: list[str], **query: Parameter) -> Json:
        """Import lines, and note the ids of all goals that are there then."""
        body = "".join(f"{line}\n" for line in lines).encode(errors="surrogatepass")
        headers = {"Content-Type": "application/x-ndjson"}
        answer = checked(self.server.post(f"{self.url}/imports", params=query, content=body, headers=headers))
        self.position = answer["position"]
        self.ids = {node["external_id"]: node["id"] for node in self.nodes(None, dropped=True)}
        return answer

    def get(self, path: str, **query: Parameter) -> Json:
        """An answer with all that was sent."""
        query["min_position"] = self.position
        for _ in range(READS_MAX):
            answer = checked(self.server.get(f"{self.url}/{path}", params=query))
            if not answer.get("stale"):
                return answer
        raise AssertionError(f"{path}: position {self.position} is not shown, only {answer['position']}")

    def nodes(self, as_of: datetime | date | None, *, dropped: bool) -> list[Json]:
        query = ({"as_of": written(as_of)} if as_of else {}) | ({"include": "dropped"} if dropped else {})
        nodes: list[Json] = self.get("alignment-tree", **query)["nodes"]
        return nodes

    def tree_differences(self, fold: Fold, asked: datetime | date) -> Iterator[str]:
        """Where the tree at that moment differs from the fold, with the dropped goals and without."""
        moment = asked if isinstance(asked, datetime) else fold.end_of(asked)
        externals = dict(zip(self.ids.values(), self.ids, strict=True))
        for dropped in (True, False):
            where = f"as of {written(asked)}{', dropped ones too' if dropped else ''}"
            goals = fold.goals(moment)
            expected = {goal.id: node_of(goals, goal, depth) for depth, goal in fold.tree(moment, dropped=dropped)}
            nodes = self.nodes(asked, dropped=dropped)
            got = {node["external_id"]: node_shown(node, externals) for node in nodes}
            yield from differences(where, expected, got)
            if len(nodes) != len(got):
                yield f"{where}: {len(nodes)} nodes for {len(got)} goals"
            if expected.keys() == got.keys() and list(expected) != list(got):
                first = next(pair for pair in zip(expected, got, strict=True) if pair[0] != pair[1])
                yield f"{where}: order: expected {first[0]}, got {first[1]}"

    def timeline_differences(self, goal: Goal) -> Iterator[str]:
        kind = "key-results" if goal.kind == "key_result" else "objectives"
        points = self.get(f"{kind}/{self.ids[goal.id]}/timeline")["points"]
        points.sort(key=lambda point: (point["effective_at"], point["position"]))
        expected = {f"point {number}": point_of(point) for number, point in enumerate(goal.points, start=1)}
        got = {f"point {number}": point_shown(point) for number, point in enumerate(points, start=1)}
        yield from differences(f"timeline of {goal.id}", expected, got)

    def negotiation_differences(self, goal: Goal) -> Iterator[str]:
        entries = self.get(f"key-results/{self.ids[goal.id]}/negotiation")["entries"]
        asked = [entry_shown(entry) for entry in entries if entry["act"] == "amendment_proposed"]
        agreed = [entry_shown(entry) for entry in entries if entry["act"] == "amended"]
        if [each | {"act": None} for each in asked] != [each | {"act": None} for each in agreed]:
            yield f"negotiation of {goal.id}: what was proposed {asked} is not what was amended {agreed}"
        others = [entry_shown(entry) for entry in entries if entry["act"] != "amendment_proposed"]
        expected, got = in_order([act_of(act) for act in goal.acts]), in_order(others)
        for number, act in expected.items():
            if act["reason"] is None:  # Where the lines give no reason, none is asked for.
                got.get(number, {})["reason"] = None
        yield from differences(f"negotiation of {goal.id}", expected, got)

    def comment_differences(self, goal: Goal) -> Iterator[str]:
        texts = [comment["text"] for comment in self.get("comments", about=self.ids[goal.id])["comments"]]
        if sorted(texts) != sorted(goal.comments):
            yield f"comments on {goal.id}: expected {goal.comments}, got {texts}"


def differences(where: str, expected: dict[str, Json], got: dict[str, Json]) -> Iterator[str]:
    for name in expected | got:
        if name not in got:
            yield f"{where}: {name}: missing, expected {expected[name]}"
        elif name not in expected:
            yield f"{where}: {name}: not expected, got {got[name]}"
        else:
            for field, value in expected[name].items():
                if got[name][field] != value:
                    yield f"{where}: {name}.{field}: expected {value!r}, got {got[name][field]!r}"


def node_of(goals: dict[str, Goal], goal: Goal, depth: int) -> Json:
    return {
        "kind": goal.kind,
        "depth": depth,
        "parent": shown_parent(goals, goal),
        "state": goal.state,
        "score": goal.score,
        "grade_as_written": goal.grade_as_written,
    } | {name: goal.now[name] for name in ("title", "team", "owner", "cycle")}


def node_shown(node: Json, externals: dict[str, str]) -> Json:
    return {
        "kind": node["kind"],
        "depth": node["depth"],
        "parent": node["parent_id"] and externals.get(node["parent_id"], node["parent_id"]),
        "state": REDUCED.get(node["state"], node["state"]),
        "score": read(node["score"]),
        "grade_as_written": node["grade_as_written"],
        "title": node["title"],
    } | {name: node[name] and node[name]["name"] for name in ("team", "owner", "cycle")}


def point_of(point: Point) -> Json:
    return {name: getattr(point, name) for name in Point.__dataclass_fields__}


def point_shown(point: Json) -> Json:
    return {
        "at": datetime.fromisoformat(point["effective_at"]),
        "value": read(point["value"]),
        "written": point["value_as_written"] if point["value"] is None else None,
        "claimed": read(point["claimed"]),
        "confidence": read(point["confidence"]),
        "narrative": point["narrative"],
        "source_recorded_at": datetime.fromisoformat(point["source_recorded_at"]),
        "corrected": point["corrected_by"] is not None,
    }


def act_of(act: Act) -> Json:
    return {"at": act.at, "act": act.act, "changed": act.changed, "reason": act.reason}


def entry_shown(entry: Json) -> Json:
    changed = {} if entry["act"] in ("proposed", "committed") else entry["changed"] or {}
    return {
        "at": datetime.fromisoformat(entry["effective_at"]),
        "act": entry["act"],
        "changed": {
            name: (side_shown(name, change["from"]), side_shown(name, change["to"]))
            for name, change in changed.items()
            if name in (*LINKS, *MEASURE)
        },
        "reason": entry["reason"],
    }


def side_shown(field: str, side: Any) -> object:
    if side is None or field in ("title", "metric", "unit"):
        return side
    if field == "parent":
        return side["external_id"]
    return side["name"] if field in ("team", "owner", "cycle") else read(side)


def in_order(acts: list[Json]) -> dict[str, Json]:
    """By time; what stands at one time in one fixed order, for a line of several changes has no order of its own."""
    acts = sorted(acts, key=lambda act: (act["at"], act["act"], str(sorted(act["changed"].items()))))
    return {f"entry {number}": act for number, act in enumerate(acts, start=1)}


def read(text: str | None) -> Decimal | str | None:
    """A decimal as a decimal, so that 0.50 is 0.5; what is none, as the text that it is."""
    assert text is None or isinstance(text, str), f"decimals are strings, not {text!r}"
    try:
        return None if text is None else Decimal(text)
    except InvalidOperation:
        return text


def written(moment: datetime | date) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def checked(answer: httpx.Response) -> Json:
    assert answer.is_success, f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text[:2000]}"
    content: Json = answer.json()
    return content
