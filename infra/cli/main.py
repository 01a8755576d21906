"""`northing`: the command line. Each command has a file of its own, cli_<command>.py; here they come together.

Whatever a user can cause is answered in one line and by the exit code: 0 done, 1 refused or not done, 2 called wrongly.
"""

import sys
from collections.abc import Sequence
from typing import NoReturn

import httpx
import psycopg
import typer
from rich.console import Console
from rich.markup import escape

from domain.errors import Refusal
from infra.cli import demo, doctor, export, import_, project, serve, token, tree
from infra.cli.console import NotDone
from infra.settings import StartRefused

app = typer.Typer(
    name="northing",
    help="An event-sourced backend for OKRs: every step is kept, every answer can be asked for as of any moment.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode="rich",
)
app.command("serve")(serve.serve)
app.command("import")(import_.import_)
app.command("export")(export.export)
app.command("tree")(tree.tree)
app.command("demo")(demo.demo_)
app.command("doctor")(doctor.doctor)
app.command("token")(token.token)
app.command("project")(project.project)


@app.callback()
def northing() -> None:
    """Start with `northing serve --demo`, and look at what it prints."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """What the name `northing` runs. The arguments are those of the process, unless given. Ends in SystemExit."""
    try:
        sys.exit(app(arguments))
    except (
        StartRefused,
        NotDone,
        Refusal,
        httpx.HTTPError,
        httpx.InvalidURL,
        psycopg.OperationalError,
        OSError,
    ) as refused:
        Console(stderr=True, highlight=False).print(f"[red]northing:[/] {_one_line(refused)}", soft_wrap=True)
        sys.exit(1)


def _one_line(error: Exception) -> str:
    lines = str(error).split("\n")
    return escape(" ".join(line.strip() for line in lines if line.strip()) or type(error).__name__)


if __name__ == "__main__":
    main()
