"""A load of HTTP requests from a process of its own: prepared bytes, so that the client is not what is measured."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import uvloop

from tests.json_types import Json


@dataclass(frozen=True, slots=True)
class Figures:
    """Requests answered 2xx a second, milliseconds from request to answer, and how many were answered otherwise."""

    per_second: float
    p50_ms: float
    p99_ms: float
    others: int


def post(path: str, body: Json) -> bytes:
    """The bytes of one request."""
    content = json.dumps(body).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    head += f"Content-Length: {len(content)}"
    return f"{head}\r\n\r\n".encode() + content


def run(port: int, requests: Sequence[bytes], folder: Path, *, clients: int, seconds: float) -> Figures:
    """Send the requests in turn, from `clients` connections at once, each waiting for its answer."""
    file = folder / "requests.json"
    file.write_text(json.dumps([request.decode() for request in requests]))
    command = [sys.executable, "-m", "benchmarks.load", str(port), str(file), str(clients), str(seconds)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return Figures(**json.loads(done.stdout))


class Client(asyncio.Protocol):
    """One connection: the next request goes out when the answer to the last is in."""

    def __init__(self, take: Callable[[], bytes], milliseconds: list[float], others: list[int]) -> None:
        self.take, self.milliseconds, self.others = take, milliseconds, others
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.WriteTransport, transport)  # A connection over TCP is one that can be written.
        self.send()

    def send(self) -> None:
        self.sent = time.perf_counter()
        self.transport.write(self.take())

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, end, body = self.buffer.partition(b"\r\n\r\n")
        if not end or len(body) < _content_length(head):
            return
        if head[9:10] == b"2":
            self.milliseconds.append((time.perf_counter() - self.sent) * 1000)
        else:
            self.others.append(int(head[9:12]))
        self.buffer = b""
        self.send()


def _content_length(head: bytes) -> int:
    at = head.lower().index(b"content-length:") + 15
    return int(head[at : head.find(b"\r", at) if head.find(b"\r", at) > 0 else None])


async def main(port: int, requests: list[bytes], clients: int, seconds: float) -> Figures:
    milliseconds: list[float] = []
    others: list[int] = []
    number = 0

    def take() -> bytes:
        nonlocal number
        number += 1
        return requests[number % len(requests)]

    loop = asyncio.get_running_loop()
    for _ in range(clients):
        await loop.create_connection(lambda: Client(take, milliseconds, others), "127.0.0.1", port)
    await asyncio.sleep(0.5)  # Warm.
    milliseconds.clear()
    began = time.perf_counter()
    await asyncio.sleep(seconds)
    elapsed, answered = time.perf_counter() - began, sorted(milliseconds)
    at = len(answered) - 1
    return Figures(len(answered) / elapsed, answered[at // 2], answered[at * 99 // 100], len(others))


if __name__ == "__main__":
    port, file, clients, seconds = sys.argv[1:]
    prepared = [request.encode() for request in json.loads(Path(file).read_text())]
    uvloop.install()
    figures = asyncio.run(main(int(port), prepared, int(clients), float(seconds)))
    print(json.dumps({name: getattr(figures, name) for name in Figures.__dataclass_fields__}))
