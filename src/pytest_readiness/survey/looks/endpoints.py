"""Endpoints of web applications, which can be asked in-process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pytest_readiness.model import Severity
from pytest_readiness.survey.looks._words import slug
from pytest_readiness.survey.model import Found, Remark, Section
from pytest_readiness.survey.repository import Repository
from pytest_readiness.survey.web import App, apps, is_health

WHAT = "web application"


def look(repository: Repository) -> Iterator[Found | Remark]:
    """Yield a gate on the health of each application, and one on what else can be asked without more."""
    found = apps(repository)
    several = len(found) > 1
    for app in found:
        if not app.paths:
            yield Remark(f"{app.where} ({app.kind}) has no path that can be asked by GET with nothing more")
            continue
        which = app.where.partition(":")[0] if several else ""
        health = [path for path in app.paths if is_health(path)]
        others = [path for path in app.paths if path not in health]
        if health:
            yield _gate(app, slug("health", which), f"{app.where} says that it is well", health, Severity.CRITICAL)
        if others:
            yield _gate(app, slug("endpoints", which), f"{app.where} answers", others, Severity.HIGH)


def _gate(app: App, gate: str, title: str, paths: Sequence[str], severity: Severity) -> Found:
    return Found(
        id=gate,
        section=Section.RUNTIME,
        title=title,
        why=f"{app.file} has an application of {app.kind}",
        probe="http",
        options={"app": app.where, **({"url": paths[0]} if len(paths) == 1 else {"urls": list(paths)})},
        musts={"status": 200},
        severity=severity,
    )
