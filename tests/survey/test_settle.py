from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from pytest_readiness.model import Result
from pytest_readiness.survey.measure import Candidate
from pytest_readiness.survey.model import LeftOut, Settled, State
from pytest_readiness.survey.settle import settle

from .projects import write
from .test_measure import measured, of


def settled(root: Path, one: Candidate, *, run: bool = False) -> Settled | LeftOut:
    return settle(one, measured(root, one, run=run).get(one.found.id))


def written(root: Path, probe: str, options: Mapping[str, object], **more: Any) -> Settled:
    one = settled(root, of(probe, options, **more))
    assert isinstance(one, Settled)
    return one


def left_out(root: Path, probe: str, options: Mapping[str, object], **more: Any) -> str:
    one = settled(root, of(probe, options, **more))
    assert isinstance(one, LeftOut)
    return one.reason


def test_what_holds_is_written_as_it_is(tmp_path: Path) -> None:
    one = written(write(tmp_path, {"a.py": "x = 1\n"}), "syntax", {"paths": ["a.py"]}, musts={"errors": 0})
    assert (one.state, one.expect, one.comments) == (State.HOLDS, {"errors": 0}, ())


def test_a_ratchet_is_todays_value_and_says_so(tmp_path: Path) -> None:
    files = {"a.py": "x = 1\n" * 7}
    one = written(write(tmp_path, files), "complexity", {"paths": ["a.py"]}, ratchets=("longest_file", "most_methods"))
    assert (one.state, one.expect) == (State.HOLDS, {"longest_file": "<= 7"})
    assert one.comments == ("today: longest file 7",)


def test_a_habit_is_kept_only_where_it_is_one(tmp_path: Path) -> None:
    root = write(tmp_path, {"Dockerfile": "FROM python:3.12\nHEALTHCHECK CMD true\n"})
    one = written(root, "dockerfile", {}, keeps={"healthcheck": True, "non_root": True})
    assert one.expect == {"healthcheck": True}


def test_where_there_is_no_habit_nothing_is_written_nor_told(tmp_path: Path) -> None:
    one = settled(write(tmp_path, {"a.yaml": "a: 1\n"}), of("complexity", {"paths": ["."]}, keeps={"files": ">= 1"}))
    assert isinstance(one, LeftOut)
    root = write(tmp_path, {"b.py": ""})
    assert left_out(root, "complexity", {"paths": ["b.py"]}, keeps={"files": ">= 2"}) == ""


def test_what_does_not_hold_is_marked_with_what_is_wrong(tmp_path: Path) -> None:
    root = write(tmp_path, {"shop/__init__.py": "", "shop/a.py": "import shop.b\n", "shop/b.py": "import shop.a\n"})
    one = written(root, "import_cycles", {"packages": ["shop"]}, musts={"cycles": 0})
    assert (one.state, one.expect) == (State.FIX_FIRST, {"cycles": 0})
    (comment,) = one.comments
    assert comment.startswith("fix first: cycles is 1, expected 0: shop.a imports shop.b")


def test_a_gate_that_cannot_be_measured_for_a_fault_is_to_be_fixed(tmp_path: Path) -> None:
    root = write(tmp_path, {"Dockerfile": "FROM\n"})
    one = written(root, "dockerfile", {}, musts={"unpinned": 0})
    assert one.state is State.FIX_FIRST
    assert "Dockerfile" in one.reason


def test_a_ratchet_that_cannot_be_measured_is_left_out_and_says_why(tmp_path: Path) -> None:
    root = write(tmp_path, {"a.py": "def (\n"})
    reason = left_out(root, "complexity", {"paths": ["a.py"]}, ratchets=("longest_file",))
    assert reason.startswith("cannot be parsed: a.py")


def test_what_would_look_at_nothing_is_left_out(tmp_path: Path) -> None:
    assert left_out(tmp_path, "file", {"glob": "*.md"}, musts={"count": ">= 1"}).startswith("nothing was looked at")


def test_what_would_run_something_is_written_and_marked(tmp_path: Path) -> None:
    one = written(tmp_path, "command", {"run": ["true"]}, musts={"exit_code": 0})
    assert one.state is State.NOT_MEASURED
    assert one.comments == ("not measured yet: readiness init --run, or readiness check",)
    one = written(tmp_path, "tests", {"select": "all"})
    assert one.comments == ("not measured yet: readiness init --run, or pytest --readiness",)


def test_a_ratchet_that_is_not_measured_has_no_threshold_to_write() -> None:
    one = settle(of("complexity", {"paths": ["a.py"]}, ratchets=("longest_file",)), None)
    assert isinstance(one, LeftOut)
    assert one.reason == "what to expect is not known without --run"


def test_what_is_about_this_machine_is_not_to_be_fixed_in_the_repository(tmp_path: Path) -> None:
    root = write(tmp_path, {"requirements.txt": "no-such-package-anywhere==1.0\n", "broken.txt": "--what\n"})
    one = written(root, "package", {"files": ["requirements.txt"]}, musts={"missing": 0}, here=True)
    assert one.state is State.NOT_MEASURED
    assert one.comments[0].startswith("not so on this machine: missing is 1, expected 0")
    one = written(root, "package", {"files": ["broken.txt"]}, musts={"missing": 0}, here=True)
    assert one.comments[0].startswith("not measured yet: on this machine, broken.txt:1")


def test_a_gate_of_a_profile_is_not_measured() -> None:
    one = settle(of("env", {"variables": ["SHOP_KEY"]}, musts={"missing": 0}, profile="production"), None)
    assert isinstance(one, Settled)
    assert one.state is State.HOLDS
    assert one.comments == ("judged only with --profile production, where these have to be set",)


def test_a_missing_extra_is_no_fault_of_the_repository(tmp_path: Path) -> None:
    candidate = of("docs", {"path": "README.md"}, musts={"words": ">= 1"})
    result = measured(write(tmp_path, {"README.md": "# Shop\n\nTea.\n"}), candidate)["docs"]
    absent = Result(
        gate=result.gate,
        outcome=result.outcome,
        reason="markdown-it-py is not installed: pip install 'pytest-readiness[docs]'",
    )
    one = settle(candidate, absent)
    assert isinstance(one, Settled)
    assert one.state is State.NOT_MEASURED
    assert one.comments[0].startswith("not measured yet: markdown-it-py is not installed")


@pytest.mark.parametrize("lines", [1, 30])
def test_a_long_reason_is_cut(tmp_path: Path, lines: int) -> None:
    files = {f"{'long' * 12}{number}.py": "def (\n" for number in range(lines)}
    one = written(write(tmp_path, files), "syntax", {"paths": ["."]}, musts={"errors": 0})
    assert len(one.comments[0]) < 230
