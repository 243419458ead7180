from __future__ import annotations

from pathlib import Path

import pytest

from tests.survey.projects import found, remarks

DEPLOYMENT = (
    "apiVersion: apps/v1\nkind: Deployment\nspec: {template: {spec: {containers: [{name: api, image: 'api:1'}]}}}\n"
)
JOB = DEPLOYMENT.replace("apps/v1", "batch/v1").replace("Deployment", "Job")
CONFIG = "apiVersion: v1\nkind: ConfigMap\n"


def test_all_manifests_with_containers_are_judged_together(tmp_path: Path) -> None:
    gates = found(
        "kubernetes", tmp_path, {"k8s/api.yaml": DEPLOYMENT, "k8s/job.yml": f"{CONFIG}---\n{JOB}", "k8s/c.yaml": CONFIG}
    )
    assert list(gates) == ["manifests-pinned", "manifests-ready", "manifests-memory", "manifests-not-root"]
    assert [gate.options["paths"] for gate in gates.values()] == [["k8s/api.yaml", "k8s/job.yml"]] * 4
    assert gates["manifests-pinned"].why == "k8s/api.yaml, k8s/job.yml have workloads of Kubernetes"


def test_jobs_serve_nothing_that_could_be_ready(tmp_path: Path) -> None:
    gates = found("kubernetes", tmp_path, {"k8s/job.yaml": JOB})
    assert "manifests-ready" not in gates
    assert gates["manifests-pinned"].why == "k8s/job.yaml has workloads of Kubernetes"


def test_templates_are_told(tmp_path: Path) -> None:
    files = {"chart/templates/api.yaml": DEPLOYMENT.replace("api:1", "{{ .Values.image }}")}
    assert found("kubernetes", tmp_path, files) == {}
    (told,) = remarks("kubernetes", tmp_path, files)
    assert told.startswith("chart/templates/api.yaml are templates")


def test_many_manifests_are_cut(tmp_path: Path) -> None:
    files = {f"k8s/{number:03}.yaml": DEPLOYMENT for number in range(50)}
    gates = found("kubernetes", tmp_path, files)
    assert len(gates["manifests-pinned"].options["paths"]) == 40  # type: ignore[arg-type]
    assert remarks("kubernetes", tmp_path, files) == ["50 manifests have workloads: gates were made for the first 40"]


@pytest.mark.parametrize(
    "content", ["apiVersion: v1\nkind: [a]\n", "apiVersion: [\n", "kind: Deployment\n", "apiVersion: v1\n"]
)
def test_what_is_no_workload_is_left_alone(tmp_path: Path, content: str) -> None:
    assert found("kubernetes", tmp_path, {"a.yaml": content}) == {}
