"""Lists as PostgreSQL's binary arrays.

psycopg inspects the items of every list to find its type: for the thirty-five short lists of an append that was a third
of the processor's time of a batch. Here the statement says the type.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from struct import Struct
from typing import Any
from uuid import UUID

import psycopg
from psycopg.adapt import Dumper
from psycopg.pq import Format

NULL = b"\xff\xff\xff\xff"
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)  # PostgreSQL's.
MICROSECOND = timedelta(microseconds=1)

_head = Struct("!iiIii").pack  # Dimensions, whether there are nulls, oid of the items, how many, the first index.
_empty = Struct("!iiI").pack
_int2, _int4, _int8 = Struct("!ih").pack, Struct("!ii").pack, Struct("!iq").pack
_length = Struct("!i").pack


def _uuid(value: UUID) -> bytes:
    return b"\x00\x00\x00\x10" + value.bytes


def _bytes(value: bytes) -> bytes:
    return _length(len(value)) + value


def _text(value: str) -> bytes:
    return _bytes(value.encode())


def _time(value: datetime) -> bytes:
    return _int8(8, (value - EPOCH) // MICROSECOND)


# By name of the array's type: the oid of its items, and what makes the bytes of an item.
ARRAY_TYPES: dict[str, tuple[int, Callable[[Any], bytes]]] = {
    "uuid[]": (2950, _uuid),
    "bytea[]": (17, _bytes),
    "text[]": (25, _text),
    "smallint[]": (21, lambda value: _int2(2, value)),
    "int[]": (23, lambda value: _int4(4, value)),
    "bigint[]": (20, lambda value: _int8(8, value)),
    "bool[]": (16, lambda value: b"\x00\x00\x00\x01\x01" if value else b"\x00\x00\x00\x01\x00"),
    "timestamptz[]": (1184, _time),
}


class PackedArray(bytes):
    """An array in binary. The statement names its type: `%b::uuid[]`."""


class _PackedDumper(Dumper):
    format = Format.BINARY

    def dump(self, obj: bytes) -> bytes:
        return obj


psycopg.adapters.register_dumper(PackedArray, _PackedDumper)


def pack(array_type: str, values: Sequence[Any]) -> PackedArray:
    """The values, None for NULL, as a parameter for `%b::array_type`."""
    item_oid, make = ARRAY_TYPES[array_type]
    items = [NULL if value is None else make(value) for value in values]
    if not items:
        return PackedArray(_empty(0, 0, item_oid))
    return PackedArray(_head(1, NULL in items, item_oid, len(items), 1) + b"".join(items))
