"""Compose files."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_readiness.survey.looks._words import slug
from pytest_readiness.survey.model import Found, Remark, Section
from pytest_readiness.survey.repository import Repository

WHAT = "Compose file"

_NAMES = r"(?:.*/)?(?:docker-)?compose(?:[.-][\w.-]+)?\.ya?ml"


def look(repository: Repository) -> Iterator[Found | Remark]:
    """Yield a gate on each Compose file that has services."""
    for name in repository.matching(_NAMES):
        services = [one.get("services") for one in repository.yaml(name) if isinstance(one, dict)]
        if not any(isinstance(one, dict) and one for one in services):
            continue
        which = "" if name in {"compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"} else name
        yield Found(
            id=slug("compose", which),
            section=Section.CONTAINERS,
            title=f"The services of {name} run images at fixed versions",
            why=f"{name} has {sum(len(one) for one in services if isinstance(one, dict))} services",
            probe="document",
            options={"path": name, "subject": "compose"},
            musts={"latest_tags": 0},
            keeps={"privileged": 0, "without_restart": 0, "without_memory_limit": 0},
            ratchets=("without_healthcheck",),
        )
