"""A random history of one workspace, all of it over HTTP: imported facts of the last weeks, then what members do now.

Times are said at random: facts come in no order, check-ins lie weeks back, on bare dates, at the instant of another.
"""

import json
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import httpx

from tests.json_types import Json
from tests.machines.naive import Event, read_feed
from tests.machines.workspace import Workspace, checked

ZONES = ("Pacific/Auckland", "America/New_York", "UTC")
DAYS = 100  # With a change of clocks among them, wherever there is one.
OBJECTIVES = {"o1": "m1", "o2": "o1", "o3": None}
KEY_RESULTS = {"k1": "o1", "k2": "o1", "k3": "o2", "k4": "o3"}
MEASURES: list[Json] = [
    {"type": "stay_below", "target": "50", "count": "share"},
    {"type": "stay_above", "target": "50", "inclusive": False},
    {"type": "range", "low": "40", "high": "60"},
    {"type": "binary"},
    {"type": "baseline"},
    {"baseline": "100", "target": "60"},
]
NUMBERS = ("0", "20", "45", "50", "60.5", "90", "110")


Acts = list[tuple[str, Json, str]]  # Each a verb, a body and who sends it.


class GeneratedHistory:
    def __init__(self, server: httpx.Client, random: Random, *, acts: int) -> None:
        self.random = random
        self.zone = ZoneInfo(random.choice(ZONES))
        self.api = Workspace(server, zone=self.zone.key)
        self.began = datetime.now(UTC) - timedelta(days=DAYS)
        self.ana, self.bo = (self.api.make("members", {"name": name}) for name in ("Ana", "Bo"))
        self.feed: list[Event] = []
        self.import_facts()
        self.begin_now()
        for _ in range(acts):
            self.act()
        self.look_back()
        self.learn()

    def import_facts(self) -> None:
        """A mission, objectives and key results; and weeks of facts about them, in no order."""
        begin = (self.began + timedelta(days=1)).isoformat()
        after = timedelta(days=2)
        days = [(self.began + timedelta(days=n)).date() for n in (1, DAYS)]
        lines = [
            {"kind": "cycle", "id": "c1", "title": "Winter", "note": f"runs from {days[0]} to {days[1]}", "at": begin},
            {"kind": "mission", "id": "m1", "title": "Fresh bread", "at": begin},
            *(
                {"kind": "objective", "id": id, "parent_id": up, "title": id, "cycle": "Winter", "at": begin}
                for id, up in OBJECTIVES.items()
            ),
            *(
                {
                    "kind": "key_result",
                    "id": id,
                    "parent_id": up,
                    "title": id,
                    "baseline": 100,
                    "target": 60,
                    "at": begin,
                }
                for id, up in KEY_RESULTS.items()
            ),
            *({**self.fact(), "at": self.instant(self.began + after).isoformat()} for _ in range(25)),
        ]
        body = "".join(json.dumps(line) + "\n" for line in lines).encode()
        headers = {"Content-Type": "application/x-ndjson"}
        report = checked(self.api.server.post(f"{self.api.url}/imports", content=body, headers=headers))
        self.api.head = report["position"]

    def fact(self) -> Json:
        goal = self.random.choice([*OBJECTIVES, *KEY_RESULTS, *KEY_RESULTS])
        number, share = float(self.random.choice(NUMBERS)), self.random.choice([0.25, 0.5, 1.2])
        kinds: list[Json] = [
            {"kind": "checkin", "current": number, "confidence": self.random.randint(0, 10), "note": "As we see it"},
            {"kind": "checkin", "score": share},
            {"kind": "edit", "title": f"{goal} {number}", "note": "Clearer"},
            {"kind": "edit", "target": number, "note": "An oven broke"},
            {"kind": "edit", "parent_id": self.random.choice(["o1", "o2", "o3"])},
            {
                "kind": "edit",
                "owner": self.random.choice(["Rosa", "Kim"]),
                "cycle": self.random.choice(["Winter", "Q9"]),
            },
            {"kind": "grade", "score": share, "note": "Nearly"},
            {"kind": "retire", "note": "Not now"},
            {"kind": "comment", "note": f"Is {number} so much?"},
        ]
        return {"id": goal} | self.random.choice([*kinds[:2], *kinds])

    def begin_now(self) -> None:
        """Goals that are negotiated now, in a cycle of their own; two imported ones get an owner and a partner."""
        self.team = self.api.make("teams", {"name": "Ovens"})
        self.cycle = self.api.make("cycles", {"name": "Now"})
        self.api.do(f"cycles/{self.cycle}/activate")
        body = {"title": "Warm bread", "partner_id": self.bo, "team_id": self.team, "cycle_id": self.cycle}
        objective = self.api.make("objectives", body, by=self.ana)
        for measure in self.random.sample(MEASURES, 3):
            offer = {"objective_id": objective, "title": "Warmth", "measure": measure, "partner_id": self.bo}
            id = self.api.make("key-results", offer, by=self.ana)
            if self.random.random() < 0.8:
                self.api.do(f"key-results/{id}/commit", by=self.bo)
        for id in self.random.sample(self.ids("key_result"), 2):
            self.api.post(f"key-results/{id}/reassign", {"owner_id": self.ana, "partner_id": self.bo})

    # --- what members do ----------------------------------------------------------------------------------------------

    def act(self) -> None:
        """Anything; where the rules say no, nothing happens."""
        kind = self.random.choice(["objective", "key_result", "key_result"])
        id, address = self.pick(kind)
        by = self.random.choice([self.ana, self.bo])
        verbs = [self.check_in, self.check_in, self.correct, self.change, self.change, self.change, self.comment]
        self.random.choice(verbs)(id, address, by)

    def check_in(self, id: str, address: str, by: str) -> None:
        self.send(f"{address}/check-ins", self.statement(id, address), by)

    def correct(self, id: str, address: str, by: str) -> None:
        made = [event["data"] for event in self.events_of(id) if "check_in_id" in event["data"]]
        if made:
            wrong = self.random.choice(made)["check_in_id"]
            self.send(f"{address}/check-ins/{wrong}/correct", self.statement(id, address), by)

    def statement(self, id: str, address: str) -> Json:
        statement: Json = {
            "narrative": "The mill was closed",
            "confidence": self.random.choice(["0", "3.5", "8", None]),
        }
        if address.startswith("key-results"):
            statement |= self.random.choice([{"value": self.random.choice(NUMBERS)}, {"claimed": "0.4"}, {}])
        return statement | self.random.choice(
            [{}, {"effective_at": self.moment_of(id)}, {"effective_at": self.moment_of(id)}]
        )

    def change(self, id: str, address: str, by: str) -> None:
        """An act of its negotiation or of its life. Most offers are answered at once."""
        other = {self.ana: self.bo, self.bo: self.ana}[by]
        number, objective = self.random.choice(NUMBERS), self.pick("objective")[0]
        answer = self.random.choice(["agree-amendment", "refuse-amendment"])
        of_key_results: list[Acts] = [
            [
                ("propose-amendment", {"measure": {"target": number}, "reason": "An oven broke"}, by),
                (answer, {}, other),
            ],
            [("counter", {"measure": {"target": number}}, other), ("commit", {}, by)],
            [("offer-stretch", {"stretch": number}, by), ("agree-stretch", {}, other)],
            [("offer-stretch", {"stretch": number}, by), ("decline-stretch", {}, other)],
            [("move", {"objective_id": objective, "reason": "It fits"}, by)],
            [("confidence", {"confidence": "6"}, by)],
        ]
        of_objectives: list[Acts] = [
            [("agree", {}, other)],
            [("align", {"parent_id": objective, "reason": "It follows"}, by)],
            [("unalign", {"reason": "It does not"}, by)],
            [("weigh", {"weights": [{"goal_id": self.pick("key_result")[0], "weight": "2.5"}]}, by)],
            [("choose-roll-up", {"mode": self.random.choice(["children", "both", None])}, by)],
            [("reword", {"title": f"Bread {number}", "reason": "Clearer"}, by)],
        ]
        of_both: list[Acts] = [
            [("grade", {"score": self.random.choice([None, "0.3", "1"]), "reason": "As we see it"}, by)],
            [("drop", {"reason": "Not now"}, by)],
            [("reinstate", {}, by)],
            [("reschedule", {"cycle_id": self.random.choice([self.cycle, None])}, by)],
            [("reassign", {"owner_id": by, "partner_id": other}, by)],
        ]
        own = of_key_results * 2 if address.startswith("key-results") else of_objectives
        for verb, body, who in self.random.choice(own + of_both):
            self.send(f"{address}/{verb}", body, who)

    def comment(self, id: str, address: str, by: str) -> None:
        kind = "key_result" if address.startswith("key-results") else "objective"
        made = self.api.make("comments", {"about_kind": kind, "about_id": id, "text": "Is it so?"}, by=by)
        if self.random.random() < 0.5:
            self.api.do(f"comments/{made}/withdraw", by=by)

    def look_back(self) -> None:
        self.api.do(f"cycles/{self.cycle}/start-grading")
        self.retrospective = self.api.make("retrospectives", {"team_id": self.team, "cycle_id": self.cycle})
        for kind in ("worked", "did_not", "why"):
            body = {"kind": kind, "text": "We asked the baker"}
            made = self.api.make(f"retrospectives/{self.retrospective}/learnings", body, by=self.ana)
            if self.random.random() < 0.5:
                self.api.do(f"retrospectives/{self.retrospective}/learnings/{made}/withdraw", by=self.ana)

    def send(self, address: str, body: Json, by: str) -> None:
        answer = self.api.post(address, body, by=by)
        assert answer.status_code < 500, answer.text

    # --- what there is, and when --------------------------------------------------------------------------------------

    def learn(self) -> list[Event]:
        """The change feed, as far as it is now."""
        known = self.feed[-1]["position"] if self.feed else 0
        if known < self.api.head:
            self.feed += read_feed(self.api.events(after=known))
        return self.feed

    def ids(self, kind: str) -> list[str]:
        begins = {"objective": "ObjectiveProposed", "key_result": "KRProposed"}
        return [event["aggregate_id"] for event in self.learn() if event["type"] == begins[kind]]

    def pick(self, kind: str) -> tuple[str, str]:
        id = self.random.choice(self.ids(kind))
        return id, f"{'objectives' if kind == 'objective' else 'key-results'}/{id}"

    def events_of(self, id: str) -> list[Event]:
        return [event for event in self.learn() if event["aggregate_id"] == id]

    def moment_of(self, id: str) -> str:
        """Any moment of the goal's life, a bare date of it, or the instant of another fact."""
        facts = self.events_of(id)
        any_moment = self.instant(min(event["effective_at"] for event in facts))
        same_moment: datetime = self.random.choice(facts)["effective_at"]
        a_day = any_moment.astimezone(self.zone).date().isoformat()
        return self.random.choice([any_moment.isoformat(), same_moment.isoformat(), a_day])

    def instant(self, since: datetime) -> datetime:
        return since + (datetime.now(UTC) - since) * self.random.random()
