"""``--readiness-audit CHECKLIST.md``: claims held against the gates of the same run."""

from __future__ import annotations

import pytest

from tests.pytester.projects import FAILS, PASSES, Project

TRUE = "- [x] It is well\n- [ ] It is not well\n"
FALSE = "- [x] It is well\n- [x] It is not well\n"
LOW = FAILS.replace("fix: Mend it.", "severity: low")


@pytest.fixture
def audited(project: Project) -> Project:
    """A project that is ready, since what fails is not enforced, with a checklist that says all is done."""
    project.gates(PASSES, LOW, head="enforce: [critical, high]")
    project.write("CHECKLIST.md", FALSE)
    return project


def test_a_contradicted_claim_fails_the_run(audited: Project) -> None:
    ran = audited.run("--readiness-audit=CHECKLIST.md")
    assert ran.exit_code == 1
    assert "    2  It is not well (bad)" in ran.out
    assert "CLAIMS OF CHECKLIST.md FAIL: 1 claim is contradicted (line 2)" in ran.out
    assert ran.report["problems"] == ["audit of CHECKLIST.md: 1 claim is contradicted (line 2)"]
    assert (ran.report["verdict"], ran.report["exit_code"]) == ("READY", 1)
    assert ran.last_line.startswith("FAILED: audit of CHECKLIST.md: 1 claim is contradicted (line 2) (the gates alone:")


def test_claims_that_hold_change_nothing(audited: Project) -> None:
    audited.write("CHECKLIST.md", TRUE)
    ran = audited.run("--readiness-audit=CHECKLIST.md")
    assert ran.exit_code == 0
    assert "claims of CHECKLIST.md pass: nothing contradicted" in ran.out
    assert ran.report["problems"] == []


@pytest.mark.no_false_green
def test_claims_that_hold_do_not_make_up_for_gates_that_break(audited: Project) -> None:
    audited.gates(PASSES, FAILS)
    audited.write("CHECKLIST.md", TRUE)
    ran = audited.run("--readiness-audit=CHECKLIST.md")
    assert ran.exit_code == 1
    assert "claims of CHECKLIST.md pass" in ran.out


def test_several_are_audited(audited: Project) -> None:
    audited.write("docs/OTHER.md", TRUE)
    ran = audited.run("--readiness-audit=docs/OTHER.md", "--readiness-audit", "CHECKLIST.md")
    assert ran.exit_code == 1
    assert "claims of OTHER.md pass" in ran.out
    assert "CLAIMS OF CHECKLIST.md FAIL" in ran.out


class TestWhatFails:
    def test_is_said_by_the_option(self, audited: Project) -> None:
        ran = audited.run("--readiness-audit=CHECKLIST.md", "--readiness-audit-fail-on", "understated,open")
        assert ran.exit_code == 0
        assert "nothing understated or open" in ran.out

    def test_is_said_by_the_ini_file(self, audited: Project) -> None:
        audited.write("tox.ini", "[pytest]\nreadiness_audit_fail_on = confirmed\n")
        audited.write("CHECKLIST.md", TRUE)
        ran = audited.run("--readiness-audit=CHECKLIST.md")
        assert ran.exit_code == 1
        assert ran.report["problems"] == ["audit of CHECKLIST.md: 1 claim is confirmed (line 1)"]

    def test_is_said_by_the_option_before_the_ini_file(self, audited: Project) -> None:
        audited.write("tox.ini", "[pytest]\nreadiness_audit_fail_on = contradicted\n")
        assert audited.run("--readiness-audit=CHECKLIST.md", "--readiness-audit-fail-on=open").exit_code == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--readiness-audit=MISSING.md",), "MISSING.md cannot be read: No such file or directory"),
        (("--readiness-audit=EMPTY.md",), "EMPTY.md has no item"),
        (("--readiness-audit=CHECKLIST.md", "--readiness-audit-fail-on=opne"), "did you mean 'open'?"),
        (("--readiness-audit-fail-on=open",), "--readiness-audit-fail-on needs --readiness-audit"),
    ],
)
def test_a_usage_error_comes_before_any_test(audited: Project, options: tuple[str, ...], message: str) -> None:
    audited.write("EMPTY.md", "")
    ran = audited.run(*options)
    assert ran.exit_code == 4
    assert message in ran.err
    assert ran.probed == []
    assert "passed" not in ran.out


def test_a_bad_word_in_the_ini_file_names_the_setting(audited: Project) -> None:
    audited.write("tox.ini", "[pytest]\nreadiness_audit_fail_on = opne\n")
    ran = audited.run("--readiness-audit=CHECKLIST.md")
    assert (ran.exit_code, "readiness_audit_fail_on opne" in ran.err) == (4, True)


def test_it_needs_gates(audited: Project) -> None:
    ran = audited.run("--readiness-audit=CHECKLIST.md", readiness=False)
    assert ran.exit_code == 4
    assert "--readiness-audit needs --readiness or --readiness-only" in ran.err


def test_it_takes_no_path_of_tests_for_its_own(audited: Project) -> None:
    ran = audited.run("--readiness-audit", "CHECKLIST.md", "test_it.py")
    assert ran.counts["passed"] >= 2
    assert "audit of CHECKLIST.md" in ran.out


@pytest.mark.parametrize("options", [("-n", "2"), ("-n", "0"), ("--readiness-only",)])
def test_it_works_the_same_however_tests_are_run(audited: Project, options: tuple[str, ...]) -> None:
    ran = audited.run("--readiness-audit=CHECKLIST.md", *options)
    assert ran.exit_code == 1
    assert ran.out.count("CLAIMS OF CHECKLIST.md FAIL: 1 claim is contradicted (line 2)") == 1


@pytest.mark.no_false_green
def test_a_selection_leaves_the_rest_unproven(audited: Project) -> None:
    ran = audited.run("--readiness-audit=CHECKLIST.md", "--readiness-select=good", "--readiness-audit-fail-on=unproven")
    assert ran.exit_code == 1
    assert "1 claim is unproven (line 2)" in ran.out


@pytest.mark.no_false_green
def test_a_run_that_stops_before_the_gates_confirms_nothing(audited: Project) -> None:
    audited.write("CHECKLIST.md", TRUE)
    audited.write("test_it.py", "import os, signal\n\n\ndef test_one():\n    os.kill(os.getpid(), signal.SIGINT)\n")
    ran = audited.run("--readiness-audit=CHECKLIST.md")
    assert ran.exit_code == 2
    assert "no checklist was audited, since the gates were not run" in ran.out
    assert "claims of CHECKLIST.md pass" not in ran.out
