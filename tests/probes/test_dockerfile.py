"""Dockerfiles: pinned, not as root, checked, and with all that has to be in the image."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Each, Outcome, Result, Value
from pytest_readiness.options import convert
from pytest_readiness.probe import Touch
from pytest_readiness.probes import dockerfile as dockerfile_module
from pytest_readiness.probes._dockerfile.context import Ignored, fits
from pytest_readiness.probes.dockerfile import Dockerfile
from pytest_readiness.testing import fake_context, run_probe

GOOD = """\
FROM python:3.12-slim AS build
WORKDIR /app
COPY requirements.txt .
RUN pip install -r requirements.txt
COPY src ./src
FROM python:3.12-slim
COPY --from=build /app /app
USER 1000:1000
HEALTHCHECK CMD curl -f http://localhost/health
"""
BAD = """\
FROM python
COPY . /app
RUN pip install --no-cache-dir -r requirements.txt
"""

Write = Callable[[str, str], Path]
Judge = Callable[..., Result]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def make(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return make


def dockerfile(**options: object) -> Dockerfile:
    problems: list[tuple[tuple[str | int, ...], str]] = []
    made = convert(Dockerfile, options, problems)
    assert made is not None, problems
    return made


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    def run(expect: Mapping[str, Value] | None = None, **options: object) -> Result:
        return run_probe(dockerfile(**options), root=tmp_path, expect=expect)

    return run


def text(result: Result) -> str:
    return "\n".join(f"{piece.title}: {piece.text}" for piece in result.evidence)


class TestFacts:
    def test_of_a_good_one_pass(self, write: Write, judge: Judge) -> None:
        write("Dockerfile", GOOD)
        expect: dict[str, Value] = {
            "stages": ">= 2",
            "unpinned": 0,
            "non_root": True,
            "healthcheck": True,
            "late_installs": 0,
        }
        expect |= {"user": "1000:1000", "layers": "<= 3", "images": 2, "instructions": 9}
        result = judge(expect, copies=["src"])
        assert result.outcome is Outcome.PASSED, result.reason

    def test_of_a_bad_one_fail_and_the_lines_are_named(self, write: Write, judge: Judge) -> None:
        write("Dockerfile", BAD)
        result = judge({"unpinned": 0, "non_root": True, "healthcheck": True, "late_installs": 0})
        assert result.outcome is Outcome.FAILED
        said = text(result)
        assert "line 1: python is not pinned" in said
        assert "line 3: dependencies are installed after the whole context was copied" in said
        assert "no USER is said" in said

    @pytest.mark.no_false_green
    def test_a_user_that_is_not_said_is_not_known(self, write: Write, judge: Judge) -> None:
        write("Dockerfile", BAD)
        result = judge({"user": "!= root"})
        assert result.outcome is Outcome.ERROR
        assert "no USER is said, so it is that of the base image" in result.reason

    @pytest.mark.no_false_green
    def test_a_user_from_a_variable_without_a_value_is_not_known(self, write: Write, judge: Judge) -> None:
        write("Dockerfile", "FROM a:1\nARG WHO\nUSER $WHO")
        result = judge({"non_root": True})
        assert result.outcome is Outcome.ERROR
        assert "USER depends on WHO, which has no value: say it under args" in result.reason
        assert judge({"non_root": True}, args={"WHO": "app"}).outcome is Outcome.PASSED

    def test_a_base_from_a_variable_without_a_value_is_not_pinned(self, write: Write, judge: Judge) -> None:
        write("Dockerfile", "ARG BASE\nFROM $BASE")
        result = judge({"unpinned": 0, "undigested": 0})
        assert result.outcome is Outcome.FAILED
        assert "line 2: an image (BASE has no value) is not pinned" in text(result)
        digest = judge({"unpinned": 0, "undigested": 0}, args={"BASE": "x@sha256:abc"})
        assert digest.outcome is Outcome.PASSED

    def test_are_those_of_the_stage_that_is_built(self, write: Write, judge: Judge) -> None:
        write("Dockerfile", GOOD)
        assert judge({"non_root": False}, target="build").outcome is Outcome.PASSED
        assert "there is no stage 'prod' to build" in judge(target="prod").reason

    @pytest.mark.parametrize(
        ("run", "late"),
        [
            ("pip install .", 0),
            ("pip install -r a.txt", 1),
            ("npm ci", 1),
            ("poetry install", 1),
            ("<<EOF\nset -e\nuv sync\nEOF", 1),
            ("make", 0),
        ],
    )
    def test_dependencies_have_to_come_before_the_sources(
        self, write: Write, judge: Judge, run: str, late: int
    ) -> None:
        write("Dockerfile", f"FROM a:1\nCOPY . .\nRUN {run}\n")
        assert judge({"late_installs": late}).outcome is Outcome.PASSED
        write("Dockerfile", f"FROM a:1\nCOPY a.txt .\nRUN {run}\nCOPY --from=x:1 . .\nCOPY . .\n")
        assert judge({"late_installs": 0}).outcome is Outcome.PASSED


class TestFiles:
    def test_of_several_each_has_to_be_as_expected(self, write: Write, judge: Judge) -> None:
        write("a/Dockerfile", GOOD)
        write("b/Dockerfile", BAD)
        result = judge({"unpinned": 0, "files": 2}, glob="**/Dockerfile")
        assert result.outcome is Outcome.FAILED
        assert result.measurements["unpinned"].value == Each((0, 1))
        assert "b/Dockerfile: line 1" in text(result)
        assert judge({"user": "!= root"}, glob="**/Dockerfile").outcome is Outcome.ERROR

    @pytest.mark.no_false_green
    def test_none_at_all_is_an_error(self, judge: Judge) -> None:
        assert "nothing was looked at" in judge(glob="**/Dockerfile").reason

    @pytest.mark.parametrize(("path", "said"), [("Dockerfile", "is not there"), (".", "is a folder")])
    def test_one_that_is_not_there_is_an_error(self, judge: Judge, path: str, said: str) -> None:
        result = judge(path=path)
        assert result.outcome is Outcome.ERROR
        assert said in result.reason

    @pytest.mark.no_false_green
    @pytest.mark.parametrize(
        ("body", "said"),
        [
            (b"FROM a\nFOO b", "Dockerfile: line 2: FOO is not an instruction"),
            (b"", "Dockerfile: there is no FROM in it"),
            (b"FROM a\n# \xff", "Dockerfile: line 2: the byte 0xff is not UTF-8"),
        ],
    )
    def test_one_that_cannot_be_parsed_is_an_error(self, tmp_path: Path, judge: Judge, body: bytes, said: str) -> None:
        (tmp_path / "Dockerfile").write_bytes(body)
        result = judge({"unpinned": 0})
        assert result.outcome is Outcome.ERROR
        assert said in result.reason

    def test_one_that_is_too_large_is_refused(
        self, write: Write, judge: Judge, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write("Dockerfile", GOOD)
        monkeypatch.setattr(dockerfile_module, "_MOST", 10)
        assert "the most that is read" in judge().reason

    def test_one_that_may_not_be_read_is_an_error(self, write: Write) -> None:
        path = write("Dockerfile", GOOD)

        def refuse(*_args: object, **_options: object) -> None:
            raise PermissionError(13, "Permission denied")

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Path, "open", refuse)
            with pytest.raises(CannotMeasure, match="Dockerfile cannot be read: Permission denied"):
                Dockerfile().measure(fake_context(root=path.parent))

    def test_one_elsewhere_is_named_in_full(self, tmp_path_factory: pytest.TempPathFactory, judge: Judge) -> None:
        path = tmp_path_factory.mktemp("elsewhere") / "Dockerfile"
        path.write_text(GOOD)
        assert str(path) in text(judge(path=str(path)))

    def test_nothing_is_read_after_the_deadline(self, write: Write) -> None:
        path = write("Dockerfile", GOOD)
        with pytest.raises(CannotMeasure, match="deadline came before Dockerfile was read"):
            Dockerfile().measure(fake_context(root=path.parent, timeout=0))


class TestCopies:
    def test_are_found_whatever_brings_them(self, write: Write, judge: Judge) -> None:
        write("src/shop/app.py", "")
        write("a b.txt", "")
        for line in (
            "COPY . /app",
            "COPY ./src /src",
            "ADD src/* /x/",
            'COPY ["src/", "a b.txt", "/x"]',
            "COPY s?c /x",
        ):
            write("Dockerfile", f"FROM a:1\n{line}")
            assert judge(copies=["src/shop"]).outcome is Outcome.PASSED, line

    @pytest.mark.no_false_green
    @pytest.mark.parametrize(
        "line",
        [
            "COPY src/other /x",
            "COPY --from=build src /x",
            "ADD https://example.org/src /x",
            "COPY <<src /x\nx\nsrc",
            "ONBUILD COPY . /app",
            "COPY $WHAT /x",
            "RUN cp -r src /x",
        ],
    )
    def test_that_nothing_brings_are_missing(self, write: Write, judge: Judge, line: str) -> None:
        write("src/shop/app.py", "")
        write("Dockerfile", f"FROM x:1 AS build\nFROM a:1\n{line}")
        result = judge(copies=["src/shop"])
        assert result.outcome is Outcome.FAILED
        assert "missing: src/shop: no COPY or ADD takes it" in text(result)

    @pytest.mark.no_false_green
    def test_into_a_stage_that_is_not_needed_do_not_count(self, write: Write, judge: Judge) -> None:
        write("src/app.py", "")
        write("Dockerfile", "FROM x:1 AS test\nCOPY . .\nFROM a:1\nRUN b")
        assert judge(copies=["src"]).outcome is Outcome.FAILED
        write("Dockerfile", "FROM x:1 AS build\nCOPY . .\nFROM a:1\nCOPY --from=build /app /app")
        assert judge(copies=["src"]).outcome is Outcome.PASSED

    @pytest.mark.no_false_green
    @pytest.mark.parametrize(
        ("patterns", "passes"),
        [
            ("src", False),
            ("/src/", False),
            ("**/shop", False),
            ("src/**", False),
            ("*", False),
            ("*\n!src", True),
            ("*\n!src/shop/*.py", True),
            ("**/*.pyc\n# src\n", True),
            ("sr[a-d]", False),
            ("src/sho", True),
        ],
    )
    def test_that_are_ignored_do_not_count(self, write: Write, judge: Judge, patterns: str, *, passes: bool) -> None:
        write("src/shop/app.py", "")
        write("Dockerfile", "FROM a:1\nCOPY . .")
        write(".dockerignore", patterns)
        result = judge(copies=["src/shop"])
        assert (result.outcome is Outcome.PASSED) is passes
        assert passes or ".dockerignore keeps it out" in text(result)

    def test_may_be_ignored_for_one_dockerfile_only(self, write: Write, judge: Judge) -> None:
        write("src/a.py", "")
        write("Dockerfile", "FROM a:1\nCOPY . .")
        write(".dockerignore", "src")
        write("Dockerfile.dockerignore", "other")
        assert judge(copies=["src", "src/a.py"]).outcome is Outcome.PASSED

    def test_that_are_left_out_do_not_count(self, write: Write, judge: Judge) -> None:
        write("src/a.py", "")
        write("Dockerfile", "FROM a:1\nCOPY --exclude=src/*.py . .")
        assert "src/a.py: --exclude leaves it out" in text(judge(copies=["src/a.py"]))

    def test_that_are_not_there_count_only_where_they_are_named(self, write: Write, judge: Judge) -> None:
        write("Dockerfile", "FROM a:1\nCOPY . .")
        assert "missing: dist: it is not in the build context" in text(judge(copies=["dist"]))
        write("Dockerfile", "FROM a:1\nCOPY dist /dist")
        assert judge(copies=["dist"]).outcome is Outcome.PASSED
        write(".dockerignore", "dist")
        assert judge(copies=["dist"]).outcome is Outcome.FAILED

    def test_are_relative_to_the_context(self, write: Write, judge: Judge) -> None:
        write("api/src/a.py", "")
        write("api/Dockerfile", "FROM a:1\nCOPY . .")
        assert judge(path="api/Dockerfile", context="api", copies=["src", "."]).outcome is Outcome.PASSED
        assert "build context gone is not a folder" in judge(path="api/Dockerfile", context="gone", copies="x").reason

    def test_cannot_be_known_where_the_ignore_file_cannot_be_read(
        self, write: Write, judge: Judge, tmp_path: Path
    ) -> None:
        write("Dockerfile", "FROM a:1\nCOPY . .")
        (tmp_path / ".dockerignore").mkdir()
        assert ".dockerignore cannot be read" in judge(copies=["Dockerfile"]).reason

    def test_are_not_looked_for_after_the_deadline(self, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
        root = write("src/a.py", "").parents[1]
        write("Dockerfile", "FROM a:1\nCOPY . .")
        context = fake_context(root=root, timeout=0.3)

        def walk(folder: Path) -> list[tuple[Path, list[str], list[str]]]:
            while not context.deadline.passed:
                pass
            return [(folder, [], ["a.py"])]

        monkeypatch.setattr(os, "walk", walk)
        with pytest.raises(CannotMeasure, match="the deadline came while looking for files in"):
            dockerfile(copies=["src"]).measure(context)


class TestRegex:
    def test_is_looked_for_in_instructions_not_comments(self, write: Write, judge: Judge) -> None:
        write("Dockerfile", "FROM a:1\n# old_module\nRUN --network=none x\nRUN <<EOF\nold_module\nEOF\n")
        assert judge({"matches": 1}, regex="old_module").outcome is Outcome.PASSED
        result = judge({"matches": 0}, regex="--network=none")
        assert result.outcome is Outcome.FAILED
        assert "line 3: RUN matches" in text(result)
        assert judge(regex="gone").outcome is Outcome.FAILED

    def test_shows_the_line_and_never_the_text(self, write: Write, judge: Judge) -> None:
        write("Dockerfile", "FROM a:1\nENV PASSWORD=hunter2\n")
        assert "hunter2" not in text(judge({"matches": 0}, regex="PASSWORD"))

    def test_that_takes_for_ever_is_an_error(self, write: Write, tmp_path: Path) -> None:
        write("Dockerfile", f"FROM a:1\nRUN {'a' * 40}!\n")
        result = run_probe(dockerfile(regex="(a+)+$"), root=tmp_path, timeout=1)
        assert result.outcome is Outcome.ERROR


class TestOptions:
    @pytest.mark.parametrize(
        ("options", "said"),
        [
            ({"path": " "}, "may not be empty"),
            ({"copies": ("a", "")}, "may not be empty"),
            ({"path": "a", "glob": "b"}, "say either path or glob"),
            ({"regex": re.compile("a*")}, "matches the empty text"),
        ],
    )
    def test_that_cannot_be_used_are_refused(self, options: dict[str, object], said: str) -> None:
        with pytest.raises(OptionError, match=re.escape(said)):
            Dockerfile(**options)  # type: ignore[arg-type]

    def test_what_was_asked_for_has_to_be_right(self) -> None:
        assert Dockerfile().expected() == {"files": ">= 1"}
        full = dockerfile(copies="src", regex="x").expected()
        assert full == {"files": ">= 1", "missing": 0, "matches": ">= 1"}

    def test_what_is_touched_is_told(self) -> None:
        assert list(dockerfile(copies="src").touches()) == [Touch("file", "Dockerfile"), Touch("file", ".")]
        assert list(dockerfile(glob="**/Dockerfile").touches()) == [Touch("file", "**/Dockerfile")]


@pytest.mark.parametrize(
    ("pattern", "path", "same"),
    [
        ("", "", True),
        ("*", "", False),
        ("a/*/c", "a/b/c", True),
        ("a/*", "a/b/c", False),
        ("**", "a/b", True),
        ("**/c", "c", True),
        ("**/c", "a/b/c", True),
        ("a/**/c", "a/c", True),
        ("x/**", "a", False),
        ("[^a]", "b", True),
        ("[^a]", "a", False),
        ("*a*a*a*a*a*a*a*a*a*b", "a" * 200, False),
    ],
)
def test_a_pattern_means_what_docker_means_by_it(pattern: str, path: str, *, same: bool) -> None:
    assert fits(pattern, path) is same


def test_the_last_pattern_that_matches_decides() -> None:
    keeps_out = Ignored("\ufeff*.md\n\n!README.md\n!\n")
    assert keeps_out("a.md")
    assert not keeps_out("README.md")
    assert not keeps_out("docs/a.md")
