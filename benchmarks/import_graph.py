"""The modules of a checkout, and the arrows between them: what benchmarks/structure.py measures.

Read from the files, never imported: a checkout of any commit will do.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Module:
    name: str
    source: str
    tree: ast.Module
    imports: frozenset[str]  # Those of the same folders that it imports, wherever in it the import stands.
    is_package: bool


def modules(checkout: Path, folders: Sequence[str]) -> list[Module]:
    """What stands in these folders, by name; empty files left out."""
    paths = sorted(path for folder in folders for path in (checkout / folder).rglob("*.py"))
    sources = {path: source for path in paths if (source := path.read_text()).strip()}
    known = {_name(path.relative_to(checkout)) for path in sources}
    found = []
    for path, source in sources.items():
        name, tree, is_package = _name(path.relative_to(checkout)), ast.parse(source), path.name == "__init__.py"
        origin = name if is_package else name.rpartition(".")[0]
        imports = frozenset(_imports(tree, origin, known)) - {name}
        found.append(Module(name, source, tree, imports, is_package))
    return found


def _name(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(tree: ast.Module, package: str, known: set[str]) -> Iterator[str]:
    """The known modules that are imported; relative ones are read from `package`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from known & {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")
            above = parts[: len(parts) - node.level + 1] if node.level else []
            origin = ".".join([*above, *filter(None, [node.module])])
            named = {f"{origin}.{alias.name}" for alias in node.names}
            yield from named & known
            yield from {origin} & known if named - known else ()


class ImportGraph:
    """Arrows from each module to those that it imports. A way is one arrow after another."""

    def __init__(self, found: Sequence[Module]) -> None:
        self.arrows = {module.name: module.imports for module in found}
        ways = {name: self._reached_from(name) for name in self.arrows}
        self._circle_of = {
            name: frozenset({name, *(other for other in reached if name in ways[other])})
            for name, reached in ways.items()
        }

    def circles(self) -> list[tuple[str, ...]]:
        """Sets of modules that import each other, directly or by a detour."""
        return sorted({tuple(sorted(circle)) for circle in self._circle_of.values() if len(circle) > 1})

    def longest_chain(self) -> list[str]:
        """The modules of the longest way, importers first. A circle on it is in it with all of its modules."""

        @cache
        def longest(circle: frozenset[str]) -> list[str]:
            following = {self._circle_of[other] for name in circle for other in self.arrows[name]} - {circle}
            return [*sorted(circle), *_longest(longest(each) for each in following)]

        return _longest(longest(circle) for circle in self._circle_of.values())

    def importers(self) -> Mapping[str, list[str]]:
        """By module, the modules that import it."""
        return {name: [other for other, imports in self.arrows.items() if name in imports] for name in self.arrows}

    def _reached_from(self, start: str) -> set[str]:
        """Where ways lead from here; back to the start only in a circle."""
        reached, ahead = set[str](), [*self.arrows[start]]
        while ahead:
            if (at := ahead.pop()) not in reached:
                reached.add(at)
                ahead += self.arrows[at]
        return reached


def _longest(chains: Iterator[list[str]]) -> list[str]:
    """Of several as long as each other always the same one."""
    return max(chains, key=lambda chain: (len(chain), chain), default=[])
