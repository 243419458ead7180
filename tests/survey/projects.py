"""Invented repositories, and what a survey makes of them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from pytest_readiness.registry import Registry
from pytest_readiness.survey import Found, Remark, Survey, looks, survey
from pytest_readiness.survey.repository import Repository

Files = Mapping[str, str | bytes]


def write(folder: Path, files: Files) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def repository(folder: Path, files: Files) -> Repository:
    return Repository.at(write(folder, files))


def seen(look: str, folder: Path, files: Files) -> list[Found | Remark]:
    return list(looks.get(look).look(repository(folder, files)))


def found(look: str, folder: Path, files: Files) -> dict[str, Found]:
    return {one.id: one for one in seen(look, folder, files) if isinstance(one, Found)}


def remarks(look: str, folder: Path, files: Files) -> list[str]:
    return [one.text for one in seen(look, folder, files) if isinstance(one, Remark)]


def surveyed(folder: Path, files: Files, *, run: bool = False) -> Survey:
    return survey(write(folder, files), known=Registry(), env=os.environ, run=run)


def committed(folder: Path) -> Path:
    """Make a repository of git of what is in *folder*."""
    env = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    who = ("-c", "user.name=somebody", "-c", "user.email=somebody@example.org")
    for words in (("init", "-q", "-b", "main"), ("add", "-A"), (*who, "commit", "-q", "-m", "All there is")):
        subprocess.run(("git", *words), cwd=folder, env=env, check=True, capture_output=True)
    return folder


SHOP: Files = {
    "pyproject.toml": """
[project]
name = "shop"
version = "1.4.0"

[tool.ruff]
line-length = 100

[tool.mypy]
strict = true
""",
    "README.md": "# Shop\n\nSee [how to deploy](docs/deploy.md).\n",
    "CHANGELOG.md": "# Changelog\n\n## 1.4.0\n\n- Refunds.\n",
    "docs/deploy.md": "# Deploy\n\nBack to [the start](../README.md).\n",
    ".env.example": "SHOP_DATABASE_URL=postgresql://localhost/shop\nSHOP_API_KEY=change-me\n",
    "Dockerfile": 'FROM python:3.12.4-slim\nCOPY . /app\nUSER shop\nCMD ["python", "-m", "shop"]\n',
    "compose.yaml": "services:\n  api:\n    build: .\n  db:\n    image: postgres:16.3\n",
    ".github/workflows/test.yml": (
        "on: push\njobs:\n  test:\n    runs-on: ubuntu-24.04\n    steps:\n"
        "      - uses: actions/checkout@v4\n      - run: pytest\n"
    ),
    "src/shop/__init__.py": '"""A shop."""\n',
    "src/shop/app.py": (
        "from fastapi import FastAPI\nfrom shop import stock\n\napp = FastAPI()\n\n\n"
        '@app.get("/health")\ndef health() -> dict[str, str]:\n    return {"status": "ok"}\n\n\n'
        '@app.get("/items")\ndef items() -> list[str]:\n    return stock.ITEMS\n'
    ),
    "src/shop/settings.py": (
        "from pydantic_settings import BaseSettings, SettingsConfigDict\n\n\n"
        'class Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix="SHOP_")\n'
        "    database_url: str\n    api_key: str\n    workers: int = 2\n"
    ),
    "src/shop/stock.py": 'ITEMS = ["tea"]\n',
    "tests/test_stock.py": 'from shop import stock\n\n\ndef test_tea() -> None:\n    assert "tea" in stock.ITEMS\n',
}
