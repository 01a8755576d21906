"""Members at work on a server that is being killed: every command is repeated with its key until it is answered.

What they send and what they are answered goes into a history, a JSON line each: invoke, then ok or fail, and an info
wherever no answer came.
"""

from __future__ import annotations

import itertools
import json
import random
import threading
import time
from collections.abc import Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import httpx

from contracts.problems import Busy, type_of
from tests.faults.load_members import Person, key_result, objective
from tests.json_types import Json
from tests.server import PATIENCE_SECONDS

Command = tuple[Person, str, Json]
Answer = Json  # Empty for a refusal.
BUSY = type_of(Busy)
REASON = {"reason": "The oven broke"}


def session(choose: random.Random, ana: Person, bo: Person, shared: str) -> Generator[Command, Answer, None]:
    """What one of them does for ever. Where a command is refused, because of what others did, the answer is empty."""
    while True:
        own = (yield ana, "objectives", objective(bo))["id"]
        for _ in range(choose.randint(1, 3)):
            made = yield ana, "key-results", key_result(choose.choice([own, own, shared]), bo)
            if made:
                yield from negotiation(choose, ana, bo, made["id"])
        given_up = choose.choice([own, shared])
        yield bo, f"objectives/{given_up}/drop", REASON
        yield ana, f"objectives/{given_up}/reinstate", REASON


def negotiation(choose: random.Random, ana: Person, bo: Person, id: str) -> Generator[Command, Answer, None]:
    if choose.random() < 0.5:
        yield bo, f"key-results/{id}/counter", {"measure": {"target": "55"}, "reason": "We have one oven"}
        yield ana, f"key-results/{id}/commit", {}
    else:
        yield bo, f"key-results/{id}/commit", {}
    before = datetime.now(UTC).isoformat()
    said = yield bo, f"key-results/{id}/check-ins", {"value": str(choose.randint(40, 60)), "narrative": "Half way"}
    if said and choose.random() < 0.5:
        path = f"key-results/{id}/check-ins/{said['id']}/correct"
        yield bo, path, {"value": "44", "reason": "Two loaves were counted twice"}
    if choose.random() < 0.5:
        yield ana, f"key-results/{id}/check-ins", {"value": "41", "effective_at": before}


class History:
    """Every line at once in a file, so that it is there whatever comes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines: list[Json] = []
        self._lock = threading.Lock()

    def note(self, **line: object) -> None:
        with self._lock, self.path.open("a") as file:
            line |= {"index": len(self.lines), "time": time.monotonic_ns()}
            self.lines.append(line)
            file.write(json.dumps(line) + "\n")

    def of(self, kind: str) -> list[Json]:
        return [line for line in self.lines if line["type"] == kind]


class Load:
    """A thread and a session each. `urls` are servers of one database: who is not answered asks the next one at once.

    While `up` is not set no person begins anything new, and where there is but one server none asks again either.
    """

    def __init__(self, members: tuple[Person, Person, str], urls: list[str], history: History, seed: int) -> None:
        self.members, self.urls, self.history, self.seed = members, urls, history, seed
        self.up = threading.Event()
        self.open: set[str] = set()  # Keys of requests that are under way.
        self.answered = threading.Semaphore(0)
        self._over = threading.Event()
        self._threads = ThreadPoolExecutor()
        self._working: list[Future[None]] = []

    def start(self, number: int) -> None:
        self.up.set()
        self._working = [self._threads.submit(self._work, process) for process in range(number)]

    def stop(self) -> None:
        """Let every person finish the command that they are at."""
        self._over.set()
        self._threads.shutdown()
        for working in self._working:
            working.result()

    def await_answers(self, number: int) -> None:
        for _ in range(number):
            if not self.answered.acquire(timeout=PATIENCE_SECONDS):
                self.stop()
                raise AssertionError("no command is answered any more")

    def _work(self, process: int) -> None:
        acts = session(random.Random(f"{self.seed} {process}"), *self.members)
        with ExitStack() as opened:
            servers = [opened.enter_context(httpx.Client(base_url=url, timeout=PATIENCE_SECONDS)) for url in self.urls]
            answer: Answer | None = None
            for number in itertools.count():
                self.up.wait(PATIENCE_SECONDS)
                by, path, body = next(acts) if answer is None else acts.send(answer)
                key, asking = f"{process}-{number}", itertools.cycle(servers[process % len(servers) :] + servers)
                self.history.note(process=process, type="invoke", f=path, key=key, by=by.id)
                while (answer := self._ask(process, by.at(next(asking)), path, body, key)) is None:
                    if len(servers) == 1:
                        self.up.wait(PATIENCE_SECONDS)
                self.answered.release()
                if self._over.is_set():
                    return

    def _ask(self, process: int, by: Person, path: str, body: Json, key: str) -> Answer | None:
        """The answer, empty where it is a refusal; None where it is not known what became of the command."""
        self.open.add(key)
        try:
            answer = by.send(path, body, idempotency_key=key)
        except httpx.TransportError as lost:
            self.history.note(process=process, type="info", key=key, value=type(lost).__name__)
            return None
        finally:
            self.open.discard(key)
        said: Answer = answer.json()
        if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE or said.get("type") == BUSY:
            self.history.note(process=process, type="info", key=key, value=said["type"])
            return None
        accepted = answer.status_code == httpx.codes.OK
        replayed = "Idempotency-Replayed" in answer.headers
        self.history.note(
            process=process, type="ok" if accepted else "fail", f=path, key=key, by=by.id, value=said, replayed=replayed
        )
        assert answer.status_code in (httpx.codes.OK, httpx.codes.CONFLICT, httpx.codes.FORBIDDEN), answer.text
        return said if accepted else {}
