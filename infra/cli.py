"""`northing`: the command line. Each command has a file of its own, cli_<command>.py; here they come together.

Whatever a user can cause is answered in one line and by the exit code: 0 done, 1 refused or not done, 2 called wrongly.
"""

import sys

import httpx
import psycopg
import typer
from rich.console import Console
from rich.markup import escape

from infra import cli_serve
from infra.settings import StartRefused

app = typer.Typer(
    name="northing",
    help="An event-sourced backend for OKRs: every step is kept, every answer can be asked for as of any moment.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode="rich",
)
app.command("serve")(cli_serve.serve)


@app.callback()
def northing() -> None:
    """Start with `northing serve --demo`, and look at what it prints."""


def main() -> None:
    """What the name `northing` runs."""
    try:
        app()
    except (StartRefused, httpx.HTTPError, psycopg.OperationalError, OSError) as refused:
        Console(stderr=True, highlight=False).print(f"[red]northing:[/] {_one_line(refused)}", soft_wrap=True)
        sys.exit(1)


def _one_line(error: Exception) -> str:
    lines = str(error).split("\n")
    return escape(" ".join(line.strip() for line in lines if line.strip()) or type(error).__name__)


if __name__ == "__main__":
    main()
