"""What some tests alone have run: coverage.py's contexts, chosen by pattern or by test."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_readiness.errors import CannotMeasure
from pytest_readiness.probes._coverage.report import Recorded
from pytest_readiness.probes._coverage.run import copied, dumps, opened, settings

if TYPE_CHECKING:
    from coverage import Coverage

_NONE = (
    "the coverage data has no contexts, so it does not tell which test ran what: say dynamic_context = "
    "test_function under [run], or run pytest with --cov-context=test"
)
#: The context of what no test ran: imports, mostly.
_IMPORTED = "^$"


def by_pattern(cov: Coverage, patterns: Iterable[str], root: Path) -> Recorded:
    """
    Return what was recorded in the contexts that *patterns* find, as coverage.py's own ``--contexts`` does.

    Raises ``CannotMeasure`` for a pattern that finds none.
    """
    known = _known(cov)
    wanted = list(patterns)
    for pattern in wanted:
        if not any(re.search(pattern, context) for context in known):
            raise CannotMeasure(f"contexts: {pattern} finds none of the {len(known)} contexts, such as {_some(known)}")
    if not any(context and re.search(pattern, context) for pattern in wanted for context in known):
        raise CannotMeasure("contexts: no test is among them, only what ran outside of tests")
    return _only(cov, wanted, root)


def by_test(cov: Coverage, chosen: Collection[str], others: Collection[str], root: Path) -> Recorded:
    """
    Return what the *chosen* tests ran, by node id, and what ran while modules were imported.

    Raises ``CannotMeasure`` where no context is one of theirs, and where one could be that of *others* as well.
    """
    known = _known(cov)
    dotted = {name for nodeid in chosen for name in _dotted(nodeid)}
    foreign = {name for nodeid in others for name in _dotted(nodeid)}
    found = [context for context in known if context and _nodeid(context) in chosen]
    for context in known - set(found):
        if context in dotted:
            if context in foreign:
                raise CannotMeasure(f"the context {context!r} could be that of several tests: use --cov-context=test")
            found.append(context)
    if not found:
        raise CannotMeasure(f"none of the {len(known)} contexts is of the tests chosen; there is {_some(known)}")
    exact = "|".join(map(re.escape, sorted(found)))
    return _only(cov, [_IMPORTED, f"^(?:{exact})$"], root)


def _known(cov: Coverage) -> set[str]:
    known: set[str] = cov.get_data().measured_contexts()
    if not any(known):
        raise CannotMeasure(_NONE)
    return known


def _only(cov: Coverage, patterns: list[str], root: Path) -> Recorded:
    """Return a copy of what *cov* recorded, in the contexts of *patterns* alone."""
    copy = copied([dumps(cov)], settings(cov))
    copy.set_option("report:contexts", patterns)
    with opened(copy.get_data()) as data:
        data.set_query_contexts(patterns)
    # Not cached: the cache keeps one set of numbers for each file.
    return Recorded(copy, root)


def _nodeid(context: str) -> str:
    """Return the node id in a context of pytest-cov, which ends in the phase: ``tests/test_a.py::test_x|run``."""
    return context.rpartition("|")[0]


def _dotted(nodeid: str) -> Iterable[str]:
    """
    Yield what ``dynamic_context = test_function`` may call the test: ``tests.test_a.Class.test_x``, ``test_a...``.

    How much of the path is in a module's name depends on how pytest imported it.
    """
    path, _, rest = nodeid.partition("[")[0].partition("::")
    parts = [*path.removesuffix(".py").split("/"), *rest.split("::")]
    inside = rest.count("::") + 1
    yield from (".".join(parts[start:]) for start in range(len(parts) - inside))


def _some(known: Iterable[str]) -> str:
    names = sorted(filter(None, known))
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")  # noqa: PLR2004 - as said
