from __future__ import annotations

from pathlib import Path

from tests.survey.projects import committed, found, remarks, surveyed, write


def test_no_secrets_and_no_leftovers_are_in_git(tmp_path: Path) -> None:
    committed(write(tmp_path, {"a.py": ""}))
    gates = found("git", tmp_path, {})
    assert gates["no-secrets"].options == {}
    assert gates["no-leftovers"].musts == {"unwanted": 0}


def test_keys_of_tests_and_examples_are_allowed(tmp_path: Path) -> None:
    committed(
        write(
            tmp_path, {"tests/certs/ca.pem": "-----BEGIN PRIVATE KEY-----\n", "examples/one/.env": "A=1\n", "x.py": ""}
        )
    )
    assert found("git", tmp_path, {})["no-secrets"].options == {"allow": ["examples/one/*.env", "tests/certs/*.pem"]}
    states = {one.found.id: one.state for one in surveyed(tmp_path, {}).settled}
    assert states["no-secrets"] == "holds"


def test_a_secret_is_to_be_fixed_first_by_name(tmp_path: Path) -> None:
    committed(write(tmp_path, {".env": "KEY=hunter2hunter2\n", "x.py": ""}))
    found_ = surveyed(tmp_path, {})
    (one,) = (one for one in found_.settled if one.found.id == "no-secrets")
    assert one.reason == "secrets is 1, expected 0: .env (in git)"
    assert "hunter2" not in found_.text


def test_a_part_of_a_checkout_is_not_the_place_for_gates_on_git(tmp_path: Path) -> None:
    committed(write(tmp_path, {"api/a.py": ""}))
    assert found("git", tmp_path / "api", {}) == {}
    assert remarks("git", tmp_path / "api", {}) == [
        f"the folder is a part of the checkout {tmp_path}: gates on git belong to its top"
    ]
