"""Reading coverage.py's report: what could go wrong between it and a number."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import coverage
import pytest

from pytest_readiness.deadline import Deadline
from pytest_readiness.errors import CannotMeasure
from pytest_readiness.probes._coverage import files, report
from pytest_readiness.probes._coverage.report import Numbers, Recorded

from .test_coverage import SOURCES, ask, make, record

HEAD = "Name     Stmts   Miss Branch BrPart   Cover   Missing\n------\n"


@pytest.fixture
def recorded(tmp_path: Path) -> Recorded:
    root = make(tmp_path.resolve(), SOURCES)
    record(root, "--branch", "--source=shop")
    cov = coverage.Coverage(data_file=str(root / ".coverage"), config_file=False)
    cov.load()
    return Recorded(cov, root)


@pytest.mark.parametrize(
    ("row", "name", "numbers"),
    [
        ("a.py          4      1      2      1   66.666666666667%   4", "a.py", Numbers(4, 1, 2, 1, "4")),
        ("a.py          4      1      2      0   50.000000000000%   3->5, 7", "a.py", Numbers(4, 1, 2, 2, "3->5, 7")),
        ("a.py          4      0      0      0   100%", "a.py", Numbers(4)),
        ("a 1 2.py      0      0   100%", "a 1 2.py", Numbers()),
        ("a.py          3      3   0.000000000000%   1-9", "a.py", Numbers(3, 3, missing="1-9")),
        ("a.py      99999      1  99999      1   99.998999989999%   1", "a.py", Numbers(99999, 1, 99999, 1, "1")),
    ],
)
def test_a_row_is_read_exactly(row: str, name: str, numbers: Numbers) -> None:
    assert list(report._rows(HEAD + row + "\n------\nTOTAL 1 1\n")) == [(name, numbers)]


def test_a_row_that_is_not_understood_is_an_error() -> None:
    with pytest.raises(CannotMeasure, match="was not understood: something new"):
        list(report._rows(HEAD + "something new\n"))


def test_names_that_cannot_be_found_again_are_an_error() -> None:
    with pytest.raises(CannotMeasure, match=r"names a\.py, which cannot be found again"):
        report._start(["a.py"], ["/x/b.py"])


def test_names_are_found_again_though_one_ends_like_another() -> None:
    assert report._start(["a.py", "sub/a.py"], ["/x/a.py", "/x/sub/a.py"]) == "/x/"
    assert report._start(["/x/a.py"], ["/x/a.py"]) == ""


def test_nothing_has_no_percentage() -> None:
    assert (Numbers().line, Numbers().branch, Numbers().total) == (None, None, None)


def test_a_file_that_a_plugin_reads_is_never_kept(tmp_path: Path) -> None:
    cov = coverage.Coverage(data_file=str(tmp_path / "data"), config_file=False)
    data = cov.get_data()
    data.add_lines({"/x/a.html": {1}, "/x/gone.py": {1}})
    data.add_file_tracers({"/x/a.html": "templates"})
    cache = report._Cache(tmp_path / "cache.json", cov)
    assert cache.keys(["/x/a.html", "/x/gone.py"], {"/x/a.html", "/x/gone.py"}) == {}
    data.close()


def test_the_deadline_is_kept_between_files(recorded: Recorded) -> None:
    every = sorted(recorded.measured)
    with recorded._alone(Deadline.after(9)), pytest.raises(CannotMeasure, match="after 0 of 6 files were analysed"):
        recorded._analyse(every, Deadline(0.0))


def test_no_gate_waits_for_another_beyond_its_deadline(recorded: Recorded) -> None:
    with recorded._lock, pytest.raises(CannotMeasure, match="analysed for another gate"):
        recorded.numbers(recorded.measured, Deadline.after(0.01))


def test_the_search_for_sources_keeps_the_deadline(tmp_path: Path) -> None:
    with pytest.raises(CannotMeasure, match="the deadline came"):
        list(files.sources(str(tmp_path), Deadline(0.0)))


def test_sources_are_not_looked_for_in_hidden_folders_and_environments(tmp_path: Path) -> None:
    make(tmp_path, dict.fromkeys(("a.py", "b.txt", ".git/c.py", "venv/pyvenv.cfg", "venv/d.py", "x/e.py"), ""))
    found = {files.shown(path, str(tmp_path)) for path in files.sources(str(tmp_path), Deadline.after(9))}
    assert found == {"a.py", "x/e.py"}


def test_the_lines_of_a_source_that_is_gone_are_an_error(recorded: Recorded) -> None:
    with pytest.raises(CannotMeasure, match="No source for code"):
        recorded.lines("/nowhere/a.py", Deadline.after(9))


def test_a_report_that_coverage_cannot_make_is_an_error(recorded: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: Any, **_options: Any) -> float:
        raise coverage.CoverageException("no idea")

    monkeypatch.setattr(coverage.Coverage, "report", broken)
    with pytest.raises(CannotMeasure, match="cannot report: no idea"):
        recorded.numbers(recorded.measured, Deadline.after(9))


def test_leaving_everything_out_is_looking_at_nothing(tmp_path: Path) -> None:
    root = make(tmp_path.resolve(), SOURCES)
    (root / ".coveragerc").write_text("[run]\nsource = shop\n[report]\nomit = *\n", encoding="utf-8")
    record(root)
    assert "nothing was looked at" in ask(root).reason


def test_a_plain_number_of_seconds_is_shown_in_fitting_units() -> None:
    from pytest_readiness.probes._coverage.told import _ago, _short

    assert [_ago(seconds) for seconds in (5, 120, 7200, 172_800)] == ["5 s", "2 min", "2 h", "2 d"]
    assert _short(", ".join(map(str, range(99)))).endswith("..., ...") is False
    assert len(_short(", ".join(map(str, range(99))))) < 90
