from __future__ import annotations

import pytest

from pytest_readiness.checklist.proposing.match.paths import features_of


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("src/a/b.py", "<py>"),
        ("Dockerfile", "<dockerfile>"),
        ("k8s/api.yaml", "<k8s>"),
        ("alembic.ini", "<migration>"),
        ("openapi.json", "<openapi>"),
        ("logs/app.log", "<logfile>"),
        ("pkg/__init__.py", "<init>"),
        (".gitignore", "<gitfile>"),
        ("README.md", "<doc>"),
        ("src/**", "<glob>"),
        (".husky/pre-push", "<folder>"),
        ("./cart.py", "<py>"),
    ],
)
def test_a_path_says_what_it_is(path: str, kind: str) -> None:
    assert {"<path>", kind} <= features_of(path)


@pytest.mark.parametrize("text", ["Next.js", "/health", "word", "3.5", "a/b"])
def test_other_things_are_no_paths(text: str) -> None:
    assert features_of(text) == set()
