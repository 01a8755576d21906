"""Commands a second over HTTP: Northing, beside a plain route that stores nothing and a plain app on the library.

The workload is what a quarter mostly is: check-ins on key results of the newest cycle, 64 clients, one event a command.
"""

import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import psutil
import psycopg

from benchmarks import load
from infra.postgres.embedded import server as embedded
from infra.postgres.migrate import migrate
from services.projections.engine.supervisor import TRY_LOCK
from tests.json_types import Json
from tests.server import ROOT, free_port

CLIENTS = 64
KEY_RESULTS = 2_000
FIRST_GENERATION = 1
BODY = {"value": "46", "confidence": "6", "narrative": "Two sites bake at night; the third one waits for its oven."}


@dataclass(frozen=True, slots=True)
class Route:
    """A process that is asked, and what it is asked."""

    name: str
    port: int
    process: psutil.Process
    requests: list[bytes]


@dataclass(frozen=True, slots=True)
class Round:
    per_second: float
    cpu_us: float
    p50_ms: float
    p99_ms: float
    others: int


def run(rounds: int, seconds: float) -> dict[str, list[Round]]:
    """Rounds in turn over all routes, so that what slows the machine slows them alike. By name of route."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="northing-bench-")))
        folder.chmod(0o711)
        url = stack.enter_context(embedded.serving(folder / "data"))
        routes = [*stack.enter_context(_plain(url)), *_northings(url, stack)]
        measured: dict[str, list[Round]] = {route.name: [] for route in routes}
        for _ in range(rounds):
            for route in routes:
                measured[route.name].append(_round(route, folder, seconds))
        return measured


def _round(route: Route, folder: Path, seconds: float) -> Round:
    before = sum(route.process.cpu_times()[:2])
    figures = load.run(route.port, route.requests, folder, clients=CLIENTS, seconds=seconds)
    spent = sum(route.process.cpu_times()[:2]) - before
    answered = figures.per_second * (seconds + 0.5)  # The half second of warming is in the processor's time too.
    return Round(figures.per_second, spent / answered * 1e6, figures.p50_ms, figures.p99_ms, figures.others)


@contextmanager
def _plain(url: str) -> Iterator[list[Route]]:
    """The plain app, on a database of its own in the same PostgreSQL."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE stock")
    parts, port = urlsplit(url), free_port()
    environment = {
        "PORT": str(port),
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": "stock",
        "POSTGRES_HOST": parse_qs(parts.query)["host"][0],
        "POSTGRES_PORT": parse_qs(parts.query).get("port", ["5432"])[0],
        "POSTGRES_USER": parts.username or "postgres",
        "POSTGRES_PASSWORD": parts.password or "none",
    }
    with _process(["benchmarks.plain_app"], environment, port, "/openapi.json") as process:
        bodies = [load.post(f"/plain/{i:08d}-0000-7000-8000-000000000000/check-ins", BODY) for i in range(KEY_RESULTS)]
        yield [
            Route("plain route, stores nothing", port, process, bodies),
            Route("plain app on the library's default recorder", port, process, [load.post("/stock/check-ins", BODY)]),
        ]


def _northings(url: str, stack: ExitStack) -> list[Route]:
    """Northing with commands only, and with the projections in the same process, each on its own database."""
    routes = []
    for name, projects in (("commands only", False), ("with projections in the process", True)):
        database = f"northing_{projects}".lower()
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {database}")
        own, port = url.replace(f"@/{embedded.NAME}?", f"@/{database}?"), free_port()
        migrate(own)
        if not projects:  # Then the process stands by, as it does where another one feeds the read models.
            other = stack.enter_context(psycopg.connect(own, autocommit=True))
            other.execute(TRY_LOCK, [FIRST_GENERATION])
        environment = {"NORTHING_DATABASE_URL": own, "NORTHING_LOG_LEVEL": "error"}
        command = ["infra.cli", "serve", "--port", str(port)]
        process = stack.enter_context(_process(command, environment, port, "/livez"))
        routes.append(Route(f"Northing, {name}", port, process, _committed_key_results(port)))
    return routes


def _committed_key_results(port: int) -> list[bytes]:
    """A workspace with committed key results in an active cycle, and a check-in on each as bytes to send."""
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:

        def do(path: str, body: Json | None = None) -> str:
            response = client.post(path, json=body or {})
            response.raise_for_status()
            return str(response.json()["id"])

        base = f"/v1/workspaces/{do('/v1/workspaces', {'name': 'Load', 'timezone': 'UTC'})}"
        cycle = do(f"{base}/cycles", {"name": "2026-Q4"})
        do(f"{base}/cycles/{cycle}/activate")
        objective = do(f"{base}/objectives", {"title": "Load", "cycle_id": cycle})
        paths = []
        for number in range(KEY_RESULTS):
            measure = {"baseline": "0", "target": "100"}
            body = {"objective_id": objective, "title": f"Reach {number}", "measure": measure}
            kr = do(f"{base}/key-results", body)
            do(f"{base}/key-results/{kr}/commit")
            paths.append(f"{base}/key-results/{kr}/check-ins")
    random.Random(7).shuffle(paths)
    return [load.post(path, BODY) for path in paths]


@contextmanager
def _process(command: list[str], environment: dict[str, str], port: int, ready: str) -> Iterator[psutil.Process]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("NORTHING_")}
    started = subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT, env=inherited | environment)
    try:
        _await(f"http://127.0.0.1:{port}{ready}", started)
        yield psutil.Process(started.pid)
    finally:
        started.send_signal(signal.SIGTERM)
        started.wait(60)


def _await(url: str, process: subprocess.Popen[bytes]) -> None:
    transport = httpx.HTTPTransport(retries=40)  # With back-off: about as long as a slow start takes.
    with httpx.Client(transport=transport, timeout=60) as client:
        while process.poll() is None:
            try:
                if client.get(url).is_success:
                    return
            except httpx.TransportError:
                continue
    raise SystemExit(f"a process ended with {process.returncode} instead of answering {url}")


def median(rounds: list[Round], name: str) -> float:
    figures: list[float] = [getattr(each, name) for each in rounds]
    return statistics.median(figures)
