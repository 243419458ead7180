from __future__ import annotations

from pathlib import Path

import pytest

from tests.survey.projects import remarks

BOXES = "# Before a release\n\n- [x] Tests pass\n- [ ] Backups are restored\n1. [ ] Somebody is on call\n"


@pytest.mark.parametrize("name", ["CHECKLIST.md", "docs/production-readiness.md", "DEPLOYMENT.md", "Go-Live.md"])
def test_a_checklist_is_better_imported(tmp_path: Path, name: str) -> None:
    assert remarks("checklists", tmp_path, {name: BOXES}) == [
        f"{name} looks like a checklist of 3 items: readiness import {name}"
    ]


@pytest.mark.parametrize(("name", "text"), [("README.md", BOXES), ("DEPLOYMENT.md", "- [x] One\n- [a link](b)\n")])
def test_what_is_none_is_left_alone(tmp_path: Path, name: str, text: str) -> None:
    assert remarks("checklists", tmp_path, {name: text}) == []
