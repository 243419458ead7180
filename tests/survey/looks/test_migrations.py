from __future__ import annotations

from pathlib import Path

from tests.survey.projects import found

MANAGE = 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n'


def test_alembic_has_one_head(tmp_path: Path) -> None:
    gates = found("migrations", tmp_path, {"alembic.ini": "[alembic]\n", "api/alembic.ini": "[alembic]\n"})
    assert {name: gate.options for name, gate in gates.items()} == {
        "migrations": {"config": "alembic.ini"},
        "migrations-api": {"config": "api/alembic.ini"},
    }


def test_alembic_may_be_configured_in_pyproject(tmp_path: Path) -> None:
    gate = found("migrations", tmp_path, {"pyproject.toml": "[tool.alembic]\n"})["migrations"]
    assert gate.options == {"config": "pyproject.toml"}
    assert gate.why == "pyproject.toml has [tool.alembic]"


def test_django_has_a_migration_for_every_change(tmp_path: Path) -> None:
    gates = found("migrations", tmp_path, {"manage.py": MANAGE, "api/manage.py": MANAGE, "other/manage.py": "x = 1\n"})
    run = ["python", "manage.py", "makemigrations", "--check", "--dry-run"]
    assert {name: gate.options for name, gate in gates.items()} == {
        "migrations-django": {"run": run},
        "migrations-django-api": {"run": run, "cwd": "api"},
    }
