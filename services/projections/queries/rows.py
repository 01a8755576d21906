"""Rows by name: what a SELECT finds as structs of a read model, and structs as the answers that a contract promises."""

from typing import TypeVar, get_origin

from msgspec import Struct
from pydantic import BaseModel

from contracts.answers.base import MomentAnswer
from services.projections.queries.read_session import ReadSession

R = TypeVar("R", bound=Struct)


async def read(session: ReadSession, row: type[R], sql: str, **arguments: object) -> list[R]:
    """Run a query whose SELECT list is `Table.select(row)`; {time_filter} in it becomes the moment's condition."""
    make = get_origin(row) or row
    found = await session.rows(sql.format(time_filter=session.time_filter), **arguments)
    return [make(*values) for values in found]


def promised_fields(model: type[BaseModel]) -> list[str]:
    """The fields of an answer model but those of the moment, which the session fills."""
    of_moment = MomentAnswer.model_fields if issubclass(model, MomentAnswer) else {}
    return [name for name in model.model_fields if name not in of_moment]


def as_promised(model: type[BaseModel], row: Struct, **others: object) -> dict[str, object]:
    """What a contract's model promises of a row: each field is one of the others, or the row's of the same name.

    Raises AttributeError where a field is neither.
    """
    return {name: others[name] if name in others else getattr(row, name) for name in promised_fields(model)}
