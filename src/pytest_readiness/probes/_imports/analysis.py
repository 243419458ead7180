"""
From modules to import cycles.

Every file is read once, as cheaply as it allows (``quick``, ``lexer``, ``tree``). What is only wanted for some
files is looked up later: lines of imports for what is shown, and trees where a function that imports might be
called while its module is imported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from hashlib import blake2b

from pytest_readiness.probes._imports import calls, graph, lexer, mentions, quick, scan, source, tree
from pytest_readiness.probes._imports.modules import Modules
from pytest_readiness.probes._imports.resolve import Resolver
from pytest_readiness.probes._imports.statements import Statement, When

#: Up to this many bytes of source, the compiler checks every file, and calls are followed from file to file; beyond,
#: it checks what looks damaged, and calls are followed inside of files.
_NEVER = len(When)
SMALL = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Link:
    """One module importing another in ``lines`` of its file ``path``; ``note`` says how, if not by an import there."""

    importer: str
    imported: str
    path: str
    lines: tuple[int, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Cycle:
    """
    Modules that import each other.

    ``way`` is a shortest way round, in the order of the imports; ``cut`` the imports to remove, the
    fewest possible if ``proved``.
    """

    modules: tuple[str, ...]
    way: tuple[Link, ...]
    cut: tuple[Link, ...] = ()
    proved: bool = True


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found: ``cycles`` at import time, those ``deferred`` into functions, those for ``typing`` only."""

    modules: int
    imports: int
    cycles: tuple[Cycle, ...]
    deferred: tuple[Cycle, ...]
    typing: tuple[Cycle, ...]
    broken: tuple[str, ...]
    unused_ignores: tuple[str, ...] = ()


#: When each module imports which others, at the earliest.
Edges = dict[int, dict[int, When]]


@dataclass(frozen=True, slots=True)
class _Call:
    """How a module imports another by calling a function: the line of the call, and what it leads to."""

    line: int
    note: str


class Analysis:
    """One look at all *modules*; *tick* is called now and then and may raise to stop."""

    def __init__(self, modules: Modules, ignore: Iterable[str] = (), tick: Callable[[], None] = lambda: None) -> None:
        self.modules = modules
        self.ignore = dict.fromkeys(ignore, False)
        self.tick = tick
        self.resolver = Resolver(modules, self.text)
        self.broken: list[source.Broken] = []
        self._trees: dict[int, tree.Tree | None] = {}
        self._deferring: dict[int, list[tuple[bytes, set[int]]]] = {}
        self._calls: dict[tuple[int, int], _Call] = {}
        self._lined: tuple[int, list[Statement]] = (-1, [])
        self._ignored = self._ignored_modules()

    def findings(self) -> Findings:
        """Return everything there is to know."""
        edges, small = self._read()
        self._follow_calls(edges, small=small)
        found = {limit: _components(_until(limit, edges)) for limit in When}
        at_import, deferred, typing = (found[limit] for limit in When)
        deferred, typing = _new(deferred, at_import), _new(typing, deferred)
        return Findings(
            modules=self.modules.files - len(self._ignored),
            imports=sum(map(len, edges.values())),
            cycles=tuple(self._cycle(members, edges, When.IMPORT) for members in at_import),
            deferred=tuple(self._cycle(members, edges, When.DEFERRED) for members in deferred),
            typing=tuple(self._cycle(members, edges, When.TYPING) for members in typing),
            broken=tuple(sorted(map(str, self.broken))),
            unused_ignores=tuple(pattern for pattern, used in self.ignore.items() if not used),
        )

    # --- reading ------------------------------------------------------------------------------

    def raw(self, number: int) -> bytes:
        """Return the bytes of a module's file."""
        with open(self.modules.paths[number], "rb", 0) as file:  # noqa: PTH123 - a Path per module costs
            return file.read()

    def text(self, number: int) -> bytes:
        """Return a module's source in UTF-8; as it is where it cannot be decoded."""
        raw = self.raw(number)
        data = source.normal(raw, self.modules.paths[number])
        return raw if isinstance(data, source.Broken) else data

    def _tree(self, number: int) -> tree.Tree | None:
        if number not in self._trees:
            data = self.text(number) if self.modules.paths[number] else b""
            self._trees[number] = tree.read(data, package=number in self.modules.packages)
        return self._trees[number]

    def _read(self) -> tuple[Edges, bool]:
        """Return all imports, and whether the project is small."""
        edges: Edges = {}
        suspicious: list[int] = []
        size = 0
        for number, path in enumerate(self.modules.paths):
            if not number % 64:
                self.tick()
            if not path or number in self._ignored:
                continue
            raw = self.raw(number)
            size += len(raw)
            data = source.normal(raw, path)
            if isinstance(data, source.Broken):
                self.broken.append(data)
                data = raw.replace(b"\0", b" ")
            elif source.looks_damaged(data):
                suspicious.append(number)
            if b"import" in data and (mine := self._edges(number, self._statements(number, data))):
                edges[number] = mine
        small = size <= SMALL
        self._check(range(len(self.modules.paths)) if small else suspicious)
        return edges, small

    def _check(self, numbers: Iterable[int]) -> None:
        """Let the compiler look for files that are no Python."""
        known = {broken.path for broken in self.broken}
        for number in numbers:
            self.tick()
            path = self.modules.paths[number]
            if path and number not in self._ignored and path not in known:
                broken = source.check_newer(self.raw(number), path)
                if broken is not None:
                    self.broken.append(broken)

    def _statements(self, number: int, data: bytes, *, lines: bool = False) -> list[Statement]:
        """Return the imports of a file that may matter, with their lines if asked for."""
        quickly = quick.read(data, self.resolver.tops, lines=lines)
        if quickly is not None:
            return quickly
        if scan.calls(data, self.resolver.tops) and (parsed := self._tree(number)) is not None:
            return parsed.statements()
        return lexer.read(data)

    def _edges(self, number: int, statements: Iterable[Statement]) -> dict[int, When]:
        found: dict[int, When] = {}
        targets = self.resolver.targets
        for when, module, names, _line, function in statements:
            leads = targets(number, module, names)
            if when is When.DEFERRED and function and leads:
                self._deferring.setdefault(number, []).append((function, leads))
            for target in leads:
                if found.get(target, _NEVER) > when and not (self.ignore and self._is_ignored(number, target)):
                    found[target] = when
        return found

    # --- calls --------------------------------------------------------------------------------

    def _follow_calls(self, edges: Edges, *, small: bool) -> None:
        """Turn imports in functions that are called while importing into imports at import time."""
        reach = graph.Reach(_until(When.IMPORT, edges))
        for members in _components(_until(When.DEFERRED, edges)):
            inside = set(members)
            likely = inside if small else self._likely_callers(inside, edges, reach)
            load = partial(self._tree_among, likely)
            for number in sorted(likely):
                self.tick()
                self._promote(number, calls.Caller(self.resolver, load), edges, inside)

    def _likely_callers(self, inside: set[int], edges: Edges, reach: graph.Reach) -> set[int]:
        """Return the modules that might call, while imported, a function of theirs whose import would close a cycle."""
        likely: set[int] = set()
        for owner in inside & self._deferring.keys():
            closing = {
                to
                for to, when in edges[owner].items()
                if when is When.DEFERRED and to in inside and reach.closes(owner, to)
            }
            functions = {name for name, leads in self._deferring[owner] if not closing.isdisjoint(leads)}
            if functions and mentions.leads_to(self.text(owner), functions):
                likely.add(owner)
        return likely

    def _tree_among(self, known: set[int], number: int) -> tree.Tree | None:
        return self._tree(number) if number in known else None

    def _promote(self, number: int, caller: calls.Caller, edges: Edges, inside: set[int]) -> None:
        for call in caller.of(number):
            targets = self.resolver.targets(call.module, call.statement.module, call.statement.names)
            if call.module != number:
                targets -= set(self.resolver.chain(self.modules.names[number])) - {number}
            for target in targets & inside:
                if edges[number].get(target) is not When.IMPORT and not self._is_ignored(number, target):
                    edges[number][target] = When.IMPORT
                    where = f"{self.modules.paths[call.module]}:{call.statement.line}"
                    note = f"calls {call.function}(), which imports it at {where}"
                    self._calls[number, target] = _Call(call.line, note)

    # --- ignoring -----------------------------------------------------------------------------

    def _ignored_modules(self) -> set[int]:
        patterns = [pattern for pattern in self.ignore if "->" not in pattern]
        found: set[int] = set()
        for number, name in enumerate(self.modules.names if patterns else ()):
            for pattern in patterns:
                if fnmatchcase(name.decode(), pattern):
                    self.ignore[pattern] = True
                    if self.modules.paths[number]:
                        found.add(number)
        return found

    def _is_ignored(self, importer: int, imported: int) -> bool:
        if imported in self._ignored:
            return True
        ignored = False
        for pattern in self.ignore:
            first, arrow, second = pattern.partition("->")
            if (
                arrow
                and fnmatchcase(self.modules.names[importer].decode(), first.strip())
                and fnmatchcase(self.modules.names[imported].decode(), second.strip())
            ):
                self.ignore[pattern] = ignored = True
        return ignored

    # --- telling ------------------------------------------------------------------------------

    def _cycle(self, members: list[int], edges: Edges, limit: When) -> Cycle:
        inside = set(members)
        among = {
            node: sorted(other for other, when in edges[node].items() if other in inside and when <= limit)
            for node in members
        }
        way = graph.shortest_cycle(among)
        cut, proved = graph.smallest_cut(among) if limit is When.IMPORT else ([], True)
        return Cycle(
            modules=tuple(sorted(self.modules.names[node].decode() for node in members)),
            way=tuple(self._link(a, b, edges) for a, b in zip(way, [*way[1:], way[0]], strict=True)),
            cut=tuple(self._link(a, b, edges) for a, b in cut),
            proved=proved,
        )

    def _link(self, a: int, b: int, edges: Edges) -> Link:
        call = self._calls.get((a, b))
        return Link(
            importer=self.modules.names[a].decode(),
            imported=self.modules.names[b].decode(),
            path=self.modules.paths[a],
            lines=self._lines(a, b, edges[a][b]) if call is None else (call.line,),
            note="" if call is None else call.note,
        )

    def _lines(self, a: int, b: int, when: When) -> tuple[int, ...]:
        """Return the lines in which module *a* imports module *b*."""
        if a != self._lined[0]:
            self._lined = a, self._statements(a, self.text(a), lines=True)
        return tuple(sorted({one.line for one in self._lined[1] if one.when is when and b in self._targets(a, one)}))

    def _targets(self, number: int, one: Statement) -> set[int]:
        return self.resolver.targets(number, one.module, one.names)


def digest(modules: Modules, analysis: Analysis, settings: object) -> str:
    """Return a hash of all that the findings follow from: names, settings and every byte of every file."""
    summed = blake2b(repr(settings).encode(), digest_size=20)
    for number, path in enumerate(modules.paths):
        summed.update(b"%b\0%d\0" % (modules.names[number], number in modules.packages))
        if path:
            data = analysis.raw(number)
            summed.update(b"%d\0" % len(data))
            summed.update(data)
    return summed.hexdigest()


def _until(limit: When, edges: Edges) -> dict[int, set[int]]:
    """Return the graph of the imports that are carried out at *limit* or before."""
    return {number: {to for to, when in leads.items() if when <= limit} for number, leads in edges.items()}


def _components(edges: Mapping[int, set[int]]) -> list[list[int]]:
    """Return the components, those of one module that imports itself among them."""
    found = graph.components(edges)
    inside = {node for component in found for node in component}
    found += [[node] for node, to in edges.items() if node in to and node not in inside]
    return sorted(found)


def _new(wider: list[list[int]], narrower: list[list[int]]) -> list[list[int]]:
    """Return the components that are not among *narrower*; a module that imports itself later is none."""
    known = set(map(tuple, narrower))
    return [component for component in wider if tuple(component) not in known and len(component) > 1]
