"""Documents: sections, mentions, links, code, ages; what is missing, and what cannot be found out."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from pytest_readiness import options
from pytest_readiness.errors import OptionError
from pytest_readiness.model import Each, Outcome, Result
from pytest_readiness.options import Query
from pytest_readiness.probe import Touch
from pytest_readiness.probes._docs import markdown
from pytest_readiness.probes.docs import Docs, Every
from pytest_readiness.testing import run_probe

from .servers import closed_port, serving

GUIDE = """---
title: Not a heading
---
# Deployment Guide

Run `alembic upgrade head` first; it's quick.

## Usage & Examples

```python
print("hello")
```

## Rollback
<!-- Go back with RETRAIN. -->

## Steps
### One
"""


def written(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        path = folder / f"{name.replace('__', '/')}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def judged(folder: Path, text: str = GUIDE, *, expect: Any = None, timeout: float = 10.0, **more: Any) -> Result:
    written(folder, guide=text)
    return run_probe(Docs(path="guide.md", **more), root=folder, expect=expect, timeout=timeout)


def value(result: Result, name: str) -> object:
    return result.measurements[name].value


def told(result: Result) -> dict[str, str]:
    return {item.title: item.text for item in result.evidence}


def regexes(*texts: str) -> tuple[re.Pattern[str], ...]:
    return tuple(map(re.compile, texts))


class TestStatedDates:
    UPDATED = re.compile(r"(?i)last updated\W+(.+)")
    NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)

    def judged(self, folder: Path, line: str, **more: Any) -> Result:
        written(folder, guide=f"# Guide\n\nText.\n\n{line}\n")
        probe = Docs(path="guide.md", dated=self.UPDATED)
        return run_probe(probe, root=folder, expect={"stated_age": "<= 90 d"}, now=self.NOW, **more)

    @pytest.mark.parametrize(
        "line",
        [
            "**Last Updated:** 2025-12-02",
            "Last updated: 2025-12-02T10:00:00Z (v2)",
            "| Last updated | December 2, 2025 |",
            "Last updated: Dec. 2 2025",
            "last updated on 2 December 2025.",
            "Last updated: 2nd of Dec 2025",
            "Last updated: 2024-01-01\n\nLast updated: 2025-12-02",
        ],
    )
    def test_are_read_as_people_write_them(self, tmp_path: Path, line: str) -> None:
        result = self.judged(tmp_path, line)
        assert result.outcome is Outcome.PASSED, result.reason
        assert value(result, "stated_age") == 30.5 * 86400
        assert told(result)["dated"] == "guide.md: 2025-12-02"

    @pytest.mark.no_false_green
    def test_that_are_old_fail_however_new_the_file(self, tmp_path: Path) -> None:
        assert self.judged(tmp_path, "Last updated: 2024-12-02").outcome is Outcome.FAILED

    @pytest.mark.no_false_green
    @pytest.mark.parametrize(
        ("line", "why"),
        [
            ("Nothing of the kind", "guide.md states no date where dated looks for one: nothing matches"),
            ("Last updated: 02/12/2025", "'02/12/2025' is no date, such as 2025-10-06"),
            ("Last updated: recently", "'recently' is no date"),
            ("Last updated: 2025-02-30", "guide.md: day is out of range for month"),
            ("<!-- Last updated: 2025-12-02 -->", "nothing matches"),
            ("Last updated: 2026-02-02", "guide.md: 2026-02-02 is in the future"),
        ],
    )
    def test_that_cannot_be_told_are_errors(self, tmp_path: Path, line: str, why: str) -> None:
        result = self.judged(tmp_path, line)
        assert result.outcome is Outcome.ERROR
        assert why in result.reason

    def test_of_tomorrow_are_of_today_elsewhere(self, tmp_path: Path) -> None:
        assert value(self.judged(tmp_path, "Last updated: 2026-01-02"), "stated_age") == 0

    def test_have_to_be_stated_by_each_document(self, tmp_path: Path) -> None:
        written(tmp_path, a="# A\n\nLast updated: 2025-12-31", b="# B\n\nLast updated: 2025-01-01")
        probe = Docs(glob="*.md", dated=self.UPDATED)
        result = run_probe(probe, root=tmp_path, expect={"stated_age": "<= 90 d"}, now=self.NOW)
        assert (result.outcome, value(result, "stated_age")) == (Outcome.FAILED, Each((1.5 * 86400, 365.5 * 86400)))
        written(tmp_path, c="# C\n\nNothing")
        assert "c.md states no date" in run_probe(probe, root=tmp_path).reason

    def test_need_one_group(self) -> None:
        with pytest.raises(OptionError, match="has 0 groups, needs one around the date"):
            Docs(path="a.md", dated=re.compile("updated"))

    def test_that_take_too_long_to_look_for_are_an_error(self, tmp_path: Path) -> None:
        written(tmp_path, guide=f"# A\n\n{'a' * 60}!\n")
        probe = Docs(path="guide.md", dated=re.compile("((?:a|a)+)$"))
        assert "took longer" in run_probe(probe, root=tmp_path, timeout=2.0).reason


class TestDocuments:
    def test_that_are_there_pass_with_their_words_counted(self, tmp_path: Path) -> None:
        result = judged(tmp_path, expect={"words": ">= 10"})
        assert result.outcome is Outcome.PASSED
        # two of the title, seven below it, two, one, one and one of the other headings
        assert [value(result, name) for name in ("files", "words", "sections")] == [1, 14, 5]

    def test_that_are_empty_fail(self, tmp_path: Path) -> None:
        for text in ("", "<!-- later -->\n", "```\ncode only\n```\n"):
            assert judged(tmp_path, text).reason.startswith("words is 0, expected >= 1")

    def test_that_are_missing_are_errors_or_counted(self, tmp_path: Path) -> None:
        assert run_probe(Docs(path="guide.md"), root=tmp_path).reason == "guide.md is not there"
        assert "nothing was looked at" in run_probe(Docs(glob="docs/*"), root=tmp_path).reason
        written(tmp_path, a="word")
        result = run_probe(Docs(paths=("a.md", "b.md")), root=tmp_path)
        assert result.outcome is Outcome.FAILED
        assert result.reason == "absent is 1, expected 0"
        assert told(result)["not there"] == "b.md"

    def test_are_the_markdown_among_what_a_pattern_matches(self, tmp_path: Path) -> None:
        written(tmp_path, docs__a="one two", docs__b="one")
        (tmp_path / "docs" / "x.svg").write_text("<svg/>")
        result = run_probe(Docs(glob="docs/**"), root=tmp_path, expect={"words": ">= 2"})
        assert result.outcome is Outcome.FAILED
        assert value(result, "files") == 2
        assert value(result, "words") == Each((2, 1))

    def test_that_are_not_markdown_are_refused(self, tmp_path: Path) -> None:
        (tmp_path / "a.rst").write_text("Title\n=====\n")
        reason = run_probe(Docs(path="a.rst"), root=tmp_path).reason
        assert "a.rst is not Markdown" in reason
        assert "whether it is new enough, file tells" in reason

    def test_that_are_too_large_are_refused(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(markdown, "LIMIT", 10)
        assert "is larger than" in judged(tmp_path).reason

    def test_end_at_the_deadline(self, tmp_path: Path) -> None:
        result = judged(tmp_path, "*a* [b](c) " * 40_000, timeout=0.05)
        assert result.outcome is Outcome.ERROR

    def test_need_its_plugins(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "mdit_py_plugins.front_matter", None)
        assert judged(tmp_path).reason == "mdit-py-plugins is not installed: pip install 'pytest-readiness[docs]'"

    def test_need_markdown_it(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "markdown_it", None)
        assert judged(tmp_path).reason == "markdown-it-py is not installed: pip install 'pytest-readiness[docs]'"


class TestSections:
    def test_are_headings_in_any_case(self, tmp_path: Path) -> None:
        assert judged(tmp_path, sections=regexes("usage|tutorial", "^deployment guide$")).outcome is Outcome.PASSED

    def test_that_are_not_there_or_empty_are_missing(self, tmp_path: Path) -> None:
        result = judged(tmp_path, sections=regexes("Usage", "Troubleshoot", "Rollback", "Steps"))
        assert result.reason == "missing_sections is 3, expected 0"
        assert told(result)["sections missing"].splitlines() == [
            "guide.md: Troubleshoot is in no heading",
            "guide.md: Rollback (line 14) has nothing in it",
            "guide.md: Steps (line 17) has nothing in it",
        ]

    def test_in_code_or_front_matter_are_none(self, tmp_path: Path) -> None:
        text = "---\nUsage: x\n---\n```\n# Usage\n```\n# Other\nx\n"
        assert judged(tmp_path, text, sections=regexes("Usage")).outcome is Outcome.FAILED

    def test_have_to_be_in_each_file_unless_together(self, tmp_path: Path) -> None:
        written(tmp_path, a="# Symptom\nx\n", b="# Diagnosis\ny\n")
        asked = {"glob": "*.md", "sections": regexes("Symptom", "Diagnosis"), "mentions": ("x",)}
        result = run_probe(Docs(**asked), root=tmp_path)  # type: ignore[arg-type]
        assert (value(result, "missing_sections"), value(result, "missing")) == (2, 1)
        assert run_probe(Docs(**asked, together=True), root=tmp_path).outcome is Outcome.PASSED  # type: ignore[arg-type]

    def test_of_a_regex_that_runs_away_end_at_the_deadline(self, tmp_path: Path) -> None:
        result = judged(tmp_path, f"# {'a' * 60}!\nx\n", sections=regexes("((a+)+)$"), timeout=1.0)
        assert result.outcome is Outcome.ERROR

    @pytest.mark.parametrize("below", ["text", "```\ncode\n```", "    code", "## Sub\ntext", "<img src='a'>", "- item"])
    def test_are_filled_by_anything_below_them(self, tmp_path: Path, below: str) -> None:
        assert judged(tmp_path, f"word\n\n# Usage\n\n{below}\n", sections=regexes("Usage")).outcome is Outcome.PASSED


class TestMentions:
    def test_are_whole_words_over_any_white_space(self, tmp_path: Path) -> None:
        text = "Set QT_CLM_ENABLED\nand see backend/ai/retraining/README.\n"
        assert (
            judged(tmp_path, text, mentions=("QT_CLM_ENABLED and", "backend/ai/retraining")).outcome is Outcome.PASSED
        )
        result = judged(tmp_path, text, mentions=("QT_CLM", "see", "readme"))
        assert result.reason == "missing is 2, expected 0"
        assert told(result)["not mentioned"] == "guide.md: QT_CLM\nguide.md: readme"

    def test_may_be_a_choice(self, tmp_path: Path) -> None:
        text = "```mermaid\nx\n```\n\n# words\n"
        assert judged(tmp_path, text, mentions=((".svg", "```mermaid"),)).outcome is Outcome.PASSED
        assert told(judged(tmp_path, text, mentions=(("a", "b"),)))["not mentioned"] == "guide.md: a or b"

    def test_in_comments_do_not_count(self, tmp_path: Path) -> None:
        assert judged(tmp_path, mentions=("RETRAIN",)).outcome is Outcome.FAILED
        assert judged(tmp_path, "word <!-- RETRAIN", mentions=("RETRAIN",)).outcome is Outcome.PASSED

    def test_that_must_not_be_there_are_found_in_words_too(self, tmp_path: Path) -> None:
        result = judged(tmp_path, "from old_module_2 import x\n", not_mentions=("old_module",))
        assert result.reason == "forbidden is 1, expected 0"
        assert judged(tmp_path, "word", not_mentions=("old_module",)).outcome is Outcome.PASSED


class TestNames:
    def test_of_variables_have_to_be_mentioned(self, tmp_path: Path) -> None:
        (tmp_path / ".env.example").write_text("DATABASE_URL=x\nAPI_KEY=abc123secret\nKEY=\n")
        result = judged(tmp_path, "Set DATABASE_URL and API_KEY.\n", variables=".env.example")
        assert result.reason == "undocumented is 1, expected 0"
        assert told(result)["mentioned nowhere"] == "KEY"
        assert "abc123secret" not in repr(result)
        assert judged(tmp_path, "DATABASE_URL, API_KEY, `KEY`\n", variables=".env.example").outcome is Outcome.PASSED

    @pytest.mark.parametrize(
        ("text", "reason"),
        [(None, ".env is not there"), ("# none\n", ".env holds no name"), ("A='open\n", ".env:1:3: the ' that opens")],
    )
    def test_of_variables_that_cannot_be_known_are_an_error(
        self, tmp_path: Path, text: str | None, reason: str
    ) -> None:
        if text is not None:
            (tmp_path / ".env").write_text(text)
        result = judged(tmp_path, variables=".env")
        assert result.outcome is Outcome.ERROR
        assert reason in result.reason

    def test_that_a_query_finds_have_to_be_mentioned(self, tmp_path: Path) -> None:
        (tmp_path / "openapi.json").write_text('{"paths": {"/orders": {}, "/orders/{id}": {}}, "n": 1}')
        every = Every(path="openapi.json", query=Query("keys(paths)"))
        result = judged(tmp_path, "GET `/orders`\n", every=every)
        assert told(result)["mentioned nowhere"] == "/orders/{id}"
        for query, reason in (
            ("n", "something other than texts"),
            ("keys(n)", "cannot be asked of"),
            ("[]", "other than"),
        ):
            result = judged(tmp_path, every=Every(path="openapi.json", query=Query(query)))
            assert result.outcome is Outcome.ERROR
            assert reason in result.reason

    def test_may_come_from_a_url(self, tmp_path: Path, httpserver: HTTPServer) -> None:
        httpserver.expect_request("/openapi.json").respond_with_json({"paths": {"/orders": {}}})
        url = httpserver.url_for("/openapi.json").replace("//", "//user:abc123secret@")
        every = Every(path=url, query=Query("keys(paths)"))
        result = judged(tmp_path, "GET /orders\n", every=every)
        assert result.outcome is Outcome.PASSED
        assert "abc123secret" not in repr(result.evidence) + result.reason
        assert "abc123secret" not in repr(list(Docs(path="a", every=every).touches()))
        assert judged(tmp_path, every=Every(path="http://", query=Query("a"))).outcome is Outcome.ERROR

    def test_may_be_those_of_files_or_folders(self, tmp_path: Path) -> None:
        for name in ("src/orders/x.py", "src/billing/y.py", "src/__pycache__/z.py"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).touch()
        result = judged(tmp_path, "orders\n", every=Every(glob="src/*/"))
        assert told(result)["mentioned nowhere"] == "billing"
        assert judged(tmp_path, "x y z\n", every=Every(glob="src/*/*.py")).outcome is Outcome.PASSED
        result = judged(tmp_path, variables=None, every=Every(glob="nothing/*/"))
        assert result.reason == "nothing/*/ holds no name that could be mentioned"


class TestCode:
    def test_is_counted_by_language(self, tmp_path: Path) -> None:
        text = "words\n\n```py\n1\n```\n\n```{python}\n2\n```\n\n~~~sh\nls\n~~~\n\n    indented\n"
        assert value(judged(tmp_path, text), "code_blocks") == 4
        assert value(judged(tmp_path, text, code="python"), "code_blocks") == 2
        assert judged(tmp_path, text, code="toml").reason == "code_blocks is 0, expected >= 1"

    @pytest.mark.parametrize(
        "code", ["x = 1\n", ">>> x = 1\n>>> x\n1\n", "await f()\n", "r = '\\d'\n", "...\n", "return 1\n"]
    )
    def test_that_is_python_compiles(self, tmp_path: Path, code: str) -> None:
        assert judged(tmp_path, f"words\n```python\n{code}```\n", compiles=True).outcome is Outcome.PASSED

    @pytest.mark.parametrize("code", ["x = = 1\n", ">>> x = = 1\n", ">>>x\n", "\0\n", "(" * 3000 + "\n"])
    def test_that_is_no_python_fails_and_is_not_shown(self, tmp_path: Path, code: str) -> None:
        result = judged(tmp_path, f"words\n```python\n{code}```\n", compiles=True)
        assert result.reason == "broken_code is 1, expected 0"
        assert told(result)["code that does not compile"].startswith("guide.md, line 3: ")

    def test_that_is_not_there_cannot_compile(self, tmp_path: Path) -> None:
        result = judged(tmp_path, "words\n", compiles=True)
        assert result.reason == "broken_code was not measured: there is no block of Python"


class TestLocalLinks:
    TARGETS = """# Head Line

## Head Line
## What's *new* in `v2`? {#news}
## A & B

<a id="by-hand"></a> <a href="other.md"></a>
"""

    @pytest.mark.parametrize(
        "target",
        [
            "other.md",
            "./docs/",
            "/docs/deep.md",
            "docs/deep.md#deep",
            "with%20space.txt",
            "other.md?plain=1#L10",
            "other.md#:~:text=x",
            "pic.svg#any",
            "#head-line",
            "#head-line-1",
            "#Head-Line",
            "#news",
            "#a--b",
            "#a-b",
            "#by-hand",
            "#top",
            "#",
        ],
    )
    def test_that_lead_somewhere_pass(self, tmp_path: Path, target: str) -> None:
        written(tmp_path, other="x", docs__deep="# Deep\n")
        (tmp_path / "with space.txt").touch()
        (tmp_path / "pic.svg").touch()
        result = judged(tmp_path, f"{self.TARGETS}\n[a]({target}) and ![b](pic.svg)\n", links=True)
        assert result.outcome is Outcome.PASSED
        assert value(result, "links") == 3

    @pytest.mark.parametrize(
        ("target", "fault"),
        [
            ("none.md", "none.md is not there"),
            ("other.md#none", "other.md#none has no heading #none"),
            ("#head-line-2", "#head-line-2 has no heading"),
            ("#whats-new-in-v2-news", "has no heading"),
            ("", "() leads nowhere"),
            ("other.md/x", "is not there"),
            ("%00", "is not there"),
            ("x" * 5000, "is not there"),
        ],
    )
    def test_that_lead_to_nothing_fail_with_their_line(self, tmp_path: Path, target: str, fault: str) -> None:
        written(tmp_path, other="x")
        result = judged(tmp_path, f"{self.TARGETS}\nline\n[a]({target})\n", links=True)
        assert result.reason == "broken_links is 1, expected 0"
        assert told(result)["broken links"].startswith("guide.md:10: ")
        assert fault in told(result)["broken links"]

    def test_are_found_in_tables_references_and_html(self, tmp_path: Path) -> None:
        text = "| a |\n|---|\n| [x](n1) |\n\n[y][ref]\n\n<p>\n<img alt='z' src='n3'>\n</p>\n\n"
        text += "[ref]: n2\n<!-- [c](n4) -->\n"
        result = judged(tmp_path, text, links=True)
        assert told(result)["broken links"].splitlines() == [
            "guide.md:3: n1 is not there",
            "guide.md:5: n2 is not there",
            "guide.md:8: n3 is not there",
        ]

    def test_may_be_left_out(self, tmp_path: Path) -> None:
        result = judged(tmp_path, "[a](guide.md) [b](/api/x)\n", links=True, ignore=regexes("^/api/"))
        assert result.outcome is Outcome.PASSED
        assert value(result, "links") == 1

    @pytest.mark.parametrize("text", ["words", "[a](mailto:a@b.c) [b](https://b.c)", "[a](guide.md)"])
    def test_that_are_nowhere_are_nothing_to_look_at(self, tmp_path: Path, text: str) -> None:
        result = judged(tmp_path, text, links=True, ignore=regexes("guide"))
        assert result.reason == "broken_links was not measured: there is no link to look at"

    def test_left_out_by_a_regex_that_runs_away_are_an_error(self, tmp_path: Path) -> None:
        result = judged(tmp_path, f"[a]({'a' * 60}!)", links=True, ignore=regexes("((a+)+)$"))
        assert result.outcome is Outcome.ERROR

    def test_into_a_file_that_is_too_large_are_an_error(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(markdown, "LIMIT", 100)
        written(tmp_path, big="x" * 200)
        assert "big.md is larger" in judged(tmp_path, "[a](big.md#x)", links=True).reason


class TestWebLinks:
    def test_that_answer_pass_each_asked_once(self, tmp_path: Path, httpserver: HTTPServer) -> None:
        httpserver.expect_request("/ok", method="HEAD").respond_with_data("")
        httpserver.expect_request("/get", method="GET").respond_with_data("")
        ok, get = httpserver.url_for("/ok"), httpserver.url_for("/get")
        result = judged(tmp_path, f"[a]({ok}#one) [b]({ok}#two) <{get}>\n", links=True, web=True)
        assert result.outcome is Outcome.PASSED
        assert value(result, "links") == 3
        assert [request.method for request, _ in httpserver.log].count("HEAD") == 2

    def test_that_do_not_answer_well_fail(self, tmp_path: Path, httpserver: HTTPServer) -> None:
        httpserver.expect_request("/none").respond_with_data("", status=404)
        none, dead = httpserver.url_for("/none"), f"http://127.0.0.1:{closed_port()}/x"
        text = f"[a]({none})\n[b]({dead})\n[c](https://exa%mple/)\n[d](//host:99999/)\n"
        result = judged(tmp_path, text, links=True, web=True)
        assert result.reason == "broken_links is 4, expected 0"
        lines = told(result)["broken links"].splitlines()
        assert lines[0] == f"guide.md:1: {none} answers 404"
        assert "connection refused" in lines[1]

    def test_that_do_not_answer_in_time_are_unknown(self, tmp_path: Path) -> None:
        with serving(lambda _connection, server: server.closing.wait(5)) as server:
            links = " ".join(f"[{n}](http://127.0.0.1:{server.port}/{n})" for n in range(30))
            started = time.monotonic()
            result = judged(tmp_path, links, links=True, web=True, timeout=1.0)
        assert time.monotonic() - started < 4
        assert result.outcome is Outcome.ERROR
        assert "30 could not be asked, such as http://127.0.0.1" in result.reason

    def test_with_a_login_keep_it(self, tmp_path: Path, httpserver: HTTPServer) -> None:
        url = httpserver.url_for("/none").replace("//", "//user:abc123secret@")
        result = judged(tmp_path, f"[a]({url})", links=True, web=True)
        assert result.outcome is Outcome.FAILED
        assert "abc123secret" not in repr(result)


class TestAges:
    @pytest.fixture
    def repository(self, tmp_path: Path) -> Path:
        """A checkout of today with commits of 2026-01-01 (guide.md, src) and 2026-02-01 (src)."""
        git(tmp_path, "init", "-q")
        written(tmp_path, guide=GUIDE)
        (tmp_path / "src").mkdir()
        for month in (1, 2):
            (tmp_path / "src" / "a.py").write_text(f"x = {month}\n")
            git(tmp_path, "add", ".")
            git(tmp_path, "commit", "-q", "-m", "x", when=f"2026-0{month}-01T00:00:00+00:00")
        return tmp_path

    def judged(
        self, folder: Path, expect: Any, now: datetime = datetime(2026, 3, 1, tzinfo=UTC), **more: Any
    ) -> Result:
        environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
        return run_probe(Docs(path="guide.md", **more), root=folder, expect=expect, now=now, env=environment)

    def test_are_those_of_the_last_commit_however_new_the_checkout(self, repository: Path) -> None:
        result = self.judged(repository, {"age": "> 50 d"}, newer_than="src")
        assert result.reason == "behind is 31 d, expected 0"
        assert value(result, "behind") == 31 * 86400

    def test_are_those_of_the_file_where_it_was_changed_since(self, repository: Path) -> None:
        written(repository, guide=GUIDE + "more")
        result = self.judged(repository, {"age": "< 1 d"}, newer_than="src")
        assert result.outcome is Outcome.PASSED

    def test_follow_what_was_renamed_and_not_committed(self, repository: Path) -> None:
        git(repository, "mv", "guide.md", "new.md")
        (repository / "guide.md").write_text("words")
        assert self.judged(repository, {"age": "< 1 d"}).outcome is Outcome.PASSED
        paths = ("new.md", "guide.md", "src/a.py")
        result = run_probe(Docs(paths=paths, newer_than="new.md"), root=repository, expect={"age": "< 1 d"})
        assert result.outcome is Outcome.PASSED

    def test_of_files_that_git_ignores_are_their_time_stamps(self, repository: Path) -> None:
        (repository / ".gitignore").write_text("*.gen.md\n")
        written(repository, **{"x.gen": "words"})
        result = run_probe(Docs(path="x.gen.md"), root=repository, expect={"age": "< 1 d"}, now=datetime.now(UTC))
        assert result.outcome is Outcome.PASSED

    def test_in_a_shallow_clone_are_unknown(self, repository: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
        clone = tmp_path_factory.mktemp("shallow")
        git(clone, "clone", "-q", "--depth=1", f"file://{repository}", ".")
        result = self.judged(clone, {"age": "< 900 d"})
        assert result.outcome is Outcome.ERROR
        assert "the clone is shallow" in result.reason

    def test_are_unknown_where_git_may_not_run_or_does_not_work(self, repository: Path) -> None:
        probe = Docs(path="guide.md")
        result = run_probe(probe, root=repository, expect={"age": "< 900 d"}, exec_allowed=False)
        assert "commands are switched off" in result.reason
        (repository / ".git" / "HEAD").write_text("nonsense")
        assert "git cannot tell when" in self.judged(repository, {"age": "< 900 d"}).reason

    def test_without_git_are_those_of_the_files(self, tmp_path: Path) -> None:
        written(tmp_path, guide=GUIDE)
        (tmp_path / "src").mkdir()
        assert "src has no files" in self.judged(tmp_path, {}, newer_than="src").reason
        (tmp_path / "src" / "a.py").touch()
        os.utime(tmp_path / "guide.md", (0, time.time() - 86400 * 2))
        result = self.judged(tmp_path, {"age": "< 1 d"}, now=datetime.now(UTC), newer_than="src")
        assert result.outcome is Outcome.FAILED
        assert float(str(value(result, "behind"))) == pytest.approx(86400 * 2, abs=600)
        assert self.judged(tmp_path, {}, newer_than="src/a.py").outcome is Outcome.FAILED

    def test_against_something_that_is_not_there_are_an_error(self, tmp_path: Path) -> None:
        written(tmp_path, guide=GUIDE)
        result = self.judged(tmp_path, {}, newer_than="none")
        assert result.outcome is Outcome.ERROR
        assert "none is not there" in result.reason


def git(folder: Path, *args: str, when: str = "2026-01-01T00:00:00+00:00") -> None:
    environment = {
        **os.environ,
        "HOME": str(folder),
        **{f"GIT_{who}_{what}": "x" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
        **{f"GIT_{who}_DATE": when for who in ("AUTHOR", "COMMITTER")},
    }
    subprocess.run(["git", *args], cwd=folder, env=environment, check=True, capture_output=True)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"glob": "b"}, "exactly one of path, paths and glob"),
        ({"sections": regexes("a*")}, "matches the empty text"),
        ({"ignore": regexes("")}, "matches the empty text"),
        ({"mentions": (" ",)}, "a text may not be empty"),
        ({"mentions": ((),)}, "a text may not be empty"),
        ({"not_mentions": ("",)}, "a text may not be empty"),
        ({"web": True}, "goes with links: true"),
        ({"compiles": True, "code": "toml"}, "only Python can be compiled"),
    ],
)
def test_options_that_do_not_fit_are_refused(said: dict[str, Any], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        Docs(path="a", **said)


@pytest.mark.parametrize(
    "said", [{}, {"path": "a", "query": Query("a"), "glob": "b"}, {"path": "a"}, {"glob": "a", "query": Query("a")}]
)
def test_names_come_from_one_place(said: dict[str, Any]) -> None:
    with pytest.raises(OptionError):
        Every(**said)


def test_options_are_read_as_a_spec_has_them() -> None:
    problems: list[Any] = []
    said = {
        "glob": "docs/**",
        "sections": "usage",
        "mentions": ["a", ["b", "c"]],
        "compiles": True,
        "code": "py",
        "every": {"path": "openapi.json", "query": "keys(paths)"},
    }
    made = options.convert(Docs, said, problems)
    assert problems == []
    assert made is not None
    assert made.mentions == ("a", ("b", "c"))
    assert made.expected() == {
        "files": ">= 1",
        "words": ">= 1",
        "missing_sections": 0,
        "missing": 0,
        "undocumented": 0,
        "code_blocks": ">= 1",
        "broken_code": 0,
    }


def test_all_that_is_read_is_touched() -> None:
    probe = Docs(path="a", variables=".env", every=Every(glob="src/*/"), newer_than="src", links=True, web=True)
    assert [touch.what for touch in probe.touches()] == [
        "a",
        ".env",
        "src/*/",
        "src",
        "git log",
        "every host that the documents link to",
    ]
    assert (
        Touch("host", "example.org")
        in Docs(path="a", every=Every(path="https://example.org/x", query=Query("a"))).touches()
    )


def test_nothing_found_says_where_it_was_looked_for(tmp_path: Path) -> None:
    result = run_probe(Docs(glob="manual/*.md"), root=tmp_path)
    assert result.outcome is Outcome.ERROR
    assert "no document is at manual/*.md" in result.reason
