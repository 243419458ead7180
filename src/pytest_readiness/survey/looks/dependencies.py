"""What the project requires: installed as it should be, and pinned where it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pytest_readiness.model import Severity
from pytest_readiness.survey.looks._words import slug
from pytest_readiness.survey.model import Found, Remark, Section
from pytest_readiness.survey.repository import Repository

WHAT = "requirements file"

_NAMES = r"requirements(?:[-_.](?:prod|production|base|main|app))?\.txt|requirements/(?:prod|production|base|main)\.txt"
#: A requirement, and one that leaves its version open.
_ANY = re.compile(r"(?m)^[A-Za-z0-9]")
_OPEN = r"^[A-Za-z0-9](?![^\n#]*(==| @ ))"


def look(repository: Repository) -> Iterator[Found | Remark]:
    """Yield gates on each file of requirements for production."""
    for name in repository.matching(_NAMES):
        text = repository.text(name)
        if not _ANY.search(text):
            continue
        yield Found(
            id=slug("installed", name.removesuffix(".txt")),
            section=Section.CONFIGURATION,
            title=f"The packages of {name} are installed, in versions that will do",
            why=f"there is {name}",
            probe="package",
            options={"files": [name]},
            musts={"missing": 0, "unsatisfied": 0},
            severity=Severity.HIGH,
            here=True,
        )
        if not re.search(_OPEN, text, re.MULTILINE):
            yield Found(
                id=slug("pinned", name.removesuffix(".txt")),
                section=Section.DELIVERY,
                title=f"Every package of {name} is pinned",
                why=f"all requirements in {name} name one version",
                probe="file",
                options={"path": name, "regex": _OPEN},
                musts={"matches": 0},
            )
