"""One name, one meaning: the glossary points at what is there, and no two classes of the product share a name."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PRODUCT = ("domain", "contracts", "services", "infra")
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text()
ROWS = re.findall(r"^\| ([^|]+) \| ([^|]+) \| `([^`|]+)` \|$", GLOSSARY, re.MULTILINE)
TERMS = [(term.strip(), file) for terms, _, file in ROWS for term in terms.split(",")]


def test_no_two_public_classes_of_the_product_share_a_name() -> None:
    where = defaultdict(list)
    for part in PRODUCT:
        for file in sorted((ROOT / part).rglob("*.py")):
            for name in public_classes(file.read_text()):
                where[name].append(str(file.relative_to(ROOT)))
    assert {name: files for name, files in where.items() if len(files) > 1} == {}


def test_classes_and_what_stands_for_a_type_are_both_seen() -> None:
    source = """
class Goal: ...
class _Own: ...
Kind = Literal["a"]
LIMIT = 3
State = TypeVar("State")
def f():
    class Inside: ...
"""
    assert [*public_classes(source)] == ["Goal", "Kind"]


@pytest.mark.parametrize(("term", "file"), TERMS)
def test_a_term_is_used_in_the_file_that_the_glossary_names(term: str, file: str) -> None:
    assert plain(term) in plain(f"{file} {(ROOT / file).read_text()}")


def test_the_glossary_can_be_read_in_five_minutes() -> None:
    words = re.findall(r"\w+", GLOSSARY)
    assert len(words) <= 5 * 250
    assert len(TERMS) == len(dict(TERMS)), "a term stands twice"


def plain(text: str) -> str:
    """`KeyResult`, `key_result`, `key-result` and "Key result" alike."""
    return re.sub(r"[^a-z0-9]", "", text.lower())


def public_classes(source: str) -> Iterator[str]:
    """The classes that stand at the top of a module, and the names there that stand for a type."""
    for node in ast.parse(source).body:
        match node:
            case ast.ClassDef(name=name) if not name.startswith("_"):
                yield name
            case ast.Assign(value=ast.Call()):
                continue  # A type variable, or an object.
            case ast.Assign(targets=[ast.Name(id=name)]) if re.fullmatch(r"[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*", name):
                yield name
