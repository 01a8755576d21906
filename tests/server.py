"""The product as a process of its own, for tests and benchmarks. Ends only the process that it started."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self, TypedDict, Unpack

import httpx
import uvicorn
from fastapi import FastAPI

ROOT = Path(__file__).parents[1]
PATIENCE_SECONDS = 60.0  # Only for what is broken: what works is awaited, not timed.


class ServerSettings(TypedDict, total=False):
    """Those settings of infra/settings.py that tests and benchmarks give."""

    port: int
    data: Path
    database_url: str
    read_database_url: str
    roles: str
    dev: bool
    log_level: str


class StartServer(Protocol):
    """Start the product as a process; it ends with the test."""

    def __call__(self, arguments: Sequence[str] = (), **settings: Unpack[ServerSettings]) -> Server: ...


class Server:
    """`northing serve` on a free port, ready once constructed. `settings` are those of infra/settings.py."""

    def __init__(self, folder: Path, arguments: Sequence[str] = (), **settings: Unpack[ServerSettings]) -> None:
        self.port = settings.pop("port", 0) or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log_file = folder / f"server-{uuid.uuid4().hex[:8]}.log"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("NORTHING_")}
        environment |= {f"NORTHING_{name.upper()}": str(value) for name, value in settings.items()}
        command = [sys.executable, "-m", "infra.cli", "serve", "--port", str(self.port), *arguments]
        with self.log_file.open("wb") as output:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
        try:
            self.await_readiness()
        except BaseException:
            self.kill()
            raise

    def await_readiness(self) -> None:
        """Wait until it says that requests may come."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"not ready, exit code {self.process.poll()}:\n{self.log()[-4000:]}")
            time.sleep(0.02)

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=PATIENCE_SECONDS)

    def log(self) -> str:
        return self.log_file.read_text(errors="replace")

    def stop(self) -> int:
        """Ask it to end, as an operator does, and give its exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"did not end when asked:\n{self.log()[-4000:]}") from None

    def kill(self) -> None:
        """SIGKILL: what a crash looks like from outside."""
        self.process.kill()
        self.process.wait()

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/readyz", timeout=PATIENCE_SECONDS).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The app behind a real server, in a thread. Requests wait in the open socket until it is ready."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
