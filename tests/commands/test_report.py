"""``readiness report --markdown``: the checklist with its boxes true."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .checklists import CHECKLIST, written
from .conftest import Run

MEASURED = """\
# Orders
<!-- readiness:begin -->
**NOT READY**: score 66.67 %, measured by `readiness.yaml`

Of 5 items, 2 measured to be done and 1 not to be; 2 unproven (2 without a gate, 0 waived or deferred).
<!-- readiness:end -->

Overall completion: 50% (2/4 tasks)

- [x] Changelog is kept <sub>readiness: passed: count is 1, expected >= 1</sub>
- [ ] Readme names the port <sub>readiness: failed: matches is 0, expected >= 1</sub>
- [x] Spec is there <sub>readiness: passed: count is 1, expected >= 1</sub>
- [x] Somebody has read it all
"""


@pytest.fixture
def checklist(project: Path) -> Path:
    return written(project)


def test_the_document_goes_to_standard_output_and_all_else_elsewhere(run: Run, checklist: Path) -> None:
    ran = run("report", "--markdown", "CHECKLIST.md")
    assert (ran.exit_code, ran.output) == (0, MEASURED)
    assert ran.errors.startswith("readiness: readiness.yaml, 3 gates\n")
    assert checklist.read_text() == CHECKLIST


def test_a_quiet_run_says_nothing_else(run: Run, checklist: Path) -> None:
    assert checklist.exists()
    assert run("report", "--markdown", "CHECKLIST.md", "-q").errors == ""


def test_it_is_written_to_a_file(run: Run, project: Path, checklist: Path) -> None:
    assert run("report", "--markdown", "CHECKLIST.md", "--out", "deep/measured.md").output == ""
    assert (project / "deep" / "measured.md").read_text() == MEASURED
    assert checklist.read_text() == CHECKLIST


class TestInPlace:
    def test_twice_is_once(self, run: Run, checklist: Path) -> None:
        run("report", "--markdown", "CHECKLIST.md", "--in-place")
        assert checklist.read_text() == MEASURED
        before = checklist.stat()
        run("report", "--markdown", "CHECKLIST.md", "--in-place")
        assert checklist.read_text() == MEASURED
        assert checklist.stat().st_mtime_ns == before.st_mtime_ns

    def test_follows_what_is_measured_now(self, run: Run, project: Path, checklist: Path) -> None:
        run("report", "--markdown", "CHECKLIST.md", "--in-place")
        (project / "README.md").write_text("port 80\n")
        run("report", "--markdown", "CHECKLIST.md", "--in-place")
        assert "- [x] Readme names the port <sub>readiness: passed: " in checklist.read_text()
        assert "**READY**: score 100 %" in checklist.read_text()
        assert "75% (3/4 tasks)" in checklist.read_text()

    def test_keeps_who_may_read_and_write(self, run: Run, checklist: Path) -> None:
        checklist.chmod(0o640)
        run("report", "--markdown", "CHECKLIST.md", "--in-place")
        assert checklist.stat().st_mode & 0o777 == 0o640

    def test_keeps_a_link_a_link(self, run: Run, project: Path, checklist: Path) -> None:
        checklist.rename(project / "real.md")
        checklist.symlink_to("real.md")
        run("report", "--markdown", "CHECKLIST.md", "--in-place")
        assert checklist.is_symlink()
        assert (project / "real.md").read_text().startswith("# Orders\n<!-- readiness:begin -->")


class TestCheck:
    def test_a_document_that_is_not_true_fails_with_a_diff(self, run: Run, checklist: Path) -> None:
        ran = run("report", "--markdown", "CHECKLIST.md", "--check")
        assert ran.exit_code == 1
        assert ran.output.startswith("--- CHECKLIST.md\n+++ CHECKLIST.md (measured)\n@@ ")
        assert "\n-- [x] Readme names the port\n" in ran.output
        assert "\n+- [ ] Readme names the port <sub>" in ran.output
        assert checklist.read_text() == CHECKLIST

    def test_one_that_was_written_back_passes(self, run: Run, checklist: Path) -> None:
        run("report", "--markdown", "CHECKLIST.md", "--in-place")
        ran = run("report", "--markdown", "CHECKLIST.md", "--check")
        assert (ran.exit_code, ran.output) == (0, "")
        assert checklist.read_text() == MEASURED

    def test_until_something_else_is_measured(self, run: Run, project: Path, checklist: Path) -> None:
        run("report", "--markdown", "CHECKLIST.md", "--in-place")
        (project / "CHANGELOG.md").unlink()
        assert run("report", "--markdown", "CHECKLIST.md", "--check").exit_code == 1
        assert checklist.read_text() == MEASURED


def test_a_stored_report_will_do(run: Run, project: Path, checklist: Path) -> None:
    run("check", "--report", "json:readiness.json")
    (project / "CHANGELOG.md").unlink()
    ran = run("report", "--markdown", "CHECKLIST.md", "--from", "readiness.json")
    assert ran.output == MEASURED
    assert checklist.exists()


def test_secrets_stay_out_of_it(run: Run, project: Path, checklist: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_TOKEN", "swordfish-and-chips")
    spec = project / "readiness.yaml"
    spec.write_text(spec.read_text().replace("path: CHANGELOG.md", 'path: "${API_TOKEN}.md"'))
    ran = run("report", "--markdown", "CHECKLIST.md")
    assert "swordfish" not in ran.output + ran.errors
    assert r"\*\*\*.md" in ran.output
    assert checklist.exists()


def test_repaired_text_is_told(run: Run, checklist: Path) -> None:
    checklist.write_bytes(CHECKLIST.replace("- [x]", "- ✅").encode().decode("cp1252").encode())
    ran = run("report", "--markdown", "CHECKLIST.md")
    assert "! CHECKLIST.md: " in ran.errors
    assert "- ✅ Changelog is kept <sub>" in ran.output


def test_an_interrupted_run_writes_nothing(run: Run, checklist: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pytest_readiness.assess.Engine.run", interrupt)
    ran = run("report", "--markdown", "CHECKLIST.md", "--in-place")
    assert ran.exit_code == 2
    assert "interrupted: nothing was written" in ran.errors
    assert checklist.read_text() == CHECKLIST


@pytest.mark.usefixtures("checklist")
class TestUsage:
    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ((), "the following arguments are required: --markdown"),
            (("--markdown", "CHECKLIST.md", "--check", "--in-place"), "not allowed with argument"),
            (("--markdown", "CHECKLIST.md", "--select", "port"), "unrecognized arguments: --select port"),
            (("--markdown", "CHECKLIST.md", "--out", "readiness.yaml"), "--out readiness.yaml would be written over"),
            (("--markdown", "CHECKLIST.md", "--out", "README.md/x.md"), "README.md/x.md cannot be written: "),
        ],
    )
    def test_what_cannot_be_had_is_one_line(self, run: Run, options: tuple[str, ...], message: str) -> None:
        ran = run("report", "-q", *options)
        assert ran.exit_code == 4
        assert message in ran.errors
        assert ran.errors.count("\n") == 1

    def test_so_is_half_a_summary(self, run: Run, project: Path) -> None:
        (project / "CHECKLIST.md").write_text("- [x] a\n<!-- readiness:begin -->\n")
        ran = run("report", "--markdown", "CHECKLIST.md")
        assert ran.exit_code == 4
        assert ran.errors.startswith("readiness: CHECKLIST.md:2: ")

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
    def test_so_is_a_folder_that_may_not_be_written_to(self, run: Run, project: Path) -> None:
        project.chmod(0o500)
        assert run("report", "--markdown", "CHECKLIST.md", "--in-place").exit_code == 4
