"""A way to PostgreSQL that can lose an answer: a Unix socket in one folder, led to the one in another.

It understands as much of the protocol as it needs to know a statement that runs, and the end of its answer.
"""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from psycopg.conninfo import conninfo_to_dict, make_conninfo

NAME = ".s.PGSQL.5432"


class LosingProxy:
    """`lose = n`: the next n times that `statement` runs to its end, its answer is swallowed and the connection cut."""

    def __init__(self, database_url: str, folder: Path, statement: bytes) -> None:
        self.behind = str(Path(str(conninfo_to_dict(database_url)["host"])) / NAME)
        self.url = make_conninfo(database_url, host=str(folder))
        self.statement = statement
        self.lose = 0
        self.lost = 0
        self.listening = socket.socket(socket.AF_UNIX)
        self.listening.bind(str(folder / NAME))
        self.listening.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()

    def _accept(self) -> None:
        with suppress(OSError):  # Closed.
            while True:
                client, _ = self.listening.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(self.behind)
                _Way(self, client, server)


class _Way:
    """One connection, led through by two threads: one for requests, one for answers."""

    def __init__(self, proxy: LosingProxy, client: socket.socket, server: socket.socket) -> None:
        self.proxy, self.client, self.server = proxy, client, server
        self.prepared: set[bytes] = set()  # Names under which the server knows the statement.
        self.losing = False
        threading.Thread(target=self._lead, daemon=True).start()

    def _lead(self) -> None:
        with self.client, self.server:
            asking = threading.Thread(target=self._until_cut, args=[self._ask], daemon=True)
            asking.start()
            self._until_cut(self._answer)
            asking.join()

    def _until_cut(self, lead: Callable[[], None]) -> None:
        with suppress(OSError, struct.error):
            lead()
        for end in (self.client, self.server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _ask(self) -> None:
        with self.client.makefile("rb") as requests:
            length = requests.read(4)  # The first message names no kind.
            self.server.sendall(length + requests.read(struct.unpack("!I", length)[0] - 4))
            for kind, body in messages(requests):
                if kind == b"P":  # Parse: a name, then a statement.
                    name, statement, _ = body.split(b"\0", 2)
                    (self.prepared.add if self.proxy.statement in statement else self.prepared.discard)(name)
                if kind == b"B" and self.proxy.lose and body.split(b"\0", 2)[1] in self.prepared:  # Bind: run it.
                    self.proxy.lose -= 1
                    self.losing = True
                self.server.sendall(message(kind, body))

    def _answer(self) -> None:
        with self.server.makefile("rb") as answered:
            for kind, body in messages(answered):
                if not self.losing:
                    self.client.sendall(message(kind, body))
                elif (kind, body) == (b"Z", b"I"):  # Ready for the next, in no transaction: it is committed.
                    self.proxy.lost += 1
                    return


def messages(stream: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    while kind := stream.read(1):
        [length] = struct.unpack("!I", stream.read(4))
        yield kind, stream.read(length - 4)


def message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!I", len(body) + 4) + body
