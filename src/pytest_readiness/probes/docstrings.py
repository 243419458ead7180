"""How much of the code is documented."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pytest_readiness.errors import CannotMeasure
from pytest_readiness.model import Better, Value
from pytest_readiness.probe import Context, Measure, Measurements, Probe, Touch, option
from pytest_readiness.probes import _inputs
from pytest_readiness.probes._tools import sources


@dataclass(frozen=True, slots=True)
class Definition:
    """A module, class, function or method: ``kind`` is module, init, magic, private or public."""

    file: str
    line: int
    name: str
    kind: str
    documented: bool

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.name}" if self.line else f"{self.file}: the module"


@dataclass(frozen=True, kw_only=True)
class Docstrings(Probe):
    """
    Has the code its docstrings?

    Counts modules, classes, functions and methods, by the syntax tree; nothing is imported. Left out are functions
    inside functions, ``@overload``, setters and deleters of properties, what is marked ``@override``, and modules
    that hold nothing.

    Fails when fewer are documented than the gate expects. A file that cannot be parsed is an error.

    To fix: write the docstrings that the evidence lists.
    """

    measures = {
        "percent": Measure(float, "definitions that have a docstring", unit="%", better=Better.HIGHER),
        "documented": Measure(int, "definitions that have a docstring", better=Better.HIGHER),
        "missing": Measure(int, "definitions that have none", better=Better.LOWER),
        "definitions": Measure(int, "modules, classes, functions and methods counted"),
        "files": Measure(int, "files looked into", better=Better.HIGHER),
    }
    counter = "definitions"

    paths: tuple[str, ...] = option(sources.PATHS_DOC, (), example=["src"])
    exclude: tuple[str, ...] = option(sources.EXCLUDE_DOC, ())
    modules: bool = option("Count modules.", default=True)
    private: bool = option("Count names that begin with _, and all that is in such classes.", default=False)
    init: bool = option("Count __init__ methods.", default=False)
    magic: bool = option("Count other special methods, such as __repr__.", default=False)

    def __post_init__(self) -> None:
        sources.check(self.paths, self.exclude)

    def touches(self) -> Iterable[Touch]:
        """Yield what is read."""
        return sources.touches(self.paths)

    def measure(self, context: Context) -> Measurements:
        """Parse the files and count what has a docstring."""
        files = sources.find(self.paths, self.exclude, {".py"}, context)
        found = sources.each("docstrings", files, definitions, context)
        wanted = [one for some in found for one in some if self._counts(one.kind)]
        missing = [str(one) for one in wanted if not one.documented]
        documented = len(wanted) - len(missing)
        values: dict[str, Value] = {
            "files": len(files),
            "definitions": len(wanted),
            "documented": documented,
            "missing": len(missing),
        }
        if wanted:
            values["percent"] = 100.0 * documented / len(wanted)
        evidence = _inputs.present({"not documented": missing})
        return Measurements(values, looked_at=len(wanted), evidence=evidence)

    def _counts(self, kind: str) -> bool:
        asked = {"module": self.modules, "private": self.private, "init": self.init, "magic": self.magic}
        return asked.get(kind, True)


def definitions(raw: bytes, name: str) -> tuple[Definition, ...]:
    """Return all that could have a docstring in a file. Raises ``CannotMeasure`` if it cannot be parsed."""
    tree = sources.tree(raw, name)
    module = [Definition(name, 0, "", "module", ast.get_docstring(tree) is not None)] if tree.body else []
    try:
        inside = sorted(_defined(tree.body, name, "", private=False), key=lambda one: one.line)
    except RecursionError:
        raise CannotMeasure(f"{name} is nested too deeply") from None
    return (*module, *inside)


def _defined(body: Sequence[ast.stmt], file: str, above: str, *, private: bool) -> Iterator[Definition]:
    for node in body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            if isinstance(node, ast.ClassDef) or not _is_other_side(node):
                kind = "private" if private else _kind(node.name)
                documented = ast.get_docstring(node) is not None
                yield Definition(file, node.lineno, f"{above}{node.name}", kind, documented)
            if isinstance(node, ast.ClassDef):
                hidden = private or _kind(node.name) == "private"
                yield from _defined(node.body, file, f"{above}{node.name}.", private=hidden)
        else:
            for inner in _blocks(node):
                yield from _defined(inner, file, above, private=private)


def _blocks(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    """Yield the statements under ``if``, ``try``, ``with`` and the like, where definitions may be, too."""
    for name in ("body", "orelse", "finalbody"):
        yield getattr(node, name, [])
    for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        yield part.body


def _kind(name: str) -> str:
    if name.startswith("__") and name.endswith("__"):
        return "init" if name == "__init__" else "magic"
    return "private" if name.startswith("_") else "public"


def _is_other_side(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether it speaks for something that has its docstring elsewhere."""
    names = {_last(decorator) for decorator in node.decorator_list}
    return bool(names & {"overload", "override", "setter", "deleter"})


def _last(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
