"""``readiness audit``: claims beside the evidence, and an exit code that speaks of claims only."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from .checklists import CHECKLIST, SPEC, written
from .conftest import Run

ALL_GREEN = CHECKLIST.replace("- [x] Readme", "- [ ] Readme")


@pytest.fixture
def checklist(project: Path) -> Path:
    return written(project)


def words(run: Run, project: Path, *options: str) -> dict[int, str]:
    """The word of each claim by its line."""
    run("audit", "CHECKLIST.md", "--json", "audit.json", *options)
    (one,) = json.loads((project / "audit.json").read_text())["audits"]
    return {claim["line"]: claim["word"] for claim in one["claims"]}


def stored(run: Run, project: Path, **changes: Any) -> None:
    """Leave a report of a run, changed as told, in readiness.json."""
    run("check", "--report", "json:readiness.json")
    path = project / "readiness.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


@pytest.mark.usefixtures("checklist")
class TestClaims:
    def test_each_is_set_beside_its_outcome(self, run: Run, project: Path) -> None:
        assert words(run, project) == {
            3: "unproven",
            5: "confirmed",
            6: "contradicted",
            7: "understated",
            8: "unproven",
        }

    def test_one_that_is_contradicted_fails(self, run: Run) -> None:
        ran = run("audit", "CHECKLIST.md")
        assert ran.exit_code == 1
        assert "CLAIMS OF CHECKLIST.md FAIL: 1 claim is contradicted (line 6)" in ran.output
        assert "    6  Readme names the port (port)\n       matches is 0, expected >= 1\n" in ran.output

    def test_the_exit_code_speaks_of_claims_only_and_says_so(self, run: Run, project: Path) -> None:
        (project / "CHECKLIST.md").write_text(ALL_GREEN)
        ran = run("audit", "CHECKLIST.md")
        assert ran.exit_code == 0
        assert "claims of CHECKLIST.md pass: nothing contradicted" in ran.output
        assert "The exit code speaks of the claims only. The gates: NOT READY: 1 of 3 gates" in ran.output

    @pytest.mark.parametrize("word", ["confirmed", "contradicted", "understated", "unproven", "stated"])
    def test_every_word_may_fail(self, run: Run, word: str) -> None:
        assert run("audit", "CHECKLIST.md", "--fail-on", word).exit_code == 1

    @pytest.mark.parametrize("word", ["open", "internal"])
    def test_what_is_not_found_does_not(self, run: Run, word: str) -> None:
        assert run("audit", "CHECKLIST.md", "--fail-on", word).exit_code == 0

    def test_verbose_shows_what_agrees_too(self, run: Run) -> None:
        assert "confirmed: claimed, and measured to be so" not in run("audit", "CHECKLIST.md").output
        assert "confirmed: claimed, and measured to be so" in run("audit", "CHECKLIST.md", "-v").output

    @pytest.mark.no_false_green
    def test_a_selection_leaves_the_rest_unproven(self, run: Run, project: Path) -> None:
        assert words(run, project, "--select", "port") == {
            3: "unproven",
            5: "unproven",
            6: "contradicted",
            7: "open",
            8: "unproven",
        }

    def test_several_checklists_are_audited_at_once(self, run: Run, project: Path) -> None:
        (project / "OTHER.md").write_text("- [ ] Nothing yet\n")
        ran = run("audit", "OTHER.md", "CHECKLIST.md")
        assert ran.exit_code == 1
        assert "claims of OTHER.md pass" in ran.output
        assert "CLAIMS OF CHECKLIST.md FAIL" in ran.output

    def test_what_was_written_back_is_audited_as_before(self, run: Run, project: Path) -> None:
        run("report", "--markdown", "CHECKLIST.md", "--in-place")
        assert list(words(run, project).values()) == ["unproven", "confirmed", "open", "confirmed", "unproven"]

    def test_the_json_fits_the_published_schema(self, run: Run, project: Path) -> None:
        run("audit", "CHECKLIST.md", "--json", "deep/audit.json")
        schema = json.loads(run("schema", "--audit").output)
        data = json.loads((project / "deep" / "audit.json").read_text())
        jsonschema.validate(data, schema)
        assert (data["exit_code"], data["verdict"], data["fail_on"]) == (1, "NOT READY", ["contradicted"])

    def test_an_interrupted_run_is_exit_code_2(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        def interrupt(*_: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr("pytest_readiness.assess.Engine.run", interrupt)
        ran = run("audit", "CHECKLIST.md")
        assert ran.exit_code == 2
        assert "claims of CHECKLIST.md pass" not in ran.output


@pytest.mark.usefixtures("checklist")
def test_the_guide_shows_what_really_comes_out(run: Run) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "auditing-a-checklist.md").read_text(encoding="utf-8")
    for command in ("audit CHECKLIST.md", "report --markdown CHECKLIST.md"):
        assert f"$ readiness {command}\n{run(*command.split()).output}```\n" in guide


@pytest.mark.usefixtures("checklist")
class TestStoredReports:
    def test_stand_for_a_run(self, run: Run, project: Path) -> None:
        stored(run, project)
        (project / "CHANGELOG.md").unlink()
        ran = run("audit", "CHECKLIST.md", "--from", "readiness.json", "-v")
        assert ran.exit_code == 1
        assert "Changelog is kept (changelog)\n       count is 1, expected >= 1\n" in ran.output

    def test_are_told_for_what_they_are_worth(self, run: Run, project: Path) -> None:
        stored(run, project)
        told = " ".join(run("audit", "CHECKLIST.md", "--from", "readiness.json").output.split())
        assert told.endswith("The evidence is the report readiness.json, which is only as good as its file.")

    def test_help_says_so_too(self, run: Run) -> None:
        assert "only as good as its file" in " ".join(run("audit", "--help").output.split())

    @pytest.mark.no_false_green
    def test_of_another_spec_are_refused(self, run: Run, project: Path) -> None:
        stored(run, project)
        (project / "readiness.yaml").write_text(SPEC.replace(">= 1", ">= 0"))
        ran = run("audit", "CHECKLIST.md", "--from", "readiness.json")
        assert ran.exit_code == 4
        assert ran.errors == (
            "readiness: readiness.json is not used: readiness.yaml is not the spec that it was made with, "
            "or was changed since\n"
        )

    @pytest.mark.no_false_green
    def test_of_some_gates_only_are_refused(self, run: Run) -> None:
        run("check", "--report", "json:readiness.json", "--select", "port")
        ran = run("audit", "CHECKLIST.md", "--from", "readiness.json")
        assert ran.exit_code == 4
        assert "it is PARTIAL" in ran.errors

    @pytest.mark.no_false_green
    def test_that_call_themselves_whole_but_are_not_are_refused(self, run: Run, project: Path) -> None:
        stored(run, project, gates=[])
        assert "does not have each gate of the spec once, see changelog" in self.refused(run)

    @pytest.mark.no_false_green
    def test_in_which_a_gate_passed_without_what_it_expects_confirm_nothing(self, run: Run, project: Path) -> None:
        stored(run, project)
        data = json.loads((project / "readiness.json").read_text())
        data["gates"][1] |= {"outcome": "passed"}
        stored(run, project, gates=data["gates"])
        assert words(run, project, "--from", "readiness.json")[6] == "unproven"

    def test_of_another_profile_are_refused(self, run: Run, project: Path) -> None:
        (project / "readiness.yaml").write_text(SPEC.replace("gates:", "profiles:\n  prod: {}\n  dev: {}\ngates:"))
        run("check", "--report", "json:readiness.json", "--profile", "prod")
        assert run("audit", "CHECKLIST.md", "--from", "readiness.json").exit_code == 1
        ran = run("audit", "CHECKLIST.md", "--from", "readiness.json", "--profile", "dev")
        assert "it was made with profile prod, and this is profile dev" in ran.errors

    @pytest.mark.parametrize(
        ("age", "code"), [(timedelta(hours=23), 1), (timedelta(hours=25), 4), (timedelta(hours=-1), 4)]
    )
    def test_that_are_too_old_or_too_young_are_refused(
        self, run: Run, project: Path, age: timedelta, code: int
    ) -> None:
        started = (datetime.now(UTC) - age).isoformat(timespec="seconds").replace("+00:00", "Z")
        stored(run, project, started=started)
        assert run("audit", "CHECKLIST.md", "--from", "readiness.json", "--max-age", "24h").exit_code == code

    def test_that_failed_for_other_reasons_still_fail(self, run: Run, project: Path) -> None:
        (project / "README.md").write_text("port 80\n")
        stored(run, project, exit_code=1, problems=["2 tests failed"])
        assert "The gates: FAILED: 2 tests failed" in run("audit", "CHECKLIST.md", "--from", "readiness.json").output

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            (None, "readiness.json cannot be read: No such file or directory"),
            ("{", "readiness.json is not JSON"),
            ("[]", "readiness.json is not a report of readiness: [] is not of type 'object'"),
            ('{"version": 1}', "is not a report of readiness: 'name' is a required property"),
        ],
    )
    def test_that_are_none_are_refused(self, run: Run, project: Path, text: str | None, message: str) -> None:
        if text is not None:
            (project / "readiness.json").write_text(text)
        assert message in self.refused(run)

    @pytest.mark.parametrize(
        "options",
        [("--select", "port"), ("--jobs", "2"), ("--no-exec",), ("--junit", "x.xml"), ("--allow-side-effects",)],
    )
    def test_leave_nothing_to_be_run(self, run: Run, options: tuple[str, ...]) -> None:
        ran = run("audit", "CHECKLIST.md", "--from", "readiness.json", *options)
        assert ran.errors == f"readiness: {options[0]} says how gates are run, and with --from none is\n"

    def refused(self, run: Run) -> str:
        ran = run("audit", "CHECKLIST.md", "--from", "readiness.json")
        assert ran.exit_code == 4
        assert ran.errors.count("\n") == 1
        return ran.errors


class TestBadInput:
    @pytest.mark.parametrize(
        ("text", "message"),
        [
            (None, "CHECKLIST.md cannot be read: No such file or directory"),
            ("", "CHECKLIST.md has no item"),
            ("Nothing but prose here.\n", "CHECKLIST.md has no item"),
        ],
    )
    @pytest.mark.parametrize("verb", [("audit",), ("report", "--markdown")])
    @pytest.mark.no_false_green
    def test_is_one_clear_line(
        self, project: Path, run: Run, text: str | None, message: str, verb: tuple[str, ...]
    ) -> None:
        if text is not None:
            (project / "CHECKLIST.md").write_text(text)
        ran = run(*verb, "CHECKLIST.md")
        assert ran.exit_code == 4
        assert ran.errors.startswith(f"readiness: {message}")
        assert ran.errors.count("\n") == 1

    @pytest.mark.parametrize("verb", [("audit",), ("report", "--markdown")])
    def test_a_folder_is_no_checklist(self, project: Path, run: Run, verb: tuple[str, ...]) -> None:
        (project / "docs").mkdir()
        assert run(*verb, "docs").errors == "readiness: docs cannot be read: Is a directory\n"

    @pytest.mark.no_false_green
    def test_a_document_that_claims_nothing_cannot_be_confirmed(self, project: Path, run: Run) -> None:
        (project / "CHECKLIST.md").write_text("## Expected\n\n```sh\nmake check\n```\n")
        ran = run("audit", "CHECKLIST.md")
        assert ran.exit_code == 4
        assert ran.errors in {
            "readiness: CHECKLIST.md claims nothing: none of its items says that it is done or open\n",
            "readiness: CHECKLIST.md has no item: no box, no status, nothing that could be a gate\n",
        }

    @pytest.mark.usefixtures("checklist")
    def test_a_mistyped_word_gets_the_near_one(self, run: Run) -> None:
        ran = run("audit", "CHECKLIST.md", "--fail-on", "contradict,unproven")
        assert ran.exit_code == 4
        assert "'contradict' is none of its words: did you mean 'contradicted'?" in ran.errors

    @pytest.mark.usefixtures("checklist")
    def test_problems_of_the_spec_are_told_as_ever(self, run: Run, project: Path) -> None:
        (project / "readiness.yaml").write_text("version: 1\nname: x\ngates: [{id: a, probe: fiel}]\n")
        ran = run("audit", "CHECKLIST.md")
        assert ran.exit_code == 4
        assert ran.errors.startswith("readiness.yaml:3:")

    @pytest.mark.usefixtures("checklist")
    @pytest.mark.parametrize("age", ["soon", "10", "5 MB", "0 s"])
    def test_an_age_is_a_time(self, run: Run, age: str) -> None:
        ran = run("audit", "CHECKLIST.md", "--from", "readiness.json", "--max-age", age)
        assert ran.exit_code == 4
        assert ran.errors.startswith(f"readiness: --max-age {age}: ")

    @pytest.mark.usefixtures("checklist")
    def test_an_age_needs_a_report(self, run: Run) -> None:
        assert "it needs --from" in run("audit", "CHECKLIST.md", "--max-age", "1h").errors

    @pytest.mark.usefixtures("checklist")
    @pytest.mark.parametrize("path", ["CHECKLIST.md", "readiness.yaml"])
    def test_nothing_is_written_over(self, run: Run, project: Path, path: str) -> None:
        before = (project / path).read_bytes()
        assert run("audit", "CHECKLIST.md", "--json", path).exit_code == 4
        assert (project / path).read_bytes() == before

    @pytest.mark.usefixtures("checklist")
    @pytest.mark.no_false_green
    def test_an_audit_that_cannot_be_written_fails(self, run: Run, project: Path) -> None:
        (project / "CHECKLIST.md").write_text(ALL_GREEN)
        (project / "file").write_text("")
        ran = run("audit", "CHECKLIST.md", "--json", "file/audit.json")
        assert ran.exit_code == 1
        assert "FAILED: --json file/audit.json could not be written" in ran.output

    @pytest.mark.usefixtures("checklist")
    @pytest.mark.no_false_green
    def test_that_of_an_earlier_run_is_removed_first(self, run: Run, project: Path) -> None:
        (project / "audit.json").write_text("{}")
        assert run("audit", "CHECKLIST.md", "--json", "audit.json", "--profile", "none").exit_code == 4
        assert not (project / "audit.json").exists()


@pytest.fixture(autouse=True)
def _no_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
