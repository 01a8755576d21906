"""The state of a stream at a moment: by when facts were true, with all that is known of them today."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from domain.goal.check_in import CheckInCorrected
from domain.history import At, Fact, History
from domain.key_result.evolve import KREvent, evolve
from domain.key_result.state import KeyResult
from tests.domain.key_results import COMMITTED, checked_in
from tests.domain.scenario import NOON


def history_of(*events_by_day: tuple[int, KREvent]) -> History[KeyResult | None, KREvent]:
    """The history of events, each true on the day beside it, in the order in which they became known."""
    facts = [Fact(event, At(NOON + timedelta(days=day), n)) for n, (day, event) in enumerate(events_by_day, start=1)]
    return History.of(evolve, facts)


def values(history: History[KeyResult | None, KREvent], day: int) -> list[Decimal | None] | None:
    """The values checked in by that day; None before the key result was there."""
    kr = history.state_as_of(evolve, NOON + timedelta(days=day))
    return None if kr is None else [check_in.statement.value for check_in in kr.check_ins]


BEGUN: list[tuple[int, KREvent]] = [(1, event) for event in COMMITTED]


def test_a_late_fact_is_there_from_its_own_moment_on() -> None:
    history = history_of(*BEGUN, (5, checked_in(1, 80)), (3, checked_in(2, 90)))
    shown = [values(history, day) for day in (0, 1, 3, 5)]
    assert shown == [None, [], [Decimal(90)], [Decimal(90), Decimal(80)]]


def test_what_was_corrected_is_at_no_moment() -> None:
    correction = CheckInCorrected(value=Decimal(70), check_in_id=UUID(int=2), corrects=UUID(int=1))
    history = history_of(*BEGUN, (2, checked_in(1, 80)), (4, correction))
    assert [values(history, day) for day in (2, 3, 4)] == [[], [], [Decimal(70)]]
