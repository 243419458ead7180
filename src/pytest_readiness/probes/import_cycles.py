"""Modules that import each other."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pytest_readiness.deadline import Deadline
from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Better, Evidence, Value
from pytest_readiness.probe import Context, Measure, Measurements, Probe, Touch, option
from pytest_readiness.probes._imports import cache, fresh, tell
from pytest_readiness.probes._imports.findings import Cycle, Findings
from pytest_readiness.probes._imports.modules import find, roots

#: How long one module of a cycle may take to be imported when cycles are confirmed, in seconds.
_ONE_IMPORT = 20.0
#: This many cycles are shown with their way round; the others are counted.
_SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class ImportCycles(Probe):
    """
    Do modules import each other while they are being imported?

    Such a cycle works or breaks by the order in which its modules happen to be imported. Nothing is
    run: source is read, and each import is taken for what Python makes of it. Imports inside
    functions count only if the function is called during the import (``deferred_cycles`` has the
    others), imports for type checkers never (``typing_cycles``). With ``confirm``, each module of each cycle is
    really imported first, in a fresh interpreter.

    A file that cannot be parsed makes the gate an error; an up-to-date ``.pyc`` beside a file shows that it can be,
    all others are parsed. Up to 4 MiB of source, calls are followed from module to module, beyond inside of
    each module. Folders called ``LC_MESSAGES`` are for translations and hold no modules; an import from one is an
    error.

    Fails when there is a cycle at import time.

    To fix: the evidence names the imports whose removal leaves no cycle. Move what both sides need into a
    third module, or import inside the function that needs it.
    """

    measures = {
        "modules": Measure(int, "modules found", better=Better.HIGHER),
        "imports": Measure(int, "pairs of modules of which one imports the other"),
        "cycles": Measure(int, "groups of modules that import each other at import time", better=Better.LOWER),
        "largest": Measure(int, "modules in the largest of these groups", better=Better.LOWER),
        "deferred_cycles": Measure(int, "cycles only through imports inside functions", better=Better.LOWER),
        "typing_cycles": Measure(int, "cycles only through imports under TYPE_CHECKING", better=Better.LOWER),
        "broken": Measure(int, "cycles with a module that cannot be imported first, if confirmed", better=Better.LOWER),
    }
    expect = {"cycles": 0}
    counter = "modules"

    packages: tuple[str, ...] = option(
        "Packages or modules, dotted ones too; all under `src/`, or else in the spec's folder, if left out.",
        (),
        example=["orders"],
    )
    ignore: tuple[str, ...] = option(
        "Modules to leave out, and imports (`a.b -> a.c`) not to count; `*` stands for anything.",
        (),
        example=["orders.migrations.*", "orders.api -> orders.app"],
    )
    confirm: bool = option("Really import each module of each cycle, in a fresh interpreter.", default=False)

    def __post_init__(self) -> None:
        for name in self.packages:
            if not all(part.isidentifier() for part in name.split(".")):
                raise OptionError(f"{name!r} is no dotted name of a package", "packages")

    def declared(self) -> dict[str, Measure]:
        """Return the measurements; ``broken`` only if cycles are to be confirmed."""
        return {name: measure for name, measure in self.measures.items() if self.confirm or name != "broken"}

    def touches(self) -> Iterable[Touch]:
        """Yield the packages, and the interpreter if it is to run."""
        for name in self.packages or ("all packages",):
            yield Touch("module", name)
        if self.confirm:
            yield Touch("command", f"{sys.executable} -c 'import ...' for each module of a cycle")

    def measure(self, context: Context) -> Measurements:
        """Find the cycles."""
        key = ("imports", self.packages, self.ignore)
        found = context.fact(key, lambda deadline: self._findings(context, deadline))
        evidence = list(self._evidence(found, context.root))
        if found.broken:
            raise _unreadable(found, context.root, evidence)
        values: dict[str, Value] = {
            "modules": found.modules,
            "imports": found.imports,
            "cycles": len(found.cycles),
            "largest": max((len(cycle.modules) for cycle in found.cycles), default=0),
            "deferred_cycles": len(found.deferred),
            "typing_cycles": len(found.typing),
        }
        if self.confirm:
            failed = self._confirm(found.cycles, context)
            failing = {failure.module for failure in failed}
            values["broken"] = sum(not failing.isdisjoint(cycle.modules) for cycle in found.cycles)
            if failed:
                text = "\n".join(failure.shown(context.root) for failure in failed)
                evidence.append(Evidence("cannot be imported first", text))
        return Measurements(values, looked_at=found.modules, evidence=evidence)

    def _findings(self, context: Context, deadline: Deadline) -> Findings:
        modules = find(context.root, self.packages, sys.path)

        def tick() -> None:
            if deadline.passed:
                raise CannotMeasure(f"the time was over before all imports of {modules.files} modules were read")

        return cache.findings(context.cache, modules, self.ignore, tick)

    def _evidence(self, found: Findings, root: Path) -> Iterable[Evidence]:
        for number, cycle in enumerate(found.cycles[:_SHOWN], 1):
            title = f"cycle {number} of {len(found.cycles)}: {len(cycle.modules)} modules"
            yield Evidence(title, tell.cycle(cycle, root))
        if len(found.cycles) > _SHOWN:
            rest = found.cycles[_SHOWN:]
            yield Evidence(f"{len(rest)} more cycles", "\n".join(map(tell.names, rest)))
        for title, cycles in (("only inside functions", found.deferred), ("only for type checkers", found.typing)):
            if cycles:
                text = "\n".join(tell.way(cycle, root) for cycle in cycles[:_SHOWN])
                yield Evidence(f"{len(cycles)} cycles {title}", text)
        if found.unused_ignores:
            yield Evidence("ignore matches nothing", "\n".join(found.unused_ignores))

    def _confirm(self, cycles: Sequence[Cycle], context: Context) -> list[fresh.Failure]:
        """Return the modules that cannot be imported first because of their cycle."""
        names = [name for cycle in cycles for name in cycle.modules]
        failed = fresh.failures(context, names, roots(context.root), _ONE_IMPORT) if names else []
        for cycle in cycles:
            mine = [failure for failure in failed if failure.module in cycle.modules]
            if len(mine) == len(cycle.modules) and not any(failure.of_a_cycle for failure in mine):
                raise CannotMeasure(f"a cycle cannot be confirmed: {mine[0].shown(context.root)}")
        return failed


def _unreadable(found: Findings, root: Path, evidence: Sequence[Evidence]) -> CannotMeasure:
    shown = [fresh.relative(each, root) for each in found.broken]
    if len(shown) == 1:
        error = CannotMeasure(f"a file is no Python, so there may be more cycles: {shown[0]}")
    else:
        error = CannotMeasure(f"{len(shown)} files are no Python, so there may be more cycles: {'; '.join(shown)}")
    for each in evidence:
        error.add_note(f"{each.title}\n{each.text}")
    return error
