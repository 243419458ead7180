"""Files: which count, what is read out of them, and what cannot be found out."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path
from typing import Any

import pytest

from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Outcome, Result, Value
from pytest_readiness.probe import Context, Measurements, Touch
from pytest_readiness.probes import _glob
from pytest_readiness.probes import file as file_module
from pytest_readiness.probes.file import File
from pytest_readiness.testing import run_probe

from .conftest import MakeContext
from .test_docs import git


@pytest.fixture
def context(make_context: MakeContext) -> Context:
    return make_context()


def write(root: Path, **files: str) -> None:
    for name, text in files.items():
        (root / name.replace("__", "/").replace("_", ".")).parent.mkdir(parents=True, exist_ok=True)
        (root / name.replace("__", "/").replace("_", ".")).write_text(text, encoding="utf-8")


def evidence(measured: Measurements) -> dict[str, str]:
    return {item.title: item.text for item in measured.evidence}


class TestNamedFiles:
    def test_a_file_that_is_there_counts(self, context: Context) -> None:
        write(context.root, notes_md="one\ntwo")
        measured = File(path="notes.md").measure(context)
        assert measured.looked_at == 1
        assert measured.values["count"] == 1
        assert measured.values["lines"] == 2
        assert measured.values["size"] == 7
        assert evidence(measured) == {"found": "notes.md"}

    def test_a_file_that_is_missing_is_nothing_to_look_at(self, context: Context) -> None:
        measured = File(path="notes.md").measure(context)
        assert measured.looked_at == 0
        assert measured.values == {"count": 0}
        assert evidence(measured) == {"not there": "notes.md"}

    def test_one_missing_of_several_is_counted_and_named(self, context: Context) -> None:
        write(context.root, a_md="", b_md="")
        measured = File(paths=("a.md", "b.md", "c.md")).measure(context)
        assert measured.values["count"] == 2
        assert measured.values["missing"] == 1
        assert evidence(measured)["not there"] == "c.md"

    def test_the_same_name_twice_is_one_file(self, context: Context) -> None:
        write(context.root, a_md="")
        assert File(paths=("a.md", "a.md")).measure(context).values["count"] == 1

    def test_none_may_be_missing_unless_a_gate_says_so(self) -> None:
        assert File(paths=("a", "b")).expected() == {"count": ">= 1", "missing": 0}
        assert File(path="a").expected() == {"count": ">= 1"}

    def test_a_folder_is_not_a_file(self, context: Context) -> None:
        (context.root / "docs").mkdir()
        with pytest.raises(CannotMeasure, match=r"docs is a folder, not a file.* glob: docs/\*"):
            File(path="docs").measure(context)

    def test_a_pipe_is_not_a_file_and_is_not_opened(self, context: Context) -> None:
        os.mkfifo(context.root / "pipe")
        with pytest.raises(CannotMeasure, match="pipe is not a regular file"):
            File(path="pipe").measure(context)

    def test_a_link_to_nothing_is_missing_and_called_so(self, context: Context) -> None:
        (context.root / "link").symlink_to("nowhere")
        measured = File(path="link").measure(context)
        assert measured.values["count"] == 0
        assert evidence(measured)["not there"] == "link (a link to nothing)"

    def test_a_link_to_itself_cannot_be_looked_at(self, context: Context) -> None:
        (context.root / "loop").symlink_to("loop")
        with pytest.raises(CannotMeasure, match="loop cannot be looked at: Too many levels"):
            File(path="loop").measure(context)

    def test_a_file_below_a_file_is_missing(self, context: Context) -> None:
        write(context.root, a_md="")
        measured = File(path="a.md/b").measure(context)
        assert measured.values == {}
        assert measured.unknown["count"] == "there is no a.md/b, and no folder a.md to look into"

    def test_a_pattern_under_path_gets_a_hint(self, context: Context) -> None:
        assert "did you mean glob?" in evidence(File(path="*.md").measure(context))["not there"]

    def test_an_absolute_path_is_taken_as_it_is(
        self, context: Context, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        elsewhere = tmp_path_factory.mktemp("elsewhere") / "x.txt"
        elsewhere.write_text("x")
        assert evidence(File(path=str(elsewhere)).measure(context))["found"] == str(elsewhere)

    def test_a_tilde_is_the_home_folder(self, context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
        write(context.root, a_md="")
        monkeypatch.setenv("HOME", str(context.root))
        assert File(path="~/a.md").measure(context).values["count"] == 1


class TestPatterns:
    def test_files_are_found_by_pattern_hidden_ones_too(self, context: Context) -> None:
        write(context.root, docs__a_md="", docs__deep__b_md="", docs__c_txt="", docs___hidden_md="")
        assert File(glob="docs/**/*.md").measure(context).values["count"] == 3

    @pytest.mark.parametrize(
        ("pattern", "count"),
        [
            ("docs/*.md", 1),
            ("docs/?.md", 1),
            ("docs/[b-z].md", 0),
            ("docs/{a,c}.{md,txt}", 2),
            ("docs/{a,a}.md", 1),
            ("docs/{*,a}.md", 1),
            ("**/*/**/b.md", 1),
            ("**", 3),
            ("docs/**", 3),
            ("**/**/deep/*", 1),
            ("*/deep/b.md", 1),
            ("./docs/a.md", 1),
            ("docs", 0),
        ],
    )
    def test_each_kind_of_pattern_means_what_shells_mean_by_it(
        self, context: Context, pattern: str, count: int
    ) -> None:
        write(context.root, docs__a_md="", docs__deep__b_md="", docs__c_txt="")
        assert File(glob=pattern).measure(context).values["count"] == count

    def test_nothing_found_is_nothing_looked_at(self, context: Context) -> None:
        measured = File(glob="*.md").measure(context)
        assert measured.looked_at == 0
        assert evidence(measured) == {"not there": "*.md"}

    def test_other_peoples_code_is_passed_over_unless_named(self, context: Context) -> None:
        write(context.root, node_modules__x__a_md="", mine__a_md="", venv__pyvenv_cfg="", venv__a_md="")
        (context.root / "node.modules").rename(context.root / "node_modules")
        assert File(glob="**/a.md").measure(context).values["count"] == 1
        assert File(glob="node_modules/**/a.md").measure(context).values["count"] == 1

    def test_links_to_folders_are_not_walked_in_circles(self, context: Context) -> None:
        write(context.root, docs__a_md="")
        (context.root / "docs" / "up").symlink_to(context.root)
        assert File(glob="**/a.md").measure(context).values["count"] == 1

    def test_a_folder_that_cannot_be_read_is_not_passed_over(
        self, context: Context, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(_folder: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(os, "scandir", refuse)
        with pytest.raises(CannotMeasure, match="cannot be read: Permission denied"):
            File(glob="**/*.md").measure(context)

    def test_a_pattern_that_stands_for_thousands_is_refused(self, context: Context) -> None:
        with pytest.raises(CannotMeasure, match="more than 1000 patterns"):
            File(glob="{a,b}" * 20).measure(context)

    def test_looking_ends_at_the_deadline(self, make_context: MakeContext) -> None:
        with pytest.raises(CannotMeasure, match="the deadline came while looking for"):
            File(glob="**/*").measure(make_context(seconds=0))


class TestContents:
    def test_matches_are_counted_over_all_files(self, context: Context) -> None:
        write(context.root, a_md="# One\ntext\n# Two\n", b_md="nothing\n")
        measured = File(glob="*.md", regex=re.compile("^# ")).measure(context)
        assert measured.values["matches"] == 2
        assert measured.values["unmatched"] == 1
        assert evidence(measured) == {
            "found": "a.md\nb.md",
            "matches": "a.md: line 1, 3",
            "no match in": "b.md",
        }

    def test_a_regex_is_expected_to_match(self) -> None:
        assert File(path="a", regex=re.compile("x")).expected()["matches"] == ">= 1"

    def test_the_text_of_a_match_is_not_shown(self, context: Context) -> None:
        write(context.root, a_md="password = hunter22")
        measured = File(path="a.md", regex=re.compile("password.*")).measure(context)
        assert "hunter22" not in repr(measured.evidence)

    def test_the_end_of_a_line_is_found_with_windows_newlines(self, context: Context) -> None:
        (context.root / "a.md").write_bytes(b"one\r\ntwo\r\n")
        assert File(path="a.md", regex=re.compile("^one$")).measure(context).values["matches"] == 1

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
    def test_text_is_read_in_the_usual_encodings(self, context: Context, encoding: str) -> None:
        (context.root / "a.md").write_bytes("Grüße\n".encode(encoding))
        assert File(path="a.md", regex=re.compile("^Grüße$")).measure(context).values["matches"] == 1

    def test_binary_files_can_be_searched(self, context: Context) -> None:
        (context.root / "a.bin").write_bytes(b"\0\xff\xfeMAGIC\x80")
        assert File(path="a.bin", regex=re.compile("MAGIC")).measure(context).values["matches"] == 1

    def test_an_empty_file_has_no_lines(self, context: Context) -> None:
        write(context.root, a_md="")
        assert File(path="a.md").measure(context).values["lines"] == 0

    def test_a_regex_that_runs_away_is_stopped_at_the_deadline(self, make_context: MakeContext) -> None:
        context = make_context(seconds=1)
        write(context.root, a_md="a" * 60 + "!")
        started = time.monotonic()
        with pytest.raises(CannotMeasure, match="took longer"):
            File(path="a.md", regex=re.compile("(a|a)+$")).measure(context)
        assert time.monotonic() - started < 5

    def test_more_than_can_be_read_is_not_measured(self, context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(file_module, "READ_LIMIT", 10)
        write(context.root, a_md="12345678901")
        measured = File(path="a.md", regex=re.compile("1")).measure(context)
        assert measured.values["size"] == 11
        assert "lines" not in measured.values
        assert "matches" not in measured.values
        assert evidence(measured)["contents"] == "not read: 11 bytes are more than the limit of 10"

    def test_reading_ends_at_the_deadline(self, make_context: MakeContext) -> None:
        context = make_context(seconds=0)
        write(context.root, a_md="x")
        with pytest.raises(CannotMeasure, match=r"the deadline came before a\.md was read"):
            File(path="a.md").measure(context)

    def test_a_file_that_cannot_be_opened_is_not_passed_over(
        self, context: Context, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object) -> None:
            raise PermissionError(13, "Permission denied")

        write(context.root, a_md="x")
        monkeypatch.setattr(Path, "open", refuse)
        with pytest.raises(CannotMeasure, match=r"a\.md cannot be read: Permission denied"):
            File(path="a.md").measure(context)

    def test_a_file_that_vanishes_meanwhile_is_not_passed_over(
        self, context: Context, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(_glob, "is_file", lambda _path: True)
        with pytest.raises(CannotMeasure, match=r"a\.md cannot be looked at: No such file"):
            File(path="a.md").measure(context)

    def test_long_lists_are_cut_and_say_so(self, context: Context) -> None:
        for number in range(25):
            (context.root / f"{number:02}.md").write_text("x\n" * 30)
        found = evidence(File(glob="*.md", regex=re.compile("x")).measure(context))
        assert found["found"].endswith("19.md\nand 5 more")
        assert found["matches"].startswith("00.md: line 1, 2, ")
        assert ", 20 and 10 more\n" in found["matches"]


class TestAge:
    def test_the_age_is_that_of_the_newest_file(self, context: Context) -> None:
        write(context.root, old_md="", new_md="")
        os.utime(context.root / "old.md", (0, 0))
        os.utime(context.root / "new.md", (time.time() - 100, time.time() - 100))
        age = File(glob="*.md").measure(context).values["age"]
        assert isinstance(age, float)
        assert 100 <= age < 160

    def test_a_file_from_the_future_has_no_age(self, context: Context) -> None:
        write(context.root, a_md="")
        os.utime(context.root / "a.md", (time.time() + 7200, time.time() + 7200))
        measured = File(path="a.md").measure(context)
        assert "age" not in measured.values
        assert "in the future" in evidence(measured)["age"]

    def test_a_clock_a_little_ahead_does_no_harm(self, context: Context) -> None:
        write(context.root, a_md="")
        os.utime(context.root / "a.md", (time.time() + 20, time.time() + 20))
        assert File(path="a.md").measure(context).values["age"] == 0


class TestOptions:
    def test_nothing_to_look_for_is_refused(self) -> None:
        with pytest.raises(OptionError, match="exactly one of path, paths, glob, folder and absent, not none"):
            File()

    def test_two_ways_to_say_it_are_refused(self) -> None:
        with pytest.raises(OptionError, match="not path and glob"):
            File(path="a", glob="b")

    @pytest.mark.parametrize("path", ["", " ", "a\0b"])
    def test_an_empty_path_is_refused(self, path: str) -> None:
        with pytest.raises(OptionError, match="may not be empty"):
            File(path=path)

    def test_a_regex_that_matches_everywhere_is_refused(self) -> None:
        with pytest.raises(OptionError, match="matches the empty text"):
            File(path="a", regex=re.compile("x*"))

    def test_what_will_be_touched_is_listed(self) -> None:
        assert list(File(path="~/x").touches()) == [Touch("file", "~/x")]
        assert list(File(paths=("a", "b")).touches()) == [Touch("file", "a"), Touch("file", "b")]
        assert list(File(glob="*").touches()) == [Touch("file", "*")]


class TestNotRegex:
    def test_what_must_not_be_there_fails_with_its_lines(self, tmp_path: Path) -> None:
        write(tmp_path, a_py="@validator\nx\n@field_validator\n", b_py="@field_validator\n")
        probe = File(glob="*.py", regex=re.compile("@field_validator"), not_regex=re.compile("@validator"))
        result = run_probe(probe, root=tmp_path)
        assert (result.outcome, result.reason) == (Outcome.FAILED, "forbidden is 1, expected 0")
        assert ("not_regex matches", "a.py: line 1") in [(item.title, item.text) for item in result.evidence]
        write(tmp_path, a_py="@field_validator\n")
        assert run_probe(probe, root=tmp_path).outcome is Outcome.PASSED
        assert run_probe(File(path="none", not_regex=re.compile("x")), root=tmp_path).outcome is Outcome.ERROR

    def test_one_that_matches_everywhere_is_refused(self) -> None:
        with pytest.raises(OptionError, match="matches the empty text"):
            File(path="a", not_regex=re.compile("x*"))


class TestNewerThan:
    def judged(self, folder: Path, expect: dict[str, Value] | None = None, **more: Any) -> Result:
        env = {"PATH": os.environ["PATH"], "HOME": str(folder)}
        probe = File(**{"path": "manual.pdf", "newer_than": "src", **more})
        return run_probe(probe, root=folder, expect=expect or {}, env=env)

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        """Return a folder with a document of any kind that is a day younger than the code."""
        (tmp_path / "manual.pdf").write_bytes(b"%PDF-1.7")
        (tmp_path / "src").mkdir()
        (tmp_path / "src" / "a.py").write_text("x = 1\n")
        before = time.time() - 86400
        os.utime(tmp_path / "src" / "a.py", (before, before))
        return tmp_path

    def test_a_document_newer_than_the_code_passes(self, folder: Path) -> None:
        result = self.judged(folder)
        assert (result.outcome, result.measurements["behind"].value) == (Outcome.PASSED, 0)

    def test_a_document_older_than_the_code_fails_and_tells_by_how_much(self, folder: Path) -> None:
        later = time.time() + 60
        os.utime(folder / "src" / "a.py", (later, later))
        os.utime(folder / "manual.pdf", (later - 86400 * 2, later - 86400 * 2))
        result = self.judged(folder)
        assert (result.outcome, result.reason) == (Outcome.FAILED, "behind is 2 d, expected 0")
        assert self.judged(folder, {"behind": "<= 7 d"}).outcome is Outcome.PASSED

    def test_of_committed_files_the_last_commit_counts(self, folder: Path) -> None:
        git(folder, "init", "-q")
        git(folder, "add", "manual.pdf")
        git(folder, "commit", "-q", "-m", "x", when="2026-01-01T00:00:00+00:00")
        git(folder, "add", "src")
        git(folder, "commit", "-q", "-m", "x", when="2026-01-31T00:00:00+00:00")
        assert self.judged(folder).reason == "behind is 30 d, expected 0"

    def test_what_cannot_be_told_is_an_error(self, folder: Path) -> None:
        assert self.judged(folder, newer_than="none").reason.endswith("none is not there")
        (folder / "empty").mkdir()
        assert self.judged(folder, newer_than="empty").outcome is Outcome.ERROR
        (folder / ".git").mkdir()
        result = self.judged(folder)
        assert result.outcome is Outcome.ERROR
        assert "git cannot tell when files were changed" in result.reason

    def test_a_document_that_is_not_there_is_an_error(self, folder: Path) -> None:
        assert self.judged(folder, path="other.pdf").outcome is Outcome.ERROR

    def test_without_it_nothing_is_behind(self, folder: Path) -> None:
        assert "behind" not in self.judged(folder, newer_than=None).measurements

    def test_a_deadline_that_comes_first_is_an_error(self, folder: Path) -> None:
        git(folder, "init", "-q")
        assert run_probe(File(path="manual.pdf", newer_than="src"), root=folder, timeout=0.0).outcome is Outcome.ERROR

    def test_an_empty_one_is_refused(self) -> None:
        with pytest.raises(OptionError, match="may not be empty"):
            File(path="a", newer_than=" ")

    def test_it_is_said_what_is_compared_and_how(self) -> None:
        touches = [Touch("file", "a"), Touch("file", "src"), Touch("command", "git log")]
        assert list(File(path="a", newer_than="src").touches()) == touches


@pytest.mark.no_false_green
class TestNothingWantedThere:
    @pytest.mark.parametrize("options", [{"glob": "docs/*.md"}, {"path": "docs/a.md"}, {"paths": ("docs/a.md",)}])
    def test_no_file_is_a_pass_only_where_its_folder_is(self, tmp_path: Path, options: dict[str, Any]) -> None:
        expect: dict[str, Value] = {"count": 0, **({"missing": 1} if "paths" in options else {})}
        result = run_probe(File(**options), root=tmp_path, expect=expect)
        assert result.outcome is Outcome.ERROR
        assert "no folder docs to look into" in result.reason
        (tmp_path / "docs").mkdir()
        assert run_probe(File(**options), root=tmp_path, expect=expect).outcome is Outcome.PASSED

    def test_each_choice_of_a_pattern_needs_its_folder(self, tmp_path: Path) -> None:
        (tmp_path / "a").mkdir()
        result = run_probe(File(glob="{a,b}/*"), root=tmp_path, expect={"count": 0})
        assert "no folder b to look into" in result.reason

    def test_what_is_absent_passes(self, tmp_path: Path) -> None:
        write(tmp_path, src__new_py="")
        probe = File(absent=("src/old.py", "src/legacy", "**/*.orig", "setup.cfg"))
        result = run_probe(probe, root=tmp_path)
        assert result.outcome is Outcome.PASSED, result.reason
        assert result.measurements["present"].value == 0
        assert result.evidence[0].text == "src/old.py\nsrc/legacy\n**/*.orig\nsetup.cfg"

    def test_what_is_there_fails_and_is_named_folders_and_dead_links_too(self, tmp_path: Path) -> None:
        write(tmp_path, src__old_py="", src__a__b_orig="")
        (tmp_path / "src" / "a" / "__pycache__").mkdir()
        (tmp_path / "link").symlink_to("nowhere")
        probe = File(absent=("src/old.py", "src/a", "**/*.orig", "**/__pycache__", "link", "gone"))
        result = run_probe(probe, root=tmp_path)
        assert (result.outcome, result.reason) == (Outcome.FAILED, "present is 5, expected 0")
        assert result.evidence[0].text == "src/old.py\nsrc/a\nsrc/a/b.orig\nsrc/a/__pycache__\nlink"

    @pytest.mark.parametrize("text", ["scr/old.py", "scr/*.py", "scr/deep/**/*.py", "/nowhere/at/all"])
    def test_below_a_folder_that_is_not_there_nothing_is_absent(self, tmp_path: Path, text: str) -> None:
        write(tmp_path, src__new_py="")
        result = run_probe(File(absent=("src/old.py", text)), root=tmp_path)
        assert result.outcome is Outcome.ERROR
        assert "nothing was looked for: there is no folder" in result.reason

    def test_a_deadline_that_comes_first_is_an_error(self, tmp_path: Path) -> None:
        assert run_probe(File(absent=("**/*.orig",)), root=tmp_path, timeout=0.0).outcome is Outcome.ERROR

    def test_what_cannot_be_looked_at_is_not_absent(self, tmp_path: Path) -> None:
        result = run_probe(File(absent=("x" * 300,)), root=tmp_path)
        assert result.outcome is Outcome.ERROR
        assert "File name too long" in result.reason

    def test_a_home_folder_is_found(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HOME", str(tmp_path))
        write(tmp_path, a_md="")
        assert run_probe(File(absent=("~/a.md",)), root=tmp_path).outcome is Outcome.FAILED

    @pytest.mark.parametrize(
        "options",
        [
            {"path": "a"},
            {"regex": re.compile("a")},
            {"not_regex": re.compile("a")},
            {"newer_than": "src"},
            {"absent": ("a", " ")},
        ],
    )
    def test_it_is_refused_beside_what_is_about_something_there(self, options: dict[str, Any]) -> None:
        with pytest.raises(OptionError):
            File(**{"absent": ("a",), **options})

    def test_all_of_it_is_touched(self) -> None:
        assert list(File(absent=("a", "b/*")).touches()) == [Touch("file", "a"), Touch("file", "b/*")]


class TestPermissionsAndSizes:
    def test_a_folder_that_is_there_passes(self, tmp_path: Path) -> None:
        (tmp_path / "models").mkdir(mode=0o755)
        (tmp_path / "models").chmod(0o755)
        result = run_probe(File(folder="models"), root=tmp_path, expect={"mode": "755", "writable": True})
        assert result.outcome is Outcome.PASSED, result.reason
        assert set(result.measurements) == {"count", "mode", "writable", "age"}

    def test_other_permissions_fail(self, tmp_path: Path) -> None:
        (tmp_path / "models").mkdir()
        (tmp_path / "models").chmod(0o1700)
        result = run_probe(File(folder="models"), root=tmp_path, expect={"mode": "755"})
        assert result.reason == 'mode is "1700", expected 755'

    def test_a_folder_that_is_missing_or_a_file_is_an_error(self, tmp_path: Path) -> None:
        write(tmp_path, a_md="")
        gone = run_probe(File(folder="models"), root=tmp_path)
        assert (gone.outcome, "there is no folder models" in gone.reason) == (Outcome.ERROR, True)
        wrong = run_probe(File(folder="a.md"), root=tmp_path)
        assert wrong.reason == "a.md is not a folder: a file is what path is for"

    def test_a_folder_has_no_text(self) -> None:
        with pytest.raises(OptionError, match="say which, with glob"):
            File(folder="a", regex=re.compile("x"))

    def test_each_of_several_files_has_its_permissions(self, tmp_path: Path) -> None:
        write(tmp_path, a_md="", b_md="")
        (tmp_path / "a.md").chmod(0o600)
        (tmp_path / "b.md").chmod(0o644)
        result = run_probe(File(glob="*.md"), root=tmp_path, expect={"mode": "in 600, 644"})
        assert result.outcome is Outcome.PASSED, result.reason
        assert run_probe(File(glob="*.md"), root=tmp_path, expect={"mode": "600"}).outcome is Outcome.FAILED

    def test_the_largest_and_the_smallest_are_told_apart(self, tmp_path: Path) -> None:
        write(tmp_path, a_md="x" * 10, b_md="x" * 30)
        result = run_probe(File(glob="*.md"), root=tmp_path, expect={"smallest": "10 B", "largest": "<= 30 B"})
        assert result.outcome is Outcome.PASSED, result.reason
        assert result.measurements["size"].value == 40


class TestAsAGate:
    def test_it_passes_when_the_file_is_there(self, tmp_path: Path) -> None:
        write(tmp_path, a_md="x")
        assert run_probe(File(path="a.md"), root=tmp_path).outcome is Outcome.PASSED

    def test_it_fails_when_one_of_several_is_missing(self, tmp_path: Path) -> None:
        write(tmp_path, a_md="x")
        result = run_probe(File(paths=("a.md", "b.md")), root=tmp_path)
        assert result.outcome is Outcome.FAILED
        assert "missing is 1, expected 0" in result.reason

    def test_it_fails_when_a_regex_matches_nowhere(self, tmp_path: Path) -> None:
        write(tmp_path, a_md="x")
        result = run_probe(File(path="a.md", regex=re.compile("y")), root=tmp_path)
        assert result.outcome is Outcome.FAILED
        assert "matches is 0, expected >= 1" in result.reason

    @pytest.mark.parametrize("expect", [{}, {"count": "< 5"}, {"count": "!= 7"}])
    def test_nothing_there_is_an_error_whatever_is_expected(self, tmp_path: Path, expect: dict[str, Value]) -> None:
        assert run_probe(File(glob="*.md"), root=tmp_path, expect=expect).outcome is Outcome.ERROR

    @pytest.mark.parametrize(
        ("probe", "why"),
        [(File(path="a.txt"), "there is no a.txt"), (File(glob="*.md"), "no file matches *.md")],
    )
    def test_what_is_not_there_is_named_in_the_reason(self, tmp_path: Path, probe: File, why: str) -> None:
        assert why in run_probe(probe, root=tmp_path).reason

    def test_nothing_there_passes_where_zero_is_said(self, tmp_path: Path) -> None:
        assert run_probe(File(glob="*.md"), root=tmp_path, expect={"count": 0}).outcome is Outcome.PASSED
        assert run_probe(File(path="a.md"), root=tmp_path, expect={"count": 0}).outcome is Outcome.PASSED

    def test_what_was_too_big_to_read_is_an_error(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(file_module, "READ_LIMIT", 1)
        write(tmp_path, a_md="xx")
        result = run_probe(File(path="a.md", regex=re.compile("y")), root=tmp_path, expect={"matches": 0})
        assert result.outcome is Outcome.ERROR
