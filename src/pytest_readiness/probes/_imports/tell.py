"""Import cycles in words."""

from __future__ import annotations

from pathlib import Path

from pytest_readiness.probes._imports.findings import Cycle, Link
from pytest_readiness.probes._imports.fresh import relative

#: More modules than these are not worth reading in a terminal.
_NAMES = 40


def cycle(cycle: Cycle, root: Path) -> str:
    """Return a cycle: a way round, what to cut, and all its modules if there are more than on the way."""
    lines = [_link(link, root) for link in cycle.way]
    if len(cycle.modules) > len(cycle.way):
        lines += ["all modules:", f"  {names(cycle)}"]
    sure = "" if cycle.proved else " (a small set, not proved the smallest)"
    count = "1 import" if len(cycle.cut) == 1 else f"{len(cycle.cut)} imports"
    lines += [f"to break it, cut {count}{sure}:", *(f"  {_link(link, root)}" for link in cycle.cut)]
    return "\n".join(lines)


def way(cycle: Cycle, root: Path) -> str:
    """Return a way round in one line."""
    steps = [f"{link.importer} ({_place(link, root)})" for link in cycle.way]
    more = len(cycle.modules) - len(cycle.way)
    return " -> ".join([*steps, cycle.way[0].importer]) + (f", {more} more modules" if more else "")


def names(cycle: Cycle) -> str:
    """Return the names of the modules, the first ones of many."""
    rest = len(cycle.modules) - _NAMES
    return ", ".join(cycle.modules[:_NAMES]) + (f" and {rest} more" if rest > 0 else "")


def _link(link: Link, root: Path) -> str:
    note = f": {relative(link.note, root)}" if link.note else ""
    return f"{link.importer} imports {link.imported} ({_place(link, root)}){note}"


def _place(link: Link, root: Path) -> str:
    return f"{relative(link.path, root)}:{','.join(map(str, link.lines))}"
