"""
The coverage probe on data recorded by ``coverage run``, held against what ``coverage`` itself reports.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import coverage
import pytest

from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Outcome, Result, Value
from pytest_readiness.probes._coverage import files
from pytest_readiness.probes.coverage import Coverage
from pytest_readiness.session import Session
from pytest_readiness.testing import run_probe

SOURCES = {
    "shop/__init__.py": "",
    "shop/orders.py": """\
def pay(amount, currency="eur"):
    if amount <= 0:
        raise ValueError(amount)
    for step in range(3):
        if step == 7:
            return None
    while True:
        if currency == "eur":
            break
        currency = "eur"
    return (
        amount,
        currency,
    )


def refund(amount):
    with open(amount) as file:
        if file:
            return 1
        return 2


class Later:
    def act(self): ...
""",
    "shop/billing/__init__.py": "RATE = 1\n",
    "shop/billing/tax.py": "def tax(x):\n    return x\n\n\nprint(tax(1)) if tax(0) else None\n",
    "shop/never.py": "import shop\n\nif shop:\n    x = 1\n",
    "shop/a name with 1 2 3.py": "y = 1\n",
    "main.py": "import shop.billing.tax\nfrom shop.orders import pay\npay(1)\n",
}


def record(root: Path, *options: str) -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    command = [sys.executable, "-m", "coverage", "run", *options, "main.py"]
    subprocess.run(command, cwd=root, env=env, check=True, capture_output=True)


def make(root: Path, sources: dict[str, str]) -> Path:
    for name, text in sources.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        os.utime(path, (1_700_000_000, 1_700_000_000))
    return root


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = make(tmp_path_factory.mktemp("recorded").resolve(), SOURCES)
    record(root, "--branch", "--source=shop")
    return root


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = make(tmp_path.resolve(), SOURCES)
    record(root, "--branch", "--source=shop")
    return root


def ask(root: Path, expect: dict[str, Value] | None = None, *, timeout: float = 30.0, **options: Any) -> Result:
    cache, env = options.pop("cache", None), {"PATH": os.environ["PATH"], "HOME": str(root)}
    probe = Coverage(**options)
    wanted: dict[str, Value] = {"total": "> 0%"} if expect is None else expect
    return run_probe(probe, root=root, expect=wanted, timeout=timeout, cache=cache, env=env)


def values(result: Result) -> dict[str, Value]:
    """Return what was measured, without what time adds to it."""
    assert result.outcome is not Outcome.ERROR, result.reason
    return {name: measurement.value for name, measurement in result.measurements.items() if name != "age"}


def said_by_coverage(root: Path) -> dict[str, Any]:
    config = root / ".coveragerc"
    cov = coverage.Coverage(data_file=str(root / ".coverage"), config_file=str(config) if config.exists() else False)
    cov.load()
    cov.json_report(outfile=str(root / "coverage.json"))
    cov.get_data().close()
    report: dict[str, Any] = json.loads((root / "coverage.json").read_text(encoding="utf-8"))
    return report


# --- the numbers ------------------------------------------------------------------------------


def test_all_numbers_are_those_of_coverage_to_the_last_digit(recorded: Path) -> None:
    report = said_by_coverage(recorded)
    totals = report["totals"]
    assert values(ask(recorded)) == {
        "line": totals["percent_statements_covered"],
        "branch": totals["percent_branches_covered"],
        "total": totals["percent_covered"],
        "missed": totals["missing_lines"],
        "statements": totals["num_statements"],
        "files": len(report["files"]),
        "worst_file": min(file["summary"]["percent_covered"] for file in report["files"].values()),
    }


@pytest.mark.parametrize("name", [name for name in SOURCES if name not in {"main.py", "shop/__init__.py"}])
def test_the_numbers_of_each_file_are_those_of_coverage(recorded: Path, name: str) -> None:
    (totals,) = [file["summary"] for path, file in said_by_coverage(recorded)["files"].items() if path.endswith(name)]
    found = values(ask(recorded, include=(name,)))
    assert found["total"] == totals["percent_covered"]
    assert found["missed"] == totals["missing_lines"]
    if totals["num_branches"]:
        assert found["branch"] == 100.0 * totals["covered_branches"] / totals["num_branches"]
    else:
        assert "branch" not in found


def test_expectations_are_judged_on_unrounded_numbers(recorded: Path) -> None:
    exact = values(ask(recorded))["line"]
    assert isinstance(exact, float)
    assert ask(recorded, {"line": f">= {exact!r}%"}).outcome is Outcome.PASSED
    assert ask(recorded, {"line": f">= {exact + 1e-9:.12f}%"}).outcome is Outcome.FAILED


def test_the_worst_files_are_evidence_with_what_they_miss(recorded: Path) -> None:
    result = ask(recorded, {"line": ">= 99%"})
    assert result.outcome is Outcome.FAILED
    (worst,) = [evidence.text for evidence in result.evidence if evidence.title == "worst files"]
    assert worst.splitlines()[:2] == [
        "shop/never.py: 0.00 %, missing 1-4",
        "shop/a name with 1 2 3.py: 0.00 %, missing 1",
    ]


def test_without_branch_data_no_branch_is_given_and_why_is_said(tmp_path: Path) -> None:
    root = make(tmp_path.resolve(), SOURCES)
    record(root, "--source=shop")
    assert "branch" not in values(ask(root))
    result = ask(root, {"branch": ">= 70%"})
    assert result.outcome is Outcome.ERROR
    assert "branch coverage was not recorded: set branch = true" in result.reason


# --- which files ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("include", "exclude", "count"),
    [
        ((), (), 6),
        (("shop",), (), 6),
        (("shop/",), (), 6),
        (("./shop/*",), (), 6),
        (("shop/**",), (), 6),
        (("shop/billing/*",), (), 2),
        (("shop/*.py",), (), 4),
        (("*/billing/*",), (), 2),
        (("**/tax.py",), (), 1),
        (("tax.py", "shop/orders.py"), (), 2),
        (("shop/[on]*.py",), (), 2),
        (("shop/[!o]????.py",), (), 1),
        (("shop",), ("shop/billing",), 4),
        ((), ("*/billing/*", "never.py"), 3),
    ],
)
def test_patterns_are_read_as_coverage_reads_them(
    recorded: Path, include: tuple[str, ...], exclude: tuple[str, ...], count: int
) -> None:
    assert values(ask(recorded, include=include, exclude=exclude))["files"] == count


@pytest.mark.parametrize("path", ["shop/orders.py", "shop/billing/tax.py", "tests/unit/test_tax.py", "tax.py", "a.pyc"])
@pytest.mark.parametrize(
    "pattern", ["shop/*", "*/tax.py", "*.py", "**/unit/*", "shop/*/tax.py", "shop/??????.py", "[st]*"]
)
def test_patterns_match_what_coverage_matches(pattern: str, path: str) -> None:
    from coverage.files import globs_to_regex

    assert bool(files.matcher(pattern)(path)) == bool(globs_to_regex([pattern]).match(path))


def test_a_pattern_that_matches_nothing_is_an_error_with_what_is_near(recorded: Path) -> None:
    result = ask(recorded, include=("shop/*", "shop/order.py"))
    assert result.outcome is Outcome.ERROR
    assert result.reason.startswith("include: shop/order.py matches no measured file; did you mean shop/orders.py")


def test_a_pattern_like_no_other_is_an_error_with_what_there_is(recorded: Path) -> None:
    assert "measured were shop/__init__.py" in ask(recorded, include=("zzz/",)).reason


def test_files_that_were_never_measured_at_all_are_an_error(recorded: Path) -> None:
    assert ask(recorded, include=("main.py",)).reason == "none of the files that match include was measured: main.py"


def test_excluding_everything_is_an_error(recorded: Path) -> None:
    result = ask(recorded, exclude=("*",))
    assert (result.outcome, "nothing was looked at" in result.reason) == (Outcome.ERROR, True)


def test_files_never_imported_count_as_not_covered(tmp_path: Path) -> None:
    root = make(
        tmp_path.resolve(), {**SOURCES, "shop/plugins/extra.py": "z = 1\n"}
    )  # no package: coverage.py passes over it
    record(root, "--source=shop")
    result = ask(root, {"worst_file": ">= 50%"}, include=("shop/plugins", "shop/billing"))
    assert result.outcome is Outcome.FAILED
    assert ("never imported, counted as not covered", "shop/plugins/extra.py") in [
        (evidence.title, evidence.text) for evidence in result.evidence
    ]


def test_what_the_project_omits_stays_omitted(tmp_path: Path) -> None:
    root = make(tmp_path.resolve(), SOURCES)
    config = "[run]\nsource = shop\nomit = */billing/*\n[report]\nomit = */never.py\nexclude_also =\n    def refund\n"
    (root / ".coveragerc").write_text(config, encoding="utf-8")
    record(root)
    found, report = values(ask(root, include=("shop",))), said_by_coverage(root)
    assert found["files"] == len(report["files"]) == 3
    assert found["statements"] == report["totals"]["num_statements"]


def test_tests_in_the_data_do_not_blur_the_number_for_the_code(tmp_path: Path) -> None:
    root = make(tmp_path.resolve(), {**SOURCES, "main.py": SOURCES["main.py"] + "x = 1\n" * 500})
    record(root)
    everything, code = ask(root), ask(root, include=("shop/orders.py",))
    assert values(everything)["line"] > 95 > values(code)["line"]  # type: ignore[operator]


# --- what cannot be measured --------------------------------------------------------------------


def test_a_file_that_can_no_longer_be_parsed_is_an_error_that_names_it(project: Path) -> None:
    make(project, {"shop/orders.py": "def pay(:\n"})
    result = ask(project)
    assert result.outcome is Outcome.ERROR
    assert "shop/orders.py" in result.reason


def test_a_source_that_is_gone_is_an_error_that_names_it(project: Path) -> None:
    (project / "shop/orders.py").unlink()
    assert "orders.py" in ask(project).reason
    assert ask(project, include=("shop/billing",)).outcome is Outcome.PASSED


def test_a_source_newer_than_the_data_is_an_error_that_names_it(project: Path) -> None:
    later = (project / ".coverage").stat().st_mtime + 10
    for name in ("orders", "never"):
        os.utime(project / f"shop/{name}.py", (later, later))
    result = ask(project)
    assert result.outcome is Outcome.ERROR
    assert result.reason.startswith("shop/never.py, shop/orders.py changed after the coverage data was written")
    assert ask(project, include=("shop/billing",)).outcome is Outcome.PASSED


def test_the_age_of_recorded_data_is_told(recorded: Path) -> None:
    assert "/.coverage, written 2" in ask(recorded).evidence[0].text
    assert ask(recorded).evidence[0].text.endswith(" ago")


def test_no_data_is_an_error_that_says_where_it_was_looked_for(tmp_path: Path) -> None:
    assert (
        ask(tmp_path).reason == f"there is no coverage data at {tmp_path}/.coverage: run the tests under coverage first"
    )


def test_the_configuration_says_where_the_data_is(project: Path) -> None:
    (project / ".coverage").rename(project / "elsewhere.data")
    (project / "tox.ini").write_text("[coverage:run]\ndata_file = elsewhere.data\n", encoding="utf-8")
    assert values(ask(project))["files"] == 6


def test_data_that_is_no_data_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "x.data").write_bytes(b"x" * 100)
    result = ask(tmp_path, data_file="x.data")
    assert result.outcome is Outcome.ERROR
    assert "the coverage data cannot be read" in result.reason


def test_empty_data_is_an_error(tmp_path: Path) -> None:
    data = coverage.CoverageData(basename=str(tmp_path / ".coverage"))
    data.add_lines({})
    data.write()
    data.close(force=True)
    result = ask(tmp_path)
    assert (result.outcome, result.reason) == (Outcome.ERROR, "the coverage data is empty: nothing was measured")


def test_a_deadline_that_comes_first_is_an_error(recorded: Path) -> None:
    result = ask(recorded, timeout=0.0001)
    assert result.outcome is Outcome.ERROR


def test_relative_data_is_an_error_anywhere_but_at_home(tmp_path: Path) -> None:
    root = make(tmp_path.resolve(), SOURCES)
    (root / ".coveragerc").write_text("[run]\nrelative_files = true\nsource = shop\n", encoding="utf-8")
    record(root)
    assert f"run from {root}" in ask(root).reason


def test_relative_data_is_read_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make(tmp_path.resolve(), SOURCES)
    (root / ".coveragerc").write_text("[run]\nrelative_files = true\nbranch = true\nsource = shop\n", encoding="utf-8")
    record(root)
    monkeypatch.chdir(root)
    assert values(ask(root))["total"] == said_by_coverage(root)["totals"]["percent_covered"]


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"include": ("",)}, "include"),
        ({"exclude": (" ",)}, "exclude"),
        ({"data_file": ""}, "data_file"),
        ({"against": "--output=/etc/passwd"}, "against"),
        ({"against": " "}, "against"),
    ],
)
def test_options_that_cannot_be_meant_are_refused(options: dict[str, Any], name: str) -> None:
    with pytest.raises(OptionError) as refused:
        Coverage(**options)
    assert refused.value.option == name


def test_what_is_touched_is_told() -> None:
    touched = {(touch.kind, touch.what) for touch in Coverage(include=("src/*",), against="main").touches()}
    assert {("file", "src/*"), ("command", "git diff main")} <= touched


# --- the run ----------------------------------------------------------------------------------


def of_run(root: Path, **facts: Any) -> Session:
    def load() -> coverage.Coverage:
        cov = coverage.Coverage(data_file=str(root / ".coverage"), config_file=False)
        cov.load()
        return cov

    return Session(coverage=load, **facts)


def test_the_coverage_of_the_run_is_judged(recorded: Path) -> None:
    session = of_run(recorded, configured=("-m 'not slow'",))
    result = run_probe(Coverage(), root=recorded, session=session, expect={"files": 6}, timeout=30)
    assert result.outcome is Outcome.PASSED
    assert result.evidence[0].text == "this run, configured with -m 'not slow'"


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"narrowed": ("-k drift",)}, "narrowed by -k drift"),
        ({"broken": ("worker gw0 crashed",)}, "worker gw0 crashed"),
    ],
)
def test_a_run_that_cannot_speak_for_the_tests_is_an_error(recorded: Path, facts: dict[str, Any], reason: str) -> None:
    result = run_probe(Coverage(), root=recorded, session=of_run(recorded, **facts), expect={"files": 6})
    assert (result.outcome, reason in result.reason) == (Outcome.ERROR, True)


def test_a_data_file_is_judged_even_in_a_narrowed_run(recorded: Path) -> None:
    session = of_run(recorded, narrowed=("-k drift",))
    probe = Coverage(data_file=".coverage")
    assert run_probe(probe, root=recorded, session=session, expect={"files": 6}, timeout=30).outcome is Outcome.PASSED


def test_a_run_without_coverage_is_an_error_though_old_data_lies_there(recorded: Path) -> None:
    result = run_probe(Coverage(), root=recorded, session=Session(), expect={"files": 6})
    assert result.outcome is Outcome.ERROR
    assert result.reason.startswith("no coverage was measured in this run; ")


def test_the_reason_why_there_is_no_coverage_reaches_the_gate(recorded: Path) -> None:
    def load() -> Any:
        raise CannotMeasure("coverage was switched off by --no-cov")

    result = run_probe(Coverage(), root=recorded, session=Session(coverage=load), expect={"files": 6})
    assert (result.outcome, result.reason) == (Outcome.ERROR, "coverage was switched off by --no-cov")
