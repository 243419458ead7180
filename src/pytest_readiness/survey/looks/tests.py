"""Tests that pytest runs."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from pytest_readiness.model import Severity
from pytest_readiness.survey.model import Found, Remark, Section
from pytest_readiness.survey.repository import Repository

WHAT = "file with tests"

#: How many files with tests are read to count what is in them.
_MOST = 500


def look(repository: Repository) -> Iterator[Found | Remark]:
    """Yield a gate on all tests, if there is any."""
    files = repository.layout.tests
    if not files:
        return
    count = sum(_count(repository.tree(name)) for name in files[:_MOST])
    if not count:
        yield Remark(f"{len(files)} files are named as tests are, but no test is in them")
        return
    more = "more than " if len(files) > _MOST else ""
    functions = f"{more}{count} test function{'s are' if count != 1 else ' is'}"
    yield Found(
        id="tests",
        section=Section.TESTS,
        title="All tests pass",
        why=f"{functions} in {len(files)} file{'s' * (len(files) != 1)}",
        probe="tests",
        options={"select": "all"},
        musts={"failed": 0, "errors": 0},
        ratchets=("passed",),
        severity=Severity.CRITICAL,
    )


def _count(tree: ast.Module) -> int:
    """Return how many functions and methods are named as tests are."""
    bodies = [tree.body, *(node.body for node in tree.body if isinstance(node, ast.ClassDef))]
    functions = (node for body in bodies for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return sum(node.name.startswith("test") for node in functions)
