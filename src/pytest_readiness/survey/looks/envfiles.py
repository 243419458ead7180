"""Example files for variables: they can be read, and a file that is kept beside them has the same names."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_readiness.model import Severity
from pytest_readiness.survey.looks._words import slug
from pytest_readiness.survey.model import Found, Remark, Section
from pytest_readiness.survey.repository import Repository

WHAT = "example of a .env file"

#: What example files are called, in lower case.
EXAMPLES = (
    r"(?:.*/)?(?:\.?env[._-](?:example|sample|template|dist)|(?:example|sample|template)\.env|\.env\.[\w-]+\.example)"
)


def look(repository: Repository) -> Iterator[Found | Remark]:
    """Yield gates on each example, and on a .env file that is kept with it."""
    for name in repository.matching(EXAMPLES):
        folder = name.rpartition("/")[0]
        yield Found(
            id=slug(folder, "env example"),
            section=Section.CONFIGURATION,
            title=f"{name} can be read, the same by every reader",
            why=f"there is {name}",
            probe="dotenv",
            options={"path": name},
            musts={"problems": 0},
        )
        kept = f"{folder}/.env" if folder else ".env"
        if kept in repository and repository.top is not None:
            yield Found(
                id=slug(folder, "env complete"),
                section=Section.CONFIGURATION,
                title=f"{kept} sets all that {name} names",
                why=f"{kept} is kept beside {name}",
                probe="env",
                options={"file": kept, "example": name},
                musts={"missing": 0},
                keeps={"undeclared": 0},
                severity=Severity.HIGH,
            )
