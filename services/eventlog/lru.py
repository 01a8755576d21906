"""What was used last, kept in memory."""

from collections import OrderedDict
from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Lru(OrderedDict[Key, Value]):
    """At most `limit` entries. For one that is put in beyond that, the entry goes that was not used for longest."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit

    def use(self, key: Key) -> Value | None:
        """The value, which counts as used now; None where there is none."""
        value = self.get(key)
        if value is not None:
            self.move_to_end(key)
        return value

    def put(self, key: Key, value: Value) -> None:
        """Set the value, which counts as used now."""
        self[key] = value
        self.move_to_end(key)
        if len(self) > self.limit:
            self.popitem(last=False)
