"""How large and how entangled the code is: that it does not get worse."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_readiness.model import Severity
from pytest_readiness.survey.model import Found, Remark, Section
from pytest_readiness.survey.repository import Repository

WHAT = "code to measure"

#: With less code than this there is nothing to keep in shape.
_FEW = 3


def look(repository: Repository) -> Iterator[Found | Remark]:
    """Yield ratchets on the longest file and the most entangled function."""
    layout = repository.layout
    if len(layout.sources) < _FEW:
        return
    yield Found(
        id="complexity",
        section=Section.CODE,
        title="No file gets longer, and no function more entangled, than the worst today",
        why=f"{len(layout.sources)} Python files are in {', '.join(layout.paths[:3])}",
        probe="complexity",
        options={"paths": list(layout.paths)},
        ratchets=("longest_file", "max_complexity"),
        severity=Severity.LOW,
    )
