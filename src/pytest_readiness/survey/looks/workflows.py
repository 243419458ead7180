"""Workflows of GitHub Actions, and the pipeline of GitLab CI."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pytest_readiness.model import Severity
from pytest_readiness.survey.looks._words import listed
from pytest_readiness.survey.model import Found, Remark, Section
from pytest_readiness.survey.repository import Repository

WHAT = "workflow of a CI"

#: What runs tests, as workflows say it.
_RUNNERS = ("pytest", "tox", "nox", "hatch test", "make test", "manage.py test", "unittest")


def look(repository: Repository) -> Iterator[Found | Remark]:
    """Yield gates on the workflows together, and on the one that runs the tests."""
    names = [
        name
        for name in repository.matching(r"\.github/workflows/[^/]+\.ya?ml", r"\.gitlab-ci\.ya?ml")
        if any(isinstance(one, dict) for one in repository.yaml(name))
    ]
    if not names:
        return
    github = [name for name in names if name.startswith(".github/")]
    if github and any("uses:" in repository.text(name) for name in github):
        yield Found(
            id="workflows-pinned",
            section=Section.DELIVERY,
            title="Workflows use actions at a version, not at a branch",
            why=f"{listed(github)} use{'s' * (len(github) == 1)} actions",
            probe="document",
            options={"paths": github, "subject": "workflow"},
            musts={"unpinned_actions": 0},
            ratchets=("without_timeout",),
        )
    for name in sorted(names, key=_rank):
        runner = next((word for word in _RUNNERS if _runs(repository.text(name), word)), None)
        if runner is not None:
            yield Found(
                id="workflow-tests",
                section=Section.DELIVERY,
                title="The CI runs the tests, and heeds them",
                why=f"{name} runs {runner}",
                probe="document",
                options={"path": name, "subject": "workflow", "names": {"steps": [runner]}},
                musts={"missing": 0},
                keeps={"optional": 0},
                severity=Severity.HIGH,
            )
            return


def _rank(name: str) -> tuple[int, str]:
    """Return what puts the workflows that are called after tests first, and those of releases and documents last."""
    last = name.rpartition("/")[2]
    return next((place for place, word in enumerate(("test", "ci", "main", "build")) if word in last), 9), name


def _runs(text: str, word: str) -> bool:
    """Tell whether a line that is a command, and no comment, has *word*."""
    said = re.compile(rf"(?m)^(?!\s*#).*(?:run:|script:|^\s+(?:- )?[\w./-]).*(?<![\w-]){re.escape(word)}(?![\w-])")
    return bool(said.search(text))
