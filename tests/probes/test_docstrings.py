"""Docstrings: what counts, and what is missing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_readiness.errors import OptionError
from pytest_readiness.model import Outcome
from pytest_readiness.probe import Touch
from pytest_readiness.probes.docstrings import Docstrings, definitions

from .tooling import evidence, judged, values, write

SOURCE = '''
"""A module."""

from typing import overload


class Ledger:
    """A ledger."""

    def __init__(self): ...

    def __repr__(self): ...

    def post(self):
        def helper(): ...

    def _hidden(self): ...

    @property
    def total(self):
        """All of it."""

    @total.setter
    def total(self, value): ...


class _Private:
    def public_in_private(self): ...


@overload
def pick(x: int) -> int: ...


def pick(x):
    """Pick."""


if True:
    async def under_if(): ...

try:
    def under_try(): ...
except ImportError:
    def under_except(): ...
finally:
    def under_finally(): ...

match 1:
    case 1:
        def under_match(): ...

with open("x"):
    def __dunder__(): ...
'''


class TestCounting:
    def test_public_definitions_are_counted_and_the_missing_named(self, tmp_path: Path) -> None:
        write(tmp_path, {"src/shop.py": SOURCE})
        result = judged(Docstrings(), tmp_path, {"percent": ">= 80%"})
        assert result.outcome is Outcome.FAILED
        assert values(result) == {
            "percent": pytest.approx(40.0),
            "documented": 4,
            "missing": 6,
            "definitions": 10,
            "files": 1,
        }
        assert evidence(result)["not documented"].splitlines() == [
            "src/shop.py:14: Ledger.post",
            "src/shop.py:40: under_if",
            "src/shop.py:43: under_try",
            "src/shop.py:45: under_except",
            "src/shop.py:47: under_finally",
            "src/shop.py:51: under_match",
        ]

    @pytest.mark.parametrize(
        ("option", "more"), [("private", {"Ledger._hidden", "_Private", "_Private.public_in_private"}),
                             ("init", {"Ledger.__init__"}), ("magic", {"Ledger.__repr__", "__dunder__"})]
    )  # fmt: skip
    def test_more_is_counted_where_it_is_asked_for(self, tmp_path: Path, option: str, more: set[str]) -> None:
        write(tmp_path, {"shop.py": SOURCE})
        plain = evidence(judged(Docstrings(), tmp_path, {"missing": 0}))["not documented"].splitlines()
        wider = judged(Docstrings(**{option: True}), tmp_path, {"missing": 0})  # type: ignore[arg-type]
        found = {line.split(": ")[1] for line in evidence(wider)["not documented"].splitlines() if line not in plain}
        assert found == more

    def test_modules_may_be_left_out(self, tmp_path: Path) -> None:
        write(tmp_path, {"a.py": "def f():\n    'Do.'\n"})
        assert judged(Docstrings(), tmp_path, {"missing": 0}).outcome is Outcome.FAILED
        assert judged(Docstrings(modules=False), tmp_path, {"missing": 0}).outcome is Outcome.PASSED

    def test_it_finds_what_ruff_finds(self, tmp_path: Path) -> None:
        write(tmp_path, {"shop.py": SOURCE})
        command = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--output-format", "json"]
        rules = ["--select", "D101,D102,D103", str(tmp_path)]
        done = subprocess.run([*command, *rules], capture_output=True, text=True, check=False)
        theirs = {item["location"]["row"] for item in json.loads(done.stdout)}
        mine = {
            one.line for one in definitions(SOURCE.encode(), "shop.py") if not one.documented and one.kind == "public"
        }
        assert mine == theirs


class TestNothing:
    def test_no_file_is_nothing_looked_at(self, tmp_path: Path) -> None:
        assert judged(Docstrings(), tmp_path, {"missing": 0}).outcome is Outcome.ERROR

    def test_empty_modules_hold_nothing_to_look_at(self, tmp_path: Path) -> None:
        write(tmp_path, {"a/__init__.py": "", "b.py": "# nothing\n"})
        result = judged(Docstrings(), tmp_path, {"missing": 0})
        assert result.outcome is Outcome.ERROR
        assert "nothing was looked at" in result.reason

    def test_a_file_that_cannot_be_parsed_is_an_error(self, tmp_path: Path) -> None:
        write(tmp_path, {"a.py": "def f(:\n"})
        assert "cannot be parsed: a.py:1" in judged(Docstrings(), tmp_path, {"missing": 0}).reason

    def test_nesting_that_is_too_deep_is_an_error(self, tmp_path: Path) -> None:
        classes = "".join(f"{' ' * depth}class C{depth}:\n" for depth in range(95)) + " " * 95 + "x = 1\n"
        assert definitions(classes.encode(), "a.py")
        write(tmp_path, {"a.py": "x = " + "(" * 5000 + ")" * 5000})
        assert "a.py" in judged(Docstrings(), tmp_path, {"missing": 0}).reason


def test_a_gate_that_expects_nothing_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "'A module.'\n"})
    assert judged(Docstrings(), tmp_path).outcome is Outcome.ERROR


def test_empty_paths_are_refused() -> None:
    with pytest.raises(OptionError):
        Docstrings(paths=("",))


def test_it_says_what_it_reads() -> None:
    assert list(Docstrings(paths=("src",)).touches()) == [Touch("file", "src")]
