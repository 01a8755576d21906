"""The shell snippets of a document, run in order as a reader would type them, and what it says is answered.

A block of `bash` is run; a block of `json` or `text` right after it is what it prints. In both, `…` stands for what
differs each time. Of JSON the last line is compared, and of that only what is shown: fields may be left out, and `"…"`
alone in a list stands for any items. A block of `sh` is not run: it starts a server, or needs what no test has.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ADDRESS = "http://127.0.0.1:8000"  # Where the documents say that the server is.
ANY = "…"
PROBLEM = "urn:northing:problem:"

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_MARK = "\x1e"


@dataclass(frozen=True)
class Snippet:
    """What to type, and what is then printed: of which language, and what. `line` is where it stands."""

    line: int
    typed: str
    language: str = ""
    printed: str = ""


def snippets_of(text: str) -> list[Snippet]:
    found: list[Snippet] = []
    ended = -1
    for block in _BLOCK.finditer(text):
        language, content = block.groups()
        if language == "bash":
            found.append(Snippet(text.count("\n", 0, block.start()) + 1, content))
            ended = block.end()
        elif language in ("json", "text") and ended >= 0 and not text[ended : block.start()].strip():
            found[-1] = Snippet(found[-1].line, found[-1].typed, language, content)
            ended = -1
    return found


def run(document: Path, url: str, folder: Path) -> None:
    """Type all snippets into one shell, and compare. The server is at `url`; files go into `folder`."""
    snippets = snippets_of(document.read_text())
    assert snippets, f"{document.name} has no snippets"
    marked = (f"printf '\\n{_MARK}'\n{snippet.typed}" for snippet in snippets)
    script = "\n".join(["set -euo pipefail", *marked]).replace(ADDRESS, url)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NORTHING_")}
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=environment | {"PATH": path, "COLUMNS": "120"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    _, *printed = done.stdout.split(_MARK)
    for snippet, actual in zip(snippets, printed, strict=False):
        compare(snippet, actual.strip(), f"{document.name}:{snippet.line}")
    last = f"{document.name}:{snippets[max(len(printed) - 1, 0)].line}"
    assert done.returncode == 0, f"{last} ended with {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"


def compare(snippet: Snippet, actual: str, where: str) -> None:
    """Raises AssertionError where a snippet printed something else, or a problem of which the document says nothing."""
    if snippet.language == "json":
        *before, actual = actual.splitlines()
        assert PROBLEM not in "".join(before), f"{where}: {before}"
        difference = differing(json.loads(snippet.printed), _json(actual, where), "")
        assert not difference, f"{where}: {difference}\n{actual}"
    elif snippet.language == "text":
        at = 0
        for line in snippet.printed.strip().splitlines():
            found = _pattern(line.strip()).search(actual, at)
            assert found, f"{where}: {line.strip()!r} is not in\n{actual}"
            at = found.end()
    else:
        assert PROBLEM not in actual, f"{where}: {actual}"


def differing(promised: object, actual: object, path: str) -> str:
    """The first place where an answer is not as promised; empty where it is."""
    if promised == ANY:
        return ""
    match promised, actual:
        case dict(), dict():
            missing = promised.keys() - actual.keys()
            if missing:
                return f"{path} has no {', '.join(sorted(missing))}"
            return next(
                filter(None, (differing(value, actual[key], f"{path}.{key}") for key, value in promised.items())), ""
            )
        case list(), list():
            return _differing_lists(promised, actual, path)
        case str(), str():
            return "" if _pattern(promised).fullmatch(actual) else f"{path} is {actual!r}, not {promised!r}"
    return "" if promised == actual and type(promised) is type(actual) else f"{path} is {actual!r}, not {promised!r}"


def _differing_lists(promised: list[object], actual: list[object], path: str) -> str:
    """In order; ANY stands for any items that come before the next one that is promised."""
    at, skips = 0, False
    for number, item in enumerate(promised):
        if item == ANY:
            skips = True
            continue
        difference = f"{path}[{number}] is not there"
        for place in range(at, len(actual) if skips else min(at + 1, len(actual))):
            difference = differing(item, actual[place], f"{path}[{place}]")
            if not difference:
                at, skips = place + 1, False
                break
        if difference:
            return difference
    return "" if skips or at == len(actual) else f"{path} has {len(actual)} items"


def _json(actual: str, where: str) -> object:
    try:
        return json.loads(actual)
    except ValueError:
        raise AssertionError(f"{where}: no JSON\n{actual}") from None


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(".*?".join(map(re.escape, text.split(ANY))))
