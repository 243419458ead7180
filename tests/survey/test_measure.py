from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from pytest_readiness.model import Outcome, Result
from pytest_readiness.registry import Registry, builtin_names
from pytest_readiness.survey.measure import READERS, Candidate, candidate, measure, only_reads
from pytest_readiness.survey.model import Found, Section

from .projects import write


def of(probe: str, options: Mapping[str, object], **more: Any) -> Candidate:
    found = Found(
        id=probe, section=Section.CODE, title="A gate", why="it is there", probe=probe, options=options, **more
    )
    return candidate(found, Registry())


def measured(root: Path, *candidates: Candidate, run: bool = False) -> dict[str, Result]:
    return measure(candidates, root=root, known=Registry(), env=os.environ, run=run, session=None)


def test_readers_are_probes() -> None:
    assert set(builtin_names()) >= READERS


@pytest.mark.parametrize(
    ("probe", "options", "reads"),
    [
        ("file", {"path": "a"}, True),
        ("git", {}, True),
        ("docs", {"path": "README.md", "links": True}, True),
        ("docs", {"path": "README.md", "links": True, "web": True}, False),
        ("import_cycles", {"packages": ["shop"]}, True),
        ("import_cycles", {"packages": ["shop"], "confirm": True}, False),
        ("document", {"path": "a.yaml"}, True),
        ("document", {"url": "http://127.0.0.1:1/a.yaml"}, False),
        ("document", {"app": "shop.app:app"}, False),
        ("imports", {"packages": ["shop"]}, False),
        ("http", {"app": "shop.app:app", "url": "/"}, False),
        ("http", {"url": "http://127.0.0.1:1/"}, False),
        ("command", {"run": ["true"]}, False),
        ("lint", {}, False),
        ("tests", {"select": "all"}, False),
        ("migrations", {}, False),
    ],
)
def test_only_what_reads_is_measured_without_being_told_to_run(
    probe: str, options: Mapping[str, object], *, reads: bool
) -> None:
    assert only_reads(of(probe, options)) is reads


def test_nothing_is_run_unless_it_may_be(tmp_path: Path) -> None:
    touch = of("command", {"run": ["touch", "trace"]})
    assert measured(tmp_path, touch) == {}
    assert not (tmp_path / "trace").exists()
    assert measured(tmp_path, touch, run=True)["command"].outcome is Outcome.PASSED
    assert (tmp_path / "trace").exists()


def test_ratchets_and_keeps_are_measured_too(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "x = 1\n"})
    one = of("complexity", {"paths": ["a.py"]}, ratchets=("longest_file",), keeps={"files": ">= 1"})
    result = measured(tmp_path, one)["complexity"]
    assert result.measurements["longest_file"].value == 1


def test_options_that_cannot_be_used_are_an_error_that_says_why() -> None:
    with pytest.raises(ValueError, match="give exactly one of path"):
        of("file", {})


def test_a_gate_that_needs_one_which_is_not_measured_is_not_measured_either(tmp_path: Path) -> None:
    needing = of("file", {"path": "a"}, needs=("command",))
    assert measured(tmp_path, of("command", {"run": ["true"]}), needing) == {}
