"""Documents: read once, by their format, asked and judged without a blind spot."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Each, Outcome, Result, Value
from pytest_readiness.options import convert
from pytest_readiness.probe import Context, Touch
from pytest_readiness.probes._document import formats, sources, subject
from pytest_readiness.probes.document import Document
from pytest_readiness.testing import fake_context, fake_gate, fake_plan, run_probe

from .servers import Server, closed_port, http, serving

METRICS = '{"accuracy": 0.93, "samples": 1500, "tags": ["a", "b"], "stats": {"total": 1500}}'


def document(**options: object) -> Document:
    problems: list[tuple[tuple[str | int, ...], str]] = []
    made = convert(Document, options, problems)
    assert made is not None, problems
    return made


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    def make(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return make


@pytest.fixture
def judge(tmp_path: Path) -> Callable[..., Result]:
    def run(expect: Mapping[str, Value] | None = None, **options: object) -> Result:
        return run_probe(document(**options), root=tmp_path, expect=expect, timeout=20)

    return run


def value(result: Result, name: str) -> Value:
    return result.measurements[name].value


def text(result: Result) -> str:
    return "\n".join(f"{piece.title}: {piece.text}" for piece in result.evidence)


Write = Callable[[str, str], Path]
Judge = Callable[..., Result]


class TestExtract:
    def test_gives_measurements_that_pass_or_fail(self, write: Write, judge: Judge) -> None:
        write("metrics.json", METRICS)
        query = {"accuracy": "accuracy", "total": "stats.total", "tags": "tags"}
        expect = {"accuracy": ">= 0.9", "total": 1500, "tags": "contains b"}
        assert judge(expect, path="metrics.json", extract=query).outcome is Outcome.PASSED
        worse = judge({"accuracy": ">= 0.95"}, path="metrics.json", extract=query)
        assert worse.outcome is Outcome.FAILED
        assert worse.reason == "accuracy is 0.93, expected >= 0.95"

    @pytest.mark.no_false_green
    def test_that_finds_nothing_is_an_error_not_null(self, write: Write, judge: Judge) -> None:
        write("metrics.json", METRICS)
        result = judge({"loss": "!= 0"}, path="metrics.json", extract={"loss": "loss"})
        assert result.outcome is Outcome.ERROR
        assert result.reason == "loss was not measured: metrics.json: loss finds nothing"

    def test_of_an_explicit_null_finds_nothing_either(self, write: Write, judge: Judge) -> None:
        write("metrics.json", '{"loss": null}')
        assert judge({"loss": "!= 0"}, path="metrics.json", extract={"loss": "loss"}).outcome is Outcome.ERROR

    @pytest.mark.parametrize(("query", "what"), [("stats", "an object"), ("[stats]", "a list of objects")])
    def test_of_something_with_parts_is_an_error(self, write: Write, judge: Judge, query: str, what: str) -> None:
        write("metrics.json", METRICS)
        result = judge({"x": 1}, path="metrics.json", extract={"x": query})
        assert result.outcome is Outcome.ERROR
        assert f"finds {what}" in result.reason

    def test_that_does_not_fit_the_data_is_an_error(self, write: Write, judge: Judge) -> None:
        write("metrics.json", METRICS)
        result = judge({"x": 1}, path="metrics.json", extract={"x": "keys(samples)"})
        assert result.outcome is Outcome.ERROR
        assert "extract x: metrics.json: In function keys()" in result.reason

    def test_has_to_hold_in_every_document(self, write: Write, judge: Judge) -> None:
        write("a.yaml", "replicas: 3\n---\nreplicas: 2\n")
        write("b.yaml", "replicas: 3")
        options = {"glob": "*.yaml", "extract": {"replicas": "replicas"}}
        assert judge({"replicas": ">= 2"}, **options).outcome is Outcome.PASSED
        result = judge({"replicas": ">= 3"}, **options)
        assert result.outcome is Outcome.FAILED
        assert result.reason == "replicas is 2, expected >= 3"
        assert "a.yaml (document 2): 2" in text(result)
        assert value(result, "replicas") == Each((3, 2))

    def test_that_one_document_lacks_is_an_error_naming_it(self, write: Write, judge: Judge) -> None:
        write("a.yaml", "replicas: 3\n---\nother: 2\n")
        result = judge({"replicas": ">= 2"}, path="a.yaml", extract={"replicas": "replicas"})
        assert result.outcome is Outcome.ERROR
        assert "a.yaml (document 2): replicas finds nothing" in result.reason

    def test_of_different_lists_is_an_error(self, write: Write, judge: Judge) -> None:
        write("a.yaml", "x: [1]\n---\nx: [2]\n")
        assert "hold different lists" in judge({"x": "contains 1"}, path="a.yaml", extract={"x": "x"}).reason

    def test_for_any_gives_all_that_is_found_as_one_list(self, write: Write, judge: Judge) -> None:
        write("a.yaml", "x: 1\n---\ny: 2\n---\nx: [true, 3, 1]\n")
        result = judge({"x": "contains 3"}, path="a.yaml", extract={"x": "x"}, **{"for": "any"})
        assert result.outcome is Outcome.PASSED
        assert value(result, "x") == (1, True, 3)
        nothing = judge({"z": "contains 3"}, path="a.yaml", extract={"z": "z"}, **{"for": "any"})
        assert "z finds nothing in any of 3 documents" in nothing.reason

    def test_for_all_together_asks_the_list_of_them(self, write: Write, judge: Judge) -> None:
        write("a.yaml", "kind: A\n---\nkind: B\n")
        result = judge({"b": 1}, path="a.yaml", extract={"b": "length([?kind=='B'])"}, **{"for": "together"})
        assert result.outcome is Outcome.PASSED

    def test_of_a_secret_shows_it_nowhere(self, write: Write, judge: Judge) -> None:
        write("a.yaml", "password: hunter2-and-more")
        result = judge({"password": "!= changeme"}, path="a.yaml", extract={"password": "password"})
        assert result.outcome is Outcome.PASSED
        assert "hunter2" not in f"{result.reason} {text(result)} {dict(result.measurements)}"

    def test_of_several_secrets_shows_none_of_them(self, write: Write, judge: Judge) -> None:
        write("a.yaml", "token: hunter2-and-more\n---\ntoken: geheim-und-mehr\n---\ntoken: 5\n")
        result = judge({"token": "!= changeme"}, path="a.yaml", extract={"token": "token"})
        shown = f"{result.reason} {text(result)} {dict(result.measurements)}"
        assert "hunter2" not in shown
        assert "geheim" not in shown


class TestAssert:
    def test_has_to_be_true_in_every_document(self, write: Write, judge: Judge) -> None:
        write("a.yaml", "jobs: {a: 1}\n---\njobs: {}\n")
        result = judge(path="a.yaml", **{"assert": ["jobs"]})
        assert result.outcome is Outcome.FAILED
        assert value(result, "violations") == 1
        assert "not true: a.yaml (document 2): jobs" in text(result)

    def test_passes_where_all_of_them_are_true(self, write: Write, judge: Judge) -> None:
        write("a.json", METRICS)
        assertions = ["samples > `0`", "samples == stats.total", "contains(tags, 'a')"]
        assert judge(path="a.json", **{"assert": assertions}).outcome is Outcome.PASSED

    def test_for_any_needs_one_document(self, write: Write, judge: Judge) -> None:
        write("a.yaml", "kind: A\n---\nkind: B\n")
        assert judge(path="a.yaml", **{"for": "any", "assert": ["kind == 'B'"]}).outcome is Outcome.PASSED
        result = judge(path="a.yaml", **{"for": "any", "assert": ["kind == 'C'"]})
        assert result.outcome is Outcome.FAILED
        assert "in none of 2 documents: kind == 'C'" in text(result)

    def test_of_something_that_is_not_there_is_not_true(self, write: Write, judge: Judge) -> None:
        write("a.yaml", "x: 1")
        assert judge(path="a.yaml", **{"assert": ["replicas >= `0`"]}).outcome is Outcome.FAILED


class TestWhichDocuments:
    def test_where_chooses_among_them(self, write: Write, judge: Judge) -> None:
        write("a.yaml", "kind: Deployment\nspec: {replicas: 2}\n---\nkind: Service\n")
        options = {"path": "a.yaml", "extract": {"replicas": "spec.replicas"}, "where": "kind == 'Deployment'"}
        assert judge({"replicas": 2, "documents": 1}, **options).outcome is Outcome.PASSED

    @pytest.mark.no_false_green
    def test_choosing_none_is_an_error(self, write: Write, judge: Judge) -> None:
        write("a.yaml", "kind: Service")
        result = judge(path="a.yaml", where="kind == 'Deployment'", **{"assert": ["spec"]})
        assert result.outcome is Outcome.ERROR
        assert "nothing was looked at" in result.reason
        assert "none of which kind == 'Deployment' is true" in text(result)

    @pytest.mark.no_false_green
    @pytest.mark.parametrize("body", ["", "---\n---\n", "# nothing\n"])
    def test_an_empty_file_is_an_error(self, write: Write, judge: Judge, body: str) -> None:
        write("a.yaml", body)
        assert judge(path="a.yaml").outcome is Outcome.ERROR

    @pytest.mark.no_false_green
    def test_a_pattern_that_matches_nothing_is_an_error_unless_zero_is_said(self, judge: Judge) -> None:
        assert judge(glob="*.yaml").outcome is Outcome.ERROR
        assert judge({"documents": 0}, glob="*.yaml").outcome is Outcome.PASSED

    @pytest.mark.parametrize(
        ("name", "said"),
        [("gone.yaml", "gone.yaml is not there"), ("*.yaml", "did you mean glob?"), (".", "is a folder: say glob")],
    )
    def test_a_file_that_is_not_there_is_an_error(self, judge: Judge, name: str, said: str) -> None:
        result = judge(path=name)
        assert result.outcome is Outcome.ERROR
        assert said in result.reason

    def test_each_of_several_files_has_to_be_there(self, write: Write, judge: Judge) -> None:
        write("a.json", "{}")
        assert judge(paths=["a.json", "a.json"]).outcome is Outcome.PASSED
        assert "b.json is not there" in judge(paths=["a.json", "b.json"]).reason

    def test_a_file_elsewhere_is_named_in_full(self, tmp_path_factory: pytest.TempPathFactory, judge: Judge) -> None:
        path = tmp_path_factory.mktemp("elsewhere") / "a.json"
        path.write_text("{}")
        assert str(path) in text(judge(path=str(path)))

    def test_one_broken_file_among_many_is_an_error_that_names_it(self, write: Write, judge: Judge) -> None:
        write("a.yaml", "x: 1")
        write("b.yaml", "x: [1")
        result = judge(glob="*.yaml", **{"assert": ["x"]})
        assert result.outcome is Outcome.ERROR
        assert result.reason.startswith("b.yaml is not YAML: line ")

    def test_a_name_without_a_format_needs_one_said(self, write: Write, judge: Judge) -> None:
        write("Pipfile", "[packages]\nflask = '*'\n")
        assert "its name does not tell its format: say format" in judge(path="Pipfile").reason
        assert (
            judge({"f": "*"}, path="Pipfile", format="toml", extract={"f": "packages.flask"}).outcome is Outcome.PASSED
        )

    def test_a_file_that_is_too_large_is_refused(
        self, write: Write, judge: Judge, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write("a.json", METRICS)
        monkeypatch.setattr(sources, "MOST_FILE", 10)
        assert "the most that is read" in judge(path="a.json").reason
        monkeypatch.setattr(sources, "MOST_FILES", 10)
        assert "larger than 0 MiB together" in judge(path="a.json").reason

    def test_a_file_that_may_not_be_read_is_an_error(self, write: Write) -> None:
        path = write("a.json", METRICS)

        def refuse(*_args: object, **_options: object) -> None:
            raise PermissionError(13, "Permission denied")

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Path, "open", refuse)
            with pytest.raises(CannotMeasure, match="cannot be read: Permission denied"):
                Document(path="a.json").measure(fake_context(root=path.parent))

    def test_a_file_that_vanishes_is_an_error(self, write: Write) -> None:
        path = write("a.json", METRICS)
        context = fake_context(root=path.parent)
        path.unlink()
        with pytest.raises(CannotMeasure, match=r"a\.json cannot be looked at: No such file"):
            list(sources.read_files(context, [path], None))

    def test_nothing_is_read_after_the_deadline(self, write: Write) -> None:
        path = write("a.json", METRICS)
        with pytest.raises(CannotMeasure, match=r"deadline came before a\.json was read"):
            Document(path="a.json").measure(fake_context(root=path.parent, timeout=0))


class TestSharing:
    def test_five_hundred_gates_parse_one_file_once(self, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
        from pytest_readiness.engine import Engine, Setup
        from pytest_readiness.redact import Redactor
        from pytest_readiness.registry import Registry
        from pytest_readiness.testing import NOW

        path = write("a.json", METRICS)
        parsed: list[str] = []
        real = formats.read

        def read(text: str, form: str) -> list[object]:
            parsed.append(form)
            return real(text, form)

        monkeypatch.setattr(formats, "read", read)
        gates = [
            fake_gate(document(path="a.json", extract={"n": "samples"}), id=f"g{number}", expect={"n": 1500})
            for number in range(500)
        ]
        setup = Setup(registry=Registry(), env={}, now=NOW, redactor=Redactor(()), deadline=60.0)
        engine = Engine(fake_plan(*gates, root=path.parent), setup)
        engine.run()
        assert {result.outcome for result in engine.results()} == {Outcome.PASSED}
        assert parsed == ["json"]

    def test_a_subject_is_worked_out_once_for_the_same_documents(
        self, write: Write, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = write("a.yaml", "services: {a: {image: 'x:1'}}\n---\nservices: {b: {image: x}}\n")
        context = fake_context(root=path.parent)
        looked: list[int] = []
        real = subject.look

        def look(known: subject.Subject, documents: Sequence[object]) -> subject.Seen:
            looked.append(len(documents))
            return real(known, documents)

        monkeypatch.setattr(subject, "look", look)
        everything = [document(path="a.yaml", subject="compose", names=[name]).measure(context) for name in "abc"]
        assert [measured.values["missing"] for measured in everything] == [0, 0, 1]
        chosen = document(path="a.yaml", subject="compose", where="services.b").measure(context)
        assert (chosen.values["latest_tags"], chosen.values["services"]) == (1, 1)
        assert looked == [2, 1]

    def test_a_file_that_changes_is_read_again(self, write: Write) -> None:
        path = write("a.json", "[1]")
        context = fake_context(root=path.parent)
        probe = document(path="a.json", extract={"n": "length(@)"})
        assert probe.measure(context).values["n"] == 1
        path.write_text("[1, 2]")
        assert probe.measure(context).values["n"] == 2


SCHEMA = {
    "type": "object",
    "required": ["samples"],
    "properties": {"samples": {"type": "integer"}, "mail": {"pattern": "^[^@]+@[^@]+$"}, "kind": {"enum": ["a"] * 7}},
    "patternProperties": {"^x-": {"type": "string"}},
}


class TestSchema:
    def test_a_document_that_fits_passes(self, write: Write, judge: Judge) -> None:
        write("metrics.json", METRICS)
        write("schema.json", json.dumps(SCHEMA))
        result = judge(path="metrics.json", schema="schema.json")
        assert result.outcome is Outcome.PASSED
        assert value(result, "schema_errors") == 0

    def test_each_part_that_does_not_fit_is_told_without_its_value(self, write: Write, judge: Judge) -> None:
        write("a.json", '{"mail": "s3cret", "x-a": 1, "kind": "b"}')
        result = judge(path="a.json", schema=SCHEMA)
        assert result.outcome is Outcome.FAILED
        assert value(result, "schema_errors") == 4
        said = text(result)
        assert "a.json: $: 'samples' is a required property" in said
        assert "a.json: $.mail: does not fit pattern: ^[^@]+@[^@]+$" in said
        assert "$['x-a']: does not fit type: string" in said or "$.x-a: does not fit type: string" in said
        assert "$.kind: does not fit enum: a, a, a, a, a, ..." in said
        assert "s3cret" not in said

    def test_a_schema_may_refer_to_files_beside_it(self, write: Write, judge: Judge) -> None:
        write("schemas/a.json", '{"properties": {"n": {"$ref": "n.yaml#/$defs/n"}}}')
        write("schemas/n.yaml", "$defs: {n: {type: integer, not: {const: 0}}}")
        write("good.json", '{"n": 1}')
        write("bad.json", '{"n": 0}')
        assert judge(path="good.json", schema="schemas/a.json").outcome is Outcome.PASSED
        result = judge(path="bad.json", schema="schemas/a.json")
        assert result.outcome is Outcome.FAILED
        assert "$.n: does not fit not: {...}" in text(result)

    @pytest.mark.parametrize(
        ("schema", "said"),
        [
            ({"$ref": "https://example.org/x.json"}, "and only files beside it are read"),
            ({"$ref": "gone.json"}, "gone.json is not there"),
            ({"$ref": "#/$defs/gone"}, "$defs/gone', which is not there"),
            ({"$ref": "#"}, "refers to itself without end"),
            ({"type": "nonsense"}, "is no JSON Schema: $.type"),
            ({"properties": {"x": {"pattern": "(a+)+$"}}}, "took longer than"),
            ([], "it is not a mapping"),
        ],
    )
    def test_a_schema_that_cannot_be_used_is_an_error(
        self, write: Write, judge: Judge, schema: object, said: str
    ) -> None:
        write("schema.json", json.dumps(schema))
        write("a.json", json.dumps({"x": "a" * 40 + "!"}))
        result = judge(path="a.json", schema="schema.json")
        assert result.outcome is Outcome.ERROR
        assert said in result.reason

    def test_a_schema_given_in_place_reads_no_files(self, write: Write, judge: Judge) -> None:
        write("a.json", "{}")
        assert "only files beside it are read" in judge(path="a.json", schema={"$ref": "file:///etc/passwd"}).reason

    def test_a_schema_of_no_or_two_documents_is_an_error(self, write: Write, judge: Judge) -> None:
        write("a.json", "{}")
        write("s.yaml", "{}\n---\n{}\n")
        assert "s.yaml holds 2 documents, not one schema" in judge(path="a.json", schema="s.yaml").reason

    def test_errors_are_counted_up_to_a_limit(self, write: Write, judge: Judge) -> None:
        write("a.json", json.dumps(["x"] * 1500))
        result = judge(path="a.json", schema={"items": {"type": "integer"}})
        assert value(result, "schema_errors") == 1000

    def test_none_is_held_against_it_after_the_deadline(self, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
        path = write("a.json", METRICS)
        context = fake_context(root=path.parent, timeout=0)
        monkeypatch.setattr(sources, "read_files", lambda *_: [sources.Document("a.json", {})])
        with pytest.raises(CannotMeasure, match=r"before a\.json was held against the schema"):
            Document(path="a.json", schema={}).measure(context)


class TestUrl:
    @pytest.fixture
    def server(self) -> Iterator[Server]:
        with serving() as made:
            yield made

    def test_a_description_is_fetched_and_judged(self, server: Server, judge: Judge) -> None:
        server.answer(http(b'{"openapi": "3.1.0"}', "200 OK", "Content-Type: application/json"))
        result = judge({"v": "~ ^3"}, url=f"{server.url}/openapi", extract={"v": "openapi"})
        assert result.outcome is Outcome.PASSED

    def test_the_name_or_the_option_tells_the_format_where_the_answer_does_not(
        self, server: Server, judge: Judge
    ) -> None:
        server.answer(http(b"a: 1"))
        assert judge(url=f"{server.url}/x.yaml?y=1").outcome is Outcome.PASSED
        server.answer(http(b"a: 1"))
        assert judge(url=f"{server.url}/x", format="yaml").outcome is Outcome.PASSED
        server.answer(http(b"a: 1"))
        assert "tells its format: say format" in judge(url=f"{server.url}/x").reason

    def test_another_status_than_200_is_an_error(self, server: Server, judge: Judge) -> None:
        server.answer(http(b"{}", "404 Not Found"))
        result = judge(url=f"{server.url}/openapi.json")
        assert result.outcome is Outcome.ERROR
        assert "answers 404, not 200" in result.reason

    def test_an_answer_that_is_no_document_is_an_error(self, server: Server, judge: Judge) -> None:
        server.answer(http(b"<html>"))
        assert "is not JSON: line 1, column 1" in judge(url=f"{server.url}/openapi.json").reason

    def test_a_server_that_is_not_there_is_an_error(self, judge: Judge) -> None:
        result = judge(url=f"http://127.0.0.1:{closed_port()}/a.json")
        assert result.outcome is Outcome.ERROR
        assert "connection refused" in result.reason

    def test_a_server_that_says_nothing_is_an_error_in_time(self, tmp_path: Path) -> None:
        with serving(lambda _, server: server.closing.wait()) as server:
            result = run_probe(document(url=f"{server.url}/a.json"), root=tmp_path, timeout=0.5)
        assert result.outcome is Outcome.ERROR
        assert result.duration < 2

    def test_credentials_are_sent_and_shown_nowhere(self, server: Server, judge: Judge) -> None:
        server.answer(http(b'{"said": "to-ken"}'))
        url = server.url.replace("http://", "http://me:pass-word@")
        result = judge({"said": 1}, url=f"{url}/a.json", headers={"X-Api-Key": "to-ken"}, extract={"said": "said"})
        assert b"X-Api-Key: to-ken" in server.requests[0]
        shown = f"{result.reason} {text(result)} {dict(result.measurements)}"
        assert "to-ken" not in shown
        assert "pass-word" not in shown


APP = """
print("noise while it is imported")

class App:
    def openapi(self):
        return {"openapi": "3.1.0", "paths": {"/api/v1/jobs/{id}": {"get": {}, "post": {"summary": "Start"}}}}

app = App()
class holder:
    app = App()
def make():
    return App()
wrong = 3
class Broken:
    def openapi(self):
        raise RuntimeError("no database")
class Strange:
    def openapi(self):
        print("x")
        return float("nan")
broken, strange = Broken(), Strange()
"""


class TestApp:
    @pytest.mark.parametrize("app", ["shop:app", "shop:holder.app", "shop:make", "shop:make()"])
    def test_an_application_describes_itself(self, write: Write, judge: Judge, app: str) -> None:
        write("src/shop.py", APP)
        names = ["/api/v1/jobs/{id}", "GET /api/v1/*"]
        result = judge({"operations": 2, "paths": 1}, app=app, subject="openapi", names=names)
        assert result.outcome is Outcome.PASSED
        assert value(result, "undocumented") == 1

    @pytest.mark.parametrize(
        ("app", "said"),
        [
            ("gone:app", "No module named 'gone'"),
            ("shop:gone", "has no attribute 'gone'"),
            ("shop:wrong", "int has no method openapi()"),
            ("shop:broken", "RuntimeError: no database"),
            ("shop:strange", "NaN is not JSON"),
        ],
    )
    def test_one_that_cannot_is_an_error(self, write: Write, judge: Judge, app: str, said: str) -> None:
        write("shop.py", APP)
        result = judge(app=app)
        assert result.outcome is Outcome.ERROR
        assert said in result.reason

    def test_one_that_dies_silently_is_an_error(self, write: Write, judge: Judge) -> None:
        write("shop.py", "import os; os._exit(3)")
        assert "exit code 3" in judge(app="shop:app").reason

    def test_one_that_says_too_much_is_an_error(
        self, write: Write, judge: Judge, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write("shop.py", APP)
        monkeypatch.setattr(sources, "MOST_FILE", 10)
        assert "says more than" in judge(app="shop:app").reason

    def test_one_that_hangs_is_an_error_in_time(self, write: Write) -> None:
        root = write("shop.py", "import time; time.sleep(60)").parent
        result = run_probe(document(app="shop:app"), root=root, timeout=1)
        assert result.outcome is Outcome.ERROR
        assert result.duration < 5

    def test_none_is_started_where_commands_are_not_allowed(self, write: Write) -> None:
        root = write("shop.py", APP).parent
        result = run_probe(document(app="shop:app"), root=root, exec_allowed=False)
        assert "commands are switched off" in result.reason


class TestOptions:
    @pytest.mark.parametrize(
        ("options", "option", "said"),
        [
            ({}, "", "give exactly one of path, paths, glob, url, app, not none"),
            ({"path": "a", "url": "http://x/"}, "", "not path and url"),
            ({"path": " "}, "path", "may not be empty"),
            ({"app": "shop"}, "app", "'shop' is not module:attribute"),
            ({"path": "a", "headers": {"a": "b"}}, "headers", "are for a url"),
            ({"url": "ftp://x/"}, "url", "ftp is not supported"),
            ({"url": "http://x/", "headers": {"a b": "c"}}, "headers", "cannot be sent"),
            ({"url": "http://x/", "headers": {"Host": "c"}}, "headers", "cannot be sent"),
            ({"path": "a", "names": ("x",)}, "names", "needs a subject"),
            ({"path": "a", "subject": "helm"}, "subject", "'helm' is none of alerts, compose"),
            ({"path": "a", "subject": "alerts", "names": {"jobs": ("x",)}}, "names", "knows names of alerts"),
            ({"path": "a", "subject": "alerts", "names": ("",)}, "names", "an empty name"),
            ({"path": "a", "subject": "alerts", "names": {"alerts": ()}}, "names", "an empty name"),
            ({"path": "a", "extract": {"documents": "x"}}, "extract", "is measured already"),
            ({"path": "a", "subject": "alerts", "extract": {"rules": "x"}}, "extract", "is measured already"),
            ({"path": "a", "schema": ""}, "schema", "names no file"),
        ],
    )
    def test_that_cannot_be_used_are_refused(self, options: dict[str, object], option: str, said: str) -> None:
        with pytest.raises(OptionError, match=re.escape(said)) as caught:
            Document(**options)  # type: ignore[arg-type]
        assert caught.value.option == option

    def test_what_was_asked_for_has_to_be_right_unless_a_gate_says_otherwise(self) -> None:
        assert Document(path="a").expected() == {"documents": ">= 1"}
        full = document(path="a", schema={}, subject="alerts", names=["x"], **{"assert": ["y"]})
        assert full.expected() == {"documents": ">= 1", "violations": 0, "schema_errors": 0, "missing": 0}

    def test_what_is_touched_is_told(self) -> None:
        told = document(glob="*.yaml", schema="s.json", where="a", extract={"x": "b"}, **{"assert": ["c"]}).touches()
        assert [(touch.kind, touch.what) for touch in told] == [
            ("file", "*.yaml"),
            ("file", "s.json"),
            ("query", "b"),
            ("query", "c"),
            ("query", "a"),
        ]
        assert list(Document(url="http://u:p@h/x").touches()) == [Touch("host", "h:80")]
        assert list(Document(app="a:b").touches()) == [Touch("command", "python: a:b.openapi()")]

    def test_measurements_of_subject_and_extract_are_declared(self) -> None:
        declared = document(path="a", subject="kubernetes", extract={"x": "y"}).declared()
        assert {"documents", "without_limits", "x"} <= set(declared)


def test_a_context_is_all_it_needs(write: Write) -> None:
    context: Context = fake_context(root=write("a.toml", "x = 2026-01-01\n").parent)
    assert document(path="a.toml", extract={"x": "x"}).measure(context).values["x"] == "2026-01-01"


def test_the_age_of_files_is_that_of_the_oldest(tmp_path: Path) -> None:
    for name, days in (("a.json", 0), ("b.json", 3)):
        (tmp_path / name).write_text("{}")
        moment = time.time() - 86400 * days
        os.utime(tmp_path / name, (moment, moment))
    both = Document(paths=("a.json", "b.json"))
    now = datetime.now(UTC)
    assert run_probe(both, root=tmp_path, expect={"age": "< 4 d"}, now=now).outcome is Outcome.PASSED
    assert run_probe(both, root=tmp_path, expect={"age": "< 1 d"}, now=now).outcome is Outcome.FAILED
    os.utime(tmp_path / "a.json", (moment + 86400 * 30, moment + 86400 * 30))
    os.utime(tmp_path / "b.json", (moment + 86400 * 30, moment + 86400 * 30))
    result = run_probe(both, root=tmp_path, expect={"age": "< 1 d"}, now=now)
    assert (result.outcome, "it is of the future" in result.reason) == (Outcome.ERROR, True)


def test_nothing_found_says_where_it_was_looked_for(tmp_path: Path) -> None:
    result = run_probe(Document(glob="k8s/*.yaml"), root=tmp_path)
    assert "none was found, at k8s/*.yaml" in result.reason
