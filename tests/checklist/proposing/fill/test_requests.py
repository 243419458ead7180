from __future__ import annotations

from typing import Any

import pytest

from tests.checklist.proposed import for_code

URL = "${base_url}/x"


@pytest.mark.parametrize(
    ("command", "options", "expect"),
    [
        ("curl http://localhost:8000/x", {"url": URL}, {"status": 200}),
        ("curl -I http://localhost:8000/x", {"url": URL, "method": "HEAD"}, {"status": 200}),
        ("curl -k -L http://localhost:8000/x", {"url": URL, "verify": False, "follow": True}, {"status": 200}),
        ("curl -o /dev/null -w '%{http_code}' http://localhost:8000/x", {"url": URL}, {"status": 200}),
        ("curl -H 'X-Key: abc' http://localhost:8000/x", {"url": URL, "headers": {"X-Key": "abc"}}, {"status": 200}),
        (
            "curl -u a:b http://localhost:8000/x",
            {"url": URL, "auth": {"basic": "TODO: user and password"}},
            {"status": 200},
        ),
        ("GET /x", {"url": URL}, {"status": 200}),
        ("curl localhost:8000/x", {"url": URL}, {"status": 200}),
    ],
)
def test_a_request_is_read(command: str, options: dict[str, Any], expect: dict[str, Any]) -> None:
    proposal = for_code(command)
    assert (proposal.probe, proposal.options, proposal.expect) == ("http", options, expect)
    assert not proposal.side_effects


def test_a_body_over_several_lines_is_sent_as_json() -> None:
    proposal = for_code(
        'curl -X POST http://localhost:8000/x \\\n  -H "Content-Type: application/json" \\\n  -d \'{\n "a": 1}\''
    )
    assert proposal.options == {"url": URL, "json": {"a": 1}}
    assert proposal.side_effects


def test_a_body_with_variables_is_for_the_reader_to_write() -> None:
    assert str(for_code("curl -d '{\"a\": $B}' http://localhost:8000/x").options["json"]).startswith("TODO: ")


def test_a_token_is_for_the_reader_to_give() -> None:
    headers = for_code('curl -H "Authorization: Bearer $TOKEN" http://localhost:8000/x').options["headers"]
    assert headers == {"Authorization": "TODO: a real Authorization"}


@pytest.mark.parametrize(
    ("shown", "options", "expect"),
    [
        (("401 Unauthorized",), {}, {"status": 401}),
        (('{"status": "ok"}',), {"contains": {"status": "ok"}}, {"mismatches": 0, "status": 200}),
        (
            ('{"a": 1, "id": 7, "created_at": "2031-01-02T10:00:00Z"}',),
            {"contains": {"a": 1}},
            {"mismatches": 0, "status": 200},
        ),
        (("[", '  {"a": 1},  # first', "  ...", "]"), {"contains": [{"a": 1}]}, {"mismatches": 0, "status": 200}),
        (("{broken: ...",), {"contains": "{broken: ..."}, {"mismatches": 0, "status": 200}),
        (
            ("total must be >= 100",),
            {"extract": {"total": "TODO: where total is in the JSON"}},
            {"total": ">= 100", "status": 200},
        ),
    ],
)
def test_the_answer_that_is_shown_is_expected(
    shown: tuple[str, ...], options: dict[str, Any], expect: dict[str, Any]
) -> None:
    proposal = for_code("curl http://localhost:8000/x", *shown)
    assert (proposal.options, proposal.expect) == ({"url": URL, **options}, expect)


@pytest.mark.parametrize(
    ("pipe", "shown", "options", "expect"),
    [
        ("jq '. | length'", ("4",), {"extract": {"found": "length(@)"}}, {"found": 4, "status": 200}),
        ("jq -r .state", ("ready",), {"extract": {"found": "state"}}, {"found": "ready", "status": 200}),
        ("jq .state", (), {"extract": {"found": "state"}}, {"found": "TODO: what it has to be", "status": 200}),
        ("jq '.items | length'", ("2",), {"extract": {"found": "length(items)"}}, {"found": 2, "status": 200}),
        ("jq 'map(.a)'", (), {}, {"status": 200}),
        ("grep -i healthy", (), {"text": ["healthy"]}, {"missing_texts": 0, "status": 200}),
    ],
)
def test_what_an_answer_is_piped_into_tells_what_to_look_for(
    pipe: str, shown: tuple[str, ...], options: dict[str, Any], expect: dict[str, Any]
) -> None:
    proposal = for_code(f"curl -s http://localhost:8000/x | {pipe}", *shown)
    assert (proposal.options, proposal.expect) == ({"url": URL, **options}, expect)


def test_an_evil_origin_is_not_let_through() -> None:
    proposal = for_code('curl -H "Origin: https://evil.example" http://localhost:8000/x')
    assert proposal.options == {"url": URL, "cors": {"origin": "https://evil.example"}}
    assert proposal.expect["allowed"] is False


@pytest.mark.parametrize(
    ("command", "default"),
    [
        ("uvicorn shop:app --port 9000", "http://localhost:9000"),
        ("gunicorn -b 0.0.0.0:7000 shop", "http://localhost:7000"),
        ("docker run -p 8080:80 shop", "http://localhost:8080"),
        ("npm start", "TODO"),
    ],
)
def test_a_server_that_is_started_answers_at_the_port_that_is_given(command: str, default: str) -> None:
    proposal = for_code(command)
    assert proposal.options == {"url": "${base_url}/"}
    assert proposal.variables == {"base_url": f"${{BASE_URL:-{default}}}"}
