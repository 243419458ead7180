from __future__ import annotations

from pathlib import Path

import pytest

from tests.survey.projects import found

SERVICES = "services:\n  api: {build: .}\n  db: {image: 'postgres:16'}\n"


@pytest.mark.parametrize(
    ("name", "gate"),
    [
        ("compose.yaml", "compose"),
        ("docker-compose.yml", "compose"),
        ("docker-compose.prod.yml", "compose-docker-prod-yml"),
        ("ops/compose.yml", "compose-ops-yml"),
    ],
)
def test_services_run_fixed_versions(tmp_path: Path, name: str, gate: str) -> None:
    (one,) = found("compose", tmp_path, {name: SERVICES}).values()
    assert (one.id, one.options) == (gate, {"path": name, "subject": "compose"})
    assert one.why == f"{name} has 2 services"


@pytest.mark.parametrize(
    "content", ["", "services: {}\n", "services: [a]\n", "- a\n", "volumes: {a: }\n", "services: ["]
)
def test_a_file_without_services_is_left_alone(tmp_path: Path, content: str) -> None:
    assert found("compose", tmp_path, {"compose.yaml": content}) == {}
