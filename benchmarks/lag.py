"""From acknowledgement to visible: how long after its answer a command is in the read models, at half of full load."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from functools import partial
from itertools import chain
from pathlib import Path
from uuid import UUID

import httpx
import psycopg

from benchmarks import commands, load
from infra.postgres.migrate import migrate
from tests.server import Server

CLIENTS = 64
PROBES = 8
LOOK_SECONDS = 0.004

APPLIED = "SELECT position FROM {}.applied WHERE workspace_id = %s"


class Paced(load.Client):
    """A client that sends at fixed times, however soon it was answered."""

    def __init__(self, take: Callable[[], bytes], every_seconds: float, first_in_seconds: float) -> None:
        super().__init__(take, [], [])
        self.loop = asyncio.get_running_loop()
        self.every_seconds, self.next = every_seconds, self.loop.time() + first_in_seconds

    def send(self) -> None:
        self.loop.call_at(self.next, self._send_now)
        self.next = max(self.next + self.every_seconds, self.loop.time())

    def _send_now(self) -> None:
        if not self.transport.is_closing():
            super().send()


def row(url: str, folder: Path, seconds: float) -> tuple[str, str, str, str]:
    """While nobody waits for a position; and made of also what a reader waits who asks for its own command."""
    database = "northing_lag"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {database}")
    own = url.replace("@/northing?", f"@/{database}?")
    migrate(own)
    with ExitStack() as stack:
        server = stack.enter_context(Server(folder, database_url=own, log_level="error"))
        requests = commands._committed_key_results(server.port)
        full = load.run(server.port, requests, folder, clients=CLIENTS, seconds=seconds)
        lags, waits = asyncio.run(_measure(own, server.port, requests, full.per_second / 2, seconds))
    made_of = (
        f"p50 {_at(lags, 50):.0f} ms, {len(lags)} commands at {full.per_second / 2:,.0f}/s; with min_position answered"
        f" after p50 {_at(waits, 50):.0f} ms, p99 {_at(waits, 99):.0f} ms"
    )
    return "from acknowledgement to visible at half load, p99", f"{_at(lags, 99):.0f} ms", "<= 250 ms", made_of


async def _measure(
    url: str, port: int, requests: list[bytes], per_second: float, seconds: float
) -> tuple[list[float], list[float]]:
    loop = asyncio.get_running_loop()
    ahead = iter(range(1, 10**9))
    every = CLIENTS / per_second
    clients = []
    for number in range(CLIENTS):
        paced = partial(Paced, lambda: requests[next(ahead) % len(requests)], every, every * number / CLIENTS)
        _, client = await loop.create_connection(paced, "127.0.0.1", port)
        clients.append(client)
    path = requests[0].split()[1].decode()
    base, workspace_id = path.partition("/key-results")[0], UUID(path.split("/")[3])
    async with (
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as http,
        await psycopg.AsyncConnection.connect(url, autocommit=True) as connection,
    ):
        found = await (await connection.execute("SELECT generation FROM northing.generations")).fetchone()
        assert found
        applied = APPLIED.format(f"read_{found[0]}")

        async def looked(position: int) -> None:
            while True:
                row = await (await connection.execute(applied, [workspace_id])).fetchone()
                if row and row[0] >= position:
                    return
                await asyncio.sleep(LOOK_SECONDS)

        async def asked(position: int) -> None:
            answer = (await http.get(f"{base}/settings", params={"min_position": position})).raise_for_status()
            assert "stale" not in answer.json()

        paths = [request.split()[1].decode() for request in requests[:PROBES]]
        lags = await asyncio.gather(*(_until_visible(http, path, looked, seconds) for path in paths))
        waits = await asyncio.gather(*(_until_visible(http, path, asked, seconds) for path in paths))
    for client in clients:
        client.transport.close()
    return [*chain(*lags)], [*chain(*waits)]


async def _until_visible(
    http: httpx.AsyncClient, path: str, visible: Callable[[int], Awaitable[None]], seconds: float
) -> list[float]:
    """Milliseconds from each answer until its position is visible, one command after another."""
    milliseconds = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        answer = (await http.post(path, json=commands.BODY)).raise_for_status()
        answered = time.perf_counter()
        await visible(answer.json()["position"])
        milliseconds.append((time.perf_counter() - answered) * 1e3)
    return milliseconds


def _at(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]
