"""What read models put into their columns: exact numbers, and the state of a whole stream as one row."""

from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar, overload
from uuid import UUID

from services.projections.engine.read_model import FoldStep, Rows
from services.projections.engine.table import TableRow

State = TypeVar("State")


@overload
def number(value: Decimal) -> str: ...
@overload
def number(value: None) -> None: ...
@overload
def number(value: Decimal | None) -> str | None: ...
def number(value: Decimal | None) -> str | None:
    """As the API gives it: exact, and never with an exponent or as a zero below zero.

    >>> number(Decimal("1E+3")), number(Decimal("0.70")), number(Decimal("-0.0"))
    ('1000', '0.70', '0.0')
    """
    return None if value is None else format(value or value.copy_abs(), "f")


def one_row(
    row: Callable[[State, UUID, int], TableRow[UUID]], began: int | None, step: FoldStep[State]
) -> tuple[int, Rows]:
    """The step of a read model that shows the state of each stream as one row: `row` of state, stream and `began`.

    `began` is the position of the stream's first event: lists are in its order.
    """
    began = began or step.recorded.position
    return began, () if step.after is None else (row(step.after, step.recorded.stream_id, began),)
