"""A table is what the struct of its rows says, and nothing else is written, read or selected."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Generic, Literal
from uuid import UUID

import pytest
from msgspec import Struct

from domain.personal import Personal
from services.projections.engine.table import TIMES, Integer, Table, TableRow, Text

ID, ANA = UUID(int=1), UUID(int=2)


class OfferRow(TableRow[UUID], Generic[Text]):
    kind: Literal["first", "counter"]
    reason: Text | None
    party_ids: list[UUID]
    position: int
    rounds: Integer
    open: bool
    due: date | None
    note: Text | None
    recorded_at: datetime | None = None


OFFERS = Table("offers", OfferRow[Personal])


def test_a_field_is_a_column_of_its_name_and_type_and_personal_text_two() -> None:
    assert OFFERS.columns == {
        "workspace_id": "uuid",
        "id": "uuid",
        "kind": "text",
        "reason": "text",
        "reason_subject": "uuid",
        "party_ids": "uuid[]",
        "position": "bigint",
        "rounds": "integer",
        "open": "boolean",
        "due": "date",
        "note": "text",
        "note_subject": "uuid",
        "recorded_at": "timestamptz",
        **TIMES,
    }


def test_a_row_is_written_in_the_order_of_the_columns() -> None:
    row = OfferRow(
        id=ID,
        kind="first",
        reason=Personal(ANA, "Too high"),
        party_ids=[ANA],
        position=7,
        rounds=1,
        open=True,
        due=None,
        note=None,
    )
    own = [name for name in OFFERS.columns if name not in ("workspace_id", *TIMES)]
    assert dict(zip(own, OFFERS.values(row), strict=True)) == {
        "id": ID,
        "kind": "first",
        "reason": "Too high",
        "reason_subject": ANA,
        "party_ids": [ANA],
        "position": 7,
        "rounds": 1,
        "open": True,
        "due": None,
        "note": None,
        "note_subject": None,
        "recorded_at": None,
    }


def test_what_is_selected_is_what_the_struct_reads_in_its_order() -> None:
    class Shown(Struct):
        valid_from: datetime
        id: str
        note: str | None
        position: int

    assert OFFERS.select(Shown) == "valid_from, id::text, note, position"
    assert OFFERS.select(OfferRow[str]) == "id, kind, reason, party_ids, position, rounds, open, due, note, recorded_at"


def unknown() -> object:
    class Shown(Struct):
        title: str

    return OFFERS.select(Shown)


def personal() -> object:
    return OFFERS.select(OfferRow[Personal])


def untyped() -> object:
    class OddRow(TableRow[UUID]):
        weights: dict[str, int]

    return Table("odd", OddRow)


@pytest.mark.parametrize(
    ("make", "refusal", "names"),
    [(unknown, LookupError, "title"), (personal, LookupError, "reason"), (untyped, TypeError, "weights")],
)
def test_a_field_that_no_column_holds_is_refused_when_the_program_starts(
    make: Callable[[], object], refusal: type[Exception], names: str
) -> None:
    with pytest.raises(refusal, match=names):
        make()
