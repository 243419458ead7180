"""What bodies hold: fragments of JSON as checklists show them, texts, and what fits a JSON Schema."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from pytest_readiness.errors import OptionError
from pytest_readiness.model import Outcome, Result
from pytest_readiness.options import convert
from pytest_readiness.probe import Touch
from pytest_readiness.probes._http.lenient import read
from pytest_readiness.probes._http.subset import MORE, mismatches
from pytest_readiness.probes.http import Http
from pytest_readiness.testing import run_probe

from .servers import Server, http, serving


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as made:
        yield made


def text(result: Result) -> str:
    return "\n".join(f"{piece.title}: {piece.text}" for piece in result.evidence)


CHECKLIST = """
# Expected response:
{
  "running": true,
  "last_retraining": null,  # No scheduled retraining yet
  config: {
    "schedule_hours": 168, // a week
    'enabled': true
    ...
  },
  "models": [
    {"type": "xgboost", "id": "xgboost_v1.0.0_...", "score": 0.75, },
    …
  ],
  "created": "...", /* whenever
     that was */
  "shadow": {}
}
"""
ANSWER: dict[str, object] = {
    "running": True,
    "last_retraining": None,
    "config": {"schedule_hours": 168, "enabled": True, "other": 1},
    "models": [{"type": "nhits"}, {"type": "xgboost", "id": "xgboost_v1.0.0_2024", "score": 0.75}, {}],
    "created": "2026-11-22",
    "shadow": {},
    "more": [],
}


class TestReadingLeniently:
    @pytest.mark.parametrize(
        ("shown", "value"),
        [
            ('{"a": 1, "b": [true, false, null]}', {"a": 1, "b": [True, False, None]}),
            ("[1 2, 3,, -0.5e3]", [1, 2, 3, -500.0]),
            ("{a-b: 'x'  # no\n c$: \"#\\u00e9//\"}", {"a-b": "x", "c$": "#é//"}),
            ("[...]", [MORE]),
            ("{a: ..., …}", {"a": MORE, MORE: MORE}),
            ("  5  // five", 5),
        ],
    )
    def test_understands_what_people_write(self, shown: str, value: object) -> None:
        assert read(shown) == value

    @pytest.mark.parametrize(
        ("shown", "message"),
        [
            ("", "line 1: expected a value"),
            ("ok", "line 1: expected a value"),
            ('{"a": 1,\n "a": 2}', "line 2: a key is there twice"),
            ('{"a" 1}', "line 1: expected a colon after the key"),
            ("{\n\n5: 1}", "line 3: expected a key, ... or }"),
            ("{a: 1", "line 1: expected a key, ... or }"),
            ("[1\n", "line 2: expected a value"),
            ("{} {}", "line 1: there is something after the end"),
            ("[01]", "line 1: expected a value"),
            ("[1.2.3]", "line 1: expected a value"),
            ('["\\x"]', "line 1: a text has an escape that JSON does not know"),
            ('["a\nb"]', "line 1: expected a value"),
            ("[" * 5000, "line 1: it is nested too deeply"),
        ],
    )
    def test_says_in_which_line_it_cannot(self, shown: str, message: str) -> None:
        with pytest.raises(ValueError, match="line") as caught:
            read(shown)
        assert str(caught.value).startswith(message)


class TestSubset:
    @pytest.mark.parametrize(
        ("found", "wanted"),
        [
            ({"a": 1, "b": 2}, {"a": 1}),
            ({"a": {"b": [1, {"c": 2, "d": 3}]}}, {"a": {"b": [1, {"c": 2}]}}),
            ([1, 2, 3, 4], [1, "...", 3]),
            ([1, 2], ["...", "…"]),
            ([], ["..."]),
            ({"a": 5}, {"...": "..."}),
            ({}, {}),
            ({"a": None}, {"a": "..."}),
            ({"a": 1.0}, {"a": 1}),
            ("2026-11-22T10", "2026-11-22T..."),
            (ANSWER, read(CHECKLIST)),
        ],
    )
    def test_is_there(self, found: object, wanted: object) -> None:
        assert list(mismatches(found, wanted)) == []

    @pytest.mark.parametrize(
        ("found", "wanted", "lines"),
        [
            ({"a": 1}, {"b": 1, "a": 2}, ["$.b: is missing", "$.a: is 1, expected 2"]),
            ({"a": {"b-c": 1}}, {"a": {"b-c": 2}}, ['$.a["b-c"]: is 1, expected 2']),
            ([1], {"a": 1}, ["$: is [1], expected an object"]),
            ({"a": 1}, [1], ['$: is {"a": 1}, expected a list']),
            ({"a": 1}, {"a": {}}, ["$.a: is 1, expected an object"]),
            ({"a": {"b": 1}}, {"a": {}}, ['$.a: is {"b": 1}, expected an empty object (write {...} for any)']),
            ([1, 2], [1], ["$: has 2 items, expected 1 (write ... where more may follow)"]),
            ([1], [1, 2], ["$: has 1 items, expected 2"]),
            ([[1]], [[2]], ["$[0][0]: is 1, expected 2"]),
            ([2, 1], [1, "...", 2], ["$: none of its 2 items is 2 in this order"]),
            ([], ["...", {"a": 1}], ['$: none of its 0 items is {"a": 1}']),
            (True, 1, ["$: is true, expected 1"]),
            (1, True, ["$: is 1, expected true"]),
            (0, None, ["$: is 0, expected null"]),
            ("1", 1, ['$: is "1", expected 1']),
            (1, "1", ['$: is 1, expected "1"']),
            (1, "1...", ['$: is 1, expected "1..."']),
            ("ab", "b...", ['$: is "ab", expected "b..."']),
            ("x" * 99, "y", ['$: is "' + "x" * 56 + '..., expected "y"']),
        ],
    )
    def test_is_missing_at_a_path(self, found: object, wanted: object, lines: list[str]) -> None:
        assert list(mismatches(found, wanted)) == lines


class TestContains:
    def test_passes_on_a_checklists_own_words(self, server: Server) -> None:
        server.answer(http(json.dumps(ANSWER).encode()))
        result = run_probe(Http(url=server.url, contains=CHECKLIST))
        assert result.outcome is Outcome.PASSED
        assert result.measurements["mismatches"].value == 0

    def test_fails_with_the_path_of_each_mismatch(self, server: Server) -> None:
        server.answer(http(b'{"running": false, "config": {"hours": 24}}'))
        result = run_probe(Http(url=server.url, contains={"running": True, "config": {"hours": 168, "on": True}}))
        assert result.outcome is Outcome.FAILED
        assert result.reason == "mismatches is 3, expected 0"
        url = f"{server.url}/"
        assert f"{url}: $.running: is false, expected true" in text(result)
        assert f"{url}: $.config.hours: is 24, expected 168\n{url}: $.config.on: is missing" in text(result)

    def test_adds_up_over_all_endpoints(self, server: Server) -> None:
        server.answer(http(b'{"a": 2}'))
        result = run_probe(Http(urls=(f"{server.url}/a", f"{server.url}/b"), contains={"a": 1}))
        assert result.reason == "mismatches is 2, expected 0"

    def test_tells_a_screenful_of_many(self, server: Server) -> None:
        server.answer(http(json.dumps([1] * 3000).encode()))
        result = run_probe(Http(url=server.url, contains=[2] * 3000))
        assert result.reason == "mismatches is 1000, expected 0"
        assert text(result).count("expected 2") == 50
        assert text(result).endswith("and more")

    @pytest.mark.parametrize("body", [b"<html>", b"", b"[" * 100_000])
    def test_of_what_is_not_json_is_an_error(self, server: Server, body: bytes) -> None:
        server.answer(http(body))
        result = run_probe(Http(url=server.url, contains={"a": 1}))
        assert result.outcome is Outcome.ERROR
        assert f"mismatches was not measured: {server.url}/: the body is" in result.reason

    def test_of_one_bad_body_among_good_ones_is_an_error(self, server: Server) -> None:
        server.answer(http(b'{"a": 1}'), http(b"oops"))
        result = run_probe(Http(urls=(f"{server.url}/a", f"{server.url}/b"), contains={"a": 1}, jobs=1))
        assert result.outcome is Outcome.ERROR
        assert "mismatches" not in result.measurements

    @pytest.mark.parametrize(
        ("contains", "message"),
        [
            ("pg_up 1", "not JSON, even read leniently: line 1: expected a value"),
            ("5", "write an object or a list, or JSON as a text"),
            (5, "write an object or a list, or JSON as a text"),
            ({}, "is empty, which says nothing"),
            ("[]", "is empty, which says nothing"),
        ],
    )
    def test_that_says_nothing_is_refused(self, contains: object, message: str) -> None:
        with pytest.raises(OptionError) as caught:
            Http(url="http://a/", contains=contains)
        assert caught.value.message.startswith(message)
        assert caught.value.option == "contains"


@pytest.mark.no_false_green
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"text": ("a", "")}, "text: an empty text is in every body"),
        ({"schema": {}}, "schema: is empty, which says nothing"),
    ],
)
def test_what_every_body_has_is_refused(options: Mapping[str, Any], message: str) -> None:
    with pytest.raises(OptionError) as caught:
        Http(url="http://a/", **options)
    assert f"{caught.value.option}: {caught.value.message}".startswith(message)


class TestTexts:
    def test_that_are_there_pass(self, server: Server) -> None:
        server.answer(http(b"# TYPE up gauge\npg_up 1\n", "200 OK", "Content-Type: text/plain"))
        assert run_probe(Http(url=server.url, text=("# TYPE", "pg_up 1"))).outcome is Outcome.PASSED

    def test_that_are_not_fail_and_are_named(self, server: Server) -> None:
        server.answer(http(b"nothing to see"))
        result = run_probe(Http(url=server.url, text=("pg_up 1", "see")))
        assert result.reason == "missing_texts is 1, expected 0"
        assert "'pg_up 1' is not in the body" in text(result)

    @pytest.mark.parametrize(
        ("kind", "body"),
        [
            ("text/html; charset=ISO-8859-1", "Grüße".encode("latin-1")),
            ('text/html; charset="utf-8"; x=y', "Grüße".encode()),
            ("text/html; charset=martian", "Grüße".encode()),
            ("text/html", "Grüße".encode()),
        ],
    )
    def test_are_read_as_the_server_says(self, server: Server, kind: str, body: bytes) -> None:
        server.answer(http(body, "200 OK", f"Content-Type: {kind}"))
        assert run_probe(Http(url=server.url, text=("Grüße",))).outcome is Outcome.PASSED

    def test_of_a_body_that_cannot_be_unpacked_are_an_error(self, server: Server) -> None:
        server.answer(http(b"xx", "200 OK", "Content-Encoding: gzip"))
        result = run_probe(Http(url=server.url, text=("x",)))
        assert result.outcome is Outcome.ERROR
        assert "missing_texts was not measured" in result.reason


class TestSchema:
    SCHEMA: Mapping[str, object] = {
        "type": "array",
        "items": {"required": ["id"], "properties": {"id": {"type": "integer"}}},
    }

    def test_that_fits_passes(self, server: Server, tmp_path: Path) -> None:
        (tmp_path / "error.json").write_text(json.dumps(self.SCHEMA))
        server.answer(http(b'[{"id": 1}]'))
        probe = Http(url=server.url, schema="error.json")
        assert run_probe(probe, root=tmp_path).outcome is Outcome.PASSED
        assert Touch("file", "error.json") in list(probe.touches())

    def test_that_does_not_fit_fails_and_says_where(self, server: Server) -> None:
        server.answer(http(b'[{"id": 1}, {}, {"id": "x"}]'))
        result = run_probe(Http(url=server.url, schema=self.SCHEMA))
        assert result.outcome is Outcome.FAILED
        assert result.reason == "schema_errors is 2, expected 0"
        assert "$[1]: 'id' is a required property" in text(result)
        assert "$[2].id: does not fit type: integer" in text(result)

    def test_that_is_not_there_is_an_error(self, server: Server, tmp_path: Path) -> None:
        server.answer(http(b"[]"))
        result = run_probe(Http(url=server.url, schema="error.json"), root=tmp_path)
        assert result.outcome is Outcome.ERROR
        assert "error.json is not there" in result.reason

    def test_of_what_is_not_json_is_an_error(self, server: Server) -> None:
        server.answer(http(b"<html>"))
        result = run_probe(Http(url=server.url, schema=self.SCHEMA))
        assert result.outcome is Outcome.ERROR
        assert "schema_errors was not measured" in result.reason


class TestSecrets:
    def test_that_are_extracted_are_never_shown(self, server: Server) -> None:
        server.answer(
            http(b'{"token": "tok-s3cret-1", "all": ["tok-s3cret-2", 123456]}', "401 No", "X-Id: tok-s3cret-3")
        )
        problems: list[tuple[tuple[str | int, ...], str]] = []
        probe = convert(
            Http,
            {"url": server.url, "extract": {"token": "token", "all": "all"}, "secret": ["token", "all", "header:x-id"]},
            problems,
        )
        assert problems == []
        assert probe is not None
        result = run_probe(probe, expect={"token": "tok-s3cret-9", "status": 401})
        assert result.outcome is Outcome.FAILED
        assert result.measurements["token"].value == "***"
        assert result.measurements["all"].value == ("***", "***")
        for secret in ("s3cret-1", "s3cret-2", "s3cret-3", "123456"):
            assert secret not in result.reason + text(result) + repr(result.measurements)

    def test_that_differ_are_all_hidden(self, server: Server) -> None:
        server.answer(http(b'{"t": "tok-s3cret-1"}'), http(b'{"t": "tok-s3cret-2"}'))
        probe = convert(Http, {"url": server.url, "samples": 2, "extract": {"t": "t"}, "secret": "t"}, [])
        assert probe is not None
        assert "s3cret" not in text(run_probe(probe, expect={"t": "x"}))

    def test_are_names_of_what_is_extracted(self) -> None:
        with pytest.raises(OptionError, match="'tokn' is neither a name under `extract` nor header:NAME"):
            Http(url="http://a/", secret=("tokn",))

    def test_of_cookies_are_measured_and_hidden(self, server: Server) -> None:
        server.answer(http(b"", "200 OK", "Set-Cookie: sid=abc-s3cret; Path=/", "Set-Cookie: lang=de-DE; Max-Age=1"))
        result = run_probe(Http(url=server.url), expect={"cookie:sid": "~ ^abc", "cookie:lang": "= de-DE"})
        assert result.outcome is Outcome.PASSED, result.reason
        assert result.measurements["cookie:sid"].value == "***"
        assert "s3cret" not in repr(result.measurements) + text(result) + result.reason

    def test_of_cookies_that_are_not_set_are_an_error(self, server: Server) -> None:
        server.answer(http(b""))
        result = run_probe(Http(url=server.url), expect={"cookie:sid": "~ ."})
        assert result.outcome is Outcome.ERROR


def test_warmups_are_checked_but_their_times_do_not_count(server: Server) -> None:
    server.answer(http(), close=False)
    result = run_probe(Http(url=server.url, warmup=3, samples=2), expect={"p50": "< 5 s"})
    assert result.outcome is Outcome.PASSED
    assert len(server.requests) == 5
    server.answer(http(b"", "503 Away"), http())
    assert run_probe(Http(url=server.url, warmup=1)).outcome is Outcome.FAILED
