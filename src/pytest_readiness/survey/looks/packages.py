"""Python packages: they compile, can be imported, and do not import each other in circles."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_readiness.model import Severity
from pytest_readiness.survey.looks._words import listed
from pytest_readiness.survey.model import Found, Remark, Section
from pytest_readiness.survey.repository import Repository

WHAT = "Python package"

#: How many packages or modules are named one by one.
_MOST = 20


def look(repository: Repository) -> Iterator[Found | Remark]:
    """Yield gates on the packages that the project delivers."""
    layout = repository.layout
    for folder in layout.elsewhere:
        if folder not in layout.packages:
            yield Remark(f"{folder}/ looks like a project of its own: readiness init {folder}")
    names = layout.names
    if not names:
        return
    if len(names) > _MOST:
        yield Remark(f"{len(names)} packages and modules are at the top: no gates on their imports were made")
        return
    where = f"the code is in {listed(layout.paths)}"
    yield Found(
        id="syntax",
        section=Section.CODE,
        title="All code compiles",
        why=where,
        probe="syntax",
        options={"paths": list(layout.paths)},
        musts={"errors": 0},
        severity=Severity.CRITICAL,
    )
    if len(layout.sources) > 1:
        yield Found(
            id="import-cycles",
            section=Section.CODE,
            title="No modules import each other in a circle",
            why=f"{where}: {len(layout.sources)} modules",
            probe="import_cycles",
            options={"packages": list(names)},
            musts={"cycles": 0},
            severity=Severity.HIGH,
        )
    yield Found(
        id="imports",
        section=Section.CODE,
        title="Every module can be imported on its own",
        why=where,
        probe="imports",
        options={"packages": list(names)},
        musts={"failed": 0},
        severity=Severity.HIGH,
        timeout="180s",
    )
