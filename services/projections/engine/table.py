"""The table of a read model, made from the one struct that its rows are: columns, types, order, and what SELECT lists.

    class OfferRow(TableRow[UUID], Generic[Text]):
        key_result_id: UUID
        target: str | None = None
        reason: Text | None = None

    OFFERS = Table("offers", OfferRow[Personal], indexes=("key_result_id",))

A field is a column of its name, its type the one that PostgreSQL has for it (`COLUMN_TYPES`). Numbers of the domain are
text columns, exact as the API gives them, and what is only shown may be one text column of JSON. Personal text is two
columns: the text, and `<name>_subject`, whose it is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import NoneType, UnionType
from typing import Annotated, Generic, Literal, NamedTuple, TypeVar, Union, get_args, get_origin
from uuid import UUID

from msgspec import Struct, structs

from domain.personal import Personal

Id = TypeVar("Id", UUID, str)  # An id is read as a string where only its text is shown.
Text = TypeVar("Text", Personal, str)  # Personal text is written with its subject, and read without.
Integer = Annotated[int, "integer"]  # Of four bytes; a plain int has eight.

COLUMN_TYPES: Mapping[object, str] = {
    UUID: "uuid",
    str: "text",
    int: "bigint",
    Integer: "integer",
    bool: "boolean",
    date: "date",
    datetime: "timestamptz",
}
TIMES = {"valid_from": "timestamptz", "valid_to": "timestamptz", "known_from": "bigint", "known_to": "bigint"}


class TableRow(Struct, Generic[Id], gc=False):
    """A row. Its id, with the workspace, is its key in the table; one stream alone writes the rows of an id.

    A row that was given to the engine never changes.
    """

    id: Id


class Column(NamedTuple):
    """A field of a row struct: its name, its PostgreSQL type, and whether it is personal text."""

    name: str
    type: str
    personal: bool

    def spread(self) -> Iterator[tuple[str, str]]:
        """The columns of the table that it is, and their types."""
        yield self.name, self.type
        if self.personal:
            yield f"{self.name}_subject", "uuid"


@dataclass(frozen=True, eq=False)
class Table:
    """`row` is a TableRow, where it is generic as it is written. Raises TypeError for a field without a column type.

    `indexes` are column lists, each of them behind workspace_id and only for what holds now; `past_indexes` the same
    for every row, followed by the four columns of both times.
    """

    name: str
    row: type[TableRow[UUID]]
    indexes: tuple[str, ...] = ()
    past_indexes: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(
        init=False
    )  # All columns and their types, in the order in which they are written.
    _personal: tuple[int, ...] = field(init=False)  # The places of personal text among the fields, the last one first.

    def __post_init__(self) -> None:
        own = columns_of(self.row)
        spread = {name: type_ for column in own for name, type_ in column.spread()}
        object.__setattr__(self, "columns", {"workspace_id": "uuid", **spread, **TIMES})
        object.__setattr__(self, "_personal", tuple(place for place, column in enumerate(own) if column.personal)[::-1])

    def values(self, row: TableRow[UUID]) -> tuple[object, ...]:
        """A row as its columns hold it, without workspace and times."""
        if not self._personal:
            return structs.astuple(row)
        values = list(structs.astuple(row))
        for place in self._personal:
            text = values[place]
            values[place : place + 1] = (None, None) if text is None else (text.text, text.subject)
        return tuple(values)

    def select(self, row: type[Struct]) -> str:
        """The SELECT list that fills `row`, a struct whose fields are columns of this table, in their order.

        An id that is read as a string is cast. Raises LookupError for a field that is no column.
        """
        return ", ".join(map(self._selected, columns_of(row)))

    def _selected(self, column: Column) -> str:
        if column.personal or column.name not in self.columns:
            raise LookupError(f"{self.name} has no column to read {column.name} from")
        cast = column.type == "text" and self.columns[column.name] == "uuid"
        return f"{column.name}::text" if cast else column.name


def columns_of(row: type[Struct]) -> list[Column]:
    """The fields of a struct as columns. Raises TypeError for a type that no column has."""
    return [_column(field.name, field.type) for field in structs.fields(row)]


def _column(name: str, annotation: object) -> Column:
    required = _without_none(annotation)
    listed = get_origin(required) is list
    element = get_args(required)[0] if listed else required
    if get_origin(element) is Literal:
        element = str
    type_ = "text" if element is Personal else COLUMN_TYPES.get(element)
    if type_ is None:
        raise TypeError(f"{name}: no column can hold {annotation}")
    return Column(name, f"{type_}[]" if listed else type_, element is Personal)


def _without_none(annotation: object) -> object:
    if get_origin(annotation) not in (Union, UnionType):
        return annotation
    others = [each for each in get_args(annotation) if each is not NoneType]
    return others[0] if len(others) == 1 else annotation
