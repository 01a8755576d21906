"""What read models put into their columns: numbers, personal text, and the state of a whole stream as one row."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from domain.personal import Personal
from services.projections.engine.read_model import FoldStep, Row, Table


def number(value: Decimal | None) -> str | None:
    """As the API gives it: exact, and never with an exponent or as a zero below zero.

    >>> number(Decimal("1E+3")), number(Decimal("0.70")), number(Decimal("-0.0"))
    ('1000', '0.70', '0.0')
    """
    return None if value is None else format(value or value.copy_abs(), "f")


def words(personal: Personal | None) -> tuple[str | None, UUID | None]:
    """Personal text, and beside it whose it is."""
    return (None, None) if personal is None else (personal.text, personal.subject)


def listed_table(name: str, values: Mapping[str, str]) -> Table:
    """A row a stream. `began` is the position of the stream's first event: lists are in its order."""
    return Table(name, key={"id": "uuid"}, values={**values, "began": "bigint"}, indexes=("began",))


def listed(
    table: Table, row: Callable[[Any], tuple[Any, ...]], began: int | None, step: FoldStep
) -> tuple[int, Sequence[Row]]:
    """The step of a read model that shows the state of each stream as one row; `row` gives all but `began`."""
    began = began or step.recorded.position
    rows = [] if step.after is None else [Row(table, (step.recorded.stream_id,), (*row(step.after), began))]
    return began, rows
