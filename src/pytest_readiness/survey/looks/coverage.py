"""Coverage: what the project is content with, and what was recorded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pytest_readiness.model import Severity
from pytest_readiness.survey.looks._words import listed
from pytest_readiness.survey.model import Found, Remark, Section
from pytest_readiness.survey.repository import Repository
from pytest_readiness.survey.threshold import floor

WHAT = "setting of coverage"

_TABLES = ("run", "report")
_FAIL_UNDER = re.compile(r"(?m)^\s*fail_under\s*=\s*([0-9]+(?:\.[0-9]+)?)\s*$")
_OPTION = re.compile(r"--cov-fail-under[= ]([0-9]+(?:\.[0-9]+)?)")
_RATE = re.compile(r"<coverage\b[^>]*?\bline-rate=\"([01](?:\.[0-9]+)?)\"")
_PLUGINS = re.compile(r"(?m)^\s*plugins\s*=")
_HEAD = 2000


def look(repository: Repository) -> Iterator[Found | Remark]:
    """Yield a gate on coverage, if there is a number to begin with."""
    where = repository.configured(("coverage",), (".coveragerc", ".coveragerc.toml"), r"coverage:\w+")
    wanted = _wanted(repository)
    recorded = (repository.root / ".coverage").is_file()
    if recorded and _has_plugins(repository):
        yield Remark("coverage has plugins, which would be run: what is recorded was not looked at")
        recorded = False
    reported = None if recorded else _reported(repository)
    if not (where or wanted or recorded or reported is not None):
        return
    paths = repository.layout.paths
    if not paths or not (wanted or recorded or reported is not None):
        yield Remark("coverage is configured, but nothing is recorded: run pytest --cov, then readiness init --force")
        return
    musts = {"total": f">= {wanted}%"} if wanted else {}
    why = where or "there is a .coverage file"
    if wanted:
        why = f"{why}; the project's own limit is {wanted} %"
    if reported is not None and not wanted:
        musts = {"line": f">= {floor(reported)}%"}
        why = f"coverage.xml says that {reported:.2f} % of the lines are covered"
    yield Found(
        id="coverage",
        section=Section.TESTS,
        title=f"Tests reach the code of {listed(repository.layout.names)}",
        why=why,
        probe="coverage",
        options={"include": [path if path.endswith(".py") else f"{path}/**" for path in paths]},
        musts=musts,
        ratchets=("line", "branch") if recorded else (),
        severity=Severity.HIGH,
        here=True,
    )


def _wanted(repository: Repository) -> str | None:
    """Return the limit that the project has set itself, in percent."""
    report: Any = (repository.tool("coverage") or {}).get("report")
    said = report.get("fail_under") if isinstance(report, dict) else None
    if isinstance(said, int | float) and not isinstance(said, bool) and said > 0:
        return f"{said:g}"
    for name, regex in (
        (".coveragerc", _FAIL_UNDER),
        ("setup.cfg", _FAIL_UNDER),
        ("tox.ini", _FAIL_UNDER),
        ("pyproject.toml", _OPTION),
        ("setup.cfg", _OPTION),
        ("pytest.ini", _OPTION),
        ("tox.ini", _OPTION),
    ):
        found = regex.search(repository.text(name))
        if found and float(found[1]) > 0:
            return f"{float(found[1]):g}"
    return None


def _has_plugins(repository: Repository) -> bool:
    """Tell whether reading the data would load plugins, which are code."""
    run: Any = (repository.tool("coverage") or {}).get("run")
    if isinstance(run, dict) and run.get("plugins"):
        return True
    return any(
        _PLUGINS.search(repository.text(name)) for name in (".coveragerc", ".coveragerc.toml", "setup.cfg", "tox.ini")
    )


def _reported(repository: Repository) -> float | None:
    """Return the share of lines that coverage.xml tells, in percent."""
    try:
        with (repository.root / "coverage.xml").open("rb") as file:
            found = _RATE.search(file.read(_HEAD).decode("utf-8", errors="replace"))
    except OSError:
        return None
    return 100 * float(found[1]) if found else None
