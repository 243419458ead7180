"""
Whether a document speaks of a project in Python, or of one whose tests are run by others.

pytest runs the tests of the one; of the other it can only read the reports.
"""

from __future__ import annotations

from collections.abc import Iterable, Set

from pytest_readiness.checklist.match.words import stem

_PYTHON = frozenset(map(stem, (
    "pytest python pip django fastapi flask alembic mypy ruff celery uvicorn gunicorn pydantic sqlalchemy venv virtualenv poetry "
    "streamlit conda numpy pandas pypi tox bandit mlflow sklearn pytorch"
).split())) | {"<py>", "<requirements>", "<library>"}  # fmt: skip
_OTHERS = frozenset(map(stem, (
    "npm yarn pnpm jest vitest playwright cypress react typescript nextjs expo eas vue angular svelte webpack vite node nodejs nestjs "
    "gradle maven mvn kotlin swift xcode android ios flutter dart cargo rust golang java spring junit dotnet nuget laravel php "
    "rails ruby rspec bun deno tailwind prisma"
).split())) | {"<ts>", "<packagejson>", "<source>", "<jstest>"}  # fmt: skip

#: How the probes for Python are called where others run.
ELSEWHERE = {"tests": "junit"}


def elsewhere(items: Iterable[Set[str]]) -> bool:
    """Tell whether the words of *items* name tools of others, and none of Python."""
    others = False
    for words in items:
        if not words.isdisjoint(_PYTHON):
            return False
        others = others or not words.isdisjoint(_OTHERS)
    return others
