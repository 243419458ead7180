from __future__ import annotations

from typing import Any

import pytest

from tests.checklist.proposed import listed, proposed

BASE = {"base_url": "${BASE_URL:-TODO}"}


@pytest.mark.parametrize(
    ("text", "options", "expect"),
    [
        ("Health check endpoint", {"url": "${base_url}/health"}, {"status": 200, "size": "> 0 B"}),
        ("`/api/orders` answers", {"url": "${base_url}/api/orders"}, {"status": 200}),
        ("GET /missing returns 404", {"url": "${base_url}/missing"}, {"status": 404}),
        ("`/a` and `/b` answer", {"urls": ["${base_url}/a", "${base_url}/b"]}, {"status": 200, "endpoints": 2}),
        ("Metrics endpoint", {"url": "${base_url}/metrics", "text": ["# TYPE"]}, {"status": 200, "missing_texts": 0}),
        (
            "`/search` has a response time below 300 ms",
            {"url": "${base_url}/search", "samples": 20, "warmup": 2},
            {"status": 200, "p95": "< 300 ms"},
        ),
    ],
)
def test_http(text: str, options: dict[str, Any], expect: dict[str, Any]) -> None:
    proposal = proposed(text)
    assert (proposal.probe, proposal.options, proposal.expect) == ("http", options, expect)
    assert proposal.variables == BASE


def test_what_changes_something_says_so() -> None:
    proposal = proposed("POST /orders creates an order")
    assert proposal.side_effects
    assert proposal.options == {"url": "${base_url}/orders", "method": "POST"}


def test_an_address_elsewhere_stays_as_it_is() -> None:
    assert proposed("Live at https://shop.example.org/start").options["url"] == "https://shop.example.org/start"


def test_a_port_of_this_machine_is_kept_in_the_variable() -> None:
    proposal = proposed("http://localhost:9000/x answers")
    assert proposal.options["url"] == "${base_url}/x"
    assert proposal.variables == {"base_url": "${BASE_URL:-http://localhost:9000}"}


def test_an_address_with_a_placeholder_is_for_the_reader_to_complete() -> None:
    assert str(proposed("GET /orders/{id} answers").options["url"]).startswith("TODO: ")


def test_a_protected_endpoint_turns_strangers_away() -> None:
    proposal = proposed("`/api/orders` requires authentication")
    (case,) = listed(proposal, "cases")
    assert case == {"name": "without credentials", "status": "in 401, 403", "url": "${base_url}/api/orders"}
    assert proposal.expect == {"failed": 0, "cases": 1}


def test_a_limit_is_met_by_more_requests_than_it_allows() -> None:
    proposal = proposed("Rate limit of 60 requests/minute on `/login`")
    assert proposal.options["burst"] == 73
    assert proposal.expect["status:429"] == ">= 1"


def test_an_origin_is_let_through_and_not_every_one() -> None:
    proposal = proposed("CORS allows https://shop.example.org")
    assert proposal.options["cors"] == {"origin": "https://shop.example.org"}
    assert proposal.expect["allow_origin"] == "!= *"


def test_a_certificate_lasts_as_long_as_told() -> None:
    proposal = proposed("TLS certificate of https://shop.example.org valid for at least 30 days")
    assert proposal.expect["tls_days"] == ">= 30"


def test_headers_are_named() -> None:
    expect = proposed("HSTS and CSP headers set").expect
    assert {"header:strict-transport-security", "header:content-security-policy"} <= set(expect)


def test_what_is_told_of_an_answer_but_not_where_is_for_the_reader_to_say() -> None:
    proposal = proposed("4 active models deployed")
    assert proposal.options["extract"] == {"found": "TODO: where it is in the JSON"}
    assert proposal.expect["found"] == 4


def test_a_deployment_answers_where_it_went() -> None:
    assert set(proposed("Deployed to staging").variables) == {"staging_url"}


def test_a_port_takes_connections() -> None:
    proposal = proposed("Broker reachable on port 9092")
    assert proposal.probe == "tcp"
    assert proposal.options["port"] == 9092
    assert proposed("SMTP server reachable").options["speaks"] == "smtp"


@pytest.mark.parametrize(
    ("text", "name", "condition"),
    [
        ("`/x` returns 200 or 204", "status", "in 200, 204"),
        ("`/x` answers in 50 ms", "latency", "<= 50 ms"),
        ("`/x` has a latency of 10-50 ms", "p95", "<= 50 ms"),
        ("gzip compression on", "header:content-encoding", "~ ."),
        ("Grafana deployed", "dashboards", ">= 1"),
        ("Alerting system reachable", "receivers", ">= 1"),
        ("CI pipeline is green", "conclusion", "success"),
        ("Logs in Kibana, log aggregation", "entries", ">= 1"),
    ],
)
def test_what_an_answer_has_to_be(text: str, name: str, condition: str) -> None:
    proposal = proposed(text)
    assert proposal.probe == "http"
    assert proposal.expect[name] == condition


def test_a_protected_request_keeps_its_method() -> None:
    (case,) = listed(proposed("DELETE /orders requires authentication"), "cases")
    assert case["method"] == "DELETE"


def test_a_deployment_may_name_its_address() -> None:
    assert proposed("Deployed to production at https://shop.example.org").options["url"] == "https://shop.example.org"


def test_an_address_of_another_kind_names_host_and_port() -> None:
    assert proposed("Broker amqp://queue.example.org:5672 reachable").options == {
        "host": "queue.example.org",
        "port": 5672,
    }


class TestWhatIsNotValid:
    @pytest.mark.no_false_green
    def test_has_to_be_refused_where_it_is_sent(self) -> None:
        proposal = proposed("Input validation at POST /orders returns 422")
        (case,) = listed(proposal, "cases")
        assert case["url"] == "${base_url}/orders"
        assert (case["method"], case["status"]) == ("POST", 422)
        assert str(case["json"]).startswith("TODO")
        assert proposal.expect == {"failed": 0, "cases": 1}
        assert proposal.side_effects

    @pytest.mark.no_false_green
    def test_is_a_form_without_its_token_too(self) -> None:
        (case,) = listed(proposed("CSRF protection is active"), "cases")
        assert case["status"] == 403
        assert str(case["url"]).startswith("TODO")
        assert "json" not in case


@pytest.mark.no_false_green
@pytest.mark.parametrize("text", ["Port 5432 is never exposed to the internet", "The database is not publicly exposed"])
def test_a_port_that_nobody_may_reach_has_to_be_shut(text: str) -> None:
    proposal = proposed(text)
    assert (proposal.probe, proposal.expect) == ("tcp", {"connected": False})


def test_a_port_that_is_open_takes_connections() -> None:
    assert proposed("Port 443 is open").expect == {"connected": True}
