"""Random bytes from the operating system, fetched many at a time: each call to it can cost as much as a decision."""

import os
from threading import Lock

POOL_BYTES = 8192


class _Pool:
    def __init__(self) -> None:
        self.lock = Lock()
        self.bytes, self.taken = b"", 0

    def take(self, count: int) -> bytes:
        with self.lock:
            if self.taken + count > len(self.bytes):
                self.bytes, self.taken = os.urandom(max(POOL_BYTES, count)), 0
            self.taken += count
            return self.bytes[self.taken - count : self.taken]


_pool = _Pool()
os.register_at_fork(after_in_child=_pool.__init__)  # type: ignore[misc]  # What the parent gives out, no child may.


def random_bytes(count: int) -> bytes:
    """That many bytes, fit for keys and nonces: each is given out once."""
    return _pool.take(count)
