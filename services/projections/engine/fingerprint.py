"""The fingerprint of a read model: of all the code that may decide what stands in its rows.

A fingerprint is of syntax trees, without docstrings and the annotations of functions, and each import counts as the
fingerprint of what it brings in. So a comment or a moved file keeps it, and a changed rule changes it however deep the
rule lies, also where an import is merely turned to another rule of the same name. Annotations of fields stay in it,
because events are decoded by them.
"""

import ast
import hashlib
from collections.abc import Callable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from domain.registry import EVOLVE
from services.projections.engine.read_model import AnyReadModel

OURS = frozenset({"contracts", "domain", "services"})  # What else is imported counts by its name.
ENGINE = "services.projections.engine.runner"  # It makes rows of what the read models give, and imports all that helps.
TABLE_OF_ALL = "domain.registry"  # It names every aggregate. Of these a read model depends on those of its kinds.


def fingerprint(model: AnyReadModel) -> str:
    """The SHA-256, in hex, of the read model, of the aggregates that it folds, and of the engine that feeds it."""
    modules = [model.step.__module__, *(EVOLVE[kind].__module__ for kind in sorted(model.kinds)), ENGINE]
    of_modules = map(_installed_closure().fingerprint, modules)
    return hashlib.sha256(" ".join([model.name, *of_modules]).encode()).hexdigest()


class Closure:
    """Fingerprints of modules. `source_of` gives a module's text, or None where there is no such module of ours.

    The imports of `opaque` modules are not followed: the caller follows what matters of them.
    """

    def __init__(self, source_of: Callable[[str], str | None], opaque: frozenset[str] = frozenset()) -> None:
        self.source_of = source_of
        self.opaque = opaque
        self._known: dict[str, str] = {}

    def fingerprint(self, module: str) -> str:
        """The SHA-256, in hex, of the module and of all that it imports. Raises LookupError for an unknown module."""
        if module not in self._known:
            source = self.source_of(module)
            if source is None:
                raise LookupError(module)
            self._known[module] = f"circle {module}"  # What the modules of a circle see of each other.
            tree = ast.parse(source)
            imports = () if module in self.opaque else sorted(self._imports(tree))
            bare = ast.dump(_Bare().visit(tree))
            self._known[module] = hashlib.sha256("\n".join([*imports, bare]).encode()).hexdigest()
        return self._known[module]

    def _imports(self, tree: ast.Module) -> Iterator[str]:
        """A line for each name that is imported anywhere in the module: the local name, and what it stands for."""
        for node in ast.walk(tree):
            match node:
                case ast.Import(names=names):
                    yield from (f"{alias.asname or alias.name} = {self._named(alias.name)}" for alias in names)
                case ast.ImportFrom(module=str(origin), names=names, level=0):
                    for alias in names:
                        yield f"{alias.asname or alias.name} = {self._named(origin, alias.name)}"
                case ast.ImportFrom():
                    raise ValueError("a relative import cannot be followed: name the module")

    def _named(self, module: str, name: str | None = None) -> str:
        """What `import module`, or `from module import name`, stands for."""
        if module.split(".")[0] not in OURS:
            return f"{module} {name}"
        if name is not None and self.source_of(f"{module}.{name}") is not None:
            return self.fingerprint(f"{module}.{name}")
        return f"{self.fingerprint(module)} {name}"


class _Bare(ast.NodeTransformer):
    """A syntax tree without what decides nothing: imports, docstrings, and annotations but those of fields."""

    def visit_Import(self, _: ast.Import) -> None:
        return None

    def visit_ImportFrom(self, _: ast.ImportFrom) -> None:
        return None

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is None:
            return ast.Pass()
        return self.generic_visit(ast.Assign(targets=[node.target], value=node.value))

    def visit_Module(self, node: ast.Module) -> ast.AST:
        node.body = _without_docstring(node.body)
        return self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.body = [
            each if isinstance(each, ast.AnnAssign) else self.visit(each) for each in _without_docstring(node.body)
        ]
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._function(node)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
        node.body = _without_docstring(node.body)
        node.returns = None
        every = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, node.args.vararg, node.args.kwarg)
        for argument in filter(None, every):
            argument.annotation = None
        return self.generic_visit(node)


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    match body:
        case [ast.Expr(value=ast.Constant(value=str())), *rest]:
            return rest
    return body


@cache
def _installed_closure() -> Closure:
    return Closure(_installed, opaque=frozenset({TABLE_OF_ALL}))


@cache
def _installed(module: str) -> str | None:
    """The text of an installed module; of a package that of its __init__."""
    try:
        spec = find_spec(module)
    except ModuleNotFoundError:
        return None
    return Path(spec.origin).read_text(encoding="utf-8") if spec and spec.origin else None
