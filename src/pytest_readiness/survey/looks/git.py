"""What is in git, and should not be."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pytest_readiness.model import Severity
from pytest_readiness.survey.model import Found, Remark, Section
from pytest_readiness.survey.repository import Repository

WHAT = "checkout of git"

#: What programs leave behind.
_LEFTOVERS = ("*.pyc", "__pycache__", ".DS_Store", "*.egg-info", ".coverage", "*.swp")
#: Keys, certificates and variables that tests and examples bring along.
_KEYS = re.compile(
    r"((?:.*/)?(?:tests?|examples?|docs?|fixtures|testdata)/(?:.*/)?)[^/]*\.(pem|key|p12|pfx|jks|env)", re.IGNORECASE
)


def look(repository: Repository) -> Iterator[Found | Remark]:
    """Yield gates on the repository, where the folder is the top of one."""
    if repository.top is None:
        return
    if repository.top.resolve() != repository.root.resolve():
        yield Remark(f"the folder is a part of the checkout {repository.top}: gates on git belong to its top")
        return
    allowed = sorted({f"{found[1]}*.{found[2]}" for name in repository.files if (found := _KEYS.fullmatch(name))})
    yield Found(
        id="no-secrets",
        section=Section.REPOSITORY,
        title="No file with secrets is in git",
        why="the folder is a checkout of git",
        probe="git",
        options={"allow": allowed} if allowed else {},
        musts={"secrets": 0},
        severity=Severity.CRITICAL,
    )
    yield Found(
        id="no-leftovers",
        section=Section.REPOSITORY,
        title="Nothing that programs leave behind is in git",
        why="the folder is a checkout of git",
        probe="git",
        options={"not_committed": list(_LEFTOVERS)},
        musts={"unwanted": 0},
        keeps={"largest": "<= 5 MiB"},
        severity=Severity.LOW,
    )
