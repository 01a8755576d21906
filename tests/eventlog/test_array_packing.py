"""What is packed is what PostgreSQL reads."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest

from services.eventlog.array_packing import ARRAY_TYPES, pack

MOMENT = datetime(1969, 7, 20, 20, 17, 40, 123456, tzinfo=UTC)
VALUES: dict[str, list[Any]] = {
    "uuid[]": [UUID(int=1), None, UUID(int=2**128 - 1)],
    "bytea[]": [b"", b"\x00\xff", None, b"state"],
    "text[]": ["", "Brötchen", None, "NULL", 'a "quoted", {braced} \\ text'],
    "smallint[]": [1, -32768, 32767],
    "int[]": [0, -(2**31), 2**31 - 1, None],
    "bigint[]": [0, -(2**63), 2**63 - 1],
    "bool[]": [True, False, None],
    "timestamptz[]": [MOMENT, None, datetime(9998, 12, 31, tzinfo=UTC), datetime(1, 1, 2, tzinfo=UTC)],
}


@pytest.mark.parametrize("name", ARRAY_TYPES)
def test_a_packed_list_is_read_as_that_list(database: str, name: str) -> None:
    with psycopg.connect(database, options="-c timezone=UTC") as connection:
        for values in (VALUES[name], VALUES[name][:1], []):
            found = connection.execute(f"SELECT %b::{name}", [pack(name, values)], binary=True).fetchone()
            assert found == (values,)
