"""A changelog that speaks of the version there is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pytest_readiness.survey.model import Found, Remark, Section
from pytest_readiness.survey.repository import Repository

WHAT = "changelog"

#: A version that is no development or pre-release, of which a changelog does not speak yet.
_RELEASED = re.compile(r"v?[0-9]+(?:\.[0-9]+)*")


def look(repository: Repository) -> Iterator[Found | Remark]:
    """Yield a gate that takes the version, and one that looks for it in the changelog."""
    name = next(
        iter(repository.matching(r"(?:docs?/)?(?:changelog|changes|history|news|releases)(?:\.(?:md|rst|txt))?")), None
    )
    if name is None:
        return
    source = _version(repository)
    if source is None:
        yield Remark(f"{name} cannot be held against a version: pyproject.toml has no released one of its own")
        return
    yield source
    yield Found(
        id="changelog",
        section=Section.DELIVERY,
        title="The changelog speaks of this version",
        why=f"there is {name}, and {source.why}",
        probe="file",
        options={"path": name, "regex": "(?:^|[^0-9.])${version.version}(?:[^0-9.]|$)"},
        musts={"matches": ">= 1"},
        needs=("version",),
    )


def _version(repository: Repository) -> Found | None:
    """Return the gate that takes the version out of pyproject.toml."""
    for table, query in (
        (repository.pyproject.get("project"), "project.version"),
        (repository.tool("poetry"), "tool.poetry.version"),
    ):
        version = table.get("version") if isinstance(table, dict) else None
        if isinstance(version, str) and _RELEASED.fullmatch(version):
            return Found(
                id="version",
                section=Section.DELIVERY,
                title="The project has a version",
                why="pyproject.toml has a version",
                probe="document",
                options={"path": "pyproject.toml", "extract": {"version": query}},
                musts={"version": r"~ ^\d+(\.\w+)*"},
            )
    return None
