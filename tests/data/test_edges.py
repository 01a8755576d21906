"""Every edge of the import on a real server: the small files of the fold's own tests, and how they are sent."""

from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from tests.data import cases_of_goals, cases_of_lines
from tests.data.case import K1, O1, Case, day, fact, goal
from tests.data.naive import PURPOSE, Fold
from tests.data.workspace import Workspace, checked

CASES = [*cases_of_goals.CASES, *cases_of_lines.CASES]
TICK = timedelta(microseconds=1)
A_FILE = [O1, K1, fact("edit", "k1", at=day(2), title="Other"), fact("checkin", "k1", at=day(3), score=0.2, note="n")]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_edge_is_reported_and_shown_as_the_fold_has_it(case: Case, server: httpx.Client) -> None:
    fold = Fold(case.lines, zone=case.zone)
    workspace = Workspace(server, case.name, zone=case.zone)
    report = workspace.send(case.lines)

    assert [refusal["line"] for refusal in report["refusals"]] == list(case.refused)
    assert all(refusal["reason"] for refusal in report["refusals"])
    assert [warning["line"] for warning in report["warnings"]] == list(case.warned)
    counts = {name: report[name] for name in ("taken", "unchanged", "refused")}
    assert counts == {"taken": fold.taken, "unchanged": len(case.unchanged), "refused": len(case.refused)}

    found: list[str] = []
    asked = [moment for instant in fold.instants() for moment in (instant - TICK, instant)]
    for moment in [*asked, *map(date.fromisoformat, case.shows)]:
        found += workspace.tree_differences(fold, moment)
    goals = fold.goals(datetime.now(UTC))
    for name in case.acts:
        found += workspace.negotiation_differences(goals[name]) if goals[name].kind == "key_result" else []
    for name in case.points:
        found += workspace.timeline_differences(goals[name])
    for name in case.comments:
        found += workspace.comment_differences(goals[name]) if goals[name].kind not in PURPOSE else []
    assert not found, "\n".join([case.name, *found])


def test_lines_are_counted_from_first_line_and_blank_ones_count(server: httpx.Client) -> None:
    workspace = Workspace(server, "counted")
    report = workspace.send([O1, "", "not JSON", goal("key_result", "k9", parent_id="nobody")], first_line=501)
    assert [refusal["line"] for refusal in report["refusals"]] == [503]
    assert [warning["line"] for warning in report["warnings"]] == [504]
    assert (report["taken"], report["refused"]) == (2, 1)


def test_a_dry_run_reports_all_and_writes_nothing(server: httpx.Client) -> None:
    workspace = Workspace(server, "tried")
    lines = [*A_FILE, "not JSON", O1]
    before = workspace.position
    tried = workspace.send(lines, dry_run="true")
    assert (workspace.position, workspace.ids) == (before, {})
    assert (tried["taken"], tried["unchanged"], tried["refused"]) == (4, 1, 1)
    recorded = workspace.send(lines)
    reported = ("taken", "unchanged", "refused", "refusals", "warnings", "by_kind")
    assert {name: recorded[name] for name in reported} == {name: tried[name] for name in reported}


def test_a_cut_import_is_finished_by_sending_the_file_again(server: httpx.Client) -> None:
    workspace = Workspace(server, "cut")
    workspace.send(A_FILE[:2])
    again = workspace.send(A_FILE)
    assert (again["taken"], again["unchanged"], again["refused"]) == (2, 2, 0)
    last = workspace.position
    assert workspace.send(A_FILE)["taken"] == 0
    assert workspace.position == last
    fold = Fold(A_FILE)
    assert [line for instant in fold.instants() for line in workspace.tree_differences(fold, instant)] == []


def test_a_refused_line_may_come_again_when_it_makes_sense(server: httpx.Client) -> None:
    workspace = Workspace(server, "early")
    too_early = fact("edit", "o1", at=day(2), title="Other")
    assert workspace.send([too_early])["refused"] == 1
    assert workspace.send([O1, too_early])["taken"] == 2


def test_a_parent_that_comes_with_another_import_is_aligned_then(server: httpx.Client) -> None:
    workspace = Workspace(server, "in two files")
    lines = [goal("key_result", "k1", parent_id="o2"), goal("objective", "o2", at=day(3))]
    assert [warning["line"] for warning in workspace.send(lines[:1])["warnings"]] == [1]
    assert workspace.send(lines[1:])["warnings"] == []
    fold = Fold(lines)
    assert [line for instant in fold.instants() for line in workspace.tree_differences(fold, instant)] == []


def test_a_cycle_gets_its_dates_only_from_what_it_runs_from_and_to(server: httpx.Client) -> None:
    workspace = Workspace(server, "cycles")
    notes = {
        "Spring": "runs from 2024-03-01 to 2024-05-31 (as the page says)",
        "Summer": "runs from June 1, 2024 to August 31, 2024",
        "2024-Q4": "from October on",
    }
    lines = [fact("cycle", f"c:{name}", title=name, cycle=name, note=note) for name, note in notes.items()]
    workspace.send([*lines, goal("objective", "o1", cycle="2025-Q1")])
    cycles = {cycle["name"]: cycle for cycle in workspace.get("cycles")["cycles"]}
    assert {name: (cycle["start"], cycle["end"], cycle["state"]) for name, cycle in cycles.items()} == {
        "Spring": ("2024-03-01", "2024-06-01", "active"),
        "Summer": ("2024-06-01", "2024-09-01", "active"),
        "2024-Q4": (None, None, "active"),
        "2025-Q1": (None, None, "active"),
    }


def test_one_placeholder_for_each_distinct_text(server: httpx.Client) -> None:
    workspace = Workspace(server, "owners")
    owners = ["Rosa, Imre", "Rosa", "Rosa, Imre", "Rosa: 0.75; Imre: 0.25"]
    workspace.send([goal("objective", f"o{number}", owner=owner) for number, owner in enumerate(owners)])
    members = workspace.get("members")["members"]
    placeholders = [member["name"] for member in members if member["placeholder"]]
    assert sorted(placeholders) == sorted(set(owners))


def test_no_cycle_no_owner_and_no_measure_are_null_and_marked_as_imported(server: httpx.Client) -> None:
    workspace = Workspace(server, "bare")
    workspace.send([O1, fact("checkin", "o1", at=day(2), recorded_at=f"{day(9)}T10:00:00Z", note="n")])
    node = workspace.nodes(None, dropped=True)[0]
    absent = ("parent_id", "team", "owner", "cycle", "commitment", "score", "grade_as_written")
    assert {name: node[name] for name in absent} == dict.fromkeys(absent)
    point = workspace.get(f"objectives/{node['id']}/timeline")["points"][0]
    assert (point["imported"], point["source_recorded_at"]) == (True, f"{day(9)}T10:00:00Z")


def test_an_import_is_known_from_its_import_on(server: httpx.Client) -> None:
    workspace = Workspace(server, "known")
    opened = workspace.position
    workspace.send(A_FILE)
    assert workspace.get("alignment-tree", as_of=day(5), known_position=opened)["nodes"] == []
    assert len(workspace.get("alignment-tree", as_of=day(5))["nodes"]) == 2


def test_an_empty_body_is_an_import_of_nothing(server: httpx.Client) -> None:
    workspace = Workspace(server, "empty")
    answer = checked(server.post(f"{workspace.url}/imports", content=b"\n\n"))
    assert (answer["taken"], answer["unchanged"], answer["refused"]) == (0, 0, 0)
