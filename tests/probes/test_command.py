"""Commands: how they end, what they print, and what can be taken out of it."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Better, Outcome, Value
from pytest_readiness.options import Query
from pytest_readiness.probe import Context, Measurements, Touch
from pytest_readiness.probes.command import Command, tail
from pytest_readiness.testing import run_probe

from .conftest import MakeContext


@pytest.fixture
def context(make_context: MakeContext) -> Context:
    return make_context()


def python(code: str, **options: object) -> Command:
    return Command(run=(sys.executable, "-c", code), **options)  # type: ignore[arg-type]


def evidence(measured: Measurements) -> dict[str, str]:
    return {item.title: item.text for item in measured.evidence}


def extract(**queries: str) -> Mapping[str, Query]:
    return {name: Query(text) for name, text in queries.items()}


class TestEnding:
    def test_a_command_that_ends_well(self, context: Context) -> None:
        measured = python("print('one'); print('two  ')").measure(context)
        assert measured.looked_at == 1
        assert measured.values["exit_code"] == 0
        assert measured.values["lines"] == 2
        assert measured.values["stdout"] == "one\ntwo"
        assert isinstance(measured.values["duration"], float)

    def test_a_command_that_ends_badly_shows_its_last_words(self, context: Context) -> None:
        measured = python("import sys; print('trying'); sys.exit('no database')").measure(context)
        assert measured.values["exit_code"] == 1
        found = evidence(measured)
        assert found["stdout"] == "trying"
        assert found["stderr"] == "no database"
        assert found["command"].endswith("exit code 1")

    def test_a_command_ended_by_a_signal_says_which(self, context: Context) -> None:
        measured = python("import os; os.kill(os.getpid(), 9)").measure(context)
        assert measured.values["exit_code"] == -9
        assert "ended by signal 9" in evidence(measured)["command"]

    def test_a_program_that_is_not_there_is_not_a_failure(self, context: Context) -> None:
        with pytest.raises(CannotMeasure, match="no-such-program"):
            Command(run=("no-such-program",)).measure(context)

    def test_a_command_that_hangs_ends_at_the_deadline(self, make_context: MakeContext) -> None:
        started = time.monotonic()
        with pytest.raises(CannotMeasure, match="timed out"):
            python("import time; time.sleep(60)").measure(make_context(seconds=0.5))
        assert time.monotonic() - started < 5

    def test_commands_can_be_forbidden(self, make_context: MakeContext) -> None:
        with pytest.raises(CannotMeasure, match="readiness-no-exec"):
            python("").measure(make_context(exec_allowed=False))

    def test_duration_is_measured_alone_and_shorter_is_better(self) -> None:
        assert Command.measures["duration"].exclusive
        assert Command.measures["duration"].better is Better.LOWER


class TestWhatIsPrinted:
    def test_standard_error_is_a_measurement(self) -> None:
        probe = python("import sys; print('out'); sys.exit('SECRET_KEY is too short')")
        result = run_probe(probe, expect={"exit_code": "!= 0", "stderr": "contains SECRET_KEY", "stdout": "out"})
        assert result.outcome is Outcome.PASSED, result.reason
        assert run_probe(probe, expect={"exit_code": "!= 0", "stderr": "contains PORT"}).outcome is Outcome.FAILED

    def test_the_output_is_both(self) -> None:
        probe = python("import sys; print('out'); print('err', file=sys.stderr)")
        assert run_probe(probe, expect={"output": "out\nerr"}).outcome is Outcome.PASSED

    def test_what_is_too_long_is_not_measured(self) -> None:
        result = run_probe(python("import sys; sys.stderr.write('x' * 70000)"), expect={"stderr": "contains x"})
        assert (result.outcome, "stderr was not measured" in result.reason) == (Outcome.ERROR, True)


@pytest.mark.no_false_green
class TestNeverBegun:
    LACKING = (
        python("import no_such_module"),
        Command(run=(sys.executable, "-m", "no_such_module")),
        Command(run="no-such-program --check", shell=True),
        Command(run="/etc/passwd", shell=True),
    )

    @pytest.mark.parametrize("probe", LACKING, ids=["import", "-m", "not found", "not executable"])
    def test_that_something_else_is_missing_is_not_the_failure_that_is_wanted(self, probe: Command) -> None:
        result = run_probe(probe, expect={"exit_code": "!= 0"})
        assert result.outcome is Outcome.ERROR
        assert "exit_code was not measured: the command did not begin: " in result.reason

    @pytest.mark.parametrize("probe", LACKING, ids=["import", "-m", "not found", "not executable"])
    def test_who_looks_at_what_is_printed_can_tell(self, probe: Command) -> None:
        assert run_probe(probe, expect={"exit_code": "!= 0", "stderr": "!~ SECRET"}).outcome is Outcome.PASSED

    @pytest.mark.parametrize(
        "code", ["import sys; sys.exit(127)", "import sys; sys.exit('No module named x')", "raise ValueError"]
    )
    def test_other_failures_are_failures(self, code: str) -> None:
        assert run_probe(python(code), expect={"exit_code": "!= 0"}).outcome is Outcome.PASSED

    def test_a_shell_that_says_nothing_is_told_by_its_code(self) -> None:
        result = run_probe(Command(run="exit 127", shell=True), expect={"exit_code": "!= 0"})
        assert "did not begin: exit code 127" in result.reason


class TestSurroundings:
    def test_folder_variables_and_input_are_handed_over(self, context: Context) -> None:
        (context.root / "sub").mkdir()
        probe = python(
            "import os, pathlib, sys; print(pathlib.Path.cwd().name, os.environ['MODE'], sys.stdin.read())",
            cwd="sub",
            env={"MODE": "strict"},
            stdin="hello",
        )
        assert probe.measure(context).values["stdout"] == "sub strict hello"

    def test_a_shell_reads_the_command_only_if_asked(self, make_context: MakeContext) -> None:
        context = make_context({"PATH": "/usr/bin:/bin"})
        assert Command(run="echo $((1+1)) | cat", shell=True).measure(context).values["stdout"] == "2"
        assert Command(run=("echo", "$HOME | x")).measure(context).values["stdout"] == "$HOME | x"


class TestNumber:
    def test_the_group_of_the_regex_is_the_number(self, context: Context) -> None:
        probe = python("print('Found 12 issues\\nin 3 files')", number=re.compile("^Found ([0-9]+)"))
        assert probe.measure(context).values["number"] == 12

    @pytest.mark.parametrize(("printed", "number"), [("1.5", 1.5), ("-3", -3), ("2e3", 2000.0)])
    def test_numbers_may_have_a_sign_a_point_and_an_exponent(
        self, context: Context, printed: str, number: float
    ) -> None:
        assert python(f"print('={printed}')", number=re.compile("=(.*)$")).measure(context).values["number"] == number

    @pytest.mark.parametrize("printed", ["1,234", "nan", "inf", "1_000", ""])
    def test_what_is_no_plain_number_is_not_guessed(self, context: Context, printed: str) -> None:
        with pytest.raises(CannotMeasure, match="not a plain number"):
            python(f"print('={printed};')", number=re.compile("=(.*);")).measure(context)

    def test_no_match_says_how_the_command_ended_and_keeps_its_output(self, context: Context) -> None:
        probe = python("import sys; print('x'); sys.exit('broken')", number=re.compile("([0-9]+)"))
        with pytest.raises(CannotMeasure, match=r"matches number: \(\[0-9\]\+\) \(exit code 1\)") as caught:
            probe.measure(context)
        assert caught.value.__notes__ == ["stdout:\nx", "stderr:\nbroken"]

    def test_several_different_numbers_are_not_chosen_from(self, context: Context) -> None:
        with pytest.raises(CannotMeasure, match=r"2 different texts \(1, 2\)"):
            python("print('1 2')", number=re.compile("([0-9])")).measure(context)

    def test_the_same_number_twice_is_no_doubt(self, context: Context) -> None:
        assert python("print('7 7')", number=re.compile("([0-9])")).measure(context).values["number"] == 7

    def test_a_group_that_took_no_part_is_no_number(self, context: Context) -> None:
        with pytest.raises(CannotMeasure, match="not a plain number"):
            python("print('a')", number=re.compile("a([0-9])?")).measure(context)

    def test_a_regex_that_runs_away_is_stopped(self, make_context: MakeContext) -> None:
        probe = python("print('a' * 60 + '!')", number=re.compile("((?:a|a)+)$"))
        with pytest.raises(CannotMeasure, match="took longer"):
            probe.measure(make_context(seconds=2))


class TestExtract:
    def test_queries_take_values_out_of_json(self, context: Context) -> None:
        probe = python("""print('{"a": {"n": 3}, "names": ["x", "y"]}')""", extract=extract(n="a.n", names="names"))
        values = probe.measure(context).values
        assert values["n"] == 3
        assert values["names"] == ("x", "y")

    def test_the_names_are_measurements(self) -> None:
        assert python("", extract=extract(n="a")).declare("n") is not None
        assert python("").declare("n") is None

    def test_nothing_printed_is_not_an_empty_answer(self, context: Context) -> None:
        with pytest.raises(CannotMeasure, match=r"printed nothing to take extract from \(exit code 0\)"):
            python("", extract=extract(n="a")).measure(context)

    def test_what_is_not_json_is_not_guessed(self, context: Context) -> None:
        with pytest.raises(CannotMeasure, match="the output is not JSON: Expecting value at line 1 column 1"):
            python("print('hello')", extract=extract(n="a")).measure(context)

    def test_json_too_deep_to_read_is_an_error(self, context: Context) -> None:
        with pytest.raises(CannotMeasure, match="cannot be read as JSON"):
            python("print('[' * 100000 + ']' * 100000)", extract=extract(n="a")).measure(context)

    def test_a_query_that_finds_nothing_is_an_error(self, context: Context) -> None:
        with pytest.raises(CannotMeasure, match="extract n: b finds nothing"):
            python("""print('{"a": 1}')""", extract=extract(n="b")).measure(context)

    def test_a_query_that_does_not_fit_the_data_is_an_error(self, context: Context) -> None:
        with pytest.raises(CannotMeasure, match="extract n: "):
            python("""print('{"a": 1}')""", extract=extract(n="length(a)")).measure(context)

    def test_a_query_that_finds_a_whole_object_is_an_error(self, context: Context) -> None:
        with pytest.raises(CannotMeasure, match="something with parts"):
            python("""print('{"a": {}}')""", extract=extract(n="a")).measure(context)


class TestLongOutput:
    def test_a_long_output_is_no_measurement(self, context: Context) -> None:
        values = python("print('x' * 70000)").measure(context).values
        assert "stdout" not in values
        assert values["lines"] == 1

    def test_nothing_is_measured_of_an_output_that_was_cut(self, context: Context) -> None:
        values = python("print('x' * 1100000)").measure(context).values
        assert "lines" not in values
        with pytest.raises(CannotMeasure, match="printed more than can be read"):
            python("print('x' * 1100000)", number=re.compile("(x)")).measure(context)

    def test_evidence_is_the_end_of_it_without_colours(self) -> None:
        assert tail("\x1b[31mred\x1b[0m\a\r\n") == "red"
        lines = tail("\n".join(map(str, range(100)))).splitlines()
        assert lines[0] == "..."
        assert lines[1:] == [str(number) for number in range(80, 100)]
        assert tail("x" * 1000) == "x" * 300 + "..."


class TestOptions:
    def test_a_text_without_a_shell_is_refused_with_the_list_to_write(self) -> None:
        with pytest.raises(OptionError, match=r'no shell reads it: \["ls", "-l"\]'):
            Command(run="ls -l")

    def test_a_list_for_a_shell_is_refused(self) -> None:
        with pytest.raises(OptionError, match="one text with shell: true"):
            Command(run=("ls", "-l"), shell=True)

    @pytest.mark.parametrize("run", [(), ("",), (" ", "x"), ("a", "b\0c")])
    def test_a_command_without_a_program_is_refused(self, run: tuple[str, ...]) -> None:
        with pytest.raises(OptionError, match="names no program"):
            Command(run=run)

    @pytest.mark.parametrize("regex", ["[0-9]+", "([0-9])([0-9])"])
    def test_a_number_needs_one_group(self, regex: str) -> None:
        with pytest.raises(OptionError, match="needs one around the number"):
            Command(run=("ls",), number=re.compile(regex))

    def test_the_name_of_a_measurement_cannot_be_extracted(self) -> None:
        with pytest.raises(OptionError, match="exit_code is the name of a measurement"):
            Command(run=("ls",), extract=extract(exit_code="a"))

    def test_what_will_be_run_is_listed_as_a_shell_would_want_it(self) -> None:
        assert list(Command(run=("ls", "a b")).touches()) == [Touch("command", "ls 'a b'")]
        assert list(Command(run="ls | wc", shell=True).touches()) == [Touch("command", "ls | wc")]


def test_a_relative_folder_that_is_not_there_is_an_error(context: Context) -> None:
    assert not Path("nowhere").exists()
    with pytest.raises(CannotMeasure, match="there is no folder"):
        python("", cwd="nowhere").measure(context)


class TestAsAGate:
    def test_it_passes_when_the_command_ends_well(self) -> None:
        assert run_probe(python("")).outcome is Outcome.PASSED

    def test_it_fails_when_the_command_ends_badly(self) -> None:
        result = run_probe(python("raise SystemExit(3)"))
        assert result.outcome is Outcome.FAILED
        assert result.reason == "exit_code is 3, expected 0"

    def test_it_judges_what_was_taken_out_of_the_output(self) -> None:
        probe = python("print('12 warnings')", number=re.compile("([0-9]+) warnings"))
        assert run_probe(probe, expect={"number": "<= 12"}).outcome is Outcome.PASSED
        assert run_probe(probe, expect={"number": 0}).outcome is Outcome.FAILED

    def test_it_is_an_error_when_time_runs_out(self) -> None:
        result = run_probe(python("import time; print('waiting', flush=True); time.sleep(60)"), timeout=1)
        assert result.outcome is Outcome.ERROR
        assert "timed out" in result.reason

    def test_it_is_an_error_where_commands_are_not_allowed(self) -> None:
        assert run_probe(python(""), exec_allowed=False).outcome is Outcome.ERROR

    def test_its_output_becomes_evidence_of_an_error(self) -> None:
        result = run_probe(python("print('no json here')", extract=extract(n="a")))
        assert result.outcome is Outcome.ERROR
        assert "no json here" in repr(result.evidence)

    def test_secrets_in_its_output_are_hidden(self) -> None:
        env = {"PATH": "/usr/bin:/bin", "API_KEY": "hunter22hunter22"}
        result = run_probe(python("import os; print(os.environ['API_KEY'])"), env=env)
        assert result.outcome is Outcome.PASSED
        assert "hunter22" not in repr(result)

    def test_secrets_that_it_is_given_are_hidden_too(self) -> None:
        result = run_probe(
            python("import os; print(os.environ['DB_PASSWORD'])", env={"DB_PASSWORD": "hunter22hunter22"})
        )
        assert result.outcome is Outcome.PASSED
        assert "hunter22" not in repr((result.reason, result.measurements, result.evidence))


def test_what_a_command_complains_of_can_be_expected(tmp_path: Path) -> None:
    code = "import sys; sys.exit('the secret is too short')"
    probe = Command(run=("python", "-c", code))
    wanted: dict[str, Value] = {"exit_code": "!= 0", "stderr": "~ too short$"}
    assert run_probe(probe, root=tmp_path, expect=wanted).outcome is Outcome.PASSED
    other = Command(run=("python", "-c", "import no_such_module"))
    assert run_probe(other, root=tmp_path, expect=wanted).outcome is Outcome.FAILED
    loud = Command(run=("python", "-c", "import sys; sys.stderr.write('x' * 70_000)"))
    assert run_probe(loud, root=tmp_path, expect={"stderr": "~ x"}).outcome is Outcome.ERROR
