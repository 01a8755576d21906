"""Moments spread over the history of a workspace: what was true at T, as far as it was known at K."""

import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from tests.json_types import Json

MOMENTS = 20
MICROSECOND = timedelta(microseconds=1)

Moment = dict[str, str | int]  # The parameters of a question.


def moments_of(feed: Sequence[Json], seed: int, count: int = MOMENTS) -> list[Moment]:
    """For the change feed of a workspace, in turn each of the ways in which a moment is named, from early to late.

    Every moment is at a fact, or a microsecond beside it, or a day that is over: none depends on the clock.
    """
    chance = random.Random(seed)
    true_at = sorted(_instant(event["effective_at"]) for event in feed if _has_time(event))
    known_at = [_instant(event["recorded_at"]) for event in feed if _has_time(event)]
    return [
        NAMED[number % len(NAMED)](_Place(chance, true_at, known_at, len(feed), number / count, (number + 1) / count))
        for number in range(count)
    ]


class _Place:
    """A part of the history, by its share from the beginning; every call chooses anew in it."""

    def __init__(
        self,
        chance: random.Random,
        true_at: list[datetime],
        known_at: list[datetime],
        head: int,
        low: float,
        high: float,
    ) -> None:
        self._chance, self._true_at, self._known_at = chance, true_at, known_at
        self._head, self._low, self._high = head, low, high

    def as_of(self) -> str:
        beside = self._chance.choice([-1, 0, 0, 1]) * MICROSECOND
        return _text(self._true_at[self._at(len(self._true_at))] + beside)

    def day(self) -> str:
        over = datetime.now(UTC).date() - timedelta(days=2)  # In every time zone.
        days = [at.date() for at in self._true_at if at.date() <= over] or [over]
        return str(days[self._at(len(days))])

    def known_at(self) -> str:
        return _text(self._known_at[self._at(len(self._known_at))])

    def known_position(self) -> int:
        return self._at(self._head) + 1

    def _at(self, length: int) -> int:
        return min(int(self._chance.uniform(self._low, self._high) * length), length - 1)


NAMED: list[Callable[[_Place], Moment]] = [
    lambda at: {"as_of": at.as_of()},
    lambda at: {"known_position": at.known_position()},
    lambda at: {"as_of": at.as_of(), "known_position": at.known_position()},
    lambda at: {"known_at": at.known_at()},
    lambda at: {"as_of": at.as_of(), "known_at": at.known_at()},
    lambda at: {"as_of": at.day()},
]


def _has_time(event: Json) -> bool:
    """What was said anonymously is shown to the day."""
    return "T" in event["effective_at"]


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _text(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
