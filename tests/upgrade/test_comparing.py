"""How moments are chosen and answers compared, where an old data folder is served by new code."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.upgrade.answers import BY_THE_CLOCK, EVER_DIFFERENT, differences, questions_of
from tests.upgrade.moments import MOMENTS, NAMED, moments_of

BEGAN = datetime(2024, 1, 8, 12, tzinfo=UTC)
FEED = [
    {
        "stream_kind": "objective",
        "aggregate_id": f"goal-{day // 50}",
        "type": "ObjectiveCheckedIn",
        "effective_at": (BEGAN + timedelta(days=day)).isoformat(),
        "recorded_at": "2026-01-01T12:00:00Z",
    }
    for day in range(200)
]


def test_moments_are_the_same_for_the_same_seed_and_of_every_kind() -> None:
    chosen = moments_of(FEED, seed=1)
    assert chosen == moments_of(FEED, seed=1) != moments_of(FEED, seed=2)
    assert len(chosen) == MOMENTS
    assert len({tuple(moment) for moment in chosen}) == len(NAMED) - 1, "a day is an as_of, too"


def test_moments_are_spread_over_the_history() -> None:
    positions = [int(moment["known_position"]) for moment in moments_of(FEED, seed=1) if "known_position" in moment]
    assert positions == sorted(positions)
    assert positions[0] < len(FEED) * 0.1
    assert positions[-1] > len(FEED) * 0.9


def test_every_goal_is_asked_for_at_every_moment_and_at_none() -> None:
    moments = moments_of(FEED, seed=1)
    timelines = [each for each in questions_of(FEED, moments) if each.startswith("objectives/goal-3/timeline?")]
    assert len(timelines) == len(moments) + 1


@pytest.mark.parametrize(
    ("answered", "compared"),
    [
        ('{"age_ms":12,"next":"abc","nodes":[]}', '{"age_ms":…,"next":…,"nodes":[]}'),
        ('{"instance":"5f05"}', '{"instance":…}'),
        ('{"next":50}', '{"next":50}'),
        ('{"next":null,"text":"\\"age_ms\\":1"}', '{"next":null,"text":"\\"age_ms\\":1"}'),
    ],
)
def test_what_is_ever_different_is_not_compared(answered: str, compared: str) -> None:
    assert EVER_DIFFERENT.sub(r"\1\2…", answered) == compared


def test_without_a_moment_what_the_clock_says_is_not_compared() -> None:
    answered = '{"as_of":"2026-01-01T00:00:00Z","health":null,"expected_progress":"0.5","progress":"0.4"}'
    assert BY_THE_CLOCK.sub(r"\1…", answered) == '{"as_of":…,"health":…,"expected_progress":…,"progress":"0.4"}'


def test_a_difference_is_named_by_its_question_and_shown_where_it_begins() -> None:
    before = {"members?": ["200", '{"name":"Ana"}'], "teams?": ["200", "{}"]}
    after = {"members?": ["200", '{"name":"Anna"}'], "teams?": ["200", "{}"]}
    [difference] = differences(before, after)
    assert difference == 'members?\n  before: …200 {"name":"Ana"}\n  after:  …200 {"name":"Anna"}'
    assert len(differences(before, {"members?": ["404", "{}"], "teams?": ["200", "{}", "{}"]})) == 2
