"""Dockerfiles: read as BuildKit reads them; each case was held against its own parser."""

from __future__ import annotations

import pytest

from pytest_readiness.probes._dockerfile.image import Build, is_root
from pytest_readiness.probes._dockerfile.parser import DockerfileError, assignments, expand, parse


def outline(text: str) -> list[tuple[str, int]]:
    return [(made.name, made.line) for made in parse(text)]


class TestLines:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("FROM a\n\n# c\nRUN a \\\n\n  # x\n  b \\\n", [("FROM", 1), ("RUN", 4)]),
            ("from a\n  run b\n\tUSER c", [("FROM", 1), ("RUN", 2), ("USER", 3)]),
            ("FROM a\r\nRUN a \\\r\n b\r\nUSER c\r\n", [("FROM", 1), ("RUN", 2), ("USER", 4)]),
            ("FROM a\nRUN a\\\\\nUSER b\n", [("FROM", 1), ("RUN", 2), ("USER", 3)]),
            ("FROM a\nRUN a \\ \n b\nUSER c", [("FROM", 1), ("RUN", 2), ("USER", 4)]),
            ("# syntax=x\n# escape=`\nFROM a\nRUN b `\n c", [("FROM", 3), ("RUN", 4)]),
            ("\n# escape=`\nFROM a\nRUN b `\nUSER c", [("FROM", 3), ("RUN", 4), ("USER", 5)]),
            ("FROM a\nRUN <<EOF\nUSER root\nEOF\nUSER b", [("FROM", 1), ("RUN", 2), ("USER", 5)]),
            ("FROM a\nRUN x \\\n<<EOF\nUSER y\nEOF\nUSER b", [("FROM", 1), ("RUN", 2), ("USER", 6)]),
            ("FROM a\nRUN <<EOF\nx\n EOF\nEOF\nUSER b", [("FROM", 1), ("RUN", 2), ("USER", 6)]),
            ("FROM a\nRUN cat <<-EOF > x\n\tabc\n\tEOF\nUSER b\n", [("FROM", 1), ("RUN", 2), ("USER", 5)]),
            ('FROM a\nCOPY <<"A B" /x\nUSER q\nA B\nUSER b\n', [("FROM", 1), ("COPY", 2), ("USER", 5)]),
            ('FROM a\nRUN echo "<<EOF"\nUSER b\n', [("FROM", 1), ("RUN", 2), ("USER", 3)]),
            ("FROM a\nRUN echo $((1<<2))\nUSER b", [("FROM", 1), ("RUN", 2), ("USER", 3)]),
            ("FROM a\nRUN cat << EOF\nUSER b\n", [("FROM", 1), ("RUN", 2), ("USER", 3)]),
            ('FROM a\nRUN ["a", "<<EOF"]\nUSER b\n', [("FROM", 1), ("RUN", 2), ("USER", 3)]),
            ("FROM a\nHEALTHCHECK --interval=5s CMD <<EOF\nUSER b", [("FROM", 1), ("HEALTHCHECK", 2), ("USER", 3)]),
        ],
    )
    def test_instructions_begin_and_end_where_they_do_for_buildkit(
        self, text: str, expected: list[tuple[str, int]]
    ) -> None:
        assert outline(text) == expected

    def test_several_here_documents_follow_one_another(self) -> None:
        _, run, _ = parse("FROM a\nRUN a <<A 3<<'B'\n1\nA\n2\nB\nUSER b")
        assert run.heredocs == ("1", "2")
        assert run.text == "RUN a <<A 3<<'B'\n1\n2"

    def test_flags_and_the_json_form_are_taken_apart(self) -> None:
        _, copy = parse('FROM a\nCOPY --from=b --link --chown="a b" ["x y", "/z"]')
        assert copy.flags == (("from", "b"), ("link", ""), ("chown", "a b"))
        assert copy.words == ("x y", "/z")
        assert copy.flag("from") == "b"
        assert copy.flag("to") is None

    @pytest.mark.parametrize("rest", ["[a, b]", '["a", 1]', "[" * 100_000])
    def test_what_only_looks_like_json_is_words(self, rest: str) -> None:
        assert parse(f"FROM a\nRUN {rest}")[1].words == tuple(rest.split())

    def test_what_onbuild_triggers_is_not_done_now(self) -> None:
        _, user = parse("FROM a\nONBUILD USER root")
        assert (user.name, user.triggered) == ("USER", True)

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("FROM a\nFOO b", "line 2: FOO is not an instruction"),
            ("FROM a\nUSER", "line 2: USER says nothing"),
            ("FROM a\nONBUILD", "line 2:  is not an instruction"),
            ("FROM a\nONBUILD FROM b", "line 2: ONBUILD FROM is not allowed"),
            ("FROM a\nRUN <<EOF\nabc", "line 2: the here-document is never closed by EOF"),
            ("# escape=x\nFROM a", "escape=x is neither"),
        ],
    )
    def test_what_is_not_sound_is_refused(self, text: str, said: str) -> None:
        with pytest.raises(DockerfileError, match=said):
            parse(text)


class TestVariables:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("$A-${A}", ("1-1", [])),
            ("${B:-x}${B-y}", ("x", [])),
            ("${C:-x}${C-y}", ("xy", [])),
            ("${A:+x}${C:+y}${B+z}", ("xz", [])),
            ("${A:?no}", ("1", [])),
            ("$C/${D}", ("/", ["C", "D"])),
            ("\\$A", ("$A", [])),
            ("${A#1}", ("", ["A#1"])),
            ("${", ("", [""])),
        ],
    )
    def test_are_put_in(self, text: str, expected: tuple[str, list[str]]) -> None:
        assert expand(text, {"A": "1", "B": ""}) == expected

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("ENV a=b c=\"d e\" f='g'", [("a", "b"), ("c", "d e"), ("f", "g")]),
            ("ENV a b c", [("a", "b c")]),
            ("ARG a b=c d=", [("a", None), ("b", "c"), ("d", "")]),
        ],
    )
    def test_are_set(self, text: str, expected: list[tuple[str, str | None]]) -> None:
        assert assignments(parse(text)[0]) == expected


STAGES = """
ARG V=3.12 BASE
FROM --platform=linux/amd64 python:${V}-slim AS Build
ARG V
ENV HOME=/home/$V
COPY --from=ghcr.io/astral-sh/uv:latest /uv /bin/
RUN --mount=type=bind,from=tools:1,target=/x --mount=type=cache,target=/y make
FROM build AS test
RUN pytest
FROM scratch AS empty
FROM $BASE
COPY --from=build /a /b
COPY --from=1 /c /d
COPY --from=${UNKNOWN} /e /f
USER ${HOME}
"""


class TestStages:
    def build(self, text: str = STAGES, target: str | None = None, **given: str) -> Build:
        return Build(parse(text), given, target)

    def test_images_are_those_that_are_no_stages(self) -> None:
        found = [(image.line, image.name, image.pinned, image.digest) for image in self.build().images()]
        assert found == [
            (3, "python:3.12-slim", True, False),
            (6, "ghcr.io/astral-sh/uv:latest", False, False),
            (7, "tools:1", True, False),
            (11, "", False, False),
        ]

    def test_arguments_that_are_given_win(self) -> None:
        names = [image.name for image in self.build(V="3.14", BASE="x@sha256:1").images()]
        assert names == ["python:3.14-slim", "ghcr.io/astral-sh/uv:latest", "tools:1", "x@sha256:1"]

    def test_only_what_the_target_needs_is_needed(self) -> None:
        assert [stage.name for stage in self.build().needed()] == ["build", "test", ""]
        assert [stage.name for stage in self.build(target="EMPTY").needed()] == ["empty"]
        assert [stage.name for stage in self.build(target="1").chain()] == ["test", "build"]

    def test_a_stage_inherits_variables_user_and_health_check(self) -> None:
        text = "FROM a AS b\nENV WHO=app\nUSER $WHO\nHEALTHCHECK CMD x\nONBUILD USER root\nFROM b\nRUN c"
        assert self.build(text).user() == ("app", [])
        assert self.build(text).checked()
        assert not self.build(f"{text}\nHEALTHCHECK NONE").checked()
        assert not self.build("FROM a").checked()

    def test_an_argument_whose_default_is_unknown_has_none(self) -> None:
        assert self.build("ARG A=$B\nFROM x:$A").images()[0].unknown == ["A"]
        assert self.build("FROM x\nARG U\nUSER $U").user() == ("", ["U"])

    def test_a_variable_of_the_beginning_has_to_be_asked_for_in_a_stage(self) -> None:
        assert self.build("ARG U=app\nFROM x\nUSER $U").user() == ("", ["U"])
        assert self.build("ARG U=app\nFROM x\nARG U\nUSER $U").user() == ("app", [])

    @pytest.mark.parametrize(
        ("text", "target", "said"),
        [
            ("", None, "there is no FROM in it"),
            ("RUN a\nFROM b", None, "line 1: RUN stands before the first FROM"),
            ("FROM a b", None, "line 1: FROM takes an image"),
            ("FROM a TO b", None, "line 1: FROM takes an image"),
            ("FROM a AS b", "c", "there is no stage 'c' to build; there is b"),
            ("FROM a", "3", "there is no stage '3' to build; there is none with a name"),
        ],
    )
    def test_what_is_not_sound_is_refused(self, text: str, target: str | None, said: str) -> None:
        with pytest.raises(DockerfileError, match=said):
            self.build(text, target)


@pytest.mark.parametrize(
    ("user", "root"),
    [("root", True), ("0:0", True), ("ROOT:app", True), ("00", True), ("app", False), ("1000:0", False)],
)
def test_root_is_known_by_any_name(user: str, *, root: bool) -> None:
    assert is_root(user) is root
