"""
The full reading of a file: imports made by calls, and functions that are called while importing.

Needed for few files only: those with ``importlib.import_module("...")`` or ``__import__("...")``, and those
whose functions might be called before the import of the module has ended.
"""

from __future__ import annotations

import ast

from pytest_readiness.probes._imports import source
from pytest_readiness.probes._imports.statements import Statement, Truth, When, branch, truth, typing_names


class Body:
    """What one function does when called, or a module when imported (a class body belongs to what is around it)."""

    __slots__ = ("calls", "statements")

    def __init__(self) -> None:
        self.statements: list[Statement] = []
        self.calls: list[tuple[str, int]] = []


class Tree:
    """
    A file: ``bodies`` by qualified name (empty: the module itself), ``bases`` of its classes.

    ``imported`` leads from a local name to (module, name in it or None).
    """

    def __init__(self) -> None:
        self.bodies: dict[str, Body] = {"": Body()}
        self.bases: dict[str, list[str]] = {}
        self.imported: dict[str, tuple[str, str | None]] = {}

    def statements(self) -> list[Statement]:
        """Return all imports in the order of the file, those in functions as deferred."""
        found = list(self.bodies[""].statements)
        for name, body in self.bodies.items():
            if name:
                found += [
                    Statement(max(one.when, When.DEFERRED), one.module, one.names, one.line, one.function)
                    for one in body.statements
                ]
        return sorted(found, key=lambda one: one.line)


def read(data: bytes, *, package: bool) -> Tree | None:
    """Return the tree of normalised source, None where it cannot be parsed; *package*: it is an ``__init__.py``."""
    parsed = source.parse(data)
    if parsed is None:
        return None
    visitor = _Visitor(typing_names(data), package=package)
    visitor.visit_all(parsed.body)
    return visitor.tree


class _Visitor(ast.NodeVisitor):
    """Walks one module; ``where`` is the body being filled, ``scope`` the prefix of names defined now."""

    def __init__(self, names: frozenset[bytes], *, package: bool) -> None:
        self.names = names
        self.package = package
        self.tree = Tree()
        self.where = ""
        self.scope = ""
        self.when = When.IMPORT

    def visit_all(self, nodes: list[ast.stmt] | list[ast.expr]) -> None:
        for node in nodes:
            self.visit(node)

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._statement(alias.name, None, node.lineno)
            if alias.asname:
                self.tree.imported[alias.asname] = (alias.name, None)
            else:
                top = alias.name.partition(".")[0]
                self.tree.imported[top] = (top, None)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        module = "." * node.level + (node.module or "")
        self._statement(module, tuple(alias.name.encode() for alias in node.names), node.lineno)
        for alias in node.names:
            self.tree.imported[alias.asname or alias.name] = (module, alias.name)

    def visit_If(self, node: ast.If) -> None:
        self.visit(node.test)
        fixed = truth(node.test, self.names)
        before = self.when
        self.when = max(before, branch([fixed]))
        self.visit_all(node.body)
        self.when = max(before, branch([fixed, Truth(None)]))
        self.visit_all(node.orelse)
        self.when = before

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._decorators(node.decorator_list)
        self._defaults(node.args)
        name = f"{self.scope}.{node.name}" if self.scope else node.name
        self._inside(name, node.body)

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815 - the name is NodeVisitor's

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._decorators(node.decorator_list)
        self.visit_all(node.bases)
        for keyword in node.keywords:
            self.visit(keyword.value)
        before = self.scope
        self.scope = f"{before}.{node.name}" if before else node.name
        self.tree.bases[self.scope] = [name for base in node.bases if (name := dotted(base))]
        self.visit_all(node.body)
        self.scope = before

    def visit(self, node: ast.AST) -> None:
        """Visit statements one in the other, expressions one after the other: those may be nested thousands deep."""
        if not isinstance(node, ast.expr):
            super().visit(node)
            return
        rest: list[ast.AST] = [node]
        while rest:
            inner = rest.pop()
            match inner:
                case ast.Name() | ast.Constant() | ast.expr_context() | ast.operator():
                    pass
                case ast.Attribute():
                    rest.append(inner.value)
                case ast.BinOp():
                    rest += (inner.right, inner.left)
                case ast.Call():
                    self._call(inner)
                    rest += (*(keyword.value for keyword in inner.keywords), *reversed(inner.args), inner.func)
                case ast.Lambda():
                    rest += [default for default in (*inner.args.defaults, *inner.args.kw_defaults) if default]
                    self._lambda(inner)
                case _:
                    rest += reversed(list(ast.iter_child_nodes(inner)))

    def _lambda(self, node: ast.Lambda) -> None:
        before = self.where, self.when
        self.where, self.when = f"{self.scope}.<lambda {node.lineno}:{node.col_offset}>".lstrip("."), When.IMPORT
        self.tree.bodies.setdefault(self.where, Body())
        self.visit(node.body)
        self.where, self.when = before

    def _call(self, node: ast.Call) -> None:
        name = dotted(node.func)
        if name and self._imports(name):
            self._dynamic(node, name)
        elif name and self.when is When.IMPORT:
            self.tree.bodies[self.where].calls.append((name, node.lineno))

    def _inside(self, name: str, body: list[ast.stmt] | list[ast.expr]) -> None:
        before = self.where, self.scope, self.when
        self.where, self.scope, self.when = name, name, When.IMPORT
        self.tree.bodies.setdefault(name, Body())
        self.visit_all(body)
        self.where, self.scope, self.when = before

    def _decorators(self, decorators: list[ast.expr]) -> None:
        for decorator in decorators:
            if (name := dotted(decorator)) and self.when is When.IMPORT:
                self.tree.bodies[self.where].calls.append((name, decorator.lineno))
            self.visit(decorator)

    def _defaults(self, arguments: ast.arguments) -> None:
        for default in (*arguments.defaults, *arguments.kw_defaults):
            if default is not None:
                self.visit(default)

    def _statement(self, module: str, names: tuple[bytes, ...] | None, line: int) -> None:
        body = self.tree.bodies[self.where]
        body.statements.append(Statement(self.when, module.encode(), names, line, self.scope.encode()))

    def _imports(self, name: str) -> bool:
        """Whether *name* is one of the functions that import what they are told."""
        first, _, rest = name.partition(".")
        module, attribute = self.tree.imported.get(first, (first, None))
        full = ".".join(part for part in (module, attribute, rest) if part)
        return full in {"importlib.import_module", "__import__", "importlib.__import__", "builtins.__import__"}

    def _dynamic(self, node: ast.Call, name: str) -> None:
        given = dict(zip(_PARAMETERS[name.endswith("__import__")], node.args, strict=False))
        given |= {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
        module = self._named(given.get("name"))
        if module is None:
            return
        if name.endswith("__import__"):
            level, names = _constant(given.get("level")), _constant(given.get("fromlist"))
            dots = level if isinstance(level, int) else 0
            listed = tuple(str(each).encode() for each in names) if isinstance(names, tuple) and names else None
            self._statement("." * dots + module, listed, node.lineno)
        elif not module.startswith(".") or isinstance(given.get("name"), (ast.JoinedStr, ast.BinOp)):
            self._statement(module, None, node.lineno)
        elif (absolute := self._relative(module, given.get("package"))) is not None:
            self._statement(absolute, None, node.lineno)

    def _named(self, node: ast.expr | None) -> str | None:
        """Return the module that *node* names: a literal, or the own package and a literal behind it."""
        match node:
            case ast.Constant(value=str(text)):
                return text
            case ast.JoinedStr(values=[ast.FormattedValue(value=package), ast.Constant(value=str(text))]):
                return self._relative(text, package) if text.startswith(".") else None
            case ast.BinOp(left=package, op=ast.Add(), right=ast.Constant(value=str(text))):
                return self._relative(text, package) if text.startswith(".") else None
        return None

    def _relative(self, name: str, package: ast.expr | None) -> str | None:
        """Return *name*, relative to *package*, as it would be written in an import of this very module."""
        match package:
            case ast.Constant(value=str(text)):
                dots = len(name) - len(name.lstrip("."))
                base = text.split(".")
                return ".".join([*base[: len(base) - dots + 1], name.lstrip(".")])
            case ast.Name(id="__package__") | ast.Attribute(value=ast.Name(id="__spec__"), attr="parent"):
                return name
            case ast.Name(id="__name__"):
                return name if self.package else name[1:] if name.startswith("..") else None
        return None


_PARAMETERS = {False: ("name", "package"), True: ("name", "globals", "locals", "fromlist", "level")}


def _constant(node: ast.expr | None) -> object:
    try:
        value = ast.literal_eval(node) if node is not None else None
    except ValueError:
        return None
    return tuple(value) if isinstance(value, list) else value


def dotted(node: ast.expr) -> str:
    """Return ``a.b.c`` for such an expression, empty for any other."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""
