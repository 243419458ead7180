"""Duplication: clones by their tokens, in one tree, between two, and against a commit."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest

from pytest_readiness.errors import OptionError
from pytest_readiness.model import Outcome
from pytest_readiness.probe import Touch
from pytest_readiness.probes._tools import clones
from pytest_readiness.probes.duplication import Duplication
from pytest_readiness.testing import run_probe

from .tooling import evidence, judged, values, write


def block(name: str = "total", count: int = 12) -> str:
    """Return *count* lines of code, 9 tokens each, that are like no other block."""
    return "".join(f"{name}_{number} = {name}(a, b, {number})\n" for number in range(count))


COPIED = block("copied")


class TestOneTree:
    def test_code_without_clones_passes(self, tmp_path: Path) -> None:
        write(tmp_path, {"src/a.py": block("one"), "src/b.py": block("two")})
        result = judged(Duplication(), tmp_path, {"percent": "<= 3%", "clones": 0})
        assert result.outcome is Outcome.PASSED, result.reason
        assert values(result) == {"percent": 0.0, "lines": 0, "code_lines": 24, "clones": 0, "largest": 0, "files": 2}

    def test_a_copy_fails_and_both_places_are_named(self, tmp_path: Path) -> None:
        write(tmp_path, {"src/a.py": block("one") + COPIED, "src/b.py": "# comment\n\n" + COPIED + block("two")})
        result = judged(Duplication(), tmp_path, {"percent": "<= 3%"})
        assert result.outcome is Outcome.FAILED
        found = values(result)
        assert found["percent"] == 50.0
        assert (found["lines"], found["clones"], found["largest"]) == (24, 1, 12)
        assert evidence(result)["largest clones"] == "12 lines: src/a.py:13-24 and src/b.py:3-14"

    def test_comments_and_layout_do_not_matter_but_names_do(self, tmp_path: Path) -> None:
        spread = COPIED.replace(", ", ",\n    ").replace("\n", "  # note\n")
        write(tmp_path, {"a.py": COPIED, "b.py": spread, "c.py": COPIED.replace("copied", "other")})
        assert values(judged(Duplication(), tmp_path, {"clones": 1}))["clones"] == 1

    def test_three_copies_are_two_clones_and_all_lines_count(self, tmp_path: Path) -> None:
        write(tmp_path, {"a.py": COPIED, "b.py": COPIED, "c.py": COPIED})
        found = values(judged(Duplication(), tmp_path, {"clones": "<= 9"}))
        assert (found["clones"], found["lines"], found["percent"]) == (2, 36, 100.0)

    def test_a_clone_in_the_same_file_is_found(self, tmp_path: Path) -> None:
        write(tmp_path, {"a.py": COPIED + block("between") + COPIED})
        assert "a.py:1-12 and a.py:25-36" in evidence(judged(Duplication(), tmp_path, {"clones": 0}))["largest clones"]

    def test_the_longest_of_several_matches_is_taken(self, tmp_path: Path) -> None:
        long = COPIED + block("tail", 30)
        write(tmp_path, {"a.py": COPIED, "b.py": long, "c.py": long})
        assert values(judged(Duplication(), tmp_path, {"clones": "<= 9"}))["largest"] == 42

    def test_a_clone_that_goes_on_elsewhere_is_two(self, tmp_path: Path) -> None:
        first, second = block("first"), block("second")
        write(tmp_path, {"a.py": first, "b.py": second, "c.py": first + second})
        found = values(judged(Duplication(), tmp_path, {"clones": "<= 9"}))
        assert (found["clones"], found["lines"]) == (2, 48)

    def test_short_and_flat_clones_do_not_count(self, tmp_path: Path) -> None:
        flat = COPIED.replace("\n", "; ") + "\n"
        write(tmp_path, {"a.py": block("x", 4), "b.py": block("x", 4), "c.py": flat, "d.py": flat})
        assert judged(Duplication(), tmp_path, {"clones": 0, "lines": 0}).outcome is Outcome.PASSED
        assert values(judged(Duplication(min_tokens=20, min_lines=1), tmp_path, {"clones": 2}))["clones"] == 2

    def test_data_that_repeats_itself_ends_soon(self, tmp_path: Path) -> None:
        write(tmp_path, {"a.py": "x = [\n" + "    0,\n" * 50_000 + "]\n"})
        begun = time.monotonic()
        assert judged(Duplication(), tmp_path, {"clones": ">= 1"}).outcome is Outcome.PASSED
        assert time.monotonic() - begun < 20

    def test_texts_that_are_not_closed_end_soon(self) -> None:
        for suffix, text in (
            (".ts", "/* " * 100_000),
            (".ts", "` " * 100_001),
            (".py", '""" ' * 99_999),
            (".vue", "<!-- " * 50_000),
        ):
            begun = time.monotonic()
            clones.lex(text, "a", suffix)
            assert time.monotonic() - begun < 5

    def test_lines_of_tokens_are_those_they_begin_on(self) -> None:
        text = clones.lex("a = '''x\ny'''\n# no\nb = f\"{c}\"\n", "a.py", ".py")
        assert list(zip(text.tokens, text.lines, strict=True)) == [
            ("a", 1), ("=", 1), ("'''x\ny'''", 1), ("b", 4), ("=", 4), ("f", 4), ('"{c}"', 4)
        ]  # fmt: skip

    def test_typescript_is_read_too(self, tmp_path: Path) -> None:
        code = "".join(f"  if (rate[{n}] > limit) {{ warn(`over ${{n}}`); }} // note {n}\n" for n in range(9))
        write(tmp_path, {"web/src/a.tsx": code, "admin/src/b.ts": code.replace("// note", "//")})
        result = judged(Duplication(paths=("web/src", "admin/src")), tmp_path, {"percent": "<= 5%"})
        assert result.outcome is Outcome.FAILED
        assert values(result)["clones"] == 1


class TestTwoTrees:
    def test_only_what_is_in_both_counts(self, tmp_path: Path) -> None:
        inside = block("inside")
        write(tmp_path, {"web/a.py": COPIED + inside, "web/b.py": inside, "admin/a.py": COPIED + block("own")})
        result = judged(Duplication(paths=("web",), against=("admin",)), tmp_path, {"clones": 0})
        assert result.outcome is Outcome.FAILED
        found = values(result)
        assert (found["lines"], found["code_lines"], found["clones"], found["files"]) == (12, 36, 1, 3)

    def test_the_same_file_in_both_is_an_error(self, tmp_path: Path) -> None:
        write(tmp_path, {"web/a.py": COPIED})
        result = judged(Duplication(paths=("web",), against=(".",)), tmp_path, {"clones": 0})
        assert result.reason == "web/a.py is in paths and in against"


def git(root: Path, *args: str) -> None:
    who = ("-c", "user.name=n", "-c", "user.email=e@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *args], cwd=root, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    old = COPIED + block("more")
    write(tmp_path, {"src/a.py": old, "src/b.py": old, "src/ä.txt": "", "other/c.py": old, "src/.venv/d.py": old})
    git(tmp_path, "add", "-A", "-f")
    git(tmp_path, "commit", "-q", "-m", "before")
    git(tmp_path, "tag", "before")
    write(tmp_path, {"src/b.py": block("other") + block("more")})
    return tmp_path


class TestSince:
    def test_what_is_less_than_before_is_measured(self, repository: Path) -> None:
        result = judged(Duplication(since="before"), repository, {"reduction": ">= 20%"})
        assert result.outcome is Outcome.PASSED, result.reason
        found = values(result)
        assert (found["before"], found["percent"], found["reduction"]) == (100.0, 50.0, 50.0)

    def test_paths_and_excludes_hold_for_the_past_too(self, repository: Path) -> None:
        result = judged(
            Duplication(paths=("src/*.py",), exclude=("src/b.py",), since="before"), repository, {"before": 0}
        )
        assert result.outcome is Outcome.PASSED, result.reason
        everything = judged(Duplication(paths=(".",), since="before"), repository, {"before": ">= 0%"})
        assert values(everything)["before"] == 100.0

    def test_where_nothing_was_duplicated_there_is_no_reduction(self, repository: Path) -> None:
        probe = Duplication(paths=("src/a.py",), since="before")
        result = judged(probe, repository, {"reduction": ">= 20%"})
        assert result.outcome is Outcome.ERROR
        assert "nothing was duplicated at before" in result.reason

    @pytest.mark.parametrize("ref", ["nowhere", "before:src/a.py"])
    def test_a_commit_that_is_not_there_is_an_error(self, repository: Path, ref: str) -> None:
        result = judged(Duplication(since=ref), repository, {"reduction": ">= 20%"})
        assert result.outcome is Outcome.ERROR
        assert "git ls-tree:" in result.reason

    def test_a_path_that_was_not_there_is_an_error(self, repository: Path) -> None:
        write(repository, {"new/a.py": COPIED})
        result = judged(Duplication(paths=("new",), since="before"), repository, {"reduction": ">= 20%"})
        assert result.reason == "there is no file at new in commit before"

    def test_a_file_that_looks_like_gits_own_words_is_an_error(self, repository: Path) -> None:
        write(repository, {"src/a.py": "0" * 40 + " blob 12\n"})
        git(repository, "add", "-A")
        git(repository, "commit", "-q", "-m", "odd")
        result = judged(Duplication(since="HEAD"), repository, {"percent": "<= 9%"})
        assert "cannot be told apart" in result.reason

    def test_without_a_commit_there_is_nothing_to_compare_with(self, tmp_path: Path) -> None:
        write(tmp_path, {"a.py": COPIED})
        assert "give since" in judged(Duplication(), tmp_path, {"reduction": ">= 1%"}).reason


class TestNothing:
    def test_no_file_is_nothing_looked_at(self, tmp_path: Path) -> None:
        result = judged(Duplication(since="before"), tmp_path, {"clones": 0})
        assert result.outcome is Outcome.ERROR
        assert "nothing was looked at" in result.reason

    def test_files_without_code_have_no_percent(self, tmp_path: Path) -> None:
        write(tmp_path, {"a.py": "# nothing\n"})
        assert judged(Duplication(), tmp_path, {"percent": "<= 3%"}).outcome is Outcome.ERROR

    def test_a_path_that_is_not_there_is_an_error(self, tmp_path: Path) -> None:
        write(tmp_path, {"a.py": COPIED})
        assert "file at web" in judged(Duplication(paths=("a.py", "web")), tmp_path, {"clones": 0}).reason

    def test_the_deadline_is_kept(self, tmp_path: Path) -> None:
        def late() -> None:
            raise TimeoutError

        text = clones.lex(COPIED, "a.py", ".py")
        with pytest.raises(TimeoutError):
            clones.find([text], 50, 5, late)
        write(tmp_path, {f"m{number}.py": block(f"m{number}", 2000) for number in range(30)})
        result = judged(Duplication(), tmp_path, {"clones": 0}, timeout=0.3)
        assert result.outcome is Outcome.ERROR
        assert "deadline" in result.reason or "timed out" in result.reason


@pytest.mark.parametrize(
    "options",
    [
        {"min_tokens": 5},
        {"min_lines": 0},
        {"since": " "},
        {"since": "--output=x"},
        {"since": "a\nb"},
        {"since": "a", "against": ("b",)},
        {"paths": ("",)},
    ],
)
def test_options_that_mean_nothing_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(OptionError):
        Duplication(**options)  # type: ignore[arg-type]


def test_it_says_what_it_touches() -> None:
    assert list(Duplication(paths=("a",), against=("b",)).touches()) == [Touch("file", "a"), Touch("file", "b")]
    assert list(Duplication(since="v1").touches())[1].kind == "command"


@pytest.mark.no_false_green
def test_files_without_a_line_of_code_are_nothing_to_look_at(tmp_path: Path) -> None:
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text("# later\n")
    result = run_probe(Duplication(), root=tmp_path, expect={"clones": 0})
    assert result.outcome is Outcome.ERROR
    assert "2 files, and not a line of code in them" in result.reason
