"""An export imports to equal answers over HTTP: the tree, the timelines and the negotiations, at every moment."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import httpx
import pytest

from contracts.events.export_form import header
from tests.data.naive import Fold
from tests.data.test_real_data import DATA, FILES, MISSING, moments
from tests.data.workspace import Workspace
from tests.json_types import Json
from tests.server import StartServer
from tests.sizes import by_size

PAGE_EVENTS = 200
MAY_DIFFER = {"position", "recorded_at", "source_recorded_at", "imported", "began"}
CHOSEN = by_size(check=FILES[1:2], test=FILES[:4], proof=FILES) or [DATA]
EACH_FILE = pytest.mark.parametrize("file", CHOSEN, ids=lambda file: file.stem)


@MISSING
@EACH_FILE
def test_in_another_database_all_answers_are_equal(
    file: Path, server: httpx.Client, start_server: StartServer, database: str
) -> None:
    source = filled(server, file)
    with start_server(database_url=database).client() as elsewhere:
        target = Workspace(elsewhere, "somewhere else")
        lines = export(source)
        report = target.send(lines)
        assert (report["taken"], report["refused"]) == (len(lines), 0)
        assert target.ids == source.ids
        compare(file, source, target, {source.id: target.id})


@MISSING
@EACH_FILE
def test_in_the_same_database_answers_are_equal_but_for_the_ids(file: Path, server: httpx.Client) -> None:
    source = filled(server, file)
    target = Workspace(server, "a copy")
    lines = export(source)
    report = target.send(lines)
    assert (report["taken"], report["refused"]) == (len(lines), 0)
    compare(file, source, target, Mapped({source.id: target.id}, target.id))


class Mapped(dict[str, str]):
    """The ids of the copy: of its own, else derived."""

    def __init__(self, special: dict[str, str], workspace_id: str) -> None:
        super().__init__(special)
        self.workspace_id = UUID(workspace_id)

    def get(self, key: str, default: Any = None) -> Any:
        try:
            return super().get(key) or str(uuid5(self.workspace_id, str(UUID(key))))
        except ValueError:
            return default


def filled(server: httpx.Client, file: Path) -> Workspace:
    workspace = Workspace(server, f"source of {file.stem}")
    workspace.send(file.read_text(encoding="utf-8").splitlines())
    return workspace


def export(workspace: Workspace) -> list[str]:
    """As the CLI does it: the header, and the change feed page by page."""
    after, last, events = 0, None, []
    while last is None or after < last:
        page = workspace.get("events", after=after, limit=PAGE_EVENTS)
        last = page["position"]
        events += page["events"]
        after = events[-1]["position"]
    settings = workspace.get("settings")
    first = header(id=workspace.id, name=settings["name"], timezone=settings["timezone"], position=last)
    return [json.dumps(each) for each in (first, *events)]


def compare(file: Path, source: Workspace, target: Workspace, names: dict[str, str]) -> None:
    fold = Fold(file.read_text(encoding="utf-8").splitlines())
    for moment in moments(fold):
        was = [*comparable(source.nodes(moment, dropped=True), names)]
        assert [*comparable(target.nodes(moment, dropped=True), names={})] == was, moment
    for external_id, id in source.ids.items():
        there = target.ids[external_id]
        for path in records_of(fold.goals(fold.instants()[-1])[external_id].kind):
            [plural] = [key for key, value in source.get(path.format(id)).items() if isinstance(value, list)]
            was = [*comparable(source.get(path.format(id))[plural], names)]
            assert [*comparable(target.get(path.format(there))[plural], names={})] == was, (path, external_id)


def records_of(kind: str) -> list[str]:
    kinds = {"objective": "objectives/{}/timeline", "key_result": "key-results/{}/timeline"}
    found = [kinds[kind]] if kind in kinds else []
    return [*found, "key-results/{}/negotiation"] if kind == "key_result" else found


def comparable(items: list[Json], names: dict[str, str]) -> Iterator[object]:
    """Without the fields about how something came to be known, and every id as it is in the copy."""
    for item in items:
        yield _named(item, names)


def _named(value: object, names: dict[str, str]) -> object:
    if isinstance(value, dict):
        return {key: _named(each, names) for key, each in value.items() if key not in MAY_DIFFER}
    if isinstance(value, list):
        return [_named(each, names) for each in value]
    return names.get(value, value) if isinstance(value, str) else value
