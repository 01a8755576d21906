"""Read models that are the state of each stream as one row, listed in the order in which the streams began."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from domain.personal import Personal
from services.projections.model import ReadModel, Row, Step, Table


def listed(table: Table, *, kind: str, row: Callable[[Any], tuple[Any, ...]]) -> ReadModel:
    """One row a stream: `row` gives the values of a state, without `began`, which stands last."""

    def step(began: int | None, step: Step) -> tuple[int, Iterable[Row]]:
        began = began or step.recorded.position
        if step.after is None:
            return began, ()
        return began, [Row(table, (step.recorded.stream_id,), (*row(step.after), began))]

    return ReadModel(table.name, kinds=frozenset({kind}), tables=(table,), step=step)


def listed_table(name: str, values: Mapping[str, str]) -> Table:
    """`began` is the position of the stream's first event: lists are in its order, and go on after it."""
    return Table(name, key={"id": "uuid"}, values={**values, "began": "bigint"}, indexes=("began",))


def number(value: Decimal | None) -> str | None:
    """As the API gives it: exact, and never with an exponent.

    >>> number(Decimal("1E+3")), number(Decimal("0.70"))
    ('1000', '0.70')
    """
    return None if value is None else format(value, "f")


def words(personal: Personal | None) -> tuple[str | None, Any]:
    """Personal text, and beside it whose it is."""
    return (None, None) if personal is None else (personal.text, personal.subject)
