"""Gates as items: what reporters and other plugins make of them."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator

import pytest

from tests.pytester.projects import FAILS, PASSES, Project

WAIVER = "waiver: {reason: later, owner: ops, approved_by: cto, expires: 2999-12-31}"
ALL = (
    PASSES,
    FAILS,
    "- {id: broken, probe: fake, with: {does: raise}}",
    "- {id: blocked, probe: fake, needs: [bad]}",
    "- {id: low, probe: fake, severity: low, with: {count: 0}}",
    f"- {{id: waived, probe: fake, with: {{count: 0}}, {WAIVER}}}",
    f"- {{id: stale, probe: fake, {WAIVER}}}",
    "- {id: cloud, probe: fake, when: {REGION: eu}, reason: we are not in the cloud}",
)
HEAD = "enforce: [critical, high]\nvars: {REGION: none}"


def test_pytest_shows_each_outcome_by_its_own_word(project: Project) -> None:
    project.gates(*ALL, head=HEAD)
    ran = project.run("-v", "-rA")
    assert ran.exit_code == 1
    assert ran.counts == {"passed": 3, "failed": 4, "xfailed": 2, "skipped": 1}
    words = {
        line.split()[0].partition("::")[2]: line.split()[1]
        for line in ran.out.splitlines()
        if line.startswith("readiness.yaml::")
    }
    assert words == {
        "good": "PASSED",
        "bad": "FAILED",
        "broken": "FAILED",
        "blocked": "FAILED",
        "low": "XFAIL",
        "waived": "XFAIL",
        "stale": "FAILED",
        "cloud": "SKIPPED",
    }
    assert "SKIPPED [1] readiness.yaml:13: we are not in the cloud" in ran.out
    assert "XFAIL readiness.yaml::waived - count is 0, expected >= 1; waived until" in ran.out


@pytest.mark.parametrize("args", [("--runxfail",), ("-p", "no:skipping")])
def test_what_is_tolerated_never_passes_and_never_fails(project: Project, args: tuple[str, ...]) -> None:
    project.gates(PASSES, ALL[4], head=HEAD)
    ran = project.run(*args)
    assert ran.exit_code == ran.report["exit_code"] == 0
    assert ran.counts["passed"] == 3
    assert "failed" not in ran.counts


def test_the_failure_section_has_reason_advice_and_evidence(project: Project) -> None:
    project.gates(FAILS)
    ran = project.run()
    lines = ran.out.splitlines()
    start = lines.index("count is 0, expected 3")
    assert set(lines[start - 1]) - set(" bad") == {"_"}
    assert lines[start + 1 : start + 3] == ["fix: Mend it.", "gate: It is not well (high), readiness.yaml:5"]
    assert "what it saw" in lines[start + 3]
    assert lines[start + 4] == "seen with own eyes"


def test_junit_has_a_case_for_each_gate_with_its_measurements(project: Project) -> None:
    project.gates(*ALL, head=HEAD)
    project.run("--junitxml=junit.xml")
    cases = {case.get("name"): case for case in ET.parse(project.path / "junit.xml").iter("testcase")}
    assert cases.keys() >= {"test_one", "good", "bad", "broken", "blocked", "low", "waived", "stale", "cloud"}
    assert cases["bad"].get("classname") == "readiness.yaml"
    assert dict(properties(cases["bad"])) == {
        "readiness.outcome": "failed",
        "readiness.disposition": "breaks",
        "readiness.severity": "high",
        "measurement.count": "0",
        "measurement.share": "71.4 %",
        "evidence.what it saw": "seen with own eyes",
    }
    failure = cases["bad"].find("failure")
    assert failure is not None
    assert failure.get("message", "").startswith("count is 0, expected 3")
    assert [child.tag for child in cases["waived"]] == ["properties", "skipped"]
    assert [child.tag for child in cases["good"]] == ["properties"]


def properties(case: ET.Element) -> Iterator[tuple[str, str]]:
    for one in case.iter("property"):
        yield one.attrib["name"], one.attrib["value"]


def test_reportlog_ctrf_and_html_have_the_gates(project: Project) -> None:
    project.others = True
    project.gates(PASSES, FAILS)
    project.run("--report-log=log.jsonl", "--ctrf=ctrf.json", "--html=report.html", "--self-contained-html")
    log = [json.loads(line) for line in (project.path / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    calls = {entry["nodeid"]: entry["outcome"] for entry in log if entry.get("when") == "call"}
    assert calls["readiness.yaml::good"] == "passed"
    assert calls["readiness.yaml::bad"] == "failed"
    ctrf = json.loads((project.path / "ctrf.json").read_text(encoding="utf-8"))
    assert ctrf["results"]["summary"]["failed"] == 1
    assert "readiness.yaml::bad" in (project.path / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("args", [("--reruns=2",), ("--force-reruns=2",)])
def test_gates_are_not_asked_again_where_tests_are_rerun(project: Project, args: tuple[str, ...]) -> None:
    project.others = True
    project.gates(FAILS)
    ran = project.run(*args)
    assert ran.exit_code == 1
    assert ran.probed == ["bad"]
    assert ran.counts["failed"] == 1


def test_gates_stay_out_of_the_cache_of_failed_tests(project: Project) -> None:
    project.gates(FAILS)
    project.write("test_it.py", "def test_one():\n    assert False\n\n\ndef test_two():\n    pass\n")
    project.run("--ff")
    cache = project.path / ".pytest_cache" / "v" / "cache" / "lastfailed"
    assert json.loads(cache.read_text(encoding="utf-8")) == {"test_it.py::test_one": True}
    ran = project.run("--lf")
    assert ran.counts == {"failed": 2}


def test_all_gates_are_told_of_even_if_the_first_failure_stops_the_run(project: Project) -> None:
    project.gates(FAILS, PASSES)
    ran = project.run("--maxfail=1")
    assert ran.outcomes == {"bad": "failed", "good": "passed"}
    assert ran.counts == {"passed": 3, "failed": 1}


def test_a_timeout_for_tests_does_not_hurt_gates(project: Project) -> None:
    project.others = True
    project.gates("- {id: slow, probe: command, with: {run: [sleep, '2']}}")
    assert project.run("--timeout=1").exit_code == 0


def test_a_hook_that_fails_on_items_makes_no_green_run(project: Project) -> None:
    conftest = (project.path / "conftest.py").read_text(encoding="utf-8")
    project.write("conftest.py", f"{conftest}\n\ndef pytest_runtest_setup(item):\n    item.fixturenames\n")
    project.gates(PASSES)
    ran = project.run()
    assert ran.exit_code == ran.report["exit_code"] == 1
    assert ran.last_line.startswith("FAILED: pytest reports a failure of gate good, which itself does not break")


def test_a_hook_that_skips_items_does_not_hide_a_gate(project: Project) -> None:
    conftest = (project.path / "conftest.py").read_text(encoding="utf-8")
    skips = "\n\ndef pytest_runtest_setup(item):\n    import pytest\n    pytest.skip('not today')\n"
    project.write("conftest.py", conftest + skips)
    project.gates(FAILS)
    ran = project.run()
    assert ran.exit_code == ran.report["exit_code"] == 1
    assert ran.last_line == "NOT READY: 1 of 1 gate breaks (bad)"


def test_a_gate_of_an_included_file_has_its_place_there(project: Project) -> None:
    project.write("ops/more.yaml", f"gates:\n  {FAILS}\n")
    project.gates(PASSES, head="include: [ops/more.yaml]")
    ran = project.run("-vv")
    assert "gate: It is not well (high), ops/more.yaml:2" in ran.out
    assert "readiness.yaml::bad <- ops/more.yaml FAILED" in ran.out


def test_a_spec_outside_the_project_can_be_judged(project: Project) -> None:
    project.gates(PASSES)
    inner = project.path / "inner"
    inner.mkdir()
    for name in ("conftest.py", "test_it.py"):
        (project.path / name).rename(inner / name)
    result = project.pytester.runpytest_subprocess(
        "--readiness",
        "-p",
        "no:randomly",
        f"--rootdir={inner}",
        "--readiness-spec=readiness.yaml",
        "-c",
        "/dev/null",
        "inner",
    )
    assert result.ret == 0
