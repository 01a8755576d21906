"""Real histories go in by HTTP, and every tree, timeline and negotiation that comes out is that of the naive fold."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from tests.data.naive import Fold, Goal
from tests.data.workspace import Workspace
from tests.json_types import Json
from tests.sizes import by_size

DATA = Path(__file__).parents[2].parent / "shared" / "okr-data"
FILES = sorted(DATA.glob("*.jsonl"), key=lambda file: file.stat().st_size)
PART_LINES = 500
TICK = timedelta(microseconds=1)
CHOSEN = by_size(check=FILES[:3], test=FILES, proof=FILES) or [DATA]
MISSING = pytest.mark.skipif(
    not FILES, reason="../shared/okr-data is not here; real histories are no part of the project"
)
EACH_FILE = pytest.mark.parametrize("file", CHOSEN, ids=lambda file: file.stem)


@MISSING
@EACH_FILE
def test_a_real_history_shows_what_the_naive_fold_gives(file: Path, server: httpx.Client) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    fold = Fold(lines)
    workspace = Workspace(server, file.stem)

    assert sums(send_in_parts(workspace, lines)) == (written(lines), 0, 0)
    assert sums(send_in_parts(workspace, lines)) == (0, written(lines), 0)

    found = [line for moment in moments(fold) for line in workspace.tree_differences(fold, moment)]
    for goal in fold.goals(datetime.now(UTC)).values():
        found += record_differences(workspace, goal)
    assert not found, "\n".join([f"{file.name}: {len(found)} differences", *found[:40]])


@MISSING
@EACH_FILE
def test_the_fold_takes_every_line_of_a_real_history(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    fold = Fold(lines)
    assert (fold.taken, fold.unchanged, fold.refused) == (written(lines), [], {})
    assert len(moments(fold)) >= 20


def record_differences(workspace: Workspace, goal: Goal) -> list[str]:
    found: list[str] = []
    if goal.kind == "key_result" and len(goal.acts) > 2:
        found += workspace.negotiation_differences(goal)
    if goal.points:
        found += workspace.timeline_differences(goal)
    if goal.comments:
        found += workspace.comment_differences(goal)
    return found


def moments(fold: Fold) -> list[datetime | date]:
    """Before the first fact, at the last, at a dozen facts and just before each, between them, and whole days."""
    instants = fold.instants()
    first, last = instants[0], instants[-1]
    chosen = [instants[number * (len(instants) - 1) // 11] for number in range(12)]
    begin, span = first - timedelta(days=1), last - first + timedelta(days=2)
    between = [begin + span * number / 19 for number in range(20)]
    exact = {first - timedelta(seconds=1), last, *chosen, *(moment - TICK for moment in chosen), *between}
    return [*sorted(exact), *sorted({moment.date() for moment in (first, chosen[5], last)})]


def send_in_parts(workspace: Workspace, lines: list[str]) -> list[Json]:
    starts = range(0, len(lines), PART_LINES)
    return [workspace.send(lines[at : at + PART_LINES], first_line=at + 1) for at in starts]


def sums(answers: list[Json]) -> tuple[int, int, int]:
    assert [refusal for answer in answers for refusal in answer["refusals"]] == []
    taken, unchanged, refused = (sum(answer[name] for answer in answers) for name in ("taken", "unchanged", "refused"))
    return taken, unchanged, refused


def written(lines: list[str]) -> int:
    return sum(bool(line.strip()) for line in lines)
