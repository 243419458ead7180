"""Migrations of a database: Alembic's, and Django's."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_readiness.model import Severity
from pytest_readiness.survey.looks._words import slug
from pytest_readiness.survey.model import Found, Remark, Section
from pytest_readiness.survey.repository import Repository

WHAT = "migrations of a database"


def look(repository: Repository) -> Iterator[Found | Remark]:
    """Yield a gate on each configuration of Alembic, and one on Django's migrations."""
    configs = repository.matching(r"(?:.*/)?alembic\.ini")
    if repository.tool("alembic") is not None:
        configs.append("pyproject.toml")
    for config in configs:
        yield Found(
            id=slug("migrations", "" if "/" not in config else config.rpartition("/")[0]),
            section=Section.DATA,
            title="The migrations are in one line",
            why=f"there is {config}" if config != "pyproject.toml" else "pyproject.toml has [tool.alembic]",
            probe="migrations",
            options={"config": config},
            musts={"heads": 1},
            severity=Severity.HIGH,
        )
    for manage in repository.matching(r"(?:.*/)?manage\.py"):
        if "DJANGO_SETTINGS_MODULE" in repository.text(manage):
            folder = manage.rpartition("/")[0]
            yield Found(
                id=slug("migrations django", folder),
                section=Section.DATA,
                title="The models have no change without a migration",
                why=f"there is {manage}",
                probe="command",
                options={
                    "run": ["python", "manage.py", "makemigrations", "--check", "--dry-run"],
                    **({"cwd": folder} if folder else {}),
                },
                musts={"exit_code": 0},
                severity=Severity.HIGH,
            )
