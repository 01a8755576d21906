"""The documents name everything there is, and nothing that is not. Tables that repeat the code are made from it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import get_args, get_type_hints

import pytest
import typer

from contracts import problems
from contracts.problems import Fault
from domain import errors
from domain.errors import Refusal
from domain.personal import Personal
from domain.registry import EVENTS, NAMES, TOPICS
from infra.app import make_app
from infra.cli.main import app
from infra.cli.options import default_of
from infra.settings import PREFIX, Settings

ROOT = Path(__file__).parents[1]
DOCS = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
CLI = typer.main.get_group(app)


def text_of(name: str) -> str:
    return (ROOT / name).read_text()


# --- tables made from the code ------------------------------------------------------------------------------------


def table(head: str, rows: Sequence[tuple[str, ...]]) -> str:
    names = [name.strip() for name in head.split("|")]
    return "\n".join(f"| {' | '.join(row)} |" for row in [tuple(names), ("---",) * len(names), *rows])


def sentence(documented: object) -> str:
    return " ".join((documented.__doc__ or "").split()).replace("|", "\\|")


def problem_rows(kinds: Iterable[tuple[type[Exception], int]]) -> list[tuple[str, ...]]:
    in_order = sorted(kinds, key=lambda each: (each[1], each[0].__name__))
    prefix = problems.PREFIX
    return [
        (f"`{problems.type_of(kind).removeprefix(prefix)}`", str(status), sentence(kind)) for kind, status in in_order
    ]


def problem_tables() -> str:
    faults = [(kind, kind.status) for kind in Fault.__subclasses__()]
    head = f"`{problems.PREFIX}` | status | title"
    rules, others = table(head, problem_rows(problems.STATUS.items())), table(head, problem_rows(faults))
    return f"A rule of the domain is in the way:\n\n{rules}\n\nSomething else is:\n\n{others}"


def event_tables() -> str:
    sections = []
    listed: set[str] = set()
    for kind, events in EVENTS.items():
        rows = []
        for event in events:
            again = "" if NAMES[event] not in listed else " (as above)"
            listed.add(NAMES[event])
            rows.append((f"`{NAMES[event]}`{again}", sentence(event), ", ".join(event_fields(event))))
        sections.append(f"### {kind.replace('_', ' ').capitalize()}\n\n{table('event | what happened | fields', rows)}")
    return "\n\n".join(sections)


def event_fields(event: type) -> Iterator[str]:
    hints = get_type_hints(event)
    for field in fields(event):
        personal = Personal in (hints[field.name], *get_args(hints[field.name]))
        yield f"`{field.name}`{' ✎' if personal else ''}"


def setting_table() -> str:
    helps = {option.name: help_of(option) for option in CLI.commands["serve"].params}
    rows = []
    for name in Settings.model_fields:
        default = f"`{default_of(name)}`" if default_of(name) else ""
        said = re.sub(r" \[dim\].*", "", helps[name])
        rows.append((f"`{PREFIX}{name.upper()}`", f"`{flag_of(name)}`", default, said))
    return table("in the environment | as a flag | without | what it decides", rows)


def help_of(option: object) -> str:
    """Only flags and arguments have a help text, not every parameter of a command."""
    return str(getattr(option, "help", None) or "")


def flag_of(name: str) -> str:
    return f"--{name.replace('_', '-')}" + ("`, `--no-dev" if name == "dev" else "")


def command_tables() -> str:
    sections = []
    for name, command in CLI.commands.items():
        given = "".join(
            f" {parameter.name.upper()}" for parameter in command.params if not parameter.opts[0].startswith("--")
        )
        rows = [
            ("`" + "`, `".join(option.opts + option.secondary_opts) + "`", re.sub(r" \[dim\].*", "", help_of(option)))
            for option in command.params
            if option.opts[0].startswith("--") and not (name == "serve" and option.name in Settings.model_fields)
        ]
        said = " ".join((command.help or "").split())
        also = " Every setting above is a flag of it, too." if name == "serve" else ""
        sections.append(f"**`northing {name}{given}`** {said}{also}\n\n{table('flag | what', rows)}")
    return "\n\n".join(sections)


def decision_table() -> str:
    rows = []
    for path in sorted((ROOT / "docs/decisions").glob("*.md")):
        number, title = re.match(r"# (\d{4}): (.+)", path.read_text()).groups()  # type: ignore[union-attr]
        assert path.name.startswith(number), path.name
        rows.append((f"[{number}](decisions/{path.name})", title))
    return table("number | decision", rows)


GENERATED: dict[tuple[str, str], Callable[[], str]] = {
    ("docs/api.md", "problems"): problem_tables,
    ("docs/events.md", "events"): event_tables,
    ("docs/operate.md", "settings"): setting_table,
    ("docs/operate.md", "commands"): command_tables,
    ("docs/README.md", "decisions"): decision_table,
}


@pytest.mark.parametrize(("name", "part"), GENERATED)
def test_a_table_that_repeats_the_code_is_current(name: str, part: str) -> None:
    """UPDATE_GOLDEN=1 writes it anew."""
    text = text_of(name)
    begin, end = f"<!-- generated: {part} -->\n", "<!-- end -->"
    before, _, rest = text.partition(begin)
    _, ended, after = rest.partition(end)
    assert ended, f"{name} has no place for {part}"
    made = f"{before}{begin}\n{GENERATED[name, part]()}\n\n{end}{after}"
    if os.environ.get("UPDATE_GOLDEN"):
        (ROOT / name).write_text(made)
    assert text_of(name) == made


# --- all that there is, is named ----------------------------------------------------------------------------------


def test_every_problem_is_in_its_table() -> None:
    kinds = {
        problems.type_of(kind).removeprefix(problems.PREFIX) for kind in (*problems.STATUS, *Fault.__subclasses__())
    }
    assert kinds <= set(re.findall(r"^\| `([a-z-]+)` \| \d{3} \|", text_of("docs/api.md"), re.MULTILINE))
    assert set(Refusal.__subclasses__()) == {*problems.STATUS}
    assert errors.Loop in problems.STATUS


def test_every_event_is_named() -> None:
    named = set(re.findall(r"`(\w+)`", text_of("docs/events.md")))
    assert [topic for topic in TOPICS if topic not in named] == []


def test_every_route_is_named_and_no_other() -> None:
    documented = set(re.findall(r"`(GET|POST) (/[^` ]*|…[^` ]*)`", text_of("docs/api.md")))
    document = make_app(Settings.from_env({}), "postgresql://nowhere").openapi()
    there = {
        (method.upper(), path.replace("/v1/workspaces/{workspace_id}", "…"))
        for path, methods in document["paths"].items()
        for method in methods
    }
    assert documented == there


def test_every_command_every_flag_and_every_setting_is_named() -> None:
    text = text_of("docs/operate.md")
    for name, command in CLI.commands.items():
        assert f"`northing {name}" in text
        for option in command.params:
            assert all(f"`{flag}`" in text for flag in option.opts if flag.startswith("--")), (name, option.opts)
    assert [field for field in Settings.model_fields if f"`{PREFIX}{field.upper()}`" not in text] == []


# --- what is named is there ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", DOCS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text()):
        file, _, anchor = target.partition("#")
        if "://" in file:
            continue
        found = path.parent / file if file else path
        assert found.exists(), target
        if anchor:
            assert anchor in {_anchor(head) for head in re.findall(r"^#+ (.+)$", found.read_text(), re.MULTILINE)}, (
                target
            )


@pytest.mark.parametrize("path", DOCS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_of_ours_that_is_named_is_there(path: Path) -> None:
    ours = r"`((?:tests|domain|contracts|services|infra|benchmarks)/[\w./*-]+)`"
    missing = [name for name in re.findall(ours, path.read_text()) if not any(ROOT.glob(name.rstrip("/")))]
    assert missing == []


def test_every_document_is_in_the_index() -> None:
    index = text_of("docs/README.md")
    names = [path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")]
    assert [name for name in names if name != "README.md" and f"({name})" not in index] == []


def _anchor(head: str) -> str:
    return re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-")


def test_an_anchor_is_what_a_browser_makes_of_a_head() -> None:
    heads: dict[str, str] = {"Open and administer": "open-and-administer", "What `northing` says": "what-northing-says"}
    assert {head: _anchor(head) for head in heads} == heads
