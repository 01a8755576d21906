"""Whoever reads with the position of their own answer sees what they wrote, or is told that the answer is stale."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import httpx

from tests.json_types import Json
from tests.machines.workspace import Workspace, checked
from tests.sizes import by_size

WRITERS = 8
WAITS_SECONDS = 2
PAIRS = by_size(check=50, test=1_000, proof=10_000)

Answer = Json


class Pair(NamedTuple):
    """What was answered to a write, where to read, and whether an answer there shows what was written."""

    wrote: Answer
    address: str
    shows: Callable[[Answer], bool]
    query: Json = {}  # noqa: RUF012  Nobody writes to it.


def test_a_writer_sees_what_they_wrote_or_hears_that_the_answer_is_stale(server: httpx.Client) -> None:
    workspace = Workspace(server)
    with ThreadPoolExecutor(WRITERS) as threads:
        pairs = [*threads.map(lambda _: write_and_read(server, workspace.url), range(WRITERS))]
    assert sum(pairs) >= PAIRS


def write_and_read(server: httpx.Client, url: str) -> int:
    """One writer, with a client and goals of their own: every kind of pair in turn. How many they made."""
    with httpx.Client(base_url=server.base_url, timeout=server.timeout) as client:
        own, pairs = Writer(client, url), -(-PAIRS // WRITERS)
        for number in range(pairs):
            wrote, address, shows, query = own.kinds[number % len(own.kinds)](number)
            asked = time.monotonic()
            read = checked(client.get(f"{url}/{address}", params={"min_position": wrote["position"]} | query))
            if read.get("stale"):
                assert read["position"] < wrote["position"], "stale is what knows less"
                assert time.monotonic() - asked >= WAITS_SECONDS, "and only after it has waited"
            else:
                assert read["position"] >= wrote["position"]
                assert shows(read), f"{address} does not show what was written at {wrote['position']}: {read}"
    return pairs


class Writer:
    """Writes to an objective and a key result of their own, alone: so nobody else has to agree."""

    def __init__(self, client: httpx.Client, url: str) -> None:
        self.client, self.url = client, url
        self.objective = self.write("objectives", title="Fresh bread")["id"]
        terms = {"title": "Loaves", "measure": {"baseline": "0", "target": "9"}}
        self.kr = self.write("key-results", objective_id=self.objective, **terms)["id"]
        self.write(f"key-results/{self.kr}/commit")
        self.kinds = [self.check_in, self.value, self.comment, self.reword, self.amend, self.feed]

    def write(self, address: str, **body: object) -> Answer:
        return checked(self.client.post(f"{self.url}/{address}", json=body))

    def say(self, number: int) -> Answer:
        return self.write(f"key-results/{self.kr}/check-ins", value=str(number))

    def check_in(self, number: int) -> Pair:
        wrote = self.say(number)
        return Pair(wrote, f"key-results/{self.kr}/timeline", lambda read: read["points"][-1]["id"] == wrote["id"])

    def value(self, number: int) -> Pair:
        wrote = self.say(number)
        query = {"root": self.objective}
        return Pair(wrote, "alignment-tree", lambda read: read["nodes"][1]["value"] == str(number), query)

    def comment(self, number: int) -> Pair:
        about = self.say(number)["id"]
        wrote = self.write("comments", about_kind="check_in", about_id=about, text="Is it so much?")
        return Pair(wrote, "comments", lambda read: len(read["comments"]) == 1, {"about": about})

    def reword(self, number: int) -> Pair:
        title = f"Bread number {number}"
        wrote = self.write(f"objectives/{self.objective}/reword", title=title)
        return Pair(wrote, f"objectives/{self.objective}", lambda read: read["title"] == title)

    def amend(self, number: int) -> Pair:
        asked = {"measure": {"target": str(number + 1)}, "reason": "Another oven"}
        self.write(f"key-results/{self.kr}/propose-amendment", **asked)
        wrote = self.write(f"key-results/{self.kr}/agree-amendment")
        address = f"key-results/{self.kr}/negotiation"
        return Pair(wrote, address, lambda read: read["last_agreed"]["target"] == str(number + 1))

    def feed(self, number: int) -> Pair:
        wrote = self.say(number)
        query = {"after": wrote["position"] - 1}
        return Pair(wrote, "events", lambda read: read["events"][0]["data"]["check_in_id"] == wrote["id"], query)
