"""`make bench`: the rows of what Northing must reach, side by side in one run, as one table; and into docs/proof.md.

python -m benchmarks            all rows, five rounds
python -m benchmarks --quick    three short rounds, printed only
"""

import os
import platform
import re
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from rich.console import Console
from rich.table import Table

from benchmarks import appends, commands, read_side
from benchmarks.read_side import Row
from infra.postgres.embedded import server as embedded

PROOF = Path(__file__).parents[1] / "docs" / "proof.md"
BEGIN, END = "<!-- benchmarks -->", "<!-- /benchmarks -->"


def command_rows(rounds: int, seconds: float) -> list[Row]:
    """Commands over HTTP, beside the plain route and the plain app on the library's default recorder."""
    measured = commands.run(rounds, seconds)
    plain, stock, alone, embedded_ = (measured[name] for name in measured)
    rows = []
    for name, northing, goal in (
        ("one command process", alone, ">= 0.70"),
        ("with projections in the process", embedded_, ">= 0.45"),
    ):
        ratios = [n.per_second / p.per_second for n, p in zip(northing, plain, strict=True)]
        rows.append(
            Row(
                f"durable commands/s over HTTP, 64 clients, {name}, to a plain route that stores nothing",
                _spread(ratios),
                goal,
                f"{_figures(northing)} to {_figures(plain)}",
            )
        )
    ratios = [n.per_second / s.per_second for n, s in zip(alone, stock, strict=True)]
    rows.append(
        Row(
            "the same, one command process, to a plain app on the library's default recorder",
            _spread(ratios),
            ">= 8",
            f"{_figures(alone)} to {_figures(stock)}",
        )
    )
    added = [n.cpu_us - p.cpu_us for n, p in zip(alone, plain, strict=True)]
    rows.append(
        Row(
            "processor time that a stored command adds to the plain route, us",
            _spread(added, 0),
            "<= 100",
            f"{commands.median(alone, 'cpu_us'):.0f} - {commands.median(plain, 'cpu_us'):.0f}",
        )
    )
    return rows


def append_rows(rounds: int, seconds: float) -> list[Row]:
    """Appends at the recorder."""
    with tempfile.TemporaryDirectory(prefix="northing-bench-") as folder:
        Path(folder).chmod(0o711)
        with embedded.serving(Path(folder) / "data") as url:
            ours, theirs = appends.run(url, rounds, seconds)
    ratios = [own / other for own, other in zip(ours, theirs, strict=True)]
    made_of = f"{sorted(ours)[len(ours) // 2]:,.0f}/s to {sorted(theirs)[len(theirs) // 2]:,.0f}/s"
    what = "durable appends/s, 64 waiting, to the library's default recorder"
    return [Row(what, _spread(ratios, 1), ">= 20", made_of)]


def _spread(values: list[float], places: int = 2) -> str:
    """Median, and the smallest and greatest of the rounds."""
    ordered = sorted(values)
    low, middle, high = (f"{ordered[at]:.{places}f}" for at in (0, len(ordered) // 2, -1))
    return f"{middle} ({low} to {high})"


def _figures(rounds: list[commands.Round]) -> str:
    rate, p50, p99, cpu = (commands.median(rounds, name) for name in ("per_second", "p50_ms", "p99_ms", "cpu_us"))
    others = sum(each.others for each in rounds)
    failed = f", {others} not answered 2xx" if others else ""
    return f"{rate:,.0f}/s (p50 {p50:.0f} ms, p99 {p99:.0f} ms, {cpu:.0f} us of processor{failed})"


def machine() -> str:
    """Where this was measured, and with what."""
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    model = next(models, platform.machine())
    git = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(git, capture_output=True, text=True, check=False, cwd=PROOF.parents[1]).stdout.strip()
    with tempfile.TemporaryDirectory(prefix="northing-bench-") as folder:
        Path(folder).chmod(0o711)
        with embedded.serving(Path(folder) / "data") as url, psycopg.connect(url) as connection:
            version = connection.execute("SHOW server_version").fetchone()
    postgresql = version[0] if version else "?"
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, commit {commit}, `make bench`, {os.cpu_count()} cores of {model} (client, "
        f"server and PostgreSQL on the same ones), Python {platform.python_version()}, PostgreSQL {postgresql}"
    )


def write(rows: list[Row]) -> None:
    """Put the table into docs/proof.md, between its two marks."""
    table = "\n".join(f"| {row.what} | {row.figure} | {row.goal} | {row.made_of} |" for row in rows)
    section = (
        f"{BEGIN}\n{machine()}. Median of the rounds, smallest and greatest in brackets.\n\n"
        f"| what | figure | goal | made of |\n|---|---|---|---|\n{table}\n{END}"
    )
    text = PROOF.read_text()
    PROOF.write_text(re.sub(f"{BEGIN}.*{END}", lambda _: section, text, flags=re.DOTALL))


def show(rows: list[Row]) -> None:
    table = Table("what", "figure", "goal", "made of", show_lines=True)
    for row in rows:
        table.add_row(*row)
    Console().print(table)


def main(arguments: list[str]) -> None:
    quick = "--quick" in arguments
    rounds, seconds = (3, 1.5) if quick else (5, 4.0)
    goals = 1_000 if quick else read_side.GOALS
    rows = [
        *command_rows(rounds, seconds),
        *append_rows(rounds, seconds),
        *read_side.rows(goals, rounds, seconds),
    ]
    show(rows)
    if not quick:
        write(rows)


if __name__ == "__main__":
    main(sys.argv[1:])
