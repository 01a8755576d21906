"""The registry: derived from the unions of events, and complete."""

import inspect
from pathlib import Path
from typing import get_type_hints

import pytest

from domain.registry import AGGREGATES, EVENTS, KINDS, NAMES, STATES, TOPICS

CORPUS = Path(__file__).parents[1] / "contracts" / "corpus"


def test_every_name_that_was_ever_stored_has_its_class() -> None:
    assert {file.name.split(".")[0] for file in CORPUS.iterdir()} == TOPICS.keys()


def test_a_name_stands_for_one_class_and_a_class_has_one_name() -> None:
    assert {TOPICS[name]: name for name in TOPICS} == NAMES
    assert {STATES[kind]: kind for kind in STATES} == KINDS
    assert len(STATES) == len(AGGREGATES)


@pytest.mark.parametrize("kind", AGGREGATES)
def test_the_events_and_the_state_of_a_kind_are_those_that_it_is_folded_by(kind: str) -> None:
    hints = get_type_hints(AGGREGATES[kind].evolve)
    state, event, *_ = (hints[name] for name in inspect.signature(AGGREGATES[kind].evolve).parameters)
    assert state == STATES[kind] | None
    assert event == AGGREGATES[kind].events
    assert EVENTS[kind]


@pytest.mark.parametrize("kind", AGGREGATES)
def test_an_event_is_a_flat_frozen_dataclass(kind: str) -> None:
    for event in EVENTS[kind]:
        assert event.__dataclass_params__.frozen  # type: ignore[attr-defined]
