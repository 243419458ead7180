from __future__ import annotations

from pathlib import Path

import pytest

from tests.survey.projects import found

YAML = "openapi: 3.1.0\npaths:\n  /items: {get: {}}\n"


@pytest.mark.parametrize(
    ("name", "content", "gate"),
    [
        ("openapi.yaml", YAML, "openapi"),
        ("docs/openapi.json", '{"openapi": "3.1.0", "paths": {"/items": {"get": {}}}}', "openapi"),
        ("api/swagger.yml", YAML.replace("openapi: 3.1.0", "swagger: '2.0'"), "openapi"),
        ("shop-openapi.yaml", YAML, "openapi-shop-yaml"),
    ],
)
def test_a_description_keeps_its_operations(tmp_path: Path, name: str, content: str, gate: str) -> None:
    (one,) = found("openapi", tmp_path, {name: content}).values()
    assert (one.id, one.options) == (gate, {"path": name, "subject": "openapi"})
    assert one.ratchets == ("undocumented", "operations")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("openapi.yaml", "a: 1\n"),
        ("openapi.json", "[1]"),
        ("openapi.json", "{"),
        ("openapi.yaml", "openapi: 3.1.0\n"),
        ("tests/openapi.yaml", YAML),
    ],
)
def test_what_describes_nothing_is_left_alone(tmp_path: Path, name: str, content: str) -> None:
    assert found("openapi", tmp_path, {name: content}) == {}
