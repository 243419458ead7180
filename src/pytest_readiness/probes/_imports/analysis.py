"""
From modules to import cycles.

Every file is read once, as cheaply as it allows (``quick``, ``lexer``, ``tree``). What is only wanted for some
files is looked up later: lines of imports for what is shown, and trees where a function that imports might be
called while its module is imported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import NamedTuple

from pytest_readiness.probes._imports import calls, files, graph, lexer, mentions, quick, scan, source, tree
from pytest_readiness.probes._imports.facts import Facts
from pytest_readiness.probes._imports.findings import Cycle, Findings, Link
from pytest_readiness.probes._imports.modules import Modules, uncollected
from pytest_readiness.probes._imports.resolve import Resolver
from pytest_readiness.probes._imports.statements import Statement, When

#: Up to this many bytes of source, calls are followed from file to file; beyond, inside of files.
SMALL = 4 * 1024 * 1024
_NEVER = len(When)
#: So many imports are kept in memory till the end: lines are told of some, and reading again takes longer.
_ROOM = 5_000

#: When each module imports which others, at the earliest.
Edges = dict[int, dict[int, When]]
#: The imports of a module, and whether their lines are counted: if not, ``quick.line`` does.
_Imports = tuple[list[Statement], bool]


class _Call(NamedTuple):
    """How a module imports another by calling a function: the line of the call, and what it leads to."""

    line: int
    note: str


class Analysis:
    """One look at all *modules*; *tick* is called now and then and may raise to stop, *facts* spare reading files."""

    def __init__(
        self,
        modules: Modules,
        ignore: Iterable[str] = (),
        tick: Callable[[], None] = lambda: None,
        facts: Facts | None = None,
    ) -> None:
        self.modules = modules
        self.facts = Facts() if facts is None else facts
        self.ignore = dict.fromkeys(ignore, False)
        self.tick = tick
        self.resolver = Resolver(modules, self.text)
        self.broken: list[source.Broken] = []
        self._compiled = files.Compiled()
        self._unproved: list[int] = []
        self._trees: dict[int, tree.Tree | None] = {}
        self._deferring: dict[int, list[tuple[bytes, set[int]]]] = {}
        self._calls: dict[tuple[int, int], _Call] = {}
        self._lined: dict[int, _Imports] = {}
        self._room = _ROOM
        self._ignored = self._ignored_modules()

    def findings(self) -> Findings:
        """Return everything there is to know."""
        return uncollected(self._findings)

    def _findings(self) -> Findings:
        edges, small = self._read()
        at_import, deferred = self._with_calls(edges, small=small)
        self._check()
        typing = _components(edges)
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

    def text(self, number: int) -> bytes:
        """Return a module's source in UTF-8; as it is where it cannot be decoded."""
        path = self.modules.paths[number]
        raw, _status = files.read(path)
        data = source.normal(raw, path)
        return raw if isinstance(data, source.Broken) else data

    def _tree(self, number: int) -> tree.Tree | None:
        if number not in self._trees:
            data = self.text(number) if self.modules.paths[number] else b""
            self._trees[number] = tree.read(data, package=number in self.modules.packages)
        return self._trees[number]

    def _read(self) -> tuple[Edges, bool]:
        """Return all imports, and whether the project is small."""
        edges: Edges = {}
        size = 0
        for number, path in enumerate(self.modules.paths):
            if not number % 64:
                self.tick()
            if not path or number in self._ignored:
                continue
            known = self.facts.known(number)
            if known is None:
                known = self._read_file(number, path)
            length, statements = known
            size += length
            if statements and (mine := self._edges(number, statements)):
                edges[number] = mine
        return edges, size <= SMALL

    def _read_file(self, number: int, path: str) -> tuple[int, list[Statement]]:
        """Return how long a file is and what it imports; note if it is not known to be Python."""
        raw, status = files.read(path)
        proved = self._compiled.proves(path, raw, status)
        data = source.normal(raw, path, proved=proved)
        if isinstance(data, source.Broken):
            self.broken.append(data)
            return len(raw), self._statements(number, raw.replace(b"\0", b" "))[0]
        statements: list[Statement] = []
        if b"import" in data:
            found = self._statements(number, data)
            statements = found[0]
            if self._room > 0:
                self._room -= len(statements)
                self._lined[number] = found
        if not proved:
            self._unproved.append(number)
        self.facts.learn(number, len(raw), statements)
        return len(raw), statements

    def _check(self) -> None:
        """Let the parser look at all files that are not known to be Python."""
        for number in self._unproved:
            self.tick()
            path = self.modules.paths[number]
            if self._trees.get(number) is None and not self.resolver.has_parsed(number):
                broken = source.unparsable(self.text(number), path)
                if broken is not None:
                    self.broken.append(broken)
                    self.facts.forget(number)

    def _statements(self, number: int, data: bytes) -> _Imports:
        """Return the imports of a file that may matter."""
        quickly = quick.read(data, self.resolver.tops, lines=False)
        if quickly is not None:
            return quickly, False
        if scan.calls(data, self.resolver.tops) and (parsed := self._tree(number)) is not None:
            return parsed.statements(), True
        return lexer.read(data), True

    def _edges(self, number: int, statements: Iterable[Statement]) -> dict[int, When]:
        found: dict[int, When] = {}
        targets, deferred = self.resolver.targets, When.DEFERRED
        for when, module, names, _line, function in statements:
            leads = targets(number, module, names)
            if function and when is deferred and leads:
                self._deferring.setdefault(number, []).append((function, leads))
            for target in leads:
                if found.get(target, _NEVER) > when and not (self.ignore and self._is_ignored(number, target)):
                    found[target] = when
        return found

    # --- calls --------------------------------------------------------------------------------

    def _with_calls(self, edges: Edges, *, small: bool) -> tuple[list[list[int]], list[list[int]]]:
        """Return the components at import time and those with all deferred imports, when calls have been followed."""
        at_import, deferred = _until(When.IMPORT, edges), _components(_until(When.DEFERRED, edges))
        self._follow_calls(edges, at_import, deferred, small=small)
        return _components(_until(When.IMPORT, edges) if self._calls else at_import), deferred

    def _follow_calls(self, edges: Edges, at_import: graph.Graph, deferred: list[list[int]], *, small: bool) -> None:
        """Turn imports in functions that are called while importing into imports at import time."""
        reach = graph.Reach(at_import)
        for members in deferred:
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
        from fnmatch import fnmatchcase

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
        from fnmatch import fnmatchcase

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
        data = self.text(a)
        if a not in self._lined:
            self._lined[a] = self._statements(a, data)
        statements, counted = self._lined[a]
        found = {one.line for one in statements if one.when is when and b in self._targets(a, one)}
        return tuple(sorted(found if counted else {quick.line(data, at) for at in found}))

    def _targets(self, number: int, one: Statement) -> set[int]:
        return self.resolver.targets(number, one.module, one.names)


def _until(limit: When, edges: Edges) -> dict[int, set[int]]:
    """Return the graph of the imports that are carried out at *limit* or before."""
    return {number: {to for to, when in leads.items() if when <= limit} for number, leads in edges.items()}


def _components(edges: graph.Graph) -> list[list[int]]:
    """Return the components, those of one module that imports itself among them."""
    found = graph.components(edges)
    inside = {node for component in found for node in component}
    found += [[node] for node, to in edges.items() if node in to and node not in inside]
    return sorted(found)


def _new(wider: list[list[int]], narrower: list[list[int]]) -> list[list[int]]:
    """Return the components that are not among *narrower*; a module that imports itself later is none."""
    known = set(map(tuple, narrower))
    return [component for component in wider if tuple(component) not in known and len(component) > 1]
