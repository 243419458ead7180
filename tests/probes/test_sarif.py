"""SARIF: what counts, what voids a report, and scanners that are run."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from pytest_readiness.errors import OptionError
from pytest_readiness.model import Outcome, Value
from pytest_readiness.probe import Touch
from pytest_readiness.probes._tools.finding import below, level
from pytest_readiness.probes.sarif import Sarif

from .tooling import evidence, judged, program, values, write


def finding(rule: str = "S101", path: str = "src/a.py", **more: object) -> dict[str, Any]:
    place = {"physicalLocation": {"artifactLocation": {"uri": path}, "region": {"startLine": 7}}}
    return {"ruleId": rule, "message": {"text": "use of assert"}, "locations": [place], **more}


def log(*results: dict[str, Any], **run: object) -> dict[str, Any]:
    made = {"tool": {"driver": {"name": "scan"}}, "results": list(results), **run}
    return {"version": "2.1.0", "runs": [made]}


def store(root: Path, data: object, name: str = "scan.sarif") -> Sarif:
    write(root, {name: json.dumps(data)})
    return Sarif(report=(name,))


class TestCounting:
    def test_findings_are_counted_by_level_and_rule(self, tmp_path: Path) -> None:
        probe = store(
            tmp_path,
            log(
                finding(level="error"),
                finding("B602", level="note"),
                finding("B101", level="warning"),
                finding(level="none"),
            ),
        )
        result = judged(probe, tmp_path, {"results": 4, "level:error": 1, "rule:S101": 2, "rule:B*": 2, "rule:X": 0})
        assert result.outcome is Outcome.PASSED, result.reason
        found = values(result)
        assert [found[name] for name in ("error", "warning", "note", "none", "rules", "runs", "suppressed")] == [
            1, 1, 1, 1, 3, 1, 0
        ]  # fmt: skip
        assert evidence(result)["findings"].splitlines()[0] == "src/a.py:7: S101 use of assert"

    def test_more_than_expected_fails(self, tmp_path: Path) -> None:
        result = judged(store(tmp_path, log(finding(level="error"))), tmp_path, {"error": 0})
        assert result.outcome is Outcome.FAILED
        assert result.reason == "error is 1, expected 0"

    def test_no_finding_in_a_run_is_a_true_zero(self, tmp_path: Path) -> None:
        probe = store(tmp_path, log(artifacts=[{"location": {"uri": "a"}}]))
        result = judged(probe, tmp_path, {"results": 0, "files": ">= 1"})
        assert result.outcome is Outcome.PASSED, result.reason

    def test_without_a_level_it_is_the_rules_or_a_warning(self, tmp_path: Path) -> None:
        rules = [
            {"id": "A", "defaultConfiguration": {"level": "error"}, "shortDescription": {"text": "bad"}},
            {"id": "B"},
        ]
        extension = {"name": "more", "rules": [{"id": "C", "defaultConfiguration": {"level": "note"}}]}
        driver = {"name": "scan", "rules": rules}
        results = [
            {"ruleIndex": 0, "message": {}},
            {"rule": {"id": "A"}, "message": {"text": "{0} of {1}", "arguments": ["one", "two"]}},
            finding("B", ruleIndex=1),
            {"rule": {"index": 0, "toolComponent": {"index": 0}}, "message": {}},
            finding("Z", ruleIndex=99),
        ]
        data = log(*results, tool={"driver": driver, "extensions": [extension]})
        result = judged(store(tmp_path, data), tmp_path, {"error": 2, "note": 1, "warning": 2, "unstated": 2})
        assert result.outcome is Outcome.PASSED, result.reason
        assert "A bad\nA one of two" in evidence(result)["findings"]

    RATED = (("A", "9.0"), ("B", "8.9"), ("C", 7), ("D", "6.99"), ("E", "4"), ("F", "3.9"), ("G", "0"), ("H", None))

    def rated(self, *found: str) -> dict[str, Any]:
        rules = [
            {"id": name, "properties": {"tags": ["x"], **({} if said is None else {"security-severity": said})}}
            for name, said in self.RATED
        ]
        return log(*map(finding, found), tool={"driver": {"name": "scan", "rules": rules}})

    def test_findings_are_counted_by_their_cvss_score(self, tmp_path: Path) -> None:
        expect = {"critical": 1, "high": 2, "medium": 2, "low": 2, "unrated": 1, "results": 8}
        result = judged(store(tmp_path, self.rated(*"ABCDEFGH")), tmp_path, dict(expect))
        assert result.outcome is Outcome.PASSED, result.reason
        result = judged(store(tmp_path, self.rated("A", "H")), tmp_path, {"critical": 0})
        assert result.reason == "critical is 1, expected 0"

    def test_no_finding_at_all_is_none_of_any_severity(self, tmp_path: Path) -> None:
        result = judged(store(tmp_path, log()), tmp_path, {"critical": 0, "high": 0, "unrated": 0})
        assert result.outcome is Outcome.PASSED, result.reason

    @pytest.mark.no_false_green
    def test_findings_that_nobody_rated_have_no_severity(self, tmp_path: Path) -> None:
        both = self.rated("A")
        both["runs"] += log(finding("Z"))["runs"]
        for data in (log(finding()), both):
            result = judged(store(tmp_path, data), tmp_path, {"critical": "<= 9"})
            assert result.outcome is Outcome.ERROR
            assert "of a tool that gives no security-severity" in result.reason
        assert judged(store(tmp_path, both), tmp_path, {"unrated": 1}).outcome is Outcome.PASSED

    @pytest.mark.parametrize("said", ["high", "11", -1, [], "nan"])
    def test_a_score_that_is_none_voids_the_report(self, tmp_path: Path, said: object) -> None:
        rules = [{"id": "S101", "properties": {"security-severity": said}}]
        data = log(finding(), tool={"driver": {"name": "scan", "rules": rules}})
        assert "is not valid SARIF" in judged(store(tmp_path, data), tmp_path, {"critical": 0}).reason

    @pytest.mark.no_false_green
    @pytest.mark.parametrize("expect", [{"error": 0}, {"level:error": 0}, {"error": "<= 5"}])
    def test_without_a_level_there_may_be_errors(self, tmp_path: Path, expect: dict[str, Value]) -> None:
        result = judged(store(tmp_path, log(finding("key"), finding("note", level="note"))), tmp_path, expect)
        assert result.outcome is Outcome.ERROR
        assert "1 finding states no level: expect results, or something of unstated" in str(result.reason)

    def test_that_they_are_warnings_can_be_said(self, tmp_path: Path) -> None:
        probe = store(tmp_path, log(finding("key"), finding("other")))
        result = judged(probe, tmp_path, {"error": 0, "warning": 2, "unstated": 2})
        assert result.outcome is Outcome.PASSED, result.reason
        assert judged(probe, tmp_path, {"error": 0, "unstated": 0}).reason == "unstated is 2, expected 0"

    def test_without_such_findings_errors_are_counted(self, tmp_path: Path) -> None:
        hidden = finding("key", suppressions=[{"kind": "inSource"}])
        result = judged(store(tmp_path, log(finding("A", level="note"), hidden)), tmp_path, {"error": 0})
        assert (result.outcome, values(result)["unstated"]) == (Outcome.PASSED, 0)

    @pytest.mark.no_false_green
    def test_levels_do_not_choose_among_findings_without_one(self, tmp_path: Path) -> None:
        write(tmp_path, {"scan.sarif": json.dumps(log(finding("key"), finding("other")))})
        probe = Sarif(report=("scan.sarif",), levels=("error",))
        result = judged(probe, tmp_path, {"results": 0})
        assert result.outcome is Outcome.ERROR
        assert "2 findings state no level, so that levels cannot choose" in str(result.reason)
        assert judged(probe, tmp_path, {"results": 0, "unstated": 2}).outcome is Outcome.PASSED
        warnings = Sarif(report=("scan.sarif",), levels=("error", "warning"))
        assert judged(warnings, tmp_path, {"results": 2}).outcome is Outcome.PASSED

    @pytest.mark.no_false_green
    def test_a_rule_that_is_none_of_all_rules_is_an_error(self, tmp_path: Path) -> None:
        write(tmp_path, {"scan.sarif": json.dumps(log(tool={"driver": {"name": "x", "rules": [{"id": "B101"}]}}))})
        result = judged(Sarif(report=("scan.sarif",), rules=("B10I",)), tmp_path, {"results": 0})
        assert result.outcome is Outcome.ERROR
        assert result.reason == "rules: B10I is none of the 1 rules of the report (did you mean B101?)"
        for known in ("B101", "B*", "!B7"):
            probe = Sarif(report=("scan.sarif",), rules=(known,))
            assert judged(probe, tmp_path, {"results": 0}).outcome is Outcome.PASSED

    def test_a_rule_that_a_report_of_some_rules_does_not_name_is_told(self, tmp_path: Path) -> None:
        driver = {"name": "x", "rules": [{"id": "A"}]}
        write(tmp_path, {"scan.sarif": json.dumps(log(finding("A", level="note"), tool={"driver": driver}))})
        probe = Sarif(report=("scan.sarif",), rules=("A", "Z*", "!B"))
        assert evidence(judged(probe, tmp_path, {"results": 1}))["rules that no report names"] == "Z*"

    def test_what_says_that_all_is_well_is_no_finding(self, tmp_path: Path) -> None:
        kinds = [
            finding(kind=kind, level="none") for kind in ("pass", "notApplicable", "informational", "review", "open")
        ]
        result = judged(
            store(tmp_path, log(*kinds, finding(baselineState="absent"))), tmp_path, {"results": 2, "none": 2}
        )
        assert result.outcome is Outcome.PASSED, result.reason

    def test_what_is_suppressed_is_counted_apart_and_shown(self, tmp_path: Path) -> None:
        accepted = finding("S1", suppressions=[{"kind": "inSource"}])
        rejected = finding("S2", suppressions=[{"kind": "external", "status": "rejected"}])
        under_review = finding("S3", suppressions=[{"kind": "external", "status": "underReview"}])
        result = judged(
            store(tmp_path, log(accepted, rejected, under_review)), tmp_path, {"results": 2, "suppressed": 1}
        )
        assert result.outcome is Outcome.PASSED, result.reason
        assert evidence(result)["suppressed"] == "src/a.py:7: S1 use of assert"

    def test_absolute_locations_are_shown_below_the_folder(self, tmp_path: Path) -> None:
        bases = {"ROOT": {"uri": tmp_path.as_uri() + "/"}}
        based = finding("B")
        based["locations"][0]["physicalLocation"]["artifactLocation"] = {"uri": "a%20b.py", "uriBaseId": "ROOT"}
        data = log(
            finding("A", (tmp_path / "x.py").as_uri()), based, {"ruleId": "C", "message": {}}, originalUriBaseIds=bases
        )
        shown = evidence(judged(store(tmp_path, data), tmp_path, {"results": 3}))["findings"].splitlines()
        assert sorted(shown) == ["C", "a b.py:7: B use of assert", "x.py:7: A use of assert"]

    def test_the_age_is_what_the_run_says_or_the_file(self, tmp_path: Path) -> None:
        probe = store(tmp_path, log(invocations=[{"executionSuccessful": True, "endTimeUtc": "2020-01-01T00:00:00Z"}]))
        assert judged(probe, tmp_path, {"age": "< 30 d"}).outcome is Outcome.FAILED
        local = store(tmp_path, log(invocations=[{"executionSuccessful": True, "startTimeUtc": "2020-01-01T00:00:00"}]))
        assert judged(local, tmp_path, {"age": "> 30 d"}).outcome is Outcome.PASSED
        assert judged(store(tmp_path, log(invocations=[{}])), tmp_path, {"age": "< 1 h"}).outcome is Outcome.PASSED


class TestChoosing:
    @pytest.fixture
    def root(self, tmp_path: Path) -> Path:
        found = [finding("S101", level="error"), finding("S602", "src/deep/b.py", level="warning")]
        found.append(finding("B1", "tests/t.py", level="warning"))
        store(tmp_path, log(*found))
        write(tmp_path, {"docs/x.md": ""})
        return tmp_path

    @pytest.mark.parametrize(
        ("options", "results"),
        [
            ({"rules": ("S*",)}, 2),
            ({"rules": ("!S101",)}, 2),
            ({"rules": ("S*", "!S101")}, 1),
            ({"levels": ("error",)}, 1),
            ({"levels": ("error", "warning")}, 3),
            ({"paths": ("src",)}, 2),
            ({"paths": ("src/**/*.py",)}, 2),
            ({"paths": ("./src/a.py", "tests/")}, 2),
            ({"paths": ("!tests",)}, 2),
            ({"paths": ("docs",)}, 0),
            ({"paths": ("docs/*.md",)}, 0),
        ],
    )
    def test_findings_are_chosen(self, root: Path, options: dict[str, Any], results: int) -> None:
        probe = Sarif(report=("scan.sarif",), **options)
        assert values(judged(probe, root, {"results": "<= 9"}))["results"] == results

    def test_a_path_that_nothing_could_ever_be_found_in_is_an_error(self, root: Path) -> None:
        result = judged(Sarif(report=("scan.sarif",), paths=("scr",)), root, {"results": 0})
        assert result.outcome is Outcome.ERROR
        assert "there is no file at scr" in result.reason


class TestVoidReports:
    @pytest.mark.parametrize(
        ("data", "why"),
        [
            ({"version": "2.1.0", "runs": []}, "holds no run"),
            ({"version": "2.0.0", "runs": [{}]}, "is SARIF 2.0.0"),
            ({"runs": 3}, "is not SARIF"),
            ({"version": "2.1.0", "runs": [{}]}, "is not valid SARIF: KeyError"),
            (log(level_of_trouble=1, results=None), "holds no list of results"),
            (log(externalPropertyFileReferences={"results": [{}]}), "in other files"),
            (log(finding(level="dire")), "there is no level 'dire'"),
            (log(invocations=[{"executionSuccessful": False}]), "says that its run was not successful"),
            (
                log(invocations=[{"executionSuccessful": True, "toolExecutionNotifications": [
                    {"level": "error", "message": {"text": "out of memory"}}]}]),
                "may have seen only a part: out of memory",
            ),
            (
                log(invocations=[{"executionSuccessful": False, "toolConfigurationNotifications": [
                    {"level": "error", "message": {"text": "no such file"}}, {"level": "note", "message": {}}]}]),
                "not successful: no such file",
            ),
            ("hello", "not of a tool whose reports are known"),
        ],
    )  # fmt: skip
    def test_they_are_errors(self, tmp_path: Path, data: object, why: str) -> None:
        result = judged(store(tmp_path, data), tmp_path, {"results": 0})
        assert result.outcome is Outcome.ERROR
        assert why in result.reason

    @pytest.mark.parametrize("report", ["gone.sarif", "*.sarif", "folder"])
    def test_one_that_is_not_there_is_an_error(self, tmp_path: Path, report: str) -> None:
        (tmp_path / "folder").mkdir()
        assert judged(Sarif(report=(report,)), tmp_path, {"results": 0}).outcome is Outcome.ERROR

    def test_one_of_several_that_is_void_is_an_error(self, tmp_path: Path) -> None:
        store(tmp_path, log(), "a.sarif")
        store(tmp_path, {"version": "2.1.0", "runs": []}, "b.sarif")
        assert judged(Sarif(report=("*.sarif",)), tmp_path, {"results": 0}).outcome is Outcome.ERROR

    def test_several_are_counted_together(self, tmp_path: Path) -> None:
        store(tmp_path, log(finding()), "a.sarif")
        store(tmp_path, log(finding()), "b.sarif")
        probe = Sarif(report=("a.sarif", "*.sarif"))
        assert judged(probe, tmp_path, {"results": 2, "runs": 2}).outcome is Outcome.PASSED

    def test_a_gate_that_expects_nothing_is_an_error(self, tmp_path: Path) -> None:
        assert judged(store(tmp_path, log()), tmp_path).outcome is Outcome.ERROR

    def test_a_secret_in_a_message_is_not_shown(self, tmp_path: Path) -> None:
        leak = finding("B105", message={"text": "Possible hardcoded password: 'hunter2-very-secret'"})
        result = judged(store(tmp_path, log(leak)), tmp_path, {"results": 0})
        assert result.outcome is Outcome.FAILED
        assert "hunter2" not in str(result)

    def test_the_deadline_is_kept(self, tmp_path: Path) -> None:
        assert judged(store(tmp_path, log()), tmp_path, {"results": 0}, timeout=0.000001).outcome is Outcome.ERROR


RISKY = "import subprocess\n\n\ndef run(text):\n    subprocess.call(text, shell=True)\n    eval(text)  # nosec\n"


class TestBandit:
    @pytest.fixture(autouse=True)
    def bandit(self) -> None:
        pytest.importorskip("bandit", reason="needs bandit: pip install bandit")

    def test_what_it_finds_is_counted_and_nosec_too(self, tmp_path: Path) -> None:
        write(tmp_path, {"src/a.py": RISKY, "src/b.py": "x = 1\n"})
        result = judged(Sarif(run="bandit", targets=("src",)), tmp_path, {"error": 0, "rule:B602": 0})
        assert result.outcome is Outcome.FAILED
        found = values(result)
        assert (found["error"], found["suppressed"], found["files"], found["rule:B602"]) == (1, 1, 2, 1)
        assert evidence(result)["runs"] == "bandit: 2 looked at, 2 findings, 1 suppressed"

    def test_clean_code_passes(self, tmp_path: Path) -> None:
        write(tmp_path, {"src/a.py": "x = 1\n"})
        probe = Sarif(run="bandit", targets=("src",), args=("--severity-level", "medium"))
        assert judged(probe, tmp_path, {"results": 0, "suppressed": 0}).outcome is Outcome.PASSED

    def test_no_file_is_nothing_looked_at(self, tmp_path: Path) -> None:
        (tmp_path / "src").mkdir()
        result = judged(Sarif(run="bandit", targets=("src",)), tmp_path, {"results": 0})
        assert result.outcome is Outcome.ERROR
        assert "nothing was looked at" in result.reason

    def test_a_target_that_is_not_there_is_an_error(self, tmp_path: Path) -> None:
        assert judged(Sarif(run="bandit", targets=("src",)), tmp_path, {"results": 0}).reason == "src is not there"

    def test_a_file_that_cannot_be_parsed_is_an_error(self, tmp_path: Path) -> None:
        write(tmp_path, {"src/a.py": "x = (\n", "src/b.py": "x = 1\n"})
        result = judged(Sarif(run="bandit", targets=("src",)), tmp_path, {"results": 0})
        assert result.outcome is Outcome.ERROR
        assert "could not be read by the tool: src/a.py" in result.reason

    def test_arguments_that_it_does_not_know_are_an_error(self, tmp_path: Path) -> None:
        write(tmp_path, {"a.py": "x = 1\n"})
        result = judged(Sarif(run="bandit", args=("--nonsense",)), tmp_path, {"results": 0})
        assert "bandit could not do its work (exit code 2)" in result.reason


class TestRuff:
    def test_selected_rules_are_counted(self, tmp_path: Path) -> None:
        write(tmp_path, {"a.py": RISKY})
        probe = Sarif(run="ruff", args=("S602",))
        assert judged(probe, tmp_path, {"results": 0}).outcome is Outcome.FAILED
        assert judged(Sarif(run="ruff", args=("PLR0904",)), tmp_path, {"results": 0}).outcome is Outcome.ERROR


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write(tmp_path, {"a.py": "x = 1\n", "requirements.txt": "django==1.0\n"})
    monkeypatch.setattr("pytest_readiness.probes._tools.running.importlib.util.find_spec", lambda _name: None)
    return tmp_path


AUDIT = {
    "dependencies": [
        {"name": "django", "version": "1.0", "vulns": [
            {"id": "PYSEC-1", "fix_versions": ["2.0"], "aliases": [], "description": ""},
            {"id": "PYSEC-2", "fix_versions": [], "aliases": [], "description": ""}]},
        {"name": "ours", "skip_reason": "Dependency not found on PyPI"},
        {"name": "yaml", "version": "6", "vulns": []},
    ],
    "fixes": [],
}  # fmt: skip


class TestPipAudit:
    def test_vulnerabilities_are_counted_and_what_was_skipped_is_shown(self, fake: Path) -> None:
        folder = program(fake / "bin", "pip-audit", f"print({json.dumps(AUDIT)!r}); sys.exit('-r' in sys.argv)")
        probe = Sarif(run="pip-audit", targets=("requirements.txt",))
        result = judged(probe, fake, {"results": 0}, path=folder)
        assert result.outcome is Outcome.FAILED
        assert values(result)["files"] == 2
        assert evidence(result)["findings"].splitlines() == [
            "PYSEC-1 django 1.0, fixed in 2.0",
            "PYSEC-2 django 1.0, fixed in no version",
        ]
        assert evidence(result)["not looked at"] == "ours: Dependency not found on PyPI"

    @pytest.mark.parametrize("code", ["print('ERROR: no network', file=sys.stderr); sys.exit(1)", "sys.exit(2)"])
    def test_no_answer_is_an_error(self, fake: Path, code: str) -> None:
        result = judged(Sarif(run="pip-audit"), fake, {"results": 0}, path=program(fake / "bin", "pip-audit", code))
        assert result.outcome is Outcome.ERROR
        assert "pip-audit could not do its work" in result.reason

    def test_nothing_known_is_nothing_looked_at(self, fake: Path) -> None:
        folder = program(fake / "bin", "pip-audit", """print('{"dependencies": [], "fixes": []}')""")
        assert "nothing was looked at" in judged(Sarif(run="pip-audit"), fake, {"results": 0}, path=folder).reason


LEAK = log(finding("github-pat", "a.py", message={"text": "github-pat has detected secret for file a.py."}))


class TestGitleaks:
    def test_leaks_are_counted_and_shown_by_place_only(self, fake: Path) -> None:
        code = (
            f"print({json.dumps(LEAK)!r}); print('10:55AM INF scanned ~84 bytes (84 bytes) in 16ms', file=sys.stderr)"
        )
        result = judged(Sarif(run="gitleaks"), fake, {"results": 0}, path=program(fake / "bin", "gitleaks", code))
        assert result.outcome is Outcome.FAILED
        assert evidence(result)["findings"].startswith("a.py:7: github-pat")

    @pytest.mark.parametrize(
        ("code", "why"),
        [
            (
                f"print({json.dumps(log())!r}); print('scanned ~0 bytes (0) in 1ms', file=sys.stderr)",
                "nothing was looked at",
            ),
            (f"print({json.dumps(log())!r})", "does not say how much"),
            ("print('scanned ~9 bytes', file=sys.stderr)", "something else than a SARIF report"),
            ("sys.exit(126)", "gitleaks could not do its work (exit code 126)"),
            ("time.sleep(60)", ""),
        ],
    )
    def test_a_scan_that_was_none_is_an_error(self, fake: Path, code: str, why: str) -> None:
        begun = time.monotonic()
        folder = program(fake / "bin", "gitleaks", code)
        result = judged(Sarif(run="gitleaks"), fake, {"results": 0}, path=folder, timeout=1.5)
        assert result.outcome is Outcome.ERROR
        assert why in result.reason
        assert time.monotonic() - begun < 10

    def test_one_that_is_not_installed_is_an_error(self, fake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", str(fake))
        assert judged(Sarif(run="gitleaks"), fake, {"results": 0}).reason.startswith("gitleaks is not installed")


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"report": ("a",), "run": "bandit"},
        {"report": ("a",), "targets": ("src",)},
        {"report": ("a",), "args": ("-x",)},
        {"report": ("",)},
        {"report": ("a",), "rules": ("!",)},
    ],
)
def test_options_that_do_not_fit_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(OptionError):
        Sarif(**options)


def test_it_says_what_it_touches() -> None:
    assert list(Sarif(report=("a.sarif",)).touches()) == [Touch("file", "a.sarif")]
    assert list(Sarif(run="pip-audit").touches()) == [
        Touch("command", "pip-audit"),
        Touch("host", "pypi.org"),
        Touch("file", "."),
    ]


def test_families_are_open_but_not_for_everything() -> None:
    probe = Sarif(run="bandit")
    assert probe.declare("level:error") is not None
    assert probe.declare("level:dire") is None
    assert probe.declare("rule:") is None


@pytest.mark.parametrize(
    ("text", "meant"),
    [("fatal", "error"), ("information", "note"), ("none", "none"), ("refactor", "note"), ("huh", "warning")],
)
def test_words_for_levels_are_understood(text: str, meant: str) -> None:
    assert level(text) == meant


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("src", "src/a.py", True),
        ("./src/", "src/deep/a.py", True),
        (".", "a.py", True),
        ("src", "srcs/a.py", False),
        ("src/*.py", "src/a.py", True),
        ("src/*.py", "src/deep/a.py", False),
        ("src/**/*.py", "src/a.py", True),
        ("src/**/*.py", "src/deep/er/a.py", True),
        ("**/gen", "src/gen/a.py", True),
        ("**/gen", "src/general/a.py", False),
        ("src/**", "src/deep/a.py", True),
        ("{src,lib}/a.py", "lib/a.py", True),
        ("src/[ab].py", "src/c.py", False),
        ("!src", "src/a.py", False),
        ("!src", "lib/a.py", True),
    ],
)
def test_a_path_fits_a_pattern_as_it_does_where_files_are_looked_for(pattern: str, path: str, fits: bool) -> None:
    assert below([pattern], path) is fits
