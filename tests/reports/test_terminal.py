from __future__ import annotations

import io
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pytest_readiness.model import Disposition, GroupScore, Held, Measurement, Outcome, Report, Verdict
from pytest_readiness.reports import terminal
from pytest_readiness.reports._screen import cells, clip, showable, wrap
from pytest_readiness.reports.terminal import Progress, Screen
from tests.reports.golden import assert_golden
from tests.reports.samples import (
    COVERAGE,
    EVERYTHING,
    GOLDEN_PATH,
    HEALTH,
    KUBERNETES,
    MANUAL,
    PARTIAL,
    READY,
    REFUNDS,
    STALE,
    TESTING,
    TESTS_FAILED,
    gate,
    judged,
    report,
)


class Paper:
    """Keeps what is written, and with which markup."""

    def __init__(self) -> None:
        self.text = ""
        self.marked: list[tuple[str, set[str]]] = []

    def __call__(self, text: str, *, flush: bool = False, **markup: bool) -> None:  # noqa: ARG002 - the port's
        self.text += text
        self.marked.append((text, {name for name, on in markup.items() if on}))

    def colours(self, word: str) -> set[str]:
        return next(markup for text, markup in self.marked if word in text)


def drawn(given: Report, *, verdict: bool = True, **options: Any) -> str:
    paper = Paper()
    screen = Screen(paper, **options)
    terminal.summary(given, screen)
    if verdict:
        terminal.verdict_line(given, screen)
    return paper.text


# --- the whole --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("terminal.txt", {}),
        ("terminal-verbose.txt", {"verbosity": 1}),
        ("terminal-quiet.txt", {"verbosity": -1}),
        ("terminal-40-columns.txt", {"width": 40}),
        ("terminal-ascii.txt", {"encoding": "ascii"}),
    ],
)
def test_everything_looks_like_the_golden_file(name: str, options: dict[str, Any]) -> None:
    assert_golden(name, drawn(EVERYTHING, **options))


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("verbosity", [-1, 0, 1])
def test_no_line_but_the_verdict_and_an_address_is_wider_than_the_screen(width: int, verbosity: int) -> None:
    text = drawn(EVERYTHING, verdict=False, width=width, verbosity=verbosity)
    assert [line for line in text.splitlines() if cells(line) >= width and "https:" not in line] == []


def test_colours_say_what_breaks_what_is_tolerated_and_what_is_well() -> None:
    paper = Paper()
    terminal.summary(EVERYTHING, Screen(paper))
    assert paper.colours("FAILED") == {"red"}
    assert paper.colours("waived") == {"yellow"}
    assert paper.colours("passed") == {"green"}
    assert paper.colours("n/a") == {"cyan"}
    assert paper.colours("STALE") == {"red"}


def test_a_long_reason_is_cut_in_the_table_and_whole_in_the_failure_section() -> None:
    reason = "\n".join(f"https://{number}.example.org is 500" for number in range(100))
    failed = judged("endpoints", Outcome.FAILED, Disposition.BREAKS, reason)
    text = drawn(report(failed))
    assert "https://5.example.org" in text
    assert "https://6.example.org" not in text
    assert "... and 94 more lines" in text
    assert "https://99.example.org is 500" in terminal.failure(failed)


def test_a_quiet_screen_shows_only_what_is_not_met() -> None:
    text = drawn(EVERYTHING, verbosity=-1)
    assert "golden-path" not in text
    assert "kubernetes" not in text
    assert "unit-coverage" in text


def test_a_verbose_screen_shows_all_that_was_measured() -> None:
    assert "measured: line 71.40 %, missed 412" in " ".join(drawn(EVERYTHING, verbosity=1).split())


def test_a_report_without_gates_or_target_can_be_drawn() -> None:
    given = report(verdict=Verdict.NOT_READY, exit_code=1, score=None)
    assert drawn(given).splitlines()[1:] == ["score -", "NOT READY: there are no gates"]


def test_a_group_of_gates_that_stand_elsewhere_is_told_after_them() -> None:
    met = GroupScore(("Release",), 100.0, Outcome.PASSED, "", (Held("passed", "1", True, "passed is 1, expected 1"),))
    lines = drawn(replace(READY, groups=(met,))).splitlines()
    assert lines[-3:-1] == ["  passed is 1, expected 1", *lines[-2:-1]]
    assert "Release  100 %" in lines
    unmet = replace(met, outcome=Outcome.FAILED, reason="passed is 1, expected 2")
    assert "  passed is 1, expected 2" in drawn(replace(READY, groups=(unmet,)), verbosity=-1).splitlines()
    assert "Release" not in drawn(replace(READY, groups=(met,)), verbosity=-1)


# --- words ------------------------------------------------------------------------------------------------


def test_a_failure_says_the_reason_first_then_what_to_do() -> None:
    assert terminal.failure(COVERAGE).splitlines() == [
        "line is 71.40 %, expected >= 80 %",
        "as expected: missed 412 (< 500)",
        "fix: Test it.",
        "gate: Unit tests cover the billing code (high), readiness.yaml:12",
    ]


def test_a_gate_without_a_fix_has_the_advice_of_its_probe() -> None:
    failed = replace(HEALTH, result=replace(HEALTH.result, outcome=Outcome.FAILED))
    text = terminal.failure(failed)
    assert "fix: make it so, or change `the gate`.\n" in text
    assert "impact: Nobody can pay.\nowner: platform\n" in text


def test_the_advice_of_a_probe_is_given_where_it_looked_at_something_or_found_nothing() -> None:
    nothing = replace(HEALTH, result=replace(HEALTH.result, reason="nothing was looked at: there is no a.py"))
    assert "fix: make it so" in terminal.failure(nothing)
    assert "fix: " not in terminal.failure(HEALTH)
    own = replace(HEALTH.result.gate, fix="Start it.")
    assert "fix: Start it.\n" in terminal.failure(replace(HEALTH, result=replace(HEALTH.result, gate=own)))


def test_a_stale_waiver_is_told_of_and_not_the_reason_of_the_pass() -> None:
    assert terminal.failure(STALE).startswith("the waiver is stale: the gate passes, remove the waiver\n")


def test_policy_has_its_word_after_the_reason() -> None:
    assert terminal.failure(MANUAL).startswith("nobody has attested\nseverity low is not enforced\n")


def test_a_missing_measurement_is_said_to_be_missing() -> None:
    green = judged("a", expectations=(Held("line", ">= 80%", held=None),))
    assert "line was not measured\n" in drawn(report(green))


def test_an_equality_is_not_said_twice() -> None:
    green = judged("a", expectations=(Held("status", "200", held=True),), measurements={"status": Measurement(200)})
    assert "status 200\n" in drawn(report(green))


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (READY, "READY: the one gate passed"),
        (report(GOLDEN_PATH, GOLDEN_PATH), "READY: all 2 gates passed"),
        (report(GOLDEN_PATH, KUBERNETES, REFUNDS), "READY: 1 of 3 gates passed, 1 not applicable, 1 waived"),
        (PARTIAL, "PARTIAL: the one gate passed; gates that were not selected are not judged"),
        (TESTS_FAILED, "FAILED: 2 tests failed (the gates alone: READY: the one gate passed)"),
        (
            replace(PARTIAL, exit_code=5),
            (
                "FAILED: the run ended with exit code 5 (the gates alone: PARTIAL: the one gate passed;"
                " gates that were not selected are not judged)"
            ),
        ),
        (
            EVERYTHING,
            "NOT READY: 5 of 9 gates break (unit-coverage, health, schema, indexes, backup)",
        ),
        (
            report(COVERAGE, verdict=Verdict.PARTIAL, exit_code=1),
            "PARTIAL: 1 of 1 gate breaks (unit-coverage)",
        ),
        (
            report(*[judged(f"g{n}", Outcome.FAILED, Disposition.BREAKS) for n in range(7)], verdict=Verdict.NOT_READY),
            "NOT READY: 7 of 7 gates break (g0, g1, g2, g3, g4 and 2 more)",
        ),
        (
            report(GOLDEN_PATH, verdict=Verdict.NOT_READY, exit_code=1, score=94.996, target=95.0),
            "NOT READY: the score of 94.996 % is below the target of 95 %",
        ),
        (
            report(
                GOLDEN_PATH,
                verdict=Verdict.NOT_READY,
                exit_code=1,
                groups=(GroupScore(TESTING, 50.0, Outcome.FAILED, "score is 50 %, expected >= 75 %"),),
            ),
            "NOT READY: group Testing: score is 50 %, expected >= 75 %",
        ),
        (report(GOLDEN_PATH, verdict=Verdict.NOT_READY, exit_code=1, problems=("a\nb",)), "NOT READY: a b"),
        (report(GOLDEN_PATH, verdict=Verdict.NOT_READY, exit_code=1), "NOT READY: see above"),
    ],
)
def test_the_verdict_is_one_line(given: Report, line: str) -> None:
    assert drawn(given).splitlines()[-1] == line


@pytest.mark.parametrize("given", [EVERYTHING, TESTS_FAILED, replace(PARTIAL, exit_code=2)])
def test_the_last_line_is_green_only_if_the_whole_run_is(given: Report) -> None:
    paper = Paper()
    terminal.verdict_line(given, Screen(paper))
    assert paper.marked[0][1] == {"bold", "red"}
    terminal.verdict_line(READY, Screen(paper))
    assert paper.marked[-2][1] == {"bold", "green"}


# --- any text on any screen -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "encoding", "shown"),
    [
        ("plain", "ascii", "plain"),
        ("a\x1b[31mb\x07", "utf-8", "a\\x1b[31mb\\x07"),
        ("a\r\nb\tc", "utf-8", "a\\r\nb    c"),
        ("\u202eabc", "utf-8", "\\u202eabc"),
        ("caf\udce9", "utf-8", "caf\\udce9"),
        ("数", "utf-8", "数"),
        ("数 é", "latin-1", "\\u6570 é"),
        ("🗄", "ascii", "\\U0001f5c4"),
    ],
)
def test_text_is_shown_so_that_it_steers_nothing_and_can_be_encoded(text: str, encoding: str, shown: str) -> None:
    assert showable(text, encoding) == shown


@pytest.mark.parametrize(("text", "width"), [("abc", 3), ("数据", 4), ("e\u0301", 1), ("👩\u200d💻", 4)])
def test_cells_are_counted_as_terminals_do(text: str, width: int) -> None:
    assert cells(text) == width


def test_a_clipped_text_fits_its_width() -> None:
    assert clip("数据库数据库", 9) == "数据库..."
    assert clip("a  b\nc", 9) == "a b c"


def test_words_are_wrapped_and_what_has_no_blanks_is_cut() -> None:
    assert list(wrap("one two three", 7)) == ["one two", "three"]
    assert list(wrap("数据库数据库 x", 6)) == ["数据库", "数据库", "x"]
    assert list(wrap("a\n\nb", 6)) == ["a", "", "b"]
    assert list(wrap("", 6)) == [""]


# --- the console's own screen -----------------------------------------------------------------------------


class Tty(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "env", "coloured", "live"),
    [
        (Tty, {"TERM": "xterm"}, True, True),
        (Tty, {"TERM": "xterm", "NO_COLOR": "1"}, False, True),
        (Tty, {"TERM": "dumb"}, False, False),
        (io.StringIO, {"TERM": "xterm"}, False, False),
        (io.StringIO, {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_a_stream_has_colours_where_it_can_show_them(
    stream: type[io.StringIO], env: dict[str, str], *, coloured: bool, live: bool
) -> None:
    out = stream()
    screen = terminal.screen(out, env=env)
    screen.put("x", flush=True, red=True)
    assert out.getvalue() == ("\x1b[31mx\x1b[0m" if coloured else "x")
    assert screen.live is live


# --- progress ---------------------------------------------------------------------------------------------


def test_progress_names_what_runs() -> None:
    progress = Progress(Screen(Paper()), 3)
    progress.started(gate("a"))
    progress.started(gate("b"))
    progress.attempted(gate("b"), 1, "no")
    assert progress.line() == "readiness: 0 of 3 gates done after 0 s, running: a, b"
    progress.finished(judged("a").result)
    progress.finished(judged("b").result)
    assert progress.line() == "readiness: 2 of 3 gates done after 0 s"


def test_a_live_line_is_drawn_over_and_erased() -> None:
    paper = Paper()
    with Progress(Screen(paper, width=40, live=True), 3) as progress:
        progress.draw()
    first, *_, last = paper.text.split("\r")
    assert first == "readiness: 0 of 3 gates done after 0 s"
    assert last == ""
    assert "\n" not in paper.text


def test_in_a_log_every_line_stays() -> None:
    paper = Paper()
    with Progress(Screen(paper), 3) as progress:
        progress.draw()
    assert paper.text == "readiness: 0 of 3 gates done after 0 s\n"


def test_progress_is_drawn_while_gates_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pytest_readiness.reports._progress._PLAIN_EVERY", 0.001)
    written = threading.Event()
    with Progress(Screen(lambda *_args, **_markup: written.set()), 3):
        assert written.wait(10)


def test_a_quiet_screen_shows_no_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pytest_readiness.reports._progress._PLAIN_EVERY", 0.001)
    paper = Paper()
    with Progress(Screen(paper, verbosity=-1), 3):
        time.sleep(0.02)
    assert paper.text == ""


def test_a_terminal_that_went_away_does_not_end_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pytest_readiness.reports._progress._PLAIN_EVERY", 0.001)
    tried = threading.Event()

    def write(*_args: object, **_markup: object) -> None:
        tried.set()
        raise BrokenPipeError

    with Progress(Screen(write), 3):
        assert tried.wait(10)


def test_nothing_of_pytest_is_needed() -> None:
    for path in Path(terminal.__file__).parent.glob("*.py"):
        assert "import pytest\n" not in path.read_text(encoding="utf-8")
