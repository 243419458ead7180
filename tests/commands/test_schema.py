"""``readiness schema``: what editors and readers of reports check against."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import yaml

from .conftest import CONFTEST, HEAD, Run


def test_it_accepts_a_good_spec_and_refuses_a_bad_one(run: Run) -> None:
    ran = run("schema")
    assert ran.exit_code == 0
    schema = json.loads(ran.output)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    assert validator.is_valid(yaml.safe_load(HEAD + "  - {id: a, probe: file, with: {path: x}}\n"))
    assert not validator.is_valid(yaml.safe_load(HEAD + "  - {id: a, probe: file, with: {paht: x}}\n"))


def test_probes_of_the_project_are_in_it(project: Path, run: Run) -> None:
    (project / "conftest.py").write_text(CONFTEST)
    assert "What is the answer?" in run("schema").output or '"answer"' in run("schema").output


def test_that_of_the_report_accepts_a_report(project: Path, run: Run) -> None:
    schema = json.loads(run("schema", "--report").output)
    run("check", "--report", "json:out.json")
    jsonschema.validate(json.loads((project / "out.json").read_text()), schema)
