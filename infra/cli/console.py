"""What the commands say, and how: results on standard output, all else on standard error."""

import sys

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

WIDE = 160  # Columns where the output goes to a file or a pipe, which no window limits.

out = Console(highlight=False, width=None if sys.stdout.isatty() else WIDE)
err = Console(stderr=True, highlight=False)


class NotDone(Exception):
    """What was asked for could not be done; the message says in one line why, and what to do."""


def progress() -> Progress:
    """A bar on standard error; where that is no terminal, nothing."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    )
