"""What an analysis finds: plain values, cheap to load."""

from __future__ import annotations

from typing import NamedTuple


class Link(NamedTuple):
    """One module importing another in ``lines`` of its file ``path``; ``note`` says how, if not by an import there."""

    importer: str
    imported: str
    path: str
    lines: tuple[int, ...]
    note: str = ""


class Cycle(NamedTuple):
    """
    Modules that import each other.

    ``way`` is a shortest way round, in the order of the imports; ``cut`` the imports to remove, the
    fewest possible if ``proved``.
    """

    modules: tuple[str, ...]
    way: tuple[Link, ...]
    cut: tuple[Link, ...] = ()
    proved: bool = True


class Findings(NamedTuple):
    """What was found: ``cycles`` at import time, those ``deferred`` into functions, those for ``typing`` only."""

    modules: int
    imports: int
    cycles: tuple[Cycle, ...]
    deferred: tuple[Cycle, ...]
    typing: tuple[Cycle, ...]
    broken: tuple[str, ...]
    unused_ignores: tuple[str, ...] = ()
