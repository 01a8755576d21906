"""An example of any event, made from its types: every field filled, every text its own."""

from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from domain.personal import Personal

PERSON = UUID("019b0000-0000-7000-8000-0000000000a1")
PLAIN: dict[object, object] = {
    bool: True,
    int: 7,
    Decimal: Decimal("12.50"),
    UUID: UUID("019b0000-0000-7000-8000-0000000000b2"),
    date: date(2026, 3, 31),
    datetime: datetime(2026, 3, 31, 12, 0, 0, 123456, tzinfo=UTC),
}


def sample(event_class: type[Any]) -> Any:
    """An event of this class."""
    hints = get_type_hints(event_class)
    return event_class(**{field.name: _value(hints[field.name], field.name) for field in fields(event_class)})


def _value(hint: object, name: str) -> object:
    origin, args = get_origin(hint), get_args(hint)
    if hint in PLAIN:
        return PLAIN[hint]
    if hint is str:
        return f"the {name}, “as said” — 書いた通り"
    if hint is Personal:
        return Personal(PERSON, f"{name}: what a person wrote, \\ and \n too")
    if origin is Literal:
        return args[0]
    if origin in (Union, UnionType):
        return _value(next(arg for arg in args if arg is not NoneType), name)
    if origin is tuple:
        return tuple(_value(arg, name) for arg in (args[:1] * 2 if Ellipsis in args else args))
    if isinstance(hint, type) and is_dataclass(hint):
        return sample(hint)
    raise TypeError(f"{name}: no sample of {hint}")
