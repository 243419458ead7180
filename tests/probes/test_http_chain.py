"""A chain of gates over HTTP, from the text of a spec to the report: log in, create, look, clean up."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from pytest_readiness import assess, spec
from pytest_readiness.errors import SpecError
from pytest_readiness.model import Outcome, Report, Result
from pytest_readiness.registry import Registry

from .servers import Server, http, serving

SPEC = """
version: 1
vars: {api: "URL"}
gates:
  - id: login
    probe: http
    with:
      url: ${api}/login
      json: {user: ann}
      extract: {token: access_token}
      secret: [token]
    expect: {token: "~ .{10}"}
  - id: create
    probe: http
    needs: [login]
    with:
      url: ${api}/jobs
      json: {kind: full}
      headers: {Authorization: "Bearer ${login.token}"}
      extract: {job: id, models: models}
    expect: {status: 201, job: "> 0"}
  - id: look
    probe: http
    needs: [create]
    with:
      url: ${create.header:location}
      auth: {bearer: "${login.token}"}
      contains: {id: "${create.job}"}
  - id: each-model
    probe: http
    needs: [create]
    with:
      url: ${api}/models/{item}
      foreach: ${create.models}
      headers: {Cookie: "sid=${login.cookie:sid}"}
"""


class Jobs:
    """Answers like a service that lets in who logged in, and remembers what it was asked."""

    def __init__(self) -> None:
        self.token = "tok-0123456789-s3cret"
        self.asked: list[str] = []

    def __call__(self, connection: socket.socket, server: Server) -> None:
        while request := server.read(connection):
            head, _, body = request.partition(b"\r\n\r\n")
            place = b" ".join(head.split()[:2]).decode()
            self.asked.append(place)
            let_in = f"Bearer {self.token}".encode() in head or b"sid=c00kie-s3cret" in head
            connection.sendall(self.answer(place, body, server, let_in=let_in))

    def answer(self, place: str, body: bytes, server: Server, *, let_in: bool) -> bytes:
        if place == "POST /login":
            cookie = "Set-Cookie: sid=c00kie-s3cret; HttpOnly"
            return http(json.dumps({"access_token": self.token}).encode(), "200 OK", cookie)
        if not let_in:
            return http(b"who are you?", "401 No")
        if place == "POST /jobs":
            assert json.loads(body) == {"kind": "full"}
            made = {"id": 17, "models": ["nhits", "xg boost"]}
            return http(json.dumps(made).encode(), "201 Made", f"Location: {server.url}/jobs/17")
        return (
            http(b'{"id": 17}')
            if place in {"GET /jobs/17", "GET /models/nhits", "GET /models/xg%20boost"}
            else http(b"", "404 No")
        )


@pytest.fixture
def jobs() -> Iterator[tuple[Server, Jobs]]:
    manners = Jobs()
    with serving(manners) as server:
        yield server, manners


def check(folder: Path, server: Server, text: str = SPEC) -> tuple[Report, Mapping[str, Result]]:
    path = folder / "readiness.yaml"
    path.write_text(text.replace("URL", server.url))
    report = assess.assess(path, env={})
    return report, {judged.result.gate.id: judged.result for judged in report.gates}


def test_a_chain_passes_with_what_each_gate_hands_on(jobs: tuple[Server, Jobs], tmp_path: Path) -> None:
    server, manners = jobs
    report, results = check(tmp_path, server)
    assert [result.outcome for result in results.values()] == [Outcome.PASSED] * 4, [r.reason for r in results.values()]
    assert manners.asked[:2] == ["POST /login", "POST /jobs"]
    assert set(manners.asked[2:]) == {"GET /jobs/17", "GET /models/nhits", "GET /models/xg%20boost"}
    assert results["login"].measurements["token"].value == "***"
    told = repr([(it.result.reason, it.result.evidence, it.result.measurements) for it in report.gates])
    assert "s3cret" not in told


def test_a_chain_that_breaks_blocks_what_follows(jobs: tuple[Server, Jobs], tmp_path: Path) -> None:
    server, manners = jobs
    manners.token = "short"
    _, results = check(tmp_path, server)
    assert [result.outcome for result in results.values()] == [Outcome.FAILED] + [Outcome.BLOCKED] * 3
    assert manners.asked == ["POST /login"]


@pytest.mark.no_false_green
def test_a_value_that_does_not_come_is_an_error_that_names_it(jobs: tuple[Server, Jobs], tmp_path: Path) -> None:
    _, results = check(tmp_path, jobs[0], SPEC.replace("header:location", "header:content-location"))
    assert results["look"].outcome is Outcome.ERROR
    assert (
        results["look"].reason
        == "${create.header:content-location} has no value: create did not measure header:content-location"
    )


@pytest.mark.parametrize(
    ("wrong", "right", "message"),
    [
        ("login.tokn", "login.token", "gate 'login' does not measure 'tokn', did you mean 'token'?"),
        ("create.status:429", "create.job", "gate 'create' does not measure 'status:429'"),
        ("creat.job", "create.job", "there is no gate or service 'creat', did you mean 'create'?"),
    ],
)
def test_what_no_gate_measures_is_found_when_the_spec_is_read(
    tmp_path: Path, wrong: str, right: str, message: str
) -> None:
    path = tmp_path / "readiness.yaml"
    path.write_text(SPEC.replace(right, wrong).replace("URL", "http://a"))
    with pytest.raises(SpecError) as caught:
        spec.load(path, registry=Registry(), env={})
    assert message in str(caught.value)


#: Each kind of question that checklists put to the web, as a gate says it.
KINDS = """
version: 1
services:
  api: {command: [python, -m, app, "${port}"], ready: {http: "http://127.0.0.1:${port}/"}}
gates:
  - {id: limited, probe: http, uses: [api], with: {url: "${api.url}/", burst: 200}, expect: {"status:429": ">= 1"}}
  - id: authenticated
    probe: http
    uses: [api]
    with:
      url: ${api.url}
      cases:
        - {name: no key, path: /api/v1/sensors, status: 401}
        - {name: key, path: /api/v1/sensors, headers: {X-API-Key: k}}
        - {name: ui, path: /, status: [302, 401]}
        - {name: not away, path: /status, status: "!= 503"}
        - {name: limit, path: /, burst: 200, status: 429}
  - {id: errors, probe: http, with: {url: "http://a/nope", schema: schemas/error.json}, expect: {status: 404}}
  - {id: metrics, probe: http, with: {url: "http://a/metrics", text: ["http_requests_total", "# TYPE"]},
     expect: {"header:content-type": "~ ^text/plain"}}
  - {id: cors-ours, probe: http, with: {url: "http://a/", cors: {origin: "https://a.test", method: PUT}}}
  - {id: cors-theirs, probe: http, with: {url: "http://a/", cors: {origin: "https://b.test"}}, expect: {allowed: false}}
  - id: models
    probe: http
    with:
      url: http://a/models
      contains: |
        [
          {
            "model_type": "xgboost",   # one per type
            "metrics": {"accuracy": 0.75},
            "created_at": "2024-12-02T..."
          },
          ...
        ]
      extract: {types: "[].model_type | sort(@)", active: "length(keys(active))", checked: "last_check != null"}
    expect: {types: [lightgbm, xgboost], active: 4, checked: true}
  - {id: promoted, probe: http, with: {url: "http://a/promote", foreach: {model_type: [xgboost, nhits]},
     json: {model_type: "{model_type}"}}}
  - {id: services, probe: http, with: {url: "http://a/{item}/health", foreach: [api, worker, bot]}}
  - {id: in-process, probe: http, with: {app: "orders.app:app", url: /docs}}
  - {id: factory, probe: http, with: {app: "orders.app:make()", cases: [{name: a, path: /x, status: ">= 400"}]}}
  - {id: warm, probe: http, with: {url: "http://a/", json: {item: A}, warmup: 3, samples: 50}, expect: {p95: "< 50 ms"}}
  - {id: secure, probe: http, with: {url: "http://a/"}, expect: {status: 301, "header:location": "~ ^https://"}}
"""


def test_every_kind_of_question_is_a_gate(tmp_path: Path) -> None:
    path = tmp_path / "readiness.yaml"
    path.write_text(KINDS)
    gates = {gate.id: gate for gate in spec.load(path, registry=Registry(), env={}).gates}
    assert len(gates) == 13
    assert [it.measurement for it in gates["authenticated"].expectations] == ["failed"]
    assert [it.measurement for it in gates["errors"].expectations] == ["schema_errors", "status"]
    assert [it.measurement for it in gates["models"].expectations][:2] == ["status", "mismatches"]


@pytest.mark.parametrize(
    ("options", "expect", "message"),
    [
        ("burst: 5", "", "'expect' is missing: http measures status"),
        ("", "failed: 0", "unknown measurement 'failed'"),
        ("cors: {origin: 'null'}", "mismatches: 0", "unknown measurement 'mismatches'"),
        ("cases: [{name: a, burts: 3}]", "", "unknown key 'burts', did you mean 'burst'?"),
        ("contains: 'pg_up 1'", "", "with.contains: not JSON, even read leniently"),
        ("foreach: [a]", "", "with.foreach: {item} stands nowhere in the request"),
    ],
)
def test_what_cannot_be_is_a_problem_with_its_place(tmp_path: Path, options: str, expect: str, message: str) -> None:
    path = tmp_path / "readiness.yaml"
    given = (
        f"version: 1\ngates:\n- {{id: a, probe: http, with: {{url: 'http://a/', {options}}}, expect: {{{expect}}}}}\n"
    )
    path.write_text(given.replace(", expect: {}", ""))
    with pytest.raises(SpecError) as caught:
        spec.load(path, registry=Registry(), env={})
    assert message in str(caught.value)
