from __future__ import annotations

from pathlib import Path

import pytest

from tests.survey.projects import found

FROM = "FROM python:3.12\n"


@pytest.mark.parametrize("name", ["Dockerfile", "Dockerfile.prod", "api/Dockerfile", "api.dockerfile", "Containerfile"])
def test_a_dockerfile_is_pinned_and_not_root(tmp_path: Path, name: str) -> None:
    gates = list(found("dockerfiles", tmp_path, {name: FROM}).values())
    assert [gate.options for gate in gates] == [{"path": name}] * 3
    assert [gate.musts for gate in gates] == [{"unpinned": 0}, {"non_root": True}, {}]


@pytest.mark.parametrize(
    "name", ["Dockerfile.dockerignore", "dockerfile.py", "Dockerfile.md", "tests/Dockerfile", "Dockerfile.j2"]
)
def test_what_builds_nothing_for_production_is_left_alone(tmp_path: Path, name: str) -> None:
    assert found("dockerfiles", tmp_path, {name: FROM}) == {}


def test_only_what_is_installed_can_be_kept_out_of_late_layers(tmp_path: Path) -> None:
    files = {"Dockerfile": FROM, "api/Dockerfile": f"{FROM}RUN pip install -r requirements.txt\n"}
    gates = found("dockerfiles", tmp_path, files)
    assert "late_installs" not in gates["image-kept"].keeps
    assert "late_installs" in gates["image-kept-api-dockerfile"].keeps


def test_a_file_without_from_is_no_dockerfile(tmp_path: Path) -> None:
    assert found("dockerfiles", tmp_path, {"Dockerfile": "# later\n"}) == {}
