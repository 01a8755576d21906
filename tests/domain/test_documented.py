"""docs/domain.md tells the rules: what it computes is so, what it points to is there."""

import doctest
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = ROOT / "docs" / "domain.md"


def test_what_the_rules_compute_is_so() -> None:
    assert doctest.testfile(str(TEXT), module_relative=False) == (0, 3)


def test_the_files_that_the_rules_name_are_there() -> None:
    named = set(re.findall(r"`(?:domain/)?(?:\w+/)?(\w+\.py)`", TEXT.read_text()))
    assert named <= {path.name for path in (ROOT / "domain").rglob("*.py")}


def test_the_sections_that_docstrings_name_as_their_source_are_there() -> None:
    sections = set(re.findall(r"^#+ (.+)$", TEXT.read_text(), re.MULTILINE))
    sources = [
        source
        for path in (ROOT / "domain").rglob("*.py")
        for source in re.findall(r'Source: docs/domain\.md, "(.+)"', path.read_text())
    ]
    assert sources
    assert set(sources) <= sections
