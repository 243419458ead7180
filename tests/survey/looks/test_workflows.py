from __future__ import annotations

from pathlib import Path

import pytest

from tests.survey.projects import found

HEAD = "on: push\njobs:\n  test:\n    runs-on: ubuntu-24.04\n    steps:\n"
USES = f"{HEAD}      - uses: actions/checkout@v4\n"
TESTS = f"{USES}      - run: python -m pytest -q\n"


def test_actions_are_pinned_in_all_workflows_together(tmp_path: Path) -> None:
    gates = found("workflows", tmp_path, {".github/workflows/a.yml": USES, ".github/workflows/b.yaml": TESTS})
    assert gates["workflows-pinned"].options["paths"] == [".github/workflows/a.yml", ".github/workflows/b.yaml"]
    assert gates["workflow-tests"].options["path"] == ".github/workflows/b.yaml"
    assert gates["workflow-tests"].why == ".github/workflows/b.yaml runs pytest"


def test_the_workflow_that_is_called_after_tests_is_the_one(tmp_path: Path) -> None:
    files = {f".github/workflows/{name}.yml": TESTS for name in ("aaa-docs", "ci", "tests")}
    assert found("workflows", tmp_path, files)["workflow-tests"].options["path"] == ".github/workflows/tests.yml"


def test_the_pipeline_of_gitlab_runs_tests_too(tmp_path: Path) -> None:
    gates = found("workflows", tmp_path, {".gitlab-ci.yml": "test:\n  script:\n    - tox -e py312\n"})
    assert list(gates) == ["workflow-tests"]
    assert gates["workflow-tests"].options["names"] == {"steps": ["tox"]}


@pytest.mark.parametrize(
    "step", ["      # - run: pytest\n", "      - run: pip install pytest-cov\n", "      - run: echo done\n"]
)
def test_what_runs_no_tests_is_not_said_to(tmp_path: Path, step: str) -> None:
    assert "workflow-tests" not in found("workflows", tmp_path, {".github/workflows/a.yml": USES + step})


@pytest.mark.parametrize("content", ["", "- a\n", "on: ["])
def test_what_is_no_workflow_is_left_alone(tmp_path: Path, content: str) -> None:
    assert found("workflows", tmp_path, {".github/workflows/a.yml": content}) == {}


def test_a_workflow_without_actions_has_none_to_pin(tmp_path: Path) -> None:
    gates = found("workflows", tmp_path, {".github/workflows/a.yml": f"{HEAD}      - run: pytest\n"})
    assert list(gates) == ["workflow-tests"]
