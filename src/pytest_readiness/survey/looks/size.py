"""How large and how entangled the code is: that it does not get worse."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_readiness.model import Severity
from pytest_readiness.survey.looks._words import listed
from pytest_readiness.survey.model import Found, Remark, Section
from pytest_readiness.survey.repository import Repository

WHAT = "code to measure"

#: With less code than this there is nothing to keep in shape.
_FEW = 3
#: With more modules, or more bytes of them, parsing them all takes longer than somebody wants to wait.
_MOST, _LARGEST = 1500, 4 * 1024 * 1024


def look(repository: Repository) -> Iterator[Found | Remark]:
    """Yield ratchets on the longest file and the most entangled function."""
    layout = repository.layout
    if len(layout.sources) < _FEW:
        return
    if len(layout.sources) > _MOST or repository.size(layout.sources) > _LARGEST:
        yield Remark(f"the code is large ({len(layout.sources)} modules): how entangled it is was not looked at")
        return
    yield Found(
        id="complexity",
        section=Section.CODE,
        title="Files get no longer, and functions no more entangled, than the worst today",
        why=f"the code is in {listed(layout.paths)}: {len(layout.sources)} modules",
        probe="complexity",
        options={"paths": list(layout.paths)},
        ratchets=("longest_file", "max_complexity"),
        enough={"longest_file": 500, "max_complexity": 10},
        severity=Severity.LOW,
    )
