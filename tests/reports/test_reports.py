from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path

import pytest

from pytest_readiness import reports
from pytest_readiness.errors import ReportError, UsageError
from pytest_readiness.reports import Target
from tests.reports.samples import READY, gate, judged, report


def test_json_is_a_format_and_the_terminal_is_none() -> None:
    assert "json" in reports.formats()
    assert "terminal" not in reports.formats()


def test_a_relative_path_starts_from_the_base(tmp_path: Path) -> None:
    assert reports.parse("json:out/r.json", base=tmp_path) == Target("json", tmp_path / "out" / "r.json")
    assert str(Target("json", Path("r.json"))) == "json:r.json"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("jsn:x", r"there is no report format 'jsn': did you mean json:x\?"),
        ("JSON:x", r"there is no report format 'JSON': did you mean json:x\?"),
        ("terminal:x", "there is no report format 'terminal': there is .*json"),
        ("report.json", "'report.json' is not FORMAT:PATH; write for example json:readiness.json"),
        ("json:", "'json:' is not FORMAT:PATH"),
        ("json:.", "'json:.': . is a folder; name the file to write"),
    ],
)
def test_a_target_that_cannot_be_is_refused(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=message):
        reports.parse(text, base=tmp_path)


def test_a_report_is_written_with_its_folders_and_nothing_else_is_left(tmp_path: Path) -> None:
    reports.write(READY, Target("json", tmp_path / "a" / "b" / "r.json"))
    assert json.loads((tmp_path / "a" / "b" / "r.json").read_text(encoding="utf-8"))["verdict"] == "READY"
    assert [path.name for path in (tmp_path / "a" / "b").iterdir()] == ["r.json"]


def test_a_target_may_be_given_as_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    reports.write(READY, "json:r.json")
    assert (tmp_path / "r.json").exists()


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link.json").symlink_to(tmp_path / "real.json")
    reports.write(READY, Target("json", tmp_path / "link.json"))
    assert (tmp_path / "link.json").is_symlink()
    assert (tmp_path / "real.json").is_file()


def test_text_without_utf_8_is_written_escaped(tmp_path: Path) -> None:
    reports.write(report(judged(gate("a", title="caf\udce9"))), Target("json", tmp_path / "r.json"))
    assert json.loads((tmp_path / "r.json").read_bytes())["gates"][0]["title"] == "caf\udce9"


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux's")
def test_a_full_disk_is_an_error_that_says_so() -> None:
    with pytest.raises(ReportError, match="report json:/dev/full could not be written: No space left on device"):
        reports.write(READY, Target("json", Path("/dev/full")))


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ReportError, match="could not be written: File exists"):
        reports.write(READY, Target("json", tmp_path / "file" / "r.json"))


def test_a_report_that_fails_leaves_no_earlier_one_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = Target("json", tmp_path / "r.json")
    reports.write(READY, target)
    monkeypatch.setattr("pytest_readiness.reports.json.render", lambda _report: 1 / 0)
    with pytest.raises(ReportError, match="ZeroDivisionError: division by zero"):
        reports.write(READY, target)
    assert list(tmp_path.iterdir()) == []


def test_a_pipe_is_written_straight_to(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text(encoding="utf-8")), daemon=True)
    reader.start()
    reports.write(READY, Target("json", pipe))
    reader.join(10)
    assert json.loads(read[0])["name"] == "orders-api"


def test_discarding_what_is_not_there_is_fine(tmp_path: Path) -> None:
    reports.discard(Target("json", tmp_path / "r.json"))
