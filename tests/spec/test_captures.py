"""What one gate measures, used under ``with`` of another: all that can be known of it when the spec is read."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from pytest_readiness import options, spec
from pytest_readiness.errors import SpecError
from pytest_readiness.registry import Registry

from .samples import HEAD, Page, load, problems

LOGIN = "- {id: login, probe: page, with: {url: 'http://x', extract: {token: a.token, port: a.port}}}\n"
SERVICE = "services: {api: {command: [x], ready: {tcp: 'x:1'}}}\n"


def user(what: str, needs: str = "login") -> str:
    return f"- {{id: user, probe: page, needs: [{needs}], with: {{{what}}}}}\n"


def problem(folder: Path, text: str) -> str:
    (found,) = problems(folder, text)
    return found.partition(": ")[2]


def test_what_a_needed_gate_measures_can_be_used_and_is_bound_later(tmp_path: Path) -> None:
    text = HEAD + LOGIN + user('url: "http://x/${login.token}?a=$$1"')
    found = load(tmp_path, text).gates[1]
    assert isinstance(found.options, Page)
    assert found.options.url == "http://x/1?a=$1"
    assert found.binds == {"url": "http://x/${login.token}?a=$$1"}
    bound = options.bind(Page, found.binds, {"login.token": "t${x}"})
    assert bound.url == "http://x/t${x}?a=$1"


def test_a_gate_without_captures_is_not_bound(tmp_path: Path) -> None:
    assert load(tmp_path, HEAD + LOGIN).gates[0].binds is None


@pytest.mark.parametrize("what", ["login.status", "login.latency", "login.body", "login.fresh", "login.port"])
def test_every_kind_of_measurement_can_be_put_into_a_text(tmp_path: Path, what: str) -> None:
    assert problems(tmp_path, HEAD + LOGIN + user(f'url: "http://x/${{{what}}}"')) == []


def test_the_needed_gate_may_stand_further_down_and_be_needed_on_the_way(tmp_path: Path) -> None:
    between = "- {id: between, probe: ask, needs: login}\n"
    text = HEAD + user('url: "http://x/${login.token}"', "between") + between + LOGIN
    assert [gate.id for gate in load(tmp_path, text).gates] == ["user", "between", "login"]


def test_needs_of_the_group_count_too(tmp_path: Path) -> None:
    group = '- {group: G, needs: [login], gates: [{id: user, probe: page, with: {url: "http://x/${login.token}"}}]}\n'
    assert problems(tmp_path, HEAD + LOGIN + group) == []


@pytest.mark.parametrize(
    "what",
    [
        'url: "${login.token}"',
        'url: "${login.token}", port: "${login.port}"',
        'url: "http://x", method: "GET", pause: "${login.status} ms"',
        'url: "http://x", port: "${login.status}"',
    ],
)
def test_a_value_that_can_only_be_known_later_is_taken_for_what_fits(tmp_path: Path, what: str) -> None:
    assert problems(tmp_path, HEAD + LOGIN + user(what)) == []


def test_a_value_that_cannot_fit_whatever_it_is_is_a_problem(tmp_path: Path) -> None:
    text = HEAD + LOGIN + user('url: "http://x", port: "${login.fresh}"')
    assert problem(tmp_path, text) == "gates.user.with.port: expected a whole number, found a text from a variable"


def test_many_captures_are_still_checked_in_short_time(tmp_path: Path) -> None:
    headers = ", ".join(f'h{number}: "${{login.token}}-${{g{number}.x}}"' for number in range(30))
    others = "".join(f"- {{id: g{n}, probe: page, with: {{url: 'http://x', extract: {{x: y}}}}}}\n" for n in range(30))
    needs = ", ".join(["login", *(f"g{number}" for number in range(30))])
    text = HEAD + LOGIN + others + user(f'url: "${{login.token}}", headers: {{{headers}}}', needs)
    assert problems(tmp_path, text) == []


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("login.tokn", "gate 'login' does not measure 'tokn', did you mean 'token'?"),
        ("logn.token", "there is no gate or service 'logn', did you mean 'login'?"),
        ("login.token:-x", "what a gate measures has no default: unmeasured, it is an error"),
        ("user.status", "the gate does not need gate 'user': add it to 'needs'"),
    ],
)
def test_what_is_not_there_is_a_problem_with_its_near_name(tmp_path: Path, what: str, message: str) -> None:
    text = HEAD + LOGIN + user(f'url: "http://x/${{{what}}}"')
    assert problem(tmp_path, text) == f"gates.user.with.url: {message}"


def test_a_gate_that_is_not_needed_cannot_be_used(tmp_path: Path) -> None:
    text = HEAD + LOGIN + '- {id: user, probe: page, with: {url: "http://x/${login.token}"}}\n'
    expected = "gates.user.with.url: the gate does not need gate 'login': add it to 'needs'"
    assert problem(tmp_path, text) == expected


def test_a_probe_that_cannot_say_what_it_measures_is_a_problem(tmp_path: Path) -> None:
    text = HEAD + "- {id: m, probe: moody, expect: {}}\n" + user('url: "http://x/${m.mood}"', "m")
    assert any("moody cannot tell: ZeroDivisionError: not today" in found for found in problems(tmp_path, text))


def test_what_is_wrong_with_the_needed_gate_is_told_once(tmp_path: Path) -> None:
    text = HEAD + "- {id: login, probe: page}\n" + user('url: "http://x/${login.token}"')
    assert problem(tmp_path, text).startswith("gates.login: 'url' is missing")


def test_gates_in_a_circle_are_one_problem(tmp_path: Path) -> None:
    text = HEAD + (
        '- {id: a, probe: page, needs: [b], with: {url: "http://x/${b.status}"}}\n'
        '- {id: b, probe: page, needs: [a], with: {url: "http://x/${a.status}"}}\n'
    )
    assert problem(tmp_path, text) == "gates.a.needs: a cycle, so that none of them could ever run: a -> b -> a"


def test_a_long_chain_in_the_wrong_order_is_read(tmp_path: Path) -> None:
    chain = "".join(
        f'- {{id: g{n}, probe: page, needs: [g{n + 1}], with: {{url: "http://x/${{g{n + 1}.status}}"}}}}\n'
        for n in range(600)
    )
    text = HEAD + chain + "- {id: g600, probe: page, with: {url: 'http://x'}}\n"
    assert [gate.id for gate in load(tmp_path, text).gates] == [f"g{n}" for n in range(601)]


def test_a_gate_and_a_service_of_one_name_are_a_problem(tmp_path: Path) -> None:
    text = SERVICE + HEAD + "- {id: api, probe: ask}\n- {title: b, probe: ask}\n"
    expected = "gates.api.id: there is a service 'api' too, and ${api.…} cannot mean both: rename one of them"
    assert problem(tmp_path, text) == expected
    named = SERVICE + HEAD + "- {title: Api, probe: ask}\n"
    assert problem(tmp_path, named).startswith("gates.api.title: there is a service 'api' too")


def test_a_gate_and_a_service_can_be_used_together(tmp_path: Path) -> None:
    text = SERVICE + HEAD + LOGIN + user('url: "${api.url}/${login.token}"').replace("needs", "uses: [api], needs")
    found = load(tmp_path, text).gates[1]
    assert found.binds == {"url": "${api.url}/${login.token}"}
    assert isinstance(found.options, Page)
    assert found.options.url == "http://127.0.0.1:8000/1"


def test_a_gate_that_does_not_apply_may_be_used(tmp_path: Path) -> None:
    text = "profiles: {prod: {}}\n" + HEAD + LOGIN.replace("{id", "{profiles: [prod], reason: r, id")
    assert problems(tmp_path, text + user('url: "http://x/${login.token}"')) == []


def test_names_may_begin_with_a_number_and_measurements_be_of_a_family(tmp_path: Path) -> None:
    text = HEAD + LOGIN.replace("id: login", "id: 1st-login") + user('url: "http://x/${1st-login.token}"', "1st-login")
    assert problems(tmp_path, text) == []
    assert options.named({"a": ["${x.header:location}", "$${y.z}"], "b": 1}) == {"x.header:location"}


@pytest.mark.parametrize("key", ["expect: {body: '${login.token}'}", "title: '${login.token}'"])
def test_what_is_known_only_later_cannot_be_used_elsewhere(tmp_path: Path, key: str) -> None:
    text = HEAD + LOGIN + f"- {{id: user, probe: page, needs: login, with: {{url: 'http://x'}}, {key}}}\n"
    expected = "${login.token} is known only while gates run: use it under 'with' of a gate"
    assert problem(tmp_path, text).endswith(expected)


def test_thousands_of_gates_that_use_one_far_away_are_read_in_short_time(tmp_path: Path) -> None:
    chain = "".join(
        f'- {{id: g{n}, probe: page, needs: g{n + 1}, with: {{url: "${{g3000.body}}"}}}}\n' for n in range(3000)
    )
    started = time.process_time()
    assert len(load(tmp_path, HEAD + chain + "- {id: g3000, probe: page, with: {url: 'http://x'}}\n").gates) == 3001
    assert time.process_time() - started < 6


@pytest.mark.parametrize(("shell", "refused"), [("true", 1), ("false", 0)])
def test_what_a_server_answered_is_not_put_into_a_shells_command(tmp_path: Path, shell: str, refused: int) -> None:
    run = '"echo ${login.token}"' if shell == "true" else '[echo, "${login.token}"]'
    told = f"- {{id: user, probe: command, needs: [login], with: {{run: {run}, shell: {shell}}}}}\n"
    path = tmp_path / "readiness.yaml"
    login = "- {id: login, probe: http, with: {url: 'http://x', extract: {token: a.token}}}\n"
    path.write_text(HEAD + login + told, encoding="utf-8")
    found = []
    try:
        spec.load(path, registry=Registry(), profile=None, env={})
    except SpecError as error:
        found = [problem.message for problem in error.problems]
    assert len(found) == refused
    assert all("is not put into a shell's command" in message for message in found)
