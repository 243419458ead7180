from __future__ import annotations

from pathlib import Path

import pytest

from tests.survey.projects import found, surveyed


def state(folder: Path, files: dict[str, str]) -> str:
    return next(one.state for one in surveyed(folder, files).settled if one.found.id == "no-keys-in-code")


def test_code_and_configuration_hold_no_keys(tmp_path: Path) -> None:
    gate = found("secrets", tmp_path, {"src/shop/__init__.py": "", "pyproject.toml": ""})["no-keys-in-code"]
    assert gate.options["glob"] == "{*,src/shop/**/*}.{py,toml,yaml,yml,json,ini,cfg,sh}"
    assert gate.why == "code and configuration are in src/shop, the top folder"


def test_only_code(tmp_path: Path) -> None:
    gate = found("secrets", tmp_path, {"shop/__init__.py": ""})["no-keys-in-code"]
    assert gate.options["glob"] == "shop/**/*.{py,toml,yaml,yml,json,ini,cfg,sh}"


@pytest.mark.parametrize(
    "key",
    [
        "-----BEGIN " + "RSA PRIVATE KEY-----",
        "-----BEGIN " + "PRIVATE KEY-----",
        "AKIA" + "ABCDEFGHIJKLMNOP",
        "ghp_" + "a" * 36,
    ],
)
def test_a_key_is_to_be_fixed_first(tmp_path: Path, key: str) -> None:
    assert state(tmp_path, {"shop/__init__.py": f'KEY = "{key}"\n'}) == "fix first"


def test_code_without_one_holds_and_the_spec_itself_is_none(tmp_path: Path) -> None:
    files = {"shop/__init__.py": "KEY_FILE = 'key.pem'  # not AKIAIOSFODNN7EXAMPLE\n"}
    written = surveyed(tmp_path, files).text
    assert state(tmp_path, {**files, "readiness.yaml": written}) == "holds"
