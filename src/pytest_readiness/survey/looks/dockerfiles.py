"""Dockerfiles: pinned images, and a user that is not root."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pytest_readiness.model import Severity
from pytest_readiness.survey.looks._words import slug
from pytest_readiness.survey.model import Found, Remark, Section
from pytest_readiness.survey.repository import Repository

WHAT = "Dockerfile"

_NAMES = (r"(?:.*/)?(?:dockerfile|containerfile)(?:\.[\w.-]+)?", r".*\.dockerfile")
_NOT = re.compile(r".*\.(?:dockerignore|md|sh|py|j2|tmpl|template|in)", re.IGNORECASE)
_INSTALLS = re.compile(r"\b(?:pip|uv|npm|yarn|pnpm|poetry|pdm|bundle|composer)\b[^\n]*\b(?:install|sync|ci)\b")
_FROM = re.compile(r"(?im)^\s*FROM\s+\S")


def look(repository: Repository) -> Iterator[Found | Remark]:
    """Yield gates on each Dockerfile."""
    for name in repository.matching(*_NAMES):
        text = repository.text(name)
        if _NOT.fullmatch(name) or not _FROM.search(text):
            continue
        which = "" if name.lower() == "dockerfile" else name
        options: dict[str, object] = {"path": name}
        yield Found(
            id=slug("image pinned", which),
            section=Section.CONTAINERS,
            title=f"{name} builds on images with a fixed version",
            why=f"there is {name}",
            probe="dockerfile",
            options=options,
            musts={"unpinned": 0},
            keeps={"undigested": 0},
            severity=Severity.HIGH,
        )
        yield Found(
            id=slug("image not root", which),
            section=Section.CONTAINERS,
            title=f"The image of {name} does not run as root",
            why=f"there is {name}",
            probe="dockerfile",
            options=options,
            musts={"non_root": True},
            severity=Severity.HIGH,
        )
        yield Found(
            id=slug("image kept", which),
            section=Section.CONTAINERS,
            title=f"{name} keeps what it does well",
            why=f"there is {name}",
            probe="dockerfile",
            options=options,
            keeps={**({"late_installs": 0} if _INSTALLS.search(text) else {}), "healthcheck": True, "stages": ">= 2"},
            severity=Severity.LOW,
        )
