"""The documents' snippets work as they stand, and answer what the documents say."""

from pathlib import Path

import pytest

from tests.server import StartServer
from tests.snippets import Snippet, compare, differing, run, snippets_of

ROOT = Path(__file__).parents[1]


def test_the_snippets_of_the_documents_work(start_server: StartServer, database: str, tmp_path: Path) -> None:
    """Each document is a session of its own, and says itself in which workspace."""
    url = start_server(database_url=database).url
    for name in ("README.md", "docs/api.md", "docs/import.md"):
        run(ROOT / name, url, tmp_path)


def test_a_promise_belongs_to_the_snippet_right_before_it() -> None:
    text = '```bash\none\n```\n\n```json\n{"a": 1}\n```\n```bash\ntwo\n```\nwords\n```text\nthree\n```\n'
    assert snippets_of(text) == [Snippet(1, "one\n", "json", '{"a": 1}\n'), Snippet(8, "two\n")]


@pytest.mark.parametrize(
    ("promised", "said"),
    [
        ({"a": "…"}, {"a": [1], "b": 2}),
        ({"a": "x…z"}, {"a": "xyz"}),
        (["…", 2, "…"], [1, 2, 3]),
        ([{"a": 1}], [{"a": 1, "b": 2}]),
        ([], []),
    ],
)
def test_what_is_shown_is_so(promised: object, said: object) -> None:
    assert differing(promised, said, "") == ""


@pytest.mark.parametrize(
    ("promised", "said"),
    [
        ({"a": 1}, {"b": 1}),
        ({"a": "x…"}, {"a": "y"}),
        ([2], [1, 2]),
        (["…", 2], [1, 2, 3]),
        (["…", 2, 1], [1, 2]),
        ([1], []),
        (1, True),
        ("0.6000", "0.6"),
        ({}, []),
    ],
)
def test_what_is_shown_otherwise_is_seen(promised: object, said: object) -> None:
    assert differing(promised, said, "")


def test_a_problem_that_the_document_does_not_show_is_seen() -> None:
    with pytest.raises(AssertionError, match="README"):
        compare(Snippet(1, "curl"), '{"type": "urn:northing:problem:loop"}', "README.md:1")


def test_the_lines_of_a_text_are_found_in_their_order() -> None:
    compare(Snippet(1, "curl", "text", "HTTP/1.1 200…\nid: …7\n"), "HTTP/1.1 200 OK\netag\nid: 017\n", "README.md:1")
    with pytest.raises(AssertionError):
        compare(Snippet(1, "curl", "text", "b\na\n"), "a\nb\n", "README.md:1")
