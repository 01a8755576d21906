"""The figures of the structure, each on a tree of a few small files where it can be counted by hand."""

from pathlib import Path

import pytest

from benchmarks.import_graph import modules
from benchmarks.structure import BESIDE, PRODUCT, Figures, at_rank, main, measure

FUNCTIONS = '''
def outer():
    """Four lines, in which two are those of the function inside."""
    def inner():
        return 1


@decorated
async def short(): ...
'''


def figures_of(folder: Path, **files: str) -> Figures:
    """The figures of these files, each named by its module with `__` for the dot."""
    write(folder, files)
    return measure(modules(folder, PRODUCT))


def write(folder: Path, files: dict[str, str]) -> None:
    for name, source in files.items():
        path = folder / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)


def test_files_and_their_lines_are_counted_but_not_empty_ones(tmp_path: Path) -> None:
    (tmp_path / "domain").mkdir()
    (tmp_path / "domain" / "__init__.py").write_text("\n")
    found = figures_of(tmp_path, domain__goal="a = 1\nb = 2\n", infra__app="c = 3\n", tests__test_goal="d = 4\n")
    assert found.file_lengths == [2, 1]


def test_a_nested_function_counts_by_itself_and_in_the_one_around_it(tmp_path: Path) -> None:
    assert sorted(figures_of(tmp_path, domain__goal=FUNCTIONS).function_lengths) == [1, 2, 4]


@pytest.mark.parametrize(("share", "length"), [(0.5, 5), (0.9, 9), (0.91, 10), (1, 10)])
def test_a_percentile_is_one_of_the_lengths(share: float, length: int) -> None:
    assert at_rank([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], share) == length
    assert at_rank([], share) == 0


def test_the_longest_chain_goes_from_importer_to_imported(tmp_path: Path) -> None:
    found = figures_of(
        tmp_path,
        infra__app="from services.command import loop\nimport domain.goal\nimport asyncio",
        services__command__loop="def later():\n    from domain.goal import Goal",
        domain__goal="from .errors import Refusal",
        domain__errors="import enum",
    )
    assert found.longest_chain == ["infra.app", "services.command.loop", "domain.goal", "domain.errors"]
    assert found.arrows == 4
    assert found.circles == []


def test_a_name_of_a_package_is_an_arrow_to_the_package(tmp_path: Path) -> None:
    (tmp_path / "infra" / "demo").mkdir(parents=True)
    (tmp_path / "infra" / "demo" / "__init__.py").write_text("from .story import LINES")
    found = figures_of(tmp_path, infra__cli="from infra.demo import LINES, story", infra__demo__story="LINES = ()")
    assert found.longest_chain == ["infra.cli", "infra.demo", "infra.demo.story"]
    assert found.arrows == 3


def test_a_circle_is_found_inside_a_package_and_counts_whole_in_the_chain(tmp_path: Path) -> None:
    found = figures_of(
        tmp_path,
        infra__app="import domain.goal",
        domain__goal="from domain import measure",
        domain__measure="from domain import grade",
        domain__grade="from domain.goal import Goal\nimport domain.errors",
        domain__errors="x = 1",
    )
    assert found.circles == [("domain.goal", "domain.grade", "domain.measure")]
    assert found.longest_chain == ["infra.app", "domain.goal", "domain.grade", "domain.measure", "domain.errors"]


def test_any_is_counted_where_it_is_used(tmp_path: Path) -> None:
    source = "import typing\nfrom typing import Any\na: dict[Any, typing.Any] = {}\nb = Any\nANY = 'Any'"
    assert figures_of(tmp_path, domain__goal=source).anys == 3


def test_a_skipped_format_is_a_comment_at_the_end_of_a_line(tmp_path: Path) -> None:
    source = f"a = (1,  2)  # fmt: {'skip'}\nb = 'fmt: skip'\n"
    assert figures_of(tmp_path, domain__goal=source).format_skips == 1


def test_public_classes_of_the_same_name_are_named(tmp_path: Path) -> None:
    found = figures_of(
        tmp_path, domain__goal="class Health: ...\nclass _Row: ...", infra__app="class Health: ...\nclass _Row: ..."
    )
    assert found.same_names == {"Health": ["domain.goal", "infra.app"]}


def test_a_small_file_with_one_importer_is_named_unless_it_has_a_reason(tmp_path: Path) -> None:
    used = ("small", "long", "state", "reads", "table", "shared")
    found = figures_of(
        tmp_path,
        infra__app="\n".join(f"import domain.{name}" for name in used) + "\nimport infra.http.route\n",
        infra__cli="import domain.shared",
        infra__http__route="x = 1",
        domain__small="x = 1",
        domain__shared="x = 1",
        domain__long="x = 1\n" * 60,
        domain__state="def evolve(): ...",
        domain__reads="@router.get('/goals')\ndef goals(): ...",
        domain__table="GOALS = Table('goals')",
    )
    assert found.small_with_one_importer == ["domain.small"]


def test_two_checkouts_stand_side_by_side(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, sources in {
        "before": {"domain__goal": "x = 1\ny = 2", "tests__test_goal": "import domain.goal"},
        "after": {"domain__goal": "x = 1"},
    }.items():
        write(tmp_path / name, sources)
    main([str(tmp_path / "before"), str(tmp_path / "after")])
    printed = capsys.readouterr().out
    assert "| what | before | after |\n| --- | --- | --- |\n| product: files, lines | 1, 2 | 1, 1 |" in printed
    assert "| tests and benchmarks: files, lines | 1, 1 | 0, 0 |" in printed


def test_this_checkout_has_no_circle_of_imports() -> None:
    root = Path(__file__).parents[2]
    for folders in (PRODUCT, BESIDE, PRODUCT + BESIDE):
        assert measure(modules(root, folders)).circles == []
