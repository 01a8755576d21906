"""Given what happened, when somebody decides, then these events are recorded; or a rule says no."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.errors import Refusal
from domain.history import At, Evolve, Fact, fold
from domain.personal import Personal

ANA = UUID(int=0xA)
BO = UUID(int=0xB)
CY = UUID(int=0xC)

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)

Given = Iterable[Any]  # Events, or pairs of an event and its `effective_at`.


def facts(given: Given) -> list[Fact]:
    """These events as they were recorded one after the other: positions rise from 1, a minute lies between two."""
    return [
        Fact(event[0], At(event[1], position))
        if isinstance(event, tuple)
        else Fact(event, At(NOON + timedelta(minutes=position), position))
        for position, event in enumerate(given, start=1)
    ]


def state(evolve: Evolve, given: Given) -> Any:
    """What stands after these events."""
    return fold(evolve, facts(given))


def scenario(
    evolve: Evolve, *, given: Given, when: Callable[[Any], list[Any]], then: list[Any] | type[Refusal], says: str = ""
) -> None:
    """`then` is the events to be recorded, or the refusal, whose words hold `says`."""
    before = state(evolve, given)
    if isinstance(then, list):
        assert when(before) == then
    else:
        with pytest.raises(then) as refused:
            when(before)
        assert says in str(refused.value)


def words(text: str, subject: UUID = ANA) -> Personal:
    """Personal text, of Ana unless said."""
    return Personal(subject, text)
