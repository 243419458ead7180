"""``readiness explain``: what would be touched, with nothing touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import HEAD, Run

SPEC = (
    HEAD
    + """\
  - {id: run, probe: command, with: {run: [touch, marker]}}
  - {id: page, probe: http, with: {url: "http://127.0.0.1:1/health"}}
  - {id: settings, probe: env, with: {variables: [DATABASE_URL], example: .env.example}}
"""
)


def test_everything_is_listed_and_nothing_touched(project: Path, run: Run) -> None:
    (project / "readiness.yaml").write_text(SPEC)
    ran = run("explain")
    assert ran.exit_code == 0
    for touched in ["touch marker", "127.0.0.1:1", ".env.example", "DATABASE_URL"]:
        assert touched in ran.output
    assert [path.name for path in project.iterdir()] == ["readiness.yaml"]


def test_some_of_the_gates_are_enough(project: Path, run: Run) -> None:
    (project / "readiness.yaml").write_text(SPEC)
    ran = run("explain", "--select", "run")
    assert "touch marker" in ran.output
    assert "DATABASE_URL" not in ran.output


def test_what_groups_expect_is_said(project: Path, run: Run) -> None:
    group = '  - {group: Pages, gates: [{id: a, probe: file, with: {path: a}}], expect: {score: ">= 75%"}}\n'
    (project / "readiness.yaml").write_text(HEAD + group)
    assert "group Pages\n  expects: score >= 75%\n" in run("explain").output


def test_all_profiles_are_told_one_after_another(project: Path, run: Run) -> None:
    profiles = "profiles: {prod: {vars: {host: example.org}}, test: {vars: {host: localhost}}}\n"
    gate = '  - {id: page, probe: http, with: {url: "http://${host:-nowhere}/"}}\n'
    (project / "readiness.yaml").write_text(HEAD + gate + profiles)
    ran = run("explain", "--profile", "*")
    lines = [line for line in ran.output.splitlines() if line.startswith(("readiness:", "  host:"))]
    assert lines == [
        "readiness: readiness.yaml, 1 gate",
        "  host: nowhere:80",
        "readiness: readiness.yaml, profile prod, 1 gate",
        "  host: example.org:80",
        "readiness: readiness.yaml, profile test, 1 gate",
        "  host: localhost:80",
    ]


def test_a_variable_that_one_profile_lacks_is_found(project: Path, run: Run) -> None:
    gate = '  - {id: page, probe: http, profiles: [prod], with: {url: "http://${host}/"}}\n'
    (project / "readiness.yaml").write_text(HEAD + gate + "profiles: {prod: {}}\n")
    assert run("explain").exit_code == 0
    assert run("explain", "--profile", "*").exit_code == 4


def test_a_spec_with_problems_is_exit_code_4(project: Path, run: Run) -> None:
    (project / "readiness.yaml").write_text(HEAD + "  - {id: a, probe: fiel}\n")
    assert run("explain").exit_code == 4


def test_secrets_are_hidden_and_services_are_named(project: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_TOKEN", "hunter2hunter2")
    (project / "readiness.yaml").write_text(
        HEAD
        + """\
  - {id: secret, probe: command, with: {run: [curl, "-H", "X: ${API_TOKEN}"]}}
  - {id: page, probe: http, uses: [api], with: {url: "${api.url}/health"}}
services:
  api: {command: [serve, "${port}"], ready: {tcp: "127.0.0.1:${port}"}}
"""
    )
    ran = run("explain")
    assert "hunter2" not in ran.output
    assert "curl -H 'X: ***'" in ran.output
    assert "service: api" in ran.output
    assert "127.0.0.1:8000" not in ran.output


def test_what_another_gate_measures_is_named_and_its_stand_in_is_not(project: Path, run: Run) -> None:
    (project / "readiness.yaml").write_text(
        HEAD
        + """\
  - {id: job, probe: http, with: {url: "http://a/jobs", extract: {id: id}}}
  - {id: look, probe: http, needs: [job], with: {url: "${job.header:location}"}}
  - {id: near, probe: http, needs: [job], with: {urls: ["http://127.0.0.1:8000/${job.id}"]}}
"""
    )
    look, near = run("explain").output.partition("look (http)")[2].split("near (http)")
    assert "measured by another gate: job.header:location" in look
    assert "127.0.0.1:8000" not in look
    assert "host: 127.0.0.1:8000" in near
    assert "measured by another gate: job.id" in near
