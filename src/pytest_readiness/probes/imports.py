"""Whether modules can be imported."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass

from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Better, Evidence
from pytest_readiness.options import Duration
from pytest_readiness.probe import Context, Measure, Measurements, Probe, Touch, option
from pytest_readiness.probes._imports import fresh
from pytest_readiness.probes._imports.modules import find, roots


@dataclass(frozen=True, kw_only=True)
class Imports(Probe):
    """
    Can every module be imported, each on its own?

    Each module is imported first in a fresh interpreter, so that no other import prepares the
    ground for it. ``src/`` and the spec's folder come first on its path. What a module prints goes nowhere.

    Fails when an import raises, calls ``sys.exit``, ends the interpreter or takes longer than ``within``.

    To fix: the evidence names, for each module, the error and the line that raised it; run
    ``python -c "import MODULE"`` to see it.
    """

    measures = {
        "modules": Measure(int, "modules imported, or tried to", better=Better.HIGHER),
        "failed": Measure(int, "modules that could not be imported", better=Better.LOWER),
    }
    expect = {"failed": 0}
    counter = "modules"

    modules: tuple[str, ...] = option("Modules to import, by their dotted names.", (), example=["orders.app"])
    packages: tuple[str, ...] = option(
        "Packages to import with all modules below them, but for `__main__`.", (), example=["orders"]
    )
    within: Duration = option("How long one import may take.", 20.0, example="20s")

    def __post_init__(self) -> None:
        if not self.modules and not self.packages:
            raise OptionError("says nothing to import: give modules or packages")
        for name in ("modules", "packages"):
            for each in getattr(self, name):
                if not all(part.isidentifier() for part in each.split(".")):
                    raise OptionError(f"{each!r} is no dotted name of a module", name)
        if self.within <= 0:
            raise OptionError("has to be longer than 0 s", "within")

    def touches(self) -> Iterable[Touch]:
        """Yield every module named."""
        for name in (*self.modules, *self.packages):
            yield Touch("module", name)

    def measure(self, context: Context) -> Measurements:
        """Import all modules, a few at a time."""
        names = [*self.modules, *self._inside(context)]
        if not names:
            raise CannotMeasure(f"looked at nothing: there is no module in {', '.join(self.packages)}")
        failed = fresh.failures(context, names, roots(context.root), self.within)
        evidence = [Evidence("not imported", "\n".join(each.shown(context.root) for each in failed))] if failed else []
        count = len(set(names))
        return Measurements({"modules": count, "failed": len(failed)}, looked_at=count, evidence=evidence)

    def _inside(self, context: Context) -> list[str]:
        if not self.packages:
            return []
        found = find(context.root, self.packages, sys.path)
        names = [name.decode() for name, path in zip(found.names, found.paths, strict=True) if path]
        return sorted(name for name in names if name.rpartition(".")[2] != "__main__" and _is_dotted(name))


def _is_dotted(name: str) -> bool:
    return all(part.isidentifier() for part in name.split("."))
