from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pytest_readiness.checklist.evaluate import evaluate, main

DOCUMENT = """# Launch

- [x] All tests pass
- [ ] Migrations applied
- [ ] The moon is full
- [ ] README written
"""
HEAD = "id,seed,line,text,kind,claimed,probe,automatable\n"
ROWS = """A-1,list.md,3,All tests pass,checkbox,done,tests,yes
A-2,list.md,4,Migrations applied,checkbox,open,audit,yes
A-3,list.md,5,The moon is full,checkbox,done,manual,attest-only
A-4,list.md,90,Nowhere,metric,open,http,yes
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    (tmp_path / "list.md").write_text(DOCUMENT, "utf-8")
    path = tmp_path / "rows.csv"
    path.write_text(HEAD + ROWS, "utf-8")
    return path


def test_rows_are_paired_with_the_items_on_their_lines(table: Path) -> None:
    figures, remarks = evaluate(table)
    assert remarks == []
    assert figures.found == {"checkbox": 3}
    assert figures.of_kind == {"checkbox": 3, "metric": 1}
    assert sum(figures.invented.values()) == 1


def test_two_rows_of_one_line_may_be_one_gate(table: Path) -> None:
    table.write_text(HEAD + ROWS + "A-5,list.md,3,All tests pass twice,metric,done,tests,yes\n", "utf-8")
    figures, _ = evaluate(table)
    assert figures.found == {"checkbox": 3, "metric": 1}
    assert figures.first == 2


def test_status_and_probe_are_held_against_the_table(table: Path) -> None:
    figures, _ = evaluate(table)
    assert figures.status == {("done", "done"): 1, ("open", "open"): 1, ("done", "open"): 1}
    assert (figures.first, figures.judged, figures.judged_found) == (1, 3, 2)
    assert figures.probes == {("tests", "tests"): 1, ("sarif", "migrations"): 1}


def test_the_figures_are_printed(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(table)]) == 0
    printed = capsys.readouterr().out
    assert "4 rows, 1 documents" in printed
    assert "probe, first choice, of all to be automated: 1 of 3, 33.3 %" in printed
    assert "sarif: 0 of 1; migrations 1" in printed
    assert "A-2" not in printed


def test_misses_are_listed_where_they_are_asked_for(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(table), "--misses"]) == 0
    printed = capsys.readouterr().out
    assert "A-2:4: sarif, proposed migrations" in printed
    assert "A-4:90: http, no item on this line" in printed


def test_a_second_choice_counts_as_one(table: Path) -> None:
    table.write_text(HEAD + ROWS.replace("audit", "sql"), "utf-8")
    figures, _ = evaluate(table)
    assert (figures.first, figures.second) == (1, 2)


def test_a_document_may_be_in_the_folder_of_the_repaired_ones(table: Path) -> None:
    folder = table.parent / "repaired"
    folder.mkdir()
    (table.parent / "list.md").rename(folder / "list.md")
    assert evaluate(table)[0].documents == 1


def test_missing_columns_and_strange_probes_are_remarked(table: Path) -> None:
    table.write_text("seed,line,probe\nlist.md,3,crystal_ball\n", "utf-8")
    figures, remarks = evaluate(table)
    assert remarks == ["no column text, kind, claimed, automatable: left out", "unknown probes: crystal_ball"]
    assert figures.judged == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("line\n3\n", "there is no column seed"),
        (HEAD, "there is no row"),
        (HEAD + "A,list.md,three,x,y,done,http,yes\n", ":2: the line is no number: 'three'"),
        (HEAD + "A,gone.md,3,x,y,done,http,yes\n", "there is no document gone.md in its folder"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_in_one_line(
    table: Path, text: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    table.write_text(text, "utf-8")
    assert main([str(table)]) == 4
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("arguments", [[], ["a.csv", "b.csv"], ["--what"]])
def test_a_wrong_call_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 4
    assert capsys.readouterr().err.startswith("usage: ")


def test_a_table_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert main([str(tmp_path / "none.csv")]) == 4


def test_it_runs_as_a_module(table: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest_readiness.checklist.evaluate", str(table)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "4 rows" in done.stdout
