"""What keeps the fingerprint of a read model and what changes it, each broken on purpose in a copy of the product."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from services.projections.engine.fingerprint import ENGINE, OURS, TABLE_OF_ALL, Closure, fingerprint
from services.projections.read_models.catalog import READ_MODELS

ROOT = Path(__file__).parents[3]
GOALS = next(model for model in READ_MODELS if model.name == "goals")

# A small tree whose rule lies two imports below what is asked for.
SMALL = {
    "services/shown.py": "from domain.rules.grade import band\n\n\ndef step(score: int) -> str:\n"
    "    return band(score)\n",
    "domain/rules/grade.py": 'from domain.limits import LIMIT\n\n\ndef band(score: int) -> str:\n    """As words."""\n'
    '    return "met" if score >= LIMIT else "missed"\n',
    "domain/limits.py": "import decimal\n\nLIMIT: int = 7\n\n\nclass Limits:\n    low: int = 3\n",
    "domain/other.py": "LIMIT = 8\n",
}


class Tree:
    """A tree of modules in a folder, which is edited and asked again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fingerprint(self, module: str = "services.shown", opaque: frozenset[str] = frozenset()) -> str:
        return Closure(self._source, opaque).fingerprint(module)

    def edit(self, file: str, old: str, new: str) -> None:
        path = self.folder / file
        text = path.read_text()
        assert old in text, f"{file} no longer holds {old!r}: choose another place to break"
        path.write_text(text.replace(old, new))

    def move(self, old: str, new: str) -> None:
        """Move a module, and turn every import of it."""
        target = self.folder / f"{new.replace('.', '/')}.py"
        target.parent.mkdir(parents=True, exist_ok=True)
        (self.folder / f"{old.replace('.', '/')}.py").rename(target)
        for file in self.folder.rglob("*.py"):
            parent, _, leaf = old.rpartition(".")
            text = re.sub(rf"\b{re.escape(old)}\b", new, file.read_text())
            file.write_text(
                re.sub(
                    rf"from {re.escape(parent)} import {leaf}\b", f"from {new.rpartition('.')[0]} import {leaf}", text
                )
            )

    def _source(self, module: str) -> str | None:
        base = self.folder / module.replace(".", "/")
        file = next((file for file in (base.with_suffix(".py"), base / "__init__.py") if file.exists()), None)
        return file.read_text() if file else None


@pytest.fixture
def small(tmp_path: Path) -> Tree:
    for file, text in SMALL.items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(text)
    return Tree(tmp_path)


@pytest.fixture
def product(tmp_path: Path) -> Tree:
    for part in OURS:
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    return Tree(tmp_path)


KEEPS: dict[str, Callable[[Tree], None]] = {
    "a comment": lambda tree: tree.edit("domain/limits.py", "LIMIT: int = 7", "LIMIT: int = 7  # As the team said."),
    "a blank line": lambda tree: tree.edit("domain/limits.py", "LIMIT: int", "\n\nLIMIT: int"),
    "a docstring": lambda tree: tree.edit("domain/rules/grade.py", "As words.", "In words."),
    "a docstring that goes": lambda tree: tree.edit("domain/rules/grade.py", '    """As words."""\n', ""),
    "an annotation of a function": lambda tree: tree.edit(
        "domain/rules/grade.py", "score: int) -> str", "score: object)"
    ),
    "an annotation of a constant": lambda tree: tree.edit("domain/limits.py", "LIMIT: int = 7", "LIMIT = 7"),
    "a module that moves": lambda tree: tree.move("domain.rules.grade", "domain.goal.deep.grade"),
    "a module that moves up": lambda tree: tree.move("domain.rules.grade", "domain.grade"),
    "a module that is named otherwise": lambda tree: tree.move("domain.limits", "domain.rules.bounds"),
    "a module that is not imported": lambda tree: tree.edit("domain/other.py", "8", "9"),
}
CHANGES: dict[str, Callable[[Tree], None]] = {
    "a comparison, one import below": lambda tree: tree.edit("domain/rules/grade.py", ">=", ">"),
    "a constant, two imports below": lambda tree: tree.edit("domain/limits.py", "7", "8"),
    "what is asked for itself": lambda tree: tree.edit("services/shown.py", "band(score)", "band(score + 1)"),
    "the type of a field": lambda tree: tree.edit("domain/limits.py", "low: int", "low: str"),
    "an import turned to another rule of the same name": lambda tree: tree.edit(
        "domain/rules/grade.py", "domain.limits", "domain.other"
    ),
    "an import inside of a function": lambda tree: tree.edit(
        "services/shown.py", "    return", "    from domain.other import LIMIT as _\n\n    return"
    ),
    "another library": lambda tree: tree.edit("domain/limits.py", "import decimal", "import fractions as decimal"),
}


@pytest.mark.parametrize("what", KEEPS)
def test_what_decides_nothing_keeps_the_fingerprint(small: Tree, what: str) -> None:
    before = small.fingerprint()
    KEEPS[what](small)
    assert small.fingerprint() == before


@pytest.mark.parametrize("what", CHANGES)
def test_a_rule_that_changes_changes_the_fingerprint(small: Tree, what: str) -> None:
    before = small.fingerprint()
    CHANGES[what](small)
    assert small.fingerprint() != before


def test_a_module_in_a_sub_folder_is_not_missed_after_a_move(small: Tree) -> None:
    small.move("domain.rules.grade", "domain.goal.deep.grade")
    moved = small.fingerprint()
    small.edit("domain/goal/deep/grade.py", "missed", "not met")
    assert small.fingerprint() != moved


def test_a_circle_of_imports_has_a_fingerprint_too(small: Tree) -> None:
    small.edit("domain/limits.py", "import decimal", "import domain.rules.grade")
    before = small.fingerprint()
    small.edit("domain/limits.py", "7", "8")
    assert small.fingerprint() != before


def test_an_opaque_module_counts_without_what_it_imports(small: Tree) -> None:
    opaque = frozenset({"domain.rules.grade"})
    before = small.fingerprint(opaque=opaque)
    small.edit("domain/limits.py", "7", "8")
    assert small.fingerprint(opaque=opaque) == before
    small.edit("domain/rules/grade.py", ">=", ">")
    assert small.fingerprint(opaque=opaque) != before


def test_an_unknown_module_and_a_relative_import_are_refused(small: Tree) -> None:
    with pytest.raises(LookupError, match=r"domain\.nowhere"):
        small.fingerprint("domain.nowhere")
    small.edit("domain/rules/grade.py", "from domain.limits", "from ..limits")
    with pytest.raises(ValueError, match="relative"):
        small.fingerprint()


# --- the product --------------------------------------------------------------------------------------------------

DEEP = {
    "from where on a confidence is high": (
        "domain/goal/check_in.py",
        "confidence >= 7",
        "confidence >= 8",
    ),
    "the formula of progress": (
        "domain/goal/measure.py",
        "(value - baseline) / (target",
        "(baseline - value) / (target",
    ),
    "the order of the fold": ("domain/history.py", "min(fact.at for", "max(fact.at for"),
    "how personal text is opened": ("services/eventlog/codec.py", "NONCE_BYTES = 12", "NONCE_BYTES = 13"),
    "how a batch is written": (
        "services/projections/engine/row_writer.py",
        "if interval.stored",
        "if not interval.stored",
    ),
}


@pytest.mark.parametrize("what", DEEP)
def test_every_read_model_of_goals_feels_a_changed_rule(product: Tree, what: str) -> None:
    before = fingerprint_in(product)
    product.edit(*DEEP[what])
    assert fingerprint_in(product) != before


def test_a_comment_in_every_file_of_the_product_rebuilds_nothing(product: Tree) -> None:
    before = fingerprint_in(product)
    for file in product.folder.rglob("*.py"):
        file.write_text(file.read_text() + "\n# Looked at.\n")
    assert fingerprint_in(product) == before


def test_a_rule_of_another_aggregate_is_not_felt(product: Tree) -> None:
    before = fingerprint_in(product)
    product.edit("domain/comment.py", "text=None", "text=event")
    assert fingerprint_in(product) == before


def test_each_read_model_has_its_own() -> None:
    assert len({fingerprint(model) for model in READ_MODELS}) == len(READ_MODELS)


def test_no_package_does_anything_where_a_fingerprint_does_not_look() -> None:
    """An `__init__` runs with every module below it, and is followed only where a name is imported from it."""
    for part in OURS:
        for file in (ROOT / part).rglob("__init__.py"):
            assert re.fullmatch(r'(""".*?"""\s*)?', file.read_text(), re.DOTALL), file


def fingerprint_in(tree: Tree) -> list[str]:
    """Of what the goals' rows depend on, in a copy of the product."""
    modules = [GOALS.step.__module__, "domain.objective.evolve", "domain.key_result.evolve", ENGINE]
    return [tree.fingerprint(module, frozenset({TABLE_OF_ALL})) for module in modules]
