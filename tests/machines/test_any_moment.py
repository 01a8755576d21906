"""Answers at (as_of, known_at) are the fold of the log at (T, K), for random histories and random moments.

    State(T, K) = the fold of the events with effective_at <= T and position <= K, in the order (effective_at, position)

naive.py tells that sentence on the change feed; the alignment tree, timelines, negotiations, comments and learnings of
the product are held against it.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.json_types import Json
from tests.machines.generated_history import GeneratedHistory
from tests.machines.naive import Tree
from tests.machines.naive_histories import entry_shown, negotiation, node_shown, point_shown, texts_of, timeline
from tests.machines.workspace import Workspace
from tests.sizes import by_size

STORIES = by_size(check=1, test=4, proof=50)
ACTS = by_size(check=60, test=120, proof=250)
MOMENTS = by_size(check=30, test=100, proof=300)

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Moment(NamedTuple):
    """How a question names a moment, and what it comes to."""

    query: Json
    t: datetime
    k: int


@pytest.mark.parametrize("number", range(STORIES))
def test_every_answer_is_the_fold_of_what_was_known_then(server: httpx.Client, seed: int, number: int) -> None:
    history = GeneratedHistory(server, Random(f"{seed} {number}"), acts=ACTS)
    for _ in range(MOMENTS):
        moment = moment_of(history, history.random)
        for answer, expected in answers(history, moment):
            assert answer == expected, f"at {moment.query}"


def moment_of(history: GeneratedHistory, random: Random) -> Moment:
    """Any T with any K. Named by exact instants, just before and after them, days in the workspace's zone, or not."""
    head = history.feed[-1]
    k, known = random.choice(
        [
            (head["position"], {}),
            known_by_position(random.randint(1, head["position"])),
            known_by_time(history, random.choice(history.feed)["recorded_at"] - random.choice([0, 0, 1]) * MICROSECOND),
        ]
    )
    if known and random.random() < 0.2:  # What is known at a moment, at that moment.
        recorded_at: datetime = known.get("known_at") or next(
            event["recorded_at"] for event in history.feed if event["position"] == k
        )
        return Moment(written(known), recorded_at, k)
    t: datetime | date = random.choice(
        [
            *(random.choice(history.feed)["effective_at"] + beside * MICROSECOND for beside in (-1, 0, 0, 0, 1)),
            history.instant(history.began),
            history.instant(history.began).astimezone(history.zone).date(),
            LONG_AGO,
        ]
    )
    return Moment(written(known | {"as_of": t}), t if isinstance(t, datetime) else end_of(t, history), k)


def known_by_position(k: int) -> tuple[int, Json]:
    return k, {"known_position": k}


def known_by_time(history: GeneratedHistory, at: datetime) -> tuple[int, Json]:
    known = [event["position"] for event in history.feed if event["recorded_at"] <= at]
    return max(known, default=0), {"known_at": at}


def end_of(day: date, history: GeneratedHistory) -> datetime:
    """A bare date in a question is the end of that day there; of one that has not ended, now."""
    following = datetime.combine(day + timedelta(days=1), time(), history.zone).astimezone(UTC)
    return min(following - MICROSECOND, datetime.now(UTC))


def written(query: Json) -> Json:
    return {name: value if isinstance(value, int) else value.isoformat() for name, value in query.items()}


def answers(history: GeneratedHistory, moment: Moment) -> Iterator[tuple[object, object]]:
    """Each answer of the product beside what the fold says."""
    query, t, k = moment
    tree = Tree(history.feed, t, k)
    for include in ({"include": "dropped"}, {}):
        shown = history.api.get("alignment-tree", **query, **include)
        assert shown["known_position"] == k
        yield [node_shown(node) for node in shown["nodes"]], tree.nodes(dropped=bool(include))
    for id, goal in history.random.sample(sorted(goals_ever(history).items()), 3):
        address = f"{goal}/{id}"
        if id not in tree.goals:
            assert history.api.refused(f"{address}/timeline", **query) == "not-found"
            continue
        points = history.api.get(f"{address}/timeline", **query)["points"]
        yield [point_shown(point) for point in points], timeline(history.feed, id, t, k)
        if goal == "key-results":
            entries = history.api.get(f"{address}/negotiation", **query)["entries"]
            yield [entry_shown(entry) for entry in entries], negotiation(history.feed, id, t, k)
    comments = history.api.get("comments", limit=200, **query)["comments"]
    yield words_of(comments), texts_of(history.feed, t, k, "Commented", "CommentWithdrawn")
    learnt = texts_of(history.feed, t, k, "LearningRecorded", "LearningWithdrawn")
    if learnt:
        yield words_of(history.api.get(f"retrospectives/{history.retrospective}", **query)["learnings"]), learnt


def goals_ever(history: GeneratedHistory) -> dict[str, str]:
    addresses = {"objective": "objectives", "key_result": "key-results"}
    return {id: addresses[kind] for kind in addresses for id in history.ids(kind)}


def words_of(entries: list[Json]) -> list[Json]:
    return [{name: entry[name] for name in ("id", "text", "withdrawn")} for entry in entries]


# --- the edges of a moment --------------------------------------------------------------------------------------------


@pytest.fixture(params=["Pacific/Auckland", "Pacific/Pago_Pago"])
def workspace(request: pytest.FixtureRequest, server: httpx.Client) -> Workspace:
    """Where it is tomorrow already, or still yesterday, for nearly everybody else."""
    workspace = Workspace(server, zone=request.param)
    workspace.make("objectives", {"title": "Fresh bread"})
    return workspace


def today(workspace: Workspace) -> date:
    return datetime.now(ZoneInfo(workspace.zone)).date()


def test_today_is_now_and_yesterday_is_before_everything(workspace: Workspace) -> None:
    yesterday = today(workspace) - timedelta(days=1)
    assert len(workspace.get("alignment-tree", as_of=str(today(workspace)))["nodes"]) == 1
    for query in ({"as_of": str(yesterday)}, {"known_at": str(yesterday)}, {"known_position": 0}):
        assert workspace.get("alignment-tree", **query)["nodes"] == []


def test_the_future_is_not_answered(workspace: Workspace) -> None:
    in_an_hour = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    for moment in (in_an_hour, str(today(workspace) + timedelta(days=2))):
        assert workspace.refused("alignment-tree", as_of=moment) == "invalid"
        assert workspace.refused("alignment-tree", known_at=moment) == "invalid"


def test_what_is_not_recorded_yet_is_not_known_and_not_waited_for(workspace: Workspace) -> None:
    for name in ("known_position", "min_position"):
        assert len(workspace.get("alignment-tree", **{name: workspace.head})["nodes"]) == 1
        assert workspace.refused("alignment-tree", **{name: workspace.head + 1}) == "invalid"
