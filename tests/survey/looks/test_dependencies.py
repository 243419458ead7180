from __future__ import annotations

from pathlib import Path

import pytest

from tests.survey.projects import found


def test_requirements_are_installed(tmp_path: Path) -> None:
    gates = found("dependencies", tmp_path, {"requirements.txt": "flask>=3\n"})
    assert list(gates) == ["installed-requirements"]
    assert gates["installed-requirements"].here


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-prod.txt", "requirements/base.txt"])
def test_what_is_pinned_stays_pinned(tmp_path: Path, name: str) -> None:
    gates = found(
        "dependencies", tmp_path, {name: "# pinned\nflask==3.1.3 \\\n    --hash=sha256:00\nclick==8.2.1  # why\n"}
    )
    assert len(gates) == 2


@pytest.mark.parametrize("text", ["flask==3.1.3\nclick\n", "flask==3.1.3\nclick  # later==\n", "flask>2,<3\n"])
def test_what_is_not_pinned_is_not_said_to_be(tmp_path: Path, text: str) -> None:
    assert list(found("dependencies", tmp_path, {"requirements.txt": text})) == ["installed-requirements"]


@pytest.mark.parametrize(("name", "text"), [("requirements.txt", "# none\n"), ("requirements-dev.txt", "pytest\n")])
def test_what_is_not_for_production_is_left_alone(tmp_path: Path, name: str, text: str) -> None:
    assert found("dependencies", tmp_path, {name: text}) == {}
