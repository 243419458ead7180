"""The options beside --readiness, and their ini twins."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_readiness import plugin
from tests.pytester.projects import FAILS, PASSES, Project

PROFILES = "profiles:\n  prod: {vars: {n: '0'}}\nvars: {n: '1'}"
BY_PROFILE = "- {id: a, probe: fake, with: {count: '${n}'}}"


# --- --readiness-spec -------------------------------------------------------------------------------------


def test_a_spec_may_lie_elsewhere(project: Project) -> None:
    project.gates(PASSES)
    (project.path / "ops").mkdir()
    (project.path / "readiness.yaml").rename(project.path / "ops" / "gates.yaml")
    ran = project.run("--readiness-spec", "ops/gates.yaml")
    assert ran.exit_code == 0
    assert "readiness: ops/gates.yaml, 1 gate" in ran.out


def test_the_ini_file_may_name_the_spec_and_the_command_line_wins(project: Project) -> None:
    project.gates(FAILS)
    (project.path / "readiness.yaml").rename(project.path / "red.yaml")
    project.gates(PASSES)
    project.pytester.makeini("[pytest]\nreadiness_spec = red.yaml\n")
    assert project.run().exit_code == 1
    assert project.run("--readiness-spec=readiness.yaml").exit_code == 0


def test_the_settings_of_an_ini_file_start_from_its_folder(project: Project) -> None:
    project.gates(PASSES)
    project.pytester.makeini("[pytest]\nreadiness_spec = readiness.yaml\nreadiness_report =\n    json:out/r.json\n")
    sub = project.path / "sub"
    sub.mkdir()
    project.write("sub/test_sub.py", "def test_sub():\n    pass\n")
    project.pytester.chdir()
    result = project.pytester.runpytest_subprocess(
        "--readiness", "-p", "no:randomly", f"--rootdir={project.path}", "sub"
    )
    assert result.ret == 0
    assert (project.path / "out" / "r.json").exists()


# --- --readiness-profile ----------------------------------------------------------------------------------


def test_a_profile_is_applied_and_named(project: Project) -> None:
    project.gates(BY_PROFILE, head=PROFILES)
    assert project.run().exit_code == 0
    ran = project.run("--readiness-profile=prod")
    assert ran.exit_code == 1
    assert "readiness: readiness.yaml, profile prod, 1 gate" in ran.out
    assert ran.report["subject"]["profile"] == "prod"


def test_the_ini_file_may_name_the_profile(project: Project) -> None:
    project.gates(BY_PROFILE, head=PROFILES)
    project.pytester.makeini("[pytest]\nreadiness_profile = prod\n")
    assert project.run().report["subject"]["profile"] == "prod"


def test_a_profile_that_does_not_exist_is_a_usage_error(project: Project) -> None:
    project.gates(BY_PROFILE, head=PROFILES)
    ran = project.run("--readiness-profile=prdo")
    assert ran.exit_code == 4
    assert "prod" in ran.err


# --- --readiness-select -----------------------------------------------------------------------------------


def test_a_selection_makes_the_verdict_partial(project: Project) -> None:
    project.gates(PASSES, FAILS)
    ran = project.run("--readiness-select", "good")
    assert ran.exit_code == 0
    assert ran.report["verdict"] == "PARTIAL"
    assert ran.probed == ["good"]
    assert "readiness: readiness.yaml, 1 of 2 gates" in ran.out
    assert ran.last_line.startswith("PARTIAL: the one gate passed; ")


def test_a_selected_gate_that_fails_fails_the_run(project: Project) -> None:
    project.gates(PASSES, FAILS)
    ran = project.run("--readiness-select", "b*")
    assert ran.exit_code == 1
    assert ran.last_line == "PARTIAL: 1 of 1 gate breaks (bad)"


def test_a_selection_that_picks_nothing_is_a_usage_error(project: Project) -> None:
    project.gates(PASSES)
    ran = project.run("--readiness-select", "goood")
    assert ran.exit_code == 4
    assert "good" in ran.err


@pytest.mark.parametrize("args", [("-k", "one"), ("-m", "not slow"), ("--deselect", "readiness.yaml::bad")])
def test_selecting_tests_never_selects_gates(project: Project, args: tuple[str, str]) -> None:
    project.pytester.makeini("[pytest]\nmarkers = slow\n")
    project.gates(PASSES, FAILS)
    ran = project.run(*args)
    assert ran.outcomes == {"good": "passed", "bad": "failed"}
    assert ran.exit_code == 1


# --- --readiness-report -----------------------------------------------------------------------------------


def test_reports_may_be_several_and_their_folders_are_made(project: Project) -> None:
    project.gates(PASSES)
    ran = project.run("--readiness-report=json:a/b/c.json")
    assert ran.exit_code == 0
    assert (project.path / "a" / "b" / "c.json").read_bytes() == (project.path / "report.json").read_bytes()


def test_a_format_that_does_not_exist_is_a_usage_error_before_anything_runs(project: Project) -> None:
    project.gates(PASSES)
    ran = project.run("--readiness-report=jsno:x")
    assert ran.exit_code == 4
    assert "there is no report format 'jsno': did you mean json:x?" in ran.err
    assert ran.probed == []


@pytest.mark.parametrize(
    ("target", "over"), [("json:readiness.yaml", "the spec"), ("json:./report.json", "report json:")]
)
def test_a_report_is_not_written_over_the_spec_or_another_report(project: Project, target: str, over: str) -> None:
    project.gates(PASSES)
    ran = project.run(f"--readiness-report={target}")
    assert ran.exit_code == 4
    assert f"would be written over {over}" in ran.err


def test_a_report_that_cannot_be_written_fails_the_run_and_the_others_say_so(project: Project) -> None:
    project.gates(PASSES)
    project.write("file", "")
    ran = project.run("--readiness-report=json:file/x.json")
    assert ran.exit_code == ran.report["exit_code"] == 1
    assert "could not be written" in ran.report["problems"][0]
    assert ran.last_line.startswith("FAILED: report json:")


def test_a_report_that_cannot_be_written_is_told_of_without_a_terminal(project: Project) -> None:
    project.gates(PASSES)
    project.write("file", "")
    ran = project.run("--readiness-report=json:file/x.json", "-p", "no:terminal")
    assert ran.exit_code == 1
    assert "could not be written" in ran.err


def test_a_full_disk_fails_the_run(project: Project) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    project.gates(PASSES)
    ran = project.run("--readiness-report=json:/dev/full")
    assert ran.exit_code == 1
    assert "No space left on device" in ran.last_line


def test_no_report_of_an_earlier_run_is_left_when_a_run_breaks_off(project: Project) -> None:
    project.gates(PASSES)
    assert project.run().report["verdict"] == "READY"
    project.write("test_it.py", "import os\n\n\ndef test_one():\n    os._exit(0)\n")
    ran = project.run()
    assert ran.report == {}


# --- --readiness-only -------------------------------------------------------------------------------------


def test_only_gates_are_run(project: Project) -> None:
    project.gates(PASSES)
    ran = project.run("--readiness-only")
    assert ran.exit_code == 0
    assert ran.counts == {"passed": 1}


def test_only_implies_readiness(project: Project) -> None:
    project.gates(FAILS)
    ran = project.run("--readiness-only", readiness=False)
    assert ran.exit_code == 1
    assert ran.counts == {"failed": 1}


def test_only_gates_are_run_where_tests_would_be_distributed(project: Project) -> None:
    project.gates(PASSES)
    ran = project.run("--readiness-only", "-n", "2")
    assert ran.exit_code == 0
    assert ran.probed == ["good"]
    assert ran.counts == {"passed": 1}


def test_a_gate_on_tests_is_an_error_where_no_tests_were_run(project: Project) -> None:
    project.gates("- {id: suite, probe: tests, with: {select: all}}")
    ran = project.run("--readiness-only")
    assert (ran.exit_code, ran.outcomes) == (1, {"suite": "error"})


# --- --readiness-explain ----------------------------------------------------------------------------------


def test_explain_lists_what_gates_reach_for_and_runs_nothing(project: Project) -> None:
    service = "services:\n  api:\n    command: [serve, --port, '${port}']\n    ready: {tcp: '127.0.0.1:${port}'}"
    project.gates(
        "- {id: good, probe: fake, uses: [api]}",
        "- {id: suite, probe: tests, with: {select: all}}",
        "- {id: cloud, probe: fake, when: {REGION: eu}, reason: we are not in the cloud}",
        head=f"vars: {{REGION: none}}\n{service}",
    )
    ran = project.run("--readiness-explain")
    assert ran.exit_code == 0
    assert ran.probed == []
    assert ran.out.splitlines()[0] == "readiness: readiness.yaml, 3 gates"
    assert ran.out.splitlines()[1:] == [
        "service api",
        "  command: serve --port ${port}",
        "  host: 127.0.0.1:${port}",
        "good (fake)",
        "  host: db.example.org",
        "  query: SELECT 1",
        "  service: api",
        "suite (tests)",
        "  nothing beyond the test run",
        "cloud (fake)",
        "  nothing: not applicable, we are not in the cloud (only when REGION is eu)",
    ]
    assert not (project.path / "report.json").exists()


def test_explain_reports_a_broken_spec(project: Project) -> None:
    project.gates("- {id: a, probe: fakk}")
    ran = project.run("--readiness-explain", readiness=False)
    assert ran.exit_code == 4
    assert "did you mean" in ran.err


# --- --readiness-no-exec, --readiness-jobs, side effects, as-of -------------------------------------------


def test_no_exec_refuses_commands(project: Project) -> None:
    project.gates("- {id: command, probe: command, with: {run: [touch, touched]}}")
    ran = project.run("--readiness-no-exec")
    assert ran.outcomes == {"command": "error"}
    assert "--readiness-no-exec" in ran.report["gates"][0]["reason"]
    assert not (project.path / "touched").exists()
    assert project.run().exit_code == 0


def test_jobs_are_how_many_gates_run_at_once(project: Project) -> None:
    project.gates(*(f"- {{id: g{number}, probe: fake}}" for number in range(5)))
    assert project.run("--readiness-jobs=1").probed == ["g0", "g1", "g2", "g3", "g4"]


@pytest.mark.parametrize("jobs", ["0", "-1", "many"])
def test_jobs_that_cannot_be_are_a_usage_error(project: Project, jobs: str) -> None:
    project.gates(PASSES)
    ran = project.run(f"--readiness-jobs={jobs}")
    assert ran.exit_code == 4
    assert "--readiness-jobs" in ran.err


def test_as_of_is_reserved(project: Project) -> None:
    project.gates(PASSES)
    ran = project.run("--readiness-as-of=2027-01-01")
    assert ran.exit_code == 4
    assert "--readiness-as-of is not available yet" in ran.err


# --- all of them ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "option",
    [
        "--readiness-spec=readiness.yaml",
        "--readiness-profile=prod",
        "--readiness-select=good",
        "--readiness-report=json:r.json",
        "--readiness-jobs=3",
        "--readiness-no-exec",
        "--readiness-allow-side-effects",
        "--readiness-as-of=2027-01-01",
    ],
)
def test_an_option_that_would_have_no_effect_is_a_usage_error(project: Project, option: str) -> None:
    project.gates(PASSES)
    ran = project.run(option, readiness=False)
    assert ran.exit_code == 4
    assert f"{option.partition('=')[0]} needs --readiness or --readiness-only: no gate would run" in ran.err


def test_no_option_takes_an_optional_value() -> None:
    assert [flag for flag, how in plugin.OPTIONS.items() if "nargs" in how] == []
    assert [flag for flag in plugin.OPTIONS if not flag.startswith("--readiness")] == []


def test_options_settings_and_marker_are_in_pytests_own_help(project: Project) -> None:
    shown = project.run("--help").out
    for name in (*plugin.OPTIONS, *plugin.INI):
        assert name in shown
    assert "@pytest.mark.readiness(gate, ...)" in project.run("--markers", readiness=False).out


def test_the_marker_and_the_settings_are_known_to_a_strict_pytest(project: Project) -> None:
    project.pytester.makeini("[pytest]\naddopts = --strict-markers --strict-config\nreadiness_spec = readiness.yaml\n")
    project.write("test_it.py", "import pytest\n\n\n@pytest.mark.readiness('good')\ndef test_one():\n    pass\n")
    project.gates(PASSES)
    assert project.run(readiness=False).exit_code == 0
    assert project.run().exit_code == 0


# --- readiness_cache --------------------------------------------------------------------------------------

CYCLES = "- {id: cycles, probe: import_cycles}"


@pytest.mark.parametrize(
    ("setting", "ci", "kept"), [("", False, True), ("", True, False), ("on", True, True), ("off", False, False)]
)
def test_analyses_are_kept_between_runs_but_not_in_ci(
    project: Project, monkeypatch: pytest.MonkeyPatch, setting: str, ci: bool, kept: bool
) -> None:
    monkeypatch.delenv("CI", raising=False)
    if ci:
        monkeypatch.setenv("CI", "true")
    project.gates(CYCLES)
    project.write("src/pack/__init__.py", "")
    project.pytester.makeini(f"[pytest]\nreadiness_cache = {setting}\n")
    assert project.run("-p", "cacheprovider").exit_code == 0
    assert bool(list(project.path.glob(".pytest_cache/d/readiness/import_cycles/*.json"))) is kept
    assert project.run("-p", "cacheprovider").exit_code == 0


def test_a_cache_that_is_neither_on_nor_off_is_refused(project: Project) -> None:
    project.gates(PASSES)
    project.pytester.makeini("[pytest]\nreadiness_cache = perhaps\n")
    ran = project.run()
    assert ran.exit_code == 4
    assert "readiness_cache is 'perhaps': expected on or off" in ran.err
