"""Which modules an import runs, as Python does it."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from pytest_readiness.probes._imports import lexer, mentions, source
from pytest_readiness.probes._imports.modules import CATALOGUES, Modules
from pytest_readiness.probes._imports.statements import truth, typing_names

if TYPE_CHECKING:
    from pytest_readiness.errors import CannotMeasure

_DOT = ord(".")
_CATALOGUES = CATALOGUES.encode()
_NOTHING: Mapping[bytes, int] = {}
_BINDING = re.compile(
    rb"\n(?:(?:async[ \t]+def|def|class|type)[ \t]+(\w+)|(\w+)[ \t]*[:=]"
    rb"|from[ \t]+([\w.]*\w)[ \t]+import[ \t]*(\([^)]*\)|[^\n(]*))"
)
_STAR = re.compile(rb"\bimport[ \t]*\(?[ \t]*\*")
_DYNAMIC = re.compile(rb"\b(?:globals|vars|setattr|exec|__getattr__)\b|sys\.modules")


class _Bound(NamedTuple):
    """The names that an ``__init__.py`` gives; ``open`` if it may give others too."""

    names: frozenset[str]
    open: bool


_NOT_PARSED = _Bound(frozenset(), open=True)


#: Where an import leads: the full name, the modules that it runs, and the number of the last if it is there.
_Way = tuple[bytes, tuple[int, ...], int | None]

_NOWHERE: _Way = (b"", (), None)


class Resolver:
    """Leads from an import in a module to the numbers of the modules it runs; *read* gives a file's source."""

    def __init__(self, modules: Modules, read: Callable[[int], bytes]) -> None:
        self.modules = modules
        self.tops = frozenset(name.partition(b".")[0] for name in modules.names)
        self._read = read
        self._chains: dict[bytes, tuple[int, ...]] = {}
        self._bound: dict[int, _Bound] = {}
        self._source = lru_cache(maxsize=16)(self._source_of)
        self._plain = lru_cache(maxsize=1024)(
            lambda package: _plainly_bound(self._source(package), modules.names[package])
        )
        self._words = lru_cache(maxsize=1024)(lambda package: mentions.words(self._source(package)))
        self._given: dict[tuple[int, bytes], bool] = {}
        self._offered: dict[tuple[int, bytes], bool] = {}
        self._ways: dict[bytes | tuple[bytes, bytes], _Way] = {}
        self._importer = -1
        self._package = b""
        self._running: frozenset[int] = frozenset()

    def chain(self, name: bytes) -> tuple[int, ...]:
        """Return the modules that ``import name`` runs: each package on the way, and the last."""
        known = self._chains.get(name)
        if known is None:
            number = self.modules.index.get(name)
            above, _, last = name.rpartition(b".")
            known = self.chain(above) if last and above else ()
            if number is not None:
                known = (*known, number)
            self._chains[name] = known
        return known

    def absolute(self, importer: int, module: bytes) -> bytes | None:
        """Return the full name of *module*, which may start with dots; None beyond the top."""
        if not module.startswith(b"."):
            return module
        rest = module.lstrip(b".")
        base = self.modules.parent(importer)
        for _up in range(len(module) - len(rest) - 1):
            base = base.rpartition(b".")[0]
        if not base:
            return None
        return b"%b.%b" % (base, rest) if rest else base

    def targets(self, importer: int, module: bytes, names: Sequence[bytes] | bytes | None) -> set[int]:
        """
        Return the modules that an import in *importer* runs.

        Packages that the importer is in run already and are left out, unless they are meant
        themselves; *importer* itself likewise. *names* may still be as they stand in the file. Raises
        ``CannotMeasure`` for modules in a folder of catalogues: there may be any.
        """
        if importer != self._importer:
            self._importer = importer
            self._package = self.modules.parent(importer)
            self._running = frozenset(self.chain(self.modules.names[importer]))
        key = (self._package, module) if module[0] == _DOT else module
        way = self._ways.get(key)
        if way is None:
            way = self._ways[key] = self._way(importer, module)
        full, chain, base = way
        found = set(chain).difference(self._running)
        if base is not None:
            if not names or base not in self.modules.packages:
                found.add(base)
            else:
                listed = lexer.clean_names(names) if isinstance(names, bytes) else names
                if _CATALOGUES in listed and full in self.modules.translated:
                    raise self._unseen(importer, full)
                self._add_inner(found, full, base, listed)
        return found

    def _way(self, importer: int, module: bytes) -> _Way:
        """Return what ``import module`` in *importer* leads to, whatever is running."""
        full = self.absolute(importer, module)
        if full is None or full.partition(b".")[0] not in self.tops:
            return _NOWHERE
        if _CATALOGUES in full:
            before, _, _after = (full + b".").partition(b".%b." % _CATALOGUES)
            if before in self.modules.translated:
                raise self._unseen(importer, before)
        return full, self.chain(full), self.modules.index.get(full)

    def _unseen(self, importer: int, package: bytes) -> CannotMeasure:
        from pytest_readiness.errors import CannotMeasure

        name, folder = self.modules.names[importer].decode(), f"{package.decode()}.{CATALOGUES}"
        return CannotMeasure(f"{name} imports {folder}, but folders of that name are for translations: none is read")

    def _add_inner(self, found: set[int], full: bytes, base: int, names: Iterable[bytes]) -> None:
        """Add the modules of package *base* among *names*, and *base* itself if it has to give one of them."""
        inside = self.modules.children.get(full, _NOTHING)
        asked = base in self._running
        for name in names:
            inner = inside.get(name)
            if inner is not None and not self._gives(base, name):
                found.add(inner)
            elif asked and (inner is not None or self._may_give(base, name)):
                found.add(base)
                asked = False

    def _gives(self, package: int, name: bytes) -> bool:
        """Whether *package* binds *name*, one of its modules, to something of its own."""
        key = (package, name)
        known = self._given.get(key)
        if known is None:
            data = self._source(package)
            known = name in data and (
                name in self._plain(package)
                or (name in self._words(package) and name.decode() in self._bindings(package).names)
            )
            self._given[key] = known
        return known

    def _may_give(self, package: int, name: bytes) -> bool:
        """Whether *name*, no module that is there, can come from *package*, not from a module that isn't there yet."""
        key = (package, name)
        known = self._offered.get(key)
        if known is None:
            known = self._offered[key] = self._offers(package, name)
        return known

    def _offers(self, package: int, name: bytes) -> bool:
        if name == b"*":
            return bool(self.modules.paths[package])
        data = self._source(package)
        if (name in data and name in self._plain(package)) or _DYNAMIC.search(data):
            return True
        if not _STAR.search(data) and (name not in data or name not in self._words(package)):
            return False
        bound = self._bindings(package)
        return bound.open or name.decode() in bound.names

    def _source_of(self, package: int) -> bytes:
        return self._read(package) if self.modules.paths[package] else b""

    def has_parsed(self, package: int) -> bool:
        """Whether the source of *package* was parsed, and could be."""
        return self._bound.get(package, _NOT_PARSED) is not _NOT_PARSED

    def _bindings(self, package: int) -> _Bound:
        known = self._bound.get(package)
        if known is None:
            data = self._source(package)
            tree = source.parse(data)
            if tree is None:
                known = _NOT_PARSED
            else:
                binder = _Binder(typing_names(data), self.modules.names[package].decode())
                binder.read(tree.body)
                known = _Bound(frozenset(binder.names), binder.open or _DYNAMIC.search(data) is not None)
            self._bound[package] = known
        return known


def _plainly_bound(data: bytes, package: bytes) -> frozenset[bytes]:
    """Return the names that *data*, of *package*, binds at the start of a line, in one of the usual ways."""
    names: set[bytes] = set()
    for defined, assigned, module, imported in _BINDING.findall(b"\n" + data):
        if module != package:
            names.update(lexer.clean_names(imported) if imported else (defined or assigned,))
    return frozenset(names)


class _Binder:
    """Collects the names that the top of a package's ``__init__.py`` binds."""

    def __init__(self, typing: frozenset[bytes], package: str) -> None:
        self.typing = typing
        self.package = package
        self.names: set[str] = set()
        self.open = False

    def read(self, body: list[ast.stmt]) -> None:
        for node in body:
            self._read(node)

    def _read(self, node: ast.stmt) -> None:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                self.names.add(node.name)
            case ast.Import():
                self.names.update(alias.asname or alias.name.partition(".")[0] for alias in node.names)
            case ast.ImportFrom():
                self._from(node)
            case ast.If():
                fixed = truth(node.test, self.typing).value
                self.read(node.body if fixed is not False else [])
                self.read(node.orelse if fixed is not True else [])
            case _:
                self._other(node)

    def _from(self, node: ast.ImportFrom) -> None:
        own = (node.level == 1 and not node.module) or (not node.level and node.module == self.package)
        for alias in node.names:
            if alias.name == "*":
                self.open = True
            elif not own or alias.asname not in {None, alias.name}:
                self.names.add(alias.asname or alias.name)

    def _other(self, node: ast.stmt) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.stmt):
                self._read(child)
            elif isinstance(child, ast.ExceptHandler | ast.match_case):
                self.read(child.body)
            else:
                self.names.update(
                    each.id
                    for each in ast.walk(child)
                    if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
                )
