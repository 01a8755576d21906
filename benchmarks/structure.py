"""The figures of the structure: how long files and functions are, and how the modules hang together.

python -m benchmarks.structure                   of this checkout
python -m benchmarks.structure ../before .       of several, a column each

The product is domain, contracts, services and infra; beside it stand tests with benchmarks. What each figure counts:

- files, lines: every `*.py` file that holds anything; an empty `__init__.py` is no file. Lines are those of the file.
- lines a function: from `def` to the last line, docstring included, decorators not. A nested function is counted by
  itself, and its lines are counted once more in the function around it. Median and p90 are of nearest rank.
- arrows: pairs (module, module that it imports), wherever the import stands, both in the same part. `from a import b`
  is an arrow to `a.b` where that is a module, else to `a`. That importing `a.b` runs `a/__init__.py` too is no arrow.
- longest import chain: modules on the longest way along arrows. A circle counts as all of its modules.
- circles: sets of modules that import each other, directly or by a detour, also inside a package.
- `Any`: each use of the name in code, in annotations and elsewhere; its import is none.
- small with one importer: files under 60 lines, packages aside, that one module of the product imports, unless they are
  a route or handler (a decorator `@something.post(...)` or `.get(...)`, or a folder routes, http, handlers or cli), an
  aggregate (it defines `evolve`) or a table (it calls `Table` or `ReadModel`, or stands in a folder read_models).
"""

import ast
import math
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.import_graph import ImportGraph, Module, modules

PRODUCT = ("domain", "contracts", "services", "infra")
BESIDE = ("tests", "benchmarks")
SMALL_LINES = 60
FOLDERS_OF_SMALL_FILES = {"routes", "http", "handlers", "cli", "read_models"}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Figures:
    """Of one part of a checkout. Lengths are in lines."""

    file_lengths: Sequence[int]
    function_lengths: Sequence[int]
    arrows: int
    longest_chain: Sequence[str]
    circles: Sequence[Sequence[str]]
    format_skips: int
    anys: int
    same_names: Mapping[str, Sequence[str]]  # The modules, by the name of a public class that several of them have.
    small_with_one_importer: Sequence[str]


def measure(found: Sequence[Module]) -> Figures:
    graph = ImportGraph(found)
    nodes = [node for module in found for node in ast.walk(module.tree)]
    lines = [line for module in found for line in module.source.splitlines()]
    return Figures(
        file_lengths=[_length(module) for module in found],
        function_lengths=[(node.end_lineno or 0) - node.lineno + 1 for node in nodes if isinstance(node, FUNCTIONS)],
        arrows=sum(len(imports) for imports in graph.arrows.values()),
        longest_chain=graph.longest_chain(),
        circles=graph.circles(),
        format_skips=sum(line.endswith("# fmt: skip") for line in lines),
        anys=sum("Any" in (getattr(node, "id", ""), getattr(node, "attr", "")) for node in nodes),
        same_names=_same_names(found),
        small_with_one_importer=_small_with_one_importer(found, graph),
    )


def at_rank(lengths: Sequence[int], share: float) -> int:
    """The smallest length that this share of all does not exceed; 0 of none."""
    return sorted(lengths)[math.ceil(share * len(lengths)) - 1] if lengths else 0


def _same_names(found: Sequence[Module]) -> dict[str, list[str]]:
    where: dict[str, list[str]] = {}
    for module in found:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                where.setdefault(node.name, []).append(module.name)
    return {name: names for name, names in sorted(where.items()) if len(names) > 1}


def _small_with_one_importer(found: Sequence[Module], graph: ImportGraph) -> list[str]:
    importers = graph.importers()
    return [
        module.name
        for module in found
        if _length(module) < SMALL_LINES and len(importers[module.name]) == 1 and not _is_small_by_right(module)
    ]


def _is_small_by_right(module: Module) -> bool:
    """Whether it is a package, or a route, handler, aggregate or table."""
    functions = [node for node in ast.walk(module.tree) if isinstance(node, FUNCTIONS)]
    decorators = [ast.unparse(each) for function in functions for each in function.decorator_list]
    calls = {ast.unparse(node.func) for node in ast.walk(module.tree) if isinstance(node, ast.Call)}
    return (
        module.is_package
        or bool(FOLDERS_OF_SMALL_FILES & {*module.name.split(".")})
        or any(".post(" in each or ".get(" in each for each in decorators)
        or any(function.name == "evolve" for function in functions)
        or bool({"Table", "ReadModel"} & calls)
    )


def _length(module: Module) -> int:
    return len(module.source.splitlines())


# --- the table ----------------------------------------------------------------------------------------------------


def table(columns: Sequence[tuple[str, Figures, Figures]]) -> str:
    """Markdown: a row a figure, a column a checkout; below it what is behind the figures of each product, by name."""
    by_column = [dict(_rows(product, beside)) for _, product, beside in columns]
    rows = [["what", *(name for name, *_ in columns)], ["---"] * (len(columns) + 1)]
    rows += [[what, *(column[what] for column in by_column)] for what in by_column[0]]
    details = [line for name, product, _ in columns for line in _details(name, product)]
    return "\n".join([*(f"| {' | '.join(row)} |" for row in rows), *details])


def _rows(product: Figures, beside: Figures) -> Iterator[tuple[str, str]]:
    for part, of in (("product", product), ("tests and benchmarks", beside)):
        yield f"{part}: files, lines", f"{len(of.file_lengths):,}, {sum(of.file_lengths):,}"
        for what, lengths in (("file", of.file_lengths), ("function", of.function_lengths)):
            yield f"{part}: lines a {what}, median, p90", f"{at_rank(lengths, 0.5)}, {at_rank(lengths, 0.9)}"
        yield f"{part}: longest import chain, modules", str(len(of.longest_chain))
        yield f"{part}: arrows of import, circles", f"{of.arrows:,}, {len(of.circles)}"
        yield f"{part}: `# fmt: skip`", str(of.format_skips)
        yield f"{part}: written `Any`", str(of.anys)
    yield "product: names that several public classes have", str(len(product.same_names))
    yield f"product: files under {SMALL_LINES} lines with one importer", str(len(product.small_with_one_importer))


def _details(name: str, of: Figures) -> Iterator[str]:
    yield f"\n{name}, the product:\n\n- longest chain: {' > '.join(of.longest_chain)}"
    yield from (f"- circle: {', '.join(circle)}" for circle in of.circles)
    yield from (f"- `{each}` is a class of {', '.join(where)}" for each, where in of.same_names.items())
    yield from (f"- small with one importer: {each}" for each in of.small_with_one_importer)


def _column_name(checkout: Path) -> str:
    """The commit, where the folder is a checkout of its own; else the folder."""
    if not (checkout / ".git").exists():
        return checkout.resolve().name
    git = ["git", "-C", str(checkout), "describe", "--always", "--dirty= and changes"]
    return subprocess.run(git, capture_output=True, text=True, check=True).stdout.strip()


def main(arguments: Sequence[str]) -> None:
    checkouts = [Path(argument) for argument in arguments] or [Path()]
    parts = [(path, measure(modules(path, PRODUCT)), measure(modules(path, BESIDE))) for path in checkouts]
    print(table([(_column_name(path), product, beside) for path, product, beside in parts]))


if __name__ == "__main__":
    main(sys.argv[1:])
