"""State(T, K) in plain dicts, from the change feed alone: slow, and meant to be believed by reading.

It shares no code with the product. Read downwards: which events count, what they do to a goal, progress, the tree.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal

from tests.json_types import Json

EXACT = Context(prec=60)
ONE = Decimal(1)
PURPOSE = ("mission", "vision", "strategy", "theme")
NUMBERS = ("baseline", "target", "low", "high")
TERMS = ("title", "type", "metric", "unit", "inclusive", "count", "due", "resources", "commitment", *NUMBERS)

Event = Json
Goal = Json


def read_feed(feed: Iterable[Json]) -> list[Event]:
    """The events with their times read."""
    times = ("effective_at", "recorded_at")
    return [event | {name: datetime.fromisoformat(event[name]) for name in times} for event in feed]


# --- which events count -----------------------------------------------------------------------------------------------


def facts_at(feed: list[Event], t: datetime, k: int) -> list[Event]:
    """The events with effective_at <= T and position <= K, in the order (effective_at, position).

    Corrections and withdrawals work by knowledge only: what is corrected at K counts at no T, its correction at its own
    moment; a withdrawal stands at the moment of what it withdraws. The event's `place` says here where that is.
    """
    known = [event | {"place": event["effective_at"]} for event in feed if event["position"] <= k]
    made: dict[str, Event] = {}
    for event in known:
        made.setdefault(entry_of(event), event)
        event["corrected_by"] = None
        if withdrawn := event["data"].get("withdraws"):
            event["place"] = made[withdrawn]["effective_at"]
    for event in known:
        if wrong := event["data"].get("corrects"):
            made[wrong]["corrected_by"] = event["data"]["check_in_id"]
    counted = [event for event in known if event["place"] <= t]
    return sorted(counted, key=lambda event: (event["place"], event["position"]))


def entry_of(event: Event) -> str:
    """What an event makes: a check-in, a learning; or what its stream stands for."""
    return str(event["data"].get("check_in_id") or event["data"].get("learning_id") or event["aggregate_id"])


# --- what they do to a goal -------------------------------------------------------------------------------------------


def goals_of(facts: list[Event]) -> dict[str, Goal]:
    goals: dict[str, Goal] = {}
    for event in facts:
        if event["corrected_by"] is None:
            apply(goals, event)
    return goals


def apply(goals: dict[str, Goal], event: Event) -> None:
    data, type = event["data"], event["type"]
    if type in BEGINS:
        goals[event["aggregate_id"]] = begun(event)
        return
    goal = goals.get(event["aggregate_id"])
    if goal is None:
        return
    match type:
        case "ObjectiveAgreed" | "KRCommitted" | "ObjectiveWithdrawn" | "KRWithdrawn" | "KRDeclined":
            turn(goal, ANSWERED[type])
        case "MissionAdopted":
            goal["state"] = "adopted"
        case "KRCountered":
            goal["terms"] = terms_of(data)
        case "KRAmendmentProposed":
            goal["amendment"] = terms_of(data)
        case "KRAmended":
            goal["terms"], goal["amendment"] = goal["amendment"] or goal["terms"], None
            if goal["stretch"] is not None and not is_stretch(goal["terms"], goal["stretch"]):
                goal["stretch"] = None
        case "KRAmendmentRefused":
            goal["amendment"] = None
        case "KRStretchOffered" | "KRStretchCountered":
            goal["stretch_offer"] = Decimal(data["stretch"])
        case "KRStretchAgreed":
            goal["stretch"], goal["stretch_offer"] = goal["stretch_offer"], None
        case "KRStretchDeclined":
            goal["stretch_offer"] = None
        case "ObjectiveReworded":
            goal |= {"title": data["title"], "commitment": data["commitment"]}
        case "KRMoved":
            goal["parent"] = data["objective_id"]
        case "ObjectiveAligned" | "ObjectiveUnaligned" if data["link"] == "contribute":
            goal["parent"] = data["parent_id"] if type == "ObjectiveAligned" else None
        case "ObjectiveReassigned" | "KRReassigned":
            goal |= {"owner": data["owner_id"], "partner": data["partner_id"], "team": data["team_id"]}
        case "GoalRescheduled":
            goal["cycle"] = data["cycle_id"]
        case "RollUpChosen":
            goal["mode"] = data["mode"]
        case "ChildrenWeighted":
            goal["weights"] |= {each["goal_id"]: Decimal(each["weight"]) for each in data["weights"]}
        case "CheckedIn" | "CheckInCorrected" | "ObjectiveCheckedIn" | "ObjectiveCheckInCorrected":
            goal["check_ins"].append(data)
            state_confidence(goal, event)
        case "ConfidenceUpdated":
            state_confidence(goal, event)
        case "KRGraded" | "ObjectiveGraded":
            goal["score"] = goal["score"] if data["score"] is None else Decimal(data["score"])
            turn(goal, "graded")
        case "KRDropped" | "ObjectiveDropped" if goal["state"] != "dropped":
            goal["before_drop"], goal["state"] = goal["state"], "dropped"
        case "KRReinstated" | "ObjectiveReinstated" if goal["before_drop"]:
            goal["state"], goal["before_drop"] = goal["before_drop"], None


BEGINS = {"MissionDrafted": "drafted", "ObjectiveProposed": "proposed", "KRProposed": "proposed"}
ANSWERED = {
    "ObjectiveAgreed": "agreed",
    "ObjectiveWithdrawn": "withdrawn",
    "KRCommitted": "committed",
    "KRDeclined": "declined",
    "KRWithdrawn": "withdrawn",
}


def begun(event: Event) -> Goal:
    data = event["data"]
    return {
        "id": event["aggregate_id"],
        "kind": event["stream_kind"],
        "state": BEGINS[event["type"]],
        "before_drop": None,
        "began": event["position"],
        "title": data["title"],
        "commitment": data.get("commitment"),
        "parent": data.get("objective_id") or data.get("parent_id"),
        "owner": data["owner_id"],
        "partner": data.get("partner_id"),
        "team": data["team_id"],
        "cycle": data["cycle_id"],
        "score": None,
        "mode": None,
        "weights": {},
        "check_ins": [],
        "confidence": None,
        "terms": terms_of(data),
        "amendment": None,
        "stretch": None,
        "stretch_offer": None,
    }


def terms_of(data: Json) -> Json:
    terms = {name: data.get(name) for name in TERMS}
    return terms | {name: number(terms[name]) for name in NUMBERS}


def turn(goal: Goal, state: str) -> None:
    """A dropped goal stays dropped, and would come back to that state."""
    goal["before_drop" if goal["state"] == "dropped" else "state"] = state


def state_confidence(goal: Goal, event: Event) -> None:
    if event["data"]["confidence"] is not None:
        goal["confidence"] = ((event["place"], event["position"]), Decimal(event["data"]["confidence"]))


# --- progress: domain-rules.md, section 5 -----------------------------------------------------------------------------


def progress_of(terms: Json, check_ins: list[Json]) -> Decimal | None:
    """Of a key result: its latest check-in decides, by its value, else by the share that it claims."""
    if not check_ins:
        return None
    value, claimed = number(check_ins[-1]["value"]), number(check_ins[-1]["claimed"])
    measured = None if value is None else measure(terms, value, [number(each["value"]) for each in check_ins])
    return claimed if measured is None else measured


def measure(terms: Json, v: Decimal, values: list[Decimal | None]) -> Decimal | None:
    b, t, low, high = (terms[name] for name in NUMBERS)
    match terms["type"]:
        case "change":
            return None if b is None or t is None or b == t else (v - b) / (t - b)
        case "stay_above" | "stay_below" if terms["count"] == "share":
            held = [holds(terms, value) for value in values if value is not None]
            return Decimal(sum(held)) / len(held)
        case "stay_above" | "stay_below":
            return Decimal(holds(terms, v))
        case "range":
            outside: Decimal = low - v if v < low else v - high if v > high else Decimal(0)
            width: Decimal = high - low
            return max(Decimal(0), 1 - outside / width)
        case "binary":
            return Decimal(v != 0)
    return ONE  # baseline: the value is found.


def holds(terms: Json, v: Decimal) -> bool:
    bound: Decimal = terms["target"]
    inclusive: bool = terms["inclusive"]
    return inclusive if v == bound else (v > bound) == (terms["type"] == "stay_above")


def is_stretch(terms: Json, stretch: Decimal) -> bool:
    b: Decimal | None = terms["baseline"]
    t: Decimal | None = terms["target"]
    if terms["type"] != "change" or b is None or t is None:
        return False
    return stretch > t > b or stretch < t < b


# --- the tree: what follows upwards -----------------------------------------------------------------------------------


class Tree:
    """All goals at (T, K), and what follows from those below each."""

    def __init__(self, feed: list[Event], t: datetime, k: int) -> None:
        facts = facts_at(feed, t, k)
        self.goals = goals_of(facts)
        self.cycles: dict[str, str] = {}  # The state of each.
        self.begun: set[str] = set()  # Those that have been activated.
        for event in facts:
            self.turn_cycle(event)

    def turn_cycle(self, event: Event) -> None:
        states = {"CyclePlanned": "planning", "CycleActivated": "active", "CycleGradingStarted": "grading"}
        states |= {"CycleClosed": "closed", "CycleReopened": "reopened"}
        if event["type"] in states:
            self.cycles[event["aggregate_id"]] = states[event["type"]]
            self.begun |= {event["aggregate_id"]} if event["type"] == "CycleActivated" else set()

    def nodes(self, *, dropped: bool) -> list[Json]:
        """Depth-first, siblings as they began; without its parent in the answer a node is at depth 0."""
        hidden = {"withdrawn", "declined"} | (set() if dropped else {"dropped", "retired"})
        shown = {id: goal for id, goal in self.goals.items() if goal["state"] not in hidden}
        order: list[Json] = []

        def descend(parent: str | None, depth: int) -> None:
            for goal in sorted(shown.values(), key=lambda goal: goal["began"]):
                if (goal["parent"] if goal["parent"] in shown else None) == parent:
                    order.append(self.node(goal) | {"depth": depth})
                    descend(goal["id"], depth + 1)

        descend(None, 0)
        return order

    def node(self, goal: Goal) -> Json:
        latest = goal["check_ins"][-1] if goal["check_ins"] else {}
        is_kr = goal["kind"] == "key_result"
        terms = goal["terms"] if is_kr else dict.fromkeys(TERMS)
        return {
            "id": goal["id"],
            "kind": goal["kind"],
            "parent_id": goal["parent"],
            "state": goal["state"],
            "title": terms["title"] or goal["title"],
            "commitment": terms["commitment"] or goal["commitment"],
            "owner": goal["owner"],
            "team": goal["team"],
            "cycle": goal["cycle"],
            "phase": self.phase(goal),
            "metric": terms["metric"],
            "baseline": terms["baseline"],
            "target": terms["target"],
            "value": number(latest.get("value")),
            "claimed": number(latest.get("claimed")),
            "progress": rounded(self.progress(goal)),
            "confidence": rounded(self.confidence(goal)),
            "score": goal["score"],
            "computed_score": rounded(self.computed_score(goal)),
        }

    def phase(self, goal: Goal) -> str | None:
        cycle = self.cycles.get(goal["cycle"])
        if goal["state"] in ("agreed", "committed"):
            return "active" if cycle in (None, "active") else None
        return "closed" if (goal["state"], cycle) == ("graded", "closed") else None

    def counted(self, goal: Goal, *kinds: str) -> list[Goal]:
        counts = ("committed", "agreed", "graded", "adopted", "current")
        return [
            child
            for child in self.goals.values()
            if child["parent"] == goal["id"] and child["state"] in counts and child["kind"] in kinds
        ]

    def progress(self, goal: Goal) -> Decimal | None:
        if goal["kind"] == "key_result" and goal["mode"] != "children":
            return progress_of(goal["terms"], goal["check_ins"])
        key_results = self.counted(goal, "key_result")
        others = self.counted(goal, "objective", *PURPOSE)
        mode = goal["mode"] or ("key_results" if key_results else "children")
        if goal["kind"] != "objective":
            counted = [*key_results, *others]
        else:
            counted = (key_results if mode != "children" else []) + (others if mode != "key_results" else [])
        return mean((self.part(child), weight(goal, child)) for child in counted)

    def part(self, goal: Goal) -> Decimal | None:
        """Silence counts as 0 once the cycle is active; each is clamped before it is weighed."""
        progress = self.progress(goal)
        if progress is None:
            started = goal["cycle"] is None or goal["cycle"] in self.begun
            return Decimal(0) if started and goal["kind"] not in PURPOSE else None
        return clamped(progress)

    def confidence(self, goal: Goal) -> Decimal | None:
        """An objective's: its own statement if later than its key results', else their weighted mean."""
        own: tuple[tuple[datetime, int], Decimal] | None = goal["confidence"]
        if goal["kind"] != "objective":
            return own[1] if own else None
        below = [(child["confidence"], weight(goal, child)) for child in self.counted(goal, "key_result")]
        stated = [(confidence, weighs) for confidence, weighs in below if confidence]
        if own and all(own[0] > at for (at, _), _ in stated):
            return own[1]
        return mean((confidence, weighs) for (_, confidence), weighs in stated)

    def computed_score(self, goal: Goal) -> Decimal | None:
        if goal["kind"] == "key_result":
            return progress_of(goal["terms"], goal["check_ins"])
        if goal["kind"] != "objective":
            return None
        return mean((clamped(self.score(kr)), weight(goal, kr)) for kr in self.counted(goal, "key_result"))

    def score(self, kr: Goal) -> Decimal:
        """One without a score counts 0."""
        score = self.computed_score(kr) if kr["score"] is None else kr["score"]
        return Decimal(0) if score is None else score


def weight(goal: Goal, child: Goal) -> Decimal:
    weights: dict[str, Decimal] = goal["weights"]
    return weights.get(child["id"], ONE)


def mean(parts: Iterable[tuple[Decimal | None, Decimal]]) -> Decimal | None:
    counted = [(part, weight) for part, weight in parts if part is not None]
    total = sum(weight for _, weight in counted)
    return sum((part * weight for part, weight in counted), Decimal(0)) / total if total else None


def clamped(ratio: Decimal) -> Decimal:
    return min(max(ratio, Decimal(0)), ONE)


def rounded(ratio: Decimal | None) -> Decimal | None:
    return None if ratio is None else ratio.quantize(Decimal("0.0001"), ROUND_HALF_EVEN, EXACT)


def number(written: str | None) -> Decimal | None:
    return None if written is None else Decimal(written)
