"""Coverage of some tests alone, by the contexts in the data, held against ``coverage report --contexts``."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import coverage
import pytest

from pytest_readiness.model import Outcome, Result, Value
from pytest_readiness.probes.coverage import Coverage
from pytest_readiness.session import Session, TestCase, TestOutcome
from pytest_readiness.testing import run_probe

from .test_coverage import ask, make, record, values

SOURCES = {
    "shop.py": "def buy(x):\n    if x:\n        return 1\n    return 2\n\n\ndef sell():\n    y = 1\n    return y\n",
    "tests/unit/test_buy.py": (
        "from shop import buy\n\n\ndef test_buy():\n    assert buy(1)\n\n\ndef test_other():\n    pass\n"
    ),
    "tests/whole/test_sell.py": (
        "import pytest\nfrom shop import buy, sell\n\n\nclass TestSale:\n"
        "    @pytest.mark.parametrize('n', [1, 2])\n    def test_sell(self, n):\n        assert sell() and buy(0)\n"
    ),
}
NAMES = {
    "tests/unit/test_buy.py::test_buy": {"unit"},
    "tests/unit/test_buy.py::test_other": {"unit", "idle"},
    "tests/whole/test_sell.py::TestSale::test_sell[1]": {"whole"},
    "tests/whole/test_sell.py::TestSale::test_sell[2]": {"whole"},
}


def session(*names: str, **more: Any) -> Session:
    tests = tuple(
        TestCase(name, TestOutcome.PASSED, markers=frozenset(NAMES.get(name, {"whole"}))) for name in names or NAMES
    )
    return Session(tests=tests, **more)


def run_tests(root: Path, *options: str, config: str = "") -> None:
    (root / ".coveragerc").write_text(f"[run]\nbranch = true\ninclude = shop.py\n{config}", encoding="utf-8")
    env = {name: value for name, value in os.environ.items() if not name.startswith(("COV", "PYTEST"))}
    env |= {"PYTHONPATH": str(root), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, "-m", *options, "tests"]
    subprocess.run(command, cwd=root, env=env, check=True, capture_output=True)


@pytest.fixture(scope="module", params=["test_function", "pytest-cov"])
def recorded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project whose data has contexts, by either way of recording them."""
    root = make(tmp_path_factory.mktemp("contexts").resolve(), SOURCES)
    if request.param == "pytest-cov":
        run_tests(root, "pytest", "-p", "pytest_cov", "--cov", "--cov-report=", "--cov-context=test")
    else:
        run_tests(root, "coverage", "run", "-m", "pytest", config="dynamic_context = test_function\n")
    return root


def asked(root: Path, expect: dict[str, Value] | None = None, *, run: Session | None = None, **options: Any) -> Result:
    """Ask of the data in *root* as if it were that of *run*."""
    cov = coverage.Coverage(data_file=str(root / ".coverage"), config_file=str(root / ".coveragerc"))
    cov.load()
    run = run or session(coverage=lambda: cov)
    wanted: dict[str, Value] = {"statements": "> 0"} if expect is None else expect
    try:
        return run_probe(Coverage(**options), root=root, expect=wanted, session=run, env={"HOME": str(root)})
    finally:
        cov.get_data().close()


def said_by_coverage(root: Path, contexts: list[str]) -> float:
    cov = coverage.Coverage(data_file=str(root / ".coverage"), config_file=str(root / ".coveragerc"))
    cov.load()
    with (root / "out.txt").open("w", encoding="utf-8") as file:
        total = cov.report(contexts=contexts, file=file)
    cov.get_data().close()
    return total


@pytest.mark.parametrize("contexts", [("test_buy",), ("test_sell",), ("^$", "test_sell"), ("test_(buy|sell)",)])
def test_patterns_select_what_coverage_itself_selects_by_them(recorded: Path, contexts: tuple[str, ...]) -> None:
    assert values(ask(recorded, contexts=contexts))["total"] == said_by_coverage(recorded, list(contexts))


def test_gates_on_different_contexts_and_on_all_do_not_disturb_each_other(recorded: Path, tmp_path: Path) -> None:
    numbers = [
        values(ask(recorded, contexts=contexts, cache=tmp_path))["missed"]
        for contexts in ((), ("test_buy",), ("test_sell",), (), ("test_buy",))
    ]
    assert numbers == [0, 5, 3, 0, 5]


def test_less_than_expected_fails(recorded: Path) -> None:
    assert ask(recorded, {"line": ">= 70%"}, contexts=("test_buy",)).outcome is Outcome.FAILED
    assert ask(recorded, {"line": ">= 70%"}).outcome is Outcome.PASSED


def test_a_pattern_that_finds_no_context_is_an_error_with_what_there_is(recorded: Path) -> None:
    result = ask(recorded, contexts=("test_buy", "integration/"))
    assert result.outcome is Outcome.ERROR
    assert result.reason.startswith("contexts: integration/ finds none of the ")
    assert "test_buy" in result.reason


def test_imports_alone_are_no_tests(recorded: Path) -> None:
    assert ask(recorded, contexts=("^$",)).reason == "contexts: no test is among them, only what ran outside of tests"


@pytest.mark.parametrize("options", [{"contexts": ("test_buy",)}, {"tests": "marker:unit"}])
def test_data_without_contexts_is_an_error_that_says_how_to_record_them(tmp_path: Path, options: Any) -> None:
    root = make(tmp_path.resolve(), {**SOURCES, "main.py": "import shop\nshop.buy(1)\n"})
    record(root, "--source=.")
    (root / ".coveragerc").touch()
    result = asked(root, **options)
    assert result.outcome is Outcome.ERROR
    assert "the coverage data has no contexts" in result.reason
    assert "--cov-context=test" in result.reason


@pytest.mark.parametrize(
    ("tests", "missed"),
    [
        ("marker:unit", 3),
        ("node:tests/unit", 3),
        ("marker:whole", 1),
        ("node:tests/whole/test_sell.py::TestSale", 1),
        ("marker:unit or whole", 0),
        ("all", 0),
    ],
)
def test_tests_select_what_they_ran_and_what_imports_did(recorded: Path, tests: str, missed: int) -> None:
    result = asked(recorded, {"missed": missed}, tests=tests)
    assert (result.outcome, result.reason) == (Outcome.PASSED, f"missed is {missed}, expected {missed}")


def test_selecting_no_test_is_an_error(recorded: Path) -> None:
    result = asked(recorded, tests="marker:integration")
    assert (result.outcome, result.reason) == (
        Outcome.ERROR,
        "tests: marker:integration selects none of the 4 tests of the run",
    )


def test_tests_that_ran_none_of_the_code_are_an_error(recorded: Path) -> None:
    result = asked(recorded, tests="node:*::test_other")
    assert result.outcome is Outcome.ERROR
    assert "is of the tests chosen" in result.reason


def test_without_a_run_there_are_no_tests_to_choose_from(recorded: Path) -> None:
    assert "there was no run of tests to choose from" in ask(recorded, tests="marker:unit").reason


def test_a_junit_file_does_not_tell_the_markers(recorded: Path) -> None:
    run = session(origin="the run in junit.xml,", unknown=frozenset({"markers"}))
    assert "does not tell the markers" in asked(recorded, run=run, tests="marker:unit").reason
    assert asked(recorded, {"missed": 3}, run=run, tests="node:tests/unit").outcome is Outcome.PASSED


def test_a_narrowed_run_cannot_speak_for_tests(recorded: Path) -> None:
    run = session(narrowed=("-k buy",), origin="the run in junit.xml,")
    assert "was narrowed by -k buy" in asked(recorded, run=run, tests="marker:unit").reason


def test_a_context_that_several_tests_could_have_is_an_error(tmp_path: Path) -> None:
    root = make(tmp_path.resolve(), SOURCES)
    run_tests(root, "coverage", "run", "-m", "pytest", config="dynamic_context = test_function\n")
    names = ("tests/unit/test_buy.py::test_buy", "tests/more/test_buy.py::test_buy")
    cov = coverage.Coverage(data_file=str(root / ".coverage"), config_file=str(root / ".coveragerc"))
    cov.load()
    result = asked(root, run=session(*names, coverage=lambda: cov), tests="node:tests/unit")
    cov.get_data().close()
    assert "could be that of several tests: use --cov-context=test" in result.reason


def test_the_run_itself_has_no_age(recorded: Path) -> None:
    result = asked(recorded, {"age": "< 1 h"})
    assert (result.outcome, result.reason) == (Outcome.ERROR, "age was not measured: the coverage is this run's own")
