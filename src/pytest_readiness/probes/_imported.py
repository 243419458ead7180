"""What source code imports, by its syntax trees, and which distributions that comes from."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.utils import canonicalize_name

from pytest_readiness.probe import Context
from pytest_readiness.probes._inputs import Input
from pytest_readiness.probes._tools import sources

_ABSENT = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})


@dataclass(frozen=True, slots=True)
class Import:
    """One import of a module by its full name; ``optional`` where the code goes on without it."""

    module: str
    place: str
    optional: bool

    @property
    def top(self) -> str:
        """The first part of the name."""
        return self.module.partition(".")[0]


def foreign(paths: Sequence[str], exclude: Sequence[str], context: Context) -> list[Import]:
    """Return what the files of *paths* import that is neither theirs nor Python's; see ``sources.find``."""
    files = sources.find(paths, exclude, {".py"}, context)
    found = sources.each("imports", files, lambda raw, name: list(_imports(sources.tree(raw, name), name)), context)
    own = _own(files, paths, context) | sys.stdlib_module_names
    return [each for imports in found for each in imports if each.top not in own]


def _imports(tree: ast.AST, file: str, *, optional: bool = False) -> Iterator[Import]:
    """Yield the imports below *tree*; those for a type checker alone are left out."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, f"{file}:{node.lineno}", optional) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level == 0 and node.module:
                names = [f"{node.module}.{alias.name}" for alias in node.names]
                yield from (Import(name, f"{file}:{node.lineno}", optional) for name in names)
        elif isinstance(node, ast.If) and _for_checkers(node.test):
            yield from _imports(ast.Module(node.orelse, []), file, optional=optional)
        elif isinstance(node, ast.Try) and any(map(_catches_absence, node.handlers)):
            tried = [*node.body, *(line for handler in node.handlers for line in handler.body)]
            yield from _imports(ast.Module(tried, []), file, optional=True)
            yield from _imports(ast.Module([*node.orelse, *node.finalbody], []), file, optional=optional)
        else:
            yield from _imports(node, file, optional=optional)


def _for_checkers(test: ast.expr) -> bool:
    return (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING") or (
        isinstance(test, ast.Attribute) and test.attr == "TYPE_CHECKING"
    )


def _catches_absence(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or (isinstance(kind, ast.Name) and kind.id in _ABSENT) for kind in kinds)


def _own(files: Iterable[Input], paths: Sequence[str], context: Context) -> frozenset[str]:
    """Return the first parts of the names that the files themselves can be imported by."""
    roots = [context.root, context.root / "src", *(context.path(path) for path in paths)]
    own: set[str] = set()
    for file in files:
        top = file.path
        while (top.parent / "__init__.py").exists():
            top = top.parent
        own.add(top.stem)
        own |= {
            file.path.relative_to(root).parts[0]
            for root in roots
            if file.path.is_relative_to(root) and file.path != root
        }
    return frozenset(Path(name).stem for name in own)


class Installed:
    """The distributions that are installed, by the modules that they bring."""

    def __init__(self) -> None:
        self._by_top: Mapping[str, Sequence[str]] = metadata.packages_distributions()

    def bringing(self, module: str) -> set[str]:
        """Return the normalised names of the distributions that *module* may come from; none is known of others."""
        names = set(self._by_top.get(module.partition(".")[0], ()))
        if len(names) > 1:  # a namespace, such as google.cloud: the files tell whose part it is
            parts = module.split(".")
            for length in range(len(parts), 1, -1):
                path = "/".join(parts[:length])
                if holders := {name for name in names if _holds(name, path)}:
                    names = holders
                    break
        return {canonicalize_name(name) for name in names}


def _holds(distribution: str, path: str) -> bool:
    files = metadata.files(distribution) or ()
    return any(file.as_posix().startswith((f"{path}/", f"{path}.")) for file in files)


def is_installed(name: str) -> bool:
    """Whether a distribution of this name is there."""
    try:
        metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return False
    return True
