"""``readiness import``: a spec made of a checklist, and one brought up to date."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from pytest_readiness import assess
from pytest_readiness.checklist.model import Document, Proposal
from pytest_readiness.checklist.proposing.propose import propose
from pytest_readiness.model import Gate

from .conftest import Run

CHECKLIST = """\
# Release checklist

What has to be so before we ship.

## Code
- [x] No circular imports
- [ ] Unit test coverage is at least 80 %

## Operations
- [ ] The on-call rota is agreed
- [x] `docs/runbook.md` is written

```
code that is no item
"""


@pytest.fixture
def checklist(project: Path) -> Path:
    path = project / "RELEASE.md"
    path.write_text(CHECKLIST, "utf-8")
    (project / "readiness.yaml").unlink()
    return path


def gates(folder: Path) -> dict[str, Gate]:
    return {gate.title: gate for gate in assess.load(folder / "readiness.yaml", env={}).spec.gates}


def test_every_item_becomes_a_gate_that_says_where_it_comes_from(checklist: Path, run: Run) -> None:
    ran = run("import", "RELEASE.md")
    assert (ran.exit_code, ran.errors) == (0, "")
    found = gates(checklist.parent)
    assert [(gate.group, gate.claimed, gate.source) for gate in found.values()] == [
        (("Code",), "done", "RELEASE.md:6"),
        (("Code",), "open", "RELEASE.md:7"),
        (("Operations",), "open", "RELEASE.md:10"),
        (("Operations",), "done", "RELEASE.md:11"),
    ]
    assert found["No circular imports"].probe == "import_cycles"
    assert found["Unit test coverage is at least 80 %"].probe == "coverage"
    assert found["The on-call rota is agreed"].probe == "manual"


def test_what_was_made_is_told_with_what_to_do_next(checklist: Path, run: Run) -> None:
    ran = run("import", "RELEASE.md")
    assert checklist.exists()
    assert ran.output.startswith("readiness.yaml: 4 gates, from 4 items in 14 lines\n")
    assert "next: readiness check" in ran.output


def test_a_gate_nobody_has_filled_in_or_answered_does_not_pass(checklist: Path, run: Run) -> None:
    assert run("import", "RELEASE.md").exit_code == 0
    assert checklist.exists()
    ran = run("check")
    assert ran.exit_code == 1
    assert "NOT READY" in ran.output


def test_importing_again_changes_nothing(checklist: Path, run: Run) -> None:
    run("import", "RELEASE.md")
    spec = checklist.parent / "readiness.yaml"
    before = spec.read_bytes()
    assert run("import", "RELEASE.md").exit_code == 0
    assert spec.read_bytes() == before


def test_importing_again_keeps_what_people_made_and_takes_in_what_is_new(checklist: Path, run: Run) -> None:
    run("import", "RELEASE.md")
    spec = checklist.parent / "readiness.yaml"
    text = spec.read_text("utf-8").replace(
        "probe: manual", "probe: file # we keep it here\n        with: {path: rota.md}", 1
    )
    lines = text.split("\n")
    at = next(number for number, line in enumerate(lines) if "we keep it here" in line)
    end = next(number for number in range(at + 2, len(lines)) if "claimed" in lines[number])
    del lines[at + 2 : end]
    spec.write_text("\n".join(lines), "utf-8")
    checklist.write_text(
        CHECKLIST.replace("- [ ] Unit", "- [x] Unit").replace(
            "## Operations\n", "## Operations\n- [ ] Logs are JSON\n"
        ),
        "utf-8",
    )
    ran = run("import", "RELEASE.md")
    assert "added: logs-are-json\n" in ran.output
    assert "changed: unit-test-coverage-is-at-least-80\n" in ran.output
    found = gates(checklist.parent)
    assert found["The on-call rota is agreed"].probe == "file"
    assert found["The on-call rota is agreed"].source == "RELEASE.md:11"
    assert found["Logs are JSON"].group == ("Operations",)
    assert "# we keep it here" in spec.read_text("utf-8")


def test_what_the_checklist_no_longer_has_is_marked(checklist: Path, run: Run) -> None:
    run("import", "RELEASE.md")
    checklist.write_text(CHECKLIST.replace("- [x] No circular imports\n", ""), "utf-8")
    assert "vanished: no-circular-imports\n" in run("import", "RELEASE.md").output
    assert "# vanished: RELEASE.md:6 no longer says this" in (checklist.parent / "readiness.yaml").read_text("utf-8")


def test_every_line_is_accounted_for_and_nothing_written(checklist: Path, run: Run) -> None:
    ran = run("import", "RELEASE.md", "--explain")
    assert ran.exit_code == 0
    numbered = [line for line in ran.output.splitlines() if line[:5].strip().isdigit()]
    assert [int(line[:5]) for line in numbered] == list(range(1, 15))
    assert "done import_cycles" in ran.output
    assert "14 lines: " in ran.output
    assert not (checklist.parent / "readiness.yaml").exists()


def test_it_can_go_to_standard_output_or_to_another_folder(checklist: Path, run: Run) -> None:
    assert "probe: import_cycles" in run("import", "RELEASE.md", "--out", "-").output
    (checklist.parent / "ops").mkdir()
    assert run("import", "RELEASE.md", "--out", "ops/gates.yaml").exit_code == 0
    assert 'source: "../RELEASE.md:6"' in (checklist.parent / "ops" / "gates.yaml").read_text("utf-8")


def test_a_gate_that_cannot_be_read_is_left_to_a_person(
    checklist: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def badly(document: Document) -> tuple[Proposal, ...]:
        first, *rest = propose(document)
        return (Proposal(item=first.item, probe="file", options={"pth": "x"}), *rest)

    monkeypatch.setattr(importlib.import_module("pytest_readiness.commands.import_"), "propose", badly)
    assert run("import", "RELEASE.md").exit_code == 0
    assert gates(checklist.parent)["No circular imports"].probe == "manual"
    assert "file was not to be had: pth: unknown key 'pth'" in (checklist.parent / "readiness.yaml").read_text("utf-8")


def test_a_spec_that_needs_variables_can_be_added_to_without_them(checklist: Path, run: Run) -> None:
    (checklist.parent / "readiness.yaml").write_text(
        "version: 1\ngates:\n  - {id: page, probe: http, with: {url: '${SOME_URL_NOT_SET}'}}\n", "utf-8"
    )
    assert run("import", "RELEASE.md").exit_code == 0


def refused(run: Run, *words: str) -> str:
    ran = run("import", *words)
    assert (ran.exit_code, ran.output) == (4, "")
    assert "Traceback" not in ran.errors
    return ran.errors


def test_a_spec_with_problems_is_left_alone(checklist: Path, run: Run) -> None:
    spec = checklist.parent / "readiness.yaml"
    spec.write_text("version: 1\ngates:\n  - {id: a, probe: fiel}\n", "utf-8")
    assert refused(run, "RELEASE.md").startswith("readiness.yaml:3:")
    spec.write_bytes(b"\xff\xfe\x00")
    refused(run, "RELEASE.md")
    assert spec.read_bytes() == b"\xff\xfe\x00"


def test_what_is_no_checklist_is_refused_in_one_line(checklist: Path, run: Run) -> None:
    assert "cannot be read" in refused(run, "NOWHERE.md")
    assert "cannot be read" in refused(run, ".")
    checklist.write_text("Just words.\n", "utf-8")
    assert "has no item" in refused(run, "RELEASE.md")
    checklist.write_bytes(b"")
    assert "has no item" in refused(run, "RELEASE.md")


def test_a_place_that_cannot_be_written_to_is_said(checklist: Path, run: Run) -> None:
    assert checklist.exists()
    assert "cannot be written" in refused(run, "RELEASE.md", "--out", "RELEASE.md/readiness.yaml")
