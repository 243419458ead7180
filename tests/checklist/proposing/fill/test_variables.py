from __future__ import annotations

from typing import Any

import pytest

from pytest_readiness.checklist.model import Kind
from pytest_readiness.checklist.proposing.fill.variables import exactly, pypi
from tests.checklist.proposed import listed, proposed


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ("`DATABASE_URL` is set", {"DATABASE_URL": {"min_length": 1}}),
        ("`LOG_LEVEL=INFO` in production", {"LOG_LEVEL": {"equals": "INFO"}}),
        ("`SESSION_KEY` has 32+ chars", {"SESSION_KEY": {"min_length": 32}}),
        ("Change `SESSION_KEY=abc` from its default", {"SESSION_KEY": {"min_length": 1}}),
        ("Debug mode is off", {"DEBUG": "(?i)false|0|no|off"}),
    ],
)
def test_variables(text: str, variables: dict[str, Any]) -> None:
    proposal = proposed(text)
    assert (proposal.probe, proposal.options) == ("env", {"variables": variables})


def test_variables_that_are_not_named_are_those_of_the_example() -> None:
    assert proposed("All environment variables are set").options == {"example": ".env.example"}


def test_a_common_beginning_is_for_the_reader_to_complete() -> None:
    (only,) = listed(proposed("`SHOP_APP_*` variables set"), "variables")
    assert only == "TODO: a variable that begins with SHOP_APP"


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("A_URL", "redis://x", {"pattern": "redis://.+"}),
        ("A_TOKEN", "abc", {"min_length": 1}),
        ("A_LIMIT", "20", {"equals": "20"}),
    ],
)
def test_a_value_is_held_to_as_far_as_it_can_be_meant(name: str, value: str, rule: dict[str, Any]) -> None:
    assert exactly(name, value) == rule


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("`fastapi>=0.110` installed", {"requires": ["fastapi>=0.110"]}),
        ("PyTorch: 2.1+", {"requires": ["torch>=2.1"]}),
        ("Python dependencies Pandas and NumPy", {"requires": ["pandas", "numpy"]}),
        ("All dependencies from `requirements-prod.txt`", {"files": ["requirements-prod.txt"]}),
        ("Dependencies are pinned", {"files": ["requirements.txt"]}),
    ],
)
def test_packages(text: str, options: dict[str, Any]) -> None:
    proposal = proposed(text)
    assert (proposal.probe, proposal.options) == ("package", options)


def test_the_version_of_the_project_is_no_package_of_that_name() -> None:
    (only,) = listed(proposed("Version: 1.4.0"), "requires")
    assert only.startswith("TODO: ")


def test_a_time_is_no_version() -> None:
    assert proposed("PyTorch: 5-10 minutes", "Training duration").probe != "package"


def test_a_row_names_a_package_and_its_version() -> None:
    proposal = proposed("Pillow", kind=Kind.ROW, cells={"package": "Pillow", "version": "10.2"})
    assert proposal.options == {"requires": ["pillow>=10.2"]}


def test_a_package_is_named_as_it_is_installed() -> None:
    assert [pypi(name) for name in ("PyTorch", "sklearn", "attrs")] == ["torch", "scikit-learn", "attrs"]
