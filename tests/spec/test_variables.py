from __future__ import annotations

from pathlib import Path

import pytest

from pytest_readiness import options
from pytest_readiness.model import Gate

from .samples import Page, gate, load, problems


def page(folder: Path, url: str, more: str = "", **how: object) -> Gate:
    text = f'version: 1\n{more}\ngates:\n- {{id: page, probe: page, with: {{url: "{url}"}}}}\n'
    return gate(folder, text, **how)  # type: ignore[arg-type]


def url(found: Gate) -> str:
    assert isinstance(found.options, Page)
    return found.options.url


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${A}", "env"),
        ("x${A}y${A}", "xenvyenv"),
        ("${A:-default}", "env"),
        ("${NONE:-default}", "default"),
        ("${EMPTY:-default}", "default"),
        ("${EMPTY}", ""),
        ("${NONE:-}", ""),
        ("${NONE:-a:-b c}", "a:-b c"),
        ("$$", "$"),
        ("$${A}", "${A}"),
        ("$$${A}", "$env"),
        ("$A $", "$A $"),
    ],
)
def test_references_are_replaced(tmp_path: Path, text: str, value: str) -> None:
    assert url(page(tmp_path, text, env={"A": "env", "EMPTY": ""})) == value


def test_what_was_put_in_is_not_looked_at_again(tmp_path: Path) -> None:
    assert url(page(tmp_path, "${A}", env={"A": "${B} $$", "B": "no"})) == "${B} $$"


def test_the_profile_wins_over_the_spec_and_that_over_the_environment(tmp_path: Path) -> None:
    more = "vars: {A: spec, B: spec}\nprofiles: {prod: {vars: {A: profile}}}"
    env = {"A": "env", "B": "env", "C": "env"}
    assert url(page(tmp_path, "${A} ${B} ${C}", more, env=env)) == "spec spec env"
    assert url(page(tmp_path, "${A} ${B} ${C}", more, env=env, profile="prod")) == "profile spec env"


def test_variables_may_refer_to_each_other(tmp_path: Path) -> None:
    more = 'vars: {base: "http://${host}:${port}", host: "${HOST:-localhost}", port: 8000}'
    assert url(page(tmp_path, "${base}/x", more)) == "http://localhost:8000/x"


def test_a_variable_that_names_itself_means_the_one_it_hides(tmp_path: Path) -> None:
    more = 'vars: {A: "${A:-none} spec"}\nprofiles: {prod: {vars: {A: "${A} profile"}}}'
    assert url(page(tmp_path, "${A}", more, env={"A": "env"}, profile="prod")) == "env spec profile"
    assert url(page(tmp_path, "${A}", more)) == "none spec"


def test_a_circle_of_variables_is_one_problem(tmp_path: Path) -> None:
    text = (
        'version: 1\nvars: {a: "${b}", b: "${c}", c: "${a}"}\ngates:\n- {id: x, probe: ask, with: {role: "${a}${b}"}}\n'
    )
    assert problems(tmp_path, text) == [
        "readiness.yaml:2:11: vars.a: variables refer to each other in a circle: a -> b -> c -> a"
    ]


def test_an_undefined_variable_inside_a_definition_is_told_there_and_once(tmp_path: Path) -> None:
    text = 'version: 1\nvars: {a: "${b}"}\ngates:\n- {id: x, probe: ask, with: {role: "${a}"}, title: "${a}"}\n'
    (problem,) = problems(tmp_path, text)
    assert problem.startswith("readiness.yaml:2:11: vars.a: variable b is not defined")


def test_a_definition_that_nobody_uses_is_not_looked_at(tmp_path: Path) -> None:
    assert url(page(tmp_path, "x", 'vars: {a: "${nowhere}"}')) == "x"


def test_an_undefined_variable_is_no_problem_of_a_gate_that_does_not_apply(tmp_path: Path) -> None:
    text = (
        "version: 1\nprofiles: {prod: {}}\ngates:\n"
        '- {id: x, probe: page, profiles: [prod], with: {url: "${API}", port: "${PORT}"}, owner: "${OWNER}"}\n'
    )
    found = gate(tmp_path, text)
    assert found.inapplicable == "only for profile prod"
    assert found.options is None
    assert len(problems(tmp_path, text, profile="prod")) == 3


def test_other_mistakes_of_a_gate_that_does_not_apply_are_told(tmp_path: Path) -> None:
    text = "version: 1\nprofiles: {prod: {}}\ngates:\n- {id: x, probe: page, profiles: [prod], with: {ulr: x}}\n"
    assert [problem.split(": ")[1] for problem in problems(tmp_path, text)] == ["gates.x.with", "gates.x.with.ulr"]


def test_a_number_may_come_out_of_a_variable(tmp_path: Path) -> None:
    text = (
        "version: 1\nvars: {port: 8443, limit: 200 ms, status: 201, fresh: 'true'}\ngates:\n"
        '- {id: x, probe: page, with: {url: x, port: "${port}"}, timeout: "${port} ms",\n'
        '   expect: {status: "${status}", latency: "< ${limit}", fresh: "${fresh}", body: "${status}"}}\n'
    )
    found = gate(tmp_path, text)
    assert isinstance(found.options, Page)
    assert found.options.port == 8443
    assert found.timeout == 8.443
    assert {each.measurement: each.condition for each in found.expectations} == {
        "status": 201,
        "latency": "< 200 ms",
        "fresh": True,
        "body": "201",
    }


def test_extracted_values_are_compared_as_the_number_they_look_like(tmp_path: Path) -> None:
    text = (
        "version: 1\nvars: {n: 4, f: '1.5', t: x1}\ngates:\n"
        "- {id: x, probe: page, with: {url: x, extract: {a: a, b: b, c: c}},\n"
        '   expect: {a: "${n}", b: "${f}", c: "${t}"}}\n'
    )
    conditions = [each.condition for each in gate(tmp_path, text).expectations if not each.default]
    assert conditions == [4, 1.5, "x1"]


def test_a_value_out_of_a_variable_is_never_shown(tmp_path: Path) -> None:
    text = 'version: 1\ngates:\n- {id: x, probe: page, with: {url: x, port: "${A}", method: "${A}"}}\n'
    found = problems(tmp_path, text, env={"A": "hunter2"})
    assert len(found) == 2
    assert "hunter2" not in "".join(found)


def test_secrets_are_gathered_and_kept_out_of_problems(tmp_path: Path) -> None:
    text = (
        "version: 1\nvars: {API_TOKEN: abcdefgh, harmless: x, login: 'postgres://me:geheim99@db/x'}\ngates:\n"
        '- {id: x, probe: page, with: {url: "${login}", token: "${OTHER}", headers: {A: "${DB_PASSWORD:-letmein1}"}}}\n'
    )
    env = {"OTHER": "opaque-value"}
    assert load(tmp_path, text, env=env).secrets == {"abcdefgh", "geheim99", "opaque-value", "letmein1"}
    broken = text.replace("probe: page", "probe: page, severity: abcdefgh, owner: geheim99, claimed: geheim99")
    found = "".join(problems(tmp_path, broken, env=env))
    assert "***" in found
    assert "abcdefgh" not in found
    assert "geheim99" not in found


API = 'services: {api: {command: [x, "${port}"], ready: {tcp: "127.0.0.1:${port}"}}}'


def test_what_a_service_gives_is_plausible_when_read_and_real_when_bound(tmp_path: Path) -> None:
    text = (
        f"version: 1\n{API}\nvars: {{path: 'a$$b${{c}}', c: '$'}}\ngates:\n"
        "- {id: x, probe: page, uses: [api], with:\n"
        '    {url: "${api.url}/${path}/$${x}", port: "${api.port}", headers: {A: "$$1 $x", B: plain}}}\n'
    )
    found = gate(tmp_path, text)
    assert isinstance(found.options, Page)
    assert found.options.url == "http://127.0.0.1:8000/a$b$/${x}"
    assert found.options.port == 8000
    assert found.binds is not None
    bound = options.bind(Page, found.binds, {"api.url": "http://127.0.0.1:1", "api.port": "1"})
    assert (bound.url, bound.port) == ("http://127.0.0.1:1/a$b$/${x}", 1)
    assert bound.headers == {"A": "$1 $x", "B": "plain"}


def test_a_gate_that_refers_to_no_service_is_not_bound_anew(tmp_path: Path) -> None:
    assert page(tmp_path, "$$ ${A}", env={"A": "x"}).binds is None


def test_a_service_keeps_its_port_and_every_other_dollar(tmp_path: Path) -> None:
    text = (
        "version: 1\nvars: {odd: 'a$${port}'}\nservices:\n  api:\n"
        '    command: [run, "${port}", "${odd}", "$$x"]\n    cwd: "$$d"\n'
        '    ready: {log: "ready on ${port}$"}\n    env: {A: "${B}"}\n'
        "gates: []\n"
    )
    service = load(tmp_path, text, env={"B": "$b"}).services["api"]
    assert service.command == ("run", "${port}", "a$${port}", "$$x")
    assert service.cwd == "$d"
    assert service.ready.log == "ready on ${port}$"
    assert service.env == {"A": "$$b"}


def test_texts_of_the_whole_may_hold_variables(tmp_path: Path) -> None:
    text = 'version: 1\nname: "${NAME}"\ntarget: "${SHARE}%"\ntimeout: "${T}"\ngates: []\n'
    found = load(tmp_path, text, env={"NAME": "orders", "SHARE": "12.5", "T": "5 min"})
    assert (found.name, found.target, found.timeout) == ("orders", 12.5, 300.0)
    (problem,) = problems(tmp_path, text, env={"NAME": "x", "T": "1 s"})
    assert problem.startswith("readiness.yaml:3:9: target: variable SHARE is not defined")
