from __future__ import annotations

import datetime as dt
import gc
import time
import tracemalloc
from pathlib import Path

import pytest

from pytest_readiness.errors import CannotMeasure
from pytest_readiness.model import Deferral, Expectation, Retry, Severity, Waiver
from pytest_readiness.plan import make_plan
from pytest_readiness.spec._probes import Broken

from .samples import HEAD, NOTHING, PAGE, Page, gate, load, problems


def test_a_gate_gets_every_key_it_may_have(tmp_path: Path) -> None:
    found = gate(
        tmp_path,
        HEAD
        + """
- id: page
  title: The page is there
  probe: page
  with: {url: http://x, pause: 200 ms}
  expect: {status: 201, body: "~ ok"}
  severity: P0
  weight: 2
  tags: [web, page]
  owner: me
  links: [http://a, http://b]
  impact: Nobody can buy.
  fix: Start it.
  blocking: true
  claimed: done
  source: LIST.md:3
  scope: tests/unit -m "not slow"
  enforce_from: 2027-01-31
  retry: {within: 20s}
  timeout: 5s
  waiver: {reason: r, owner: o, approved_by: a, expires: 2026-12-31}
""",
    )
    assert found.options == Page(url="http://x", pause=0.2)
    assert [(each.measurement, each.condition, each.default) for each in found.expectations] == [
        ("status", 201, False),
        ("body", "~ ok", False),
    ]
    assert (found.severity, found.weight, found.owner) == (Severity.CRITICAL, 2.0, "me")
    assert found.tags == {"web", "page"}
    assert (found.links, found.impact, found.fix) == (("http://a", "http://b"), "Nobody can buy.", "Start it.")
    assert (found.blocking, found.claimed, found.source) == (True, "done", "LIST.md:3")
    assert found.scope == ("-m 'not slow'", "tests/unit")
    assert found.enforce_from == dt.date(2027, 1, 31)
    assert (found.retry, found.timeout) == (Retry(20.0, 1.0), 5.0)
    assert found.waiver == Waiver("r", "o", "a", dt.date(2026, 12, 31))
    assert (found.position.line, found.position.column) == (4, 3)
    assert found.inapplicable is None


def test_what_is_not_said_is_what_a_user_expects(tmp_path: Path) -> None:
    spec = load(tmp_path, HEAD + PAGE)
    (found,) = spec.gates
    assert (found.title, found.severity, found.weight, found.timeout) == ("Page", Severity.HIGH, 1.0, 60.0)
    assert [(each.measurement, each.condition, each.default) for each in found.expectations] == [("status", 200, True)]
    assert (spec.name, spec.root, spec.target, spec.timeout) == (tmp_path.name, tmp_path, None, None)
    assert spec.enforce == set(Severity)


def test_an_id_is_made_of_the_title_and_a_title_of_the_id(tmp_path: Path) -> None:
    text = (
        HEAD
        + "- {title: 'Is it there, now?', probe: ask}\n- {id: unit_test.coverage, probe: ask}\n- {id: 7, probe: ask}"
    )
    found = load(tmp_path, text).gates
    assert [each.id for each in found] == ["is-it-there-now", "unit_test.coverage", "7"]
    assert [each.title for each in found] == ["Is it there, now?", "Unit test coverage", "7"]


def test_groups_hand_down_what_gates_do_not_say_themselves(tmp_path: Path) -> None:
    spec = load(
        tmp_path,
        HEAD
        + """
- {id: first, probe: ask}
- group: Outer
  severity: low
  owner: outer
  tags: [a]
  needs: [first, inner]
  timeout: 5s
  weight: 3
  retry: {within: 1s}
  enforce_from: 2027-01-01
  scope: tests/unit
  gates:
  - {id: inner, probe: ask, tags: [b], severity: high}
  - group: Inner
    owner: inner
    tags: [c]
    gates:
    - {id: deep, probe: ask, tags: [a, d], needs: [inner], weight: 1, timeout: 1s}
""",
    )
    _, inner, deep = spec.gates
    assert (inner.severity, inner.owner, inner.needs) == (Severity.HIGH, "outer", ("first",))
    assert (deep.severity, deep.owner) == (Severity.LOW, "inner")
    assert inner.tags == {"a", "b"}
    assert deep.tags == {"a", "c", "d"}
    assert (deep.needs, deep.weight, deep.timeout) == (("first", "inner"), 1.0, 1.0)
    assert (inner.weight, inner.timeout, inner.retry, inner.scope) == (3.0, 5.0, Retry(1.0, 1.0), ("tests/unit",))
    assert deep.group == ("Outer", "Inner")
    assert deep.enforce_from == dt.date(2027, 1, 1)
    assert [group.path for group in spec.groups] == [("Outer",), ("Outer", "Inner")]


def test_a_gate_that_needs_itself_is_a_problem_even_if_its_group_needs_it_too(tmp_path: Path) -> None:
    text = HEAD + "- {group: G, needs: [a], gates: [{id: a, probe: ask, needs: [a]}]}\n"
    (problem,) = problems(tmp_path, text)
    assert problem == "readiness.yaml:3:61: gates.a.needs: a gate cannot need itself"


def test_a_need_that_a_group_hands_down_is_told_at_the_gate(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, HEAD + "- {group: G, needs: [b], gates: [{id: a, probe: ask}]}\n")
    assert problem.startswith("readiness.yaml:3:34: gates.a.needs: there is no gate 'b'")


def test_a_group_may_expect_a_score_and_two_of_one_heading_are_one(tmp_path: Path) -> None:
    text = HEAD + (
        "- {group: A, gates: [{id: a, probe: ask}]}\n"
        "- {group: A, severity: low, expect: {score: '>= 75%'}, gates: [{id: b, probe: ask}]}\n"
        "- {group: A, gates: []}\n"
        "- {group: B, expect: {}, gates: []}\n"
    )
    first, second = load(tmp_path, text).groups
    assert (first.path, first.expectations) == (("A",), (Expectation("score", ">= 75%"),))
    assert (second.path, second.expectations) == (("B",), ())
    (problem,) = problems(tmp_path, text + "- {group: A, expect: {score: '>= 80%'}, gates: []}\n")
    assert "expect.score: the group at readiness.yaml:4:3 has another expectation of its score" in problem


def test_a_group_may_expect_counts_of_its_gates(tmp_path: Path) -> None:
    text = HEAD + "- {group: A, expect: {passed: '>= ${LEAST}', failed: 0}, gates: [{id: a, probe: ask}]}\n"
    (group,) = load(tmp_path, text, env={"LEAST": "67"}).groups
    assert group.expectations == (Expectation("passed", ">= 67"), Expectation("failed", 0))


def test_groups_of_one_heading_expect_what_both_do(tmp_path: Path) -> None:
    text = HEAD + (
        "- {group: A, expect: {failed: 0}, gates: [{id: a, probe: ask}]}\n"
        "- {group: A, expect: {failed: 0, passed: 2}, gates: [{id: b, probe: ask}]}\n"
    )
    (group,) = load(tmp_path, text).groups
    assert group.expectations == (Expectation("failed", 0), Expectation("passed", 2))


THREE = (
    "- {group: Testing, gates: [{id: unit, probe: ask}, {id: load, probe: ask, severity: low}]}\n"
    "- {id: docs, probe: ask, tags: [text]}\n"
)


@pytest.mark.parametrize(
    ("of", "ids"),
    [
        ("unit", {"unit"}),
        ("'*'", {"unit", "load", "docs"}),
        ("['group:Testing', 'tag:text']", {"unit", "load", "docs"}),
        ("'group:Testing and not severity:low'", {"unit"}),
    ],
)
def test_a_group_may_count_gates_that_stand_elsewhere(tmp_path: Path, of: str, ids: set[str]) -> None:
    text = HEAD + THREE + f"- {{group: Release, of: {of}, enforce_from: 2027-01-31, expect: {{passed: 1}}}}\n"
    group = load(tmp_path, text).groups[-1]
    assert group.of == ids
    assert group.enforce_from == dt.date(2027, 1, 31)


@pytest.mark.parametrize(
    ("of", "told"),
    [
        ("unti", "of[0]: selection 'unti': no gate is called 'unti': did you mean 'unit'?"),
        ("['*', 'group:Tests']", "of[1]: selection 'group:Tests': no group is called 'Tests': did you mean 'Testing'?"),
        ("'unit and'", "is missing at the end"),
        ("'${X}'", "variables cannot be used here"),
    ],
)
def test_gates_that_are_nowhere_cannot_count(tmp_path: Path, of: str, told: str) -> None:
    (problem,) = problems(tmp_path, HEAD + THREE + f"- {{group: Release, of: {of}}}\n")
    assert problem.startswith("readiness.yaml:5:")
    assert told in problem


@pytest.mark.parametrize(
    ("needs", "ids"),
    [
        ("['group:Testing']", ("unit", "load")),
        ("['u*', docs]", ("unit", "docs")),
        ("['*']", ("unit", "load", "docs")),
        ("['group:Test*', load]", ("unit", "load")),
    ],
)
def test_needs_may_be_groups_and_globs(tmp_path: Path, needs: str, ids: tuple[str, ...]) -> None:
    loaded = load(tmp_path, HEAD + THREE + f"- {{id: last, probe: ask, needs: {needs}}}\n")
    assert loaded.gates[-1].needs == ids


def test_a_need_that_stands_for_no_gate_is_told(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, HEAD + THREE + "- {id: last, probe: ask, needs: ['group:Tests']}\n")
    assert "there is no other gate in a group 'Tests': did you mean 'group:Testing'?" in problem


@pytest.mark.parametrize(
    ("expect", "told"),
    [
        ("{pased: 3}", "expect.pased: a group has score, gates, passed"),
        ("{pased: 3}", "did you mean 'passed'?"),
        ("{passed: '>= 67%'}", "67% does not fit"),
        ("{passed: many}", "'many' is not a number"),
        ("{passed: }", "is empty"),
        ("{passed: {least: 3}}", "expected one condition, found a mapping"),
        ("{score: '>= 0.75'}", "0.75 has no unit"),
    ],
)
def test_what_a_group_cannot_expect_is_told_with_its_place(tmp_path: Path, expect: str, told: str) -> None:
    (problem,) = problems(tmp_path, HEAD + f"- {{group: A, expect: {expect}, gates: [{{id: a, probe: ask}}]}}\n")
    assert problem.startswith("readiness.yaml:3:")
    assert told in problem


@pytest.mark.parametrize(("profile", "reason"), [(None, "only for profile prod, stage"), ("prod", None)])
def test_profiles_say_where_a_gate_applies(tmp_path: Path, profile: str | None, reason: str | None) -> None:
    text = "profiles: {prod: {}, stage: {}, dev: {}}\n" + HEAD + "- {id: a, probe: ask, profiles: [prod, stage]}\n"
    assert gate(tmp_path, text, profile=profile).inapplicable == reason


def test_the_nearest_profiles_win_and_may_have_a_reason(tmp_path: Path) -> None:
    text = (
        "profiles: {prod: {}, dev: {}}\n"
        + HEAD
        + "- group: G\n  profiles: [prod]\n  gates:\n  - {id: a, probe: ask}\n"
        + "  - {id: b, probe: ask, profiles: dev, reason: only developers have it}\n"
    )
    first, second = load(tmp_path, text, profile="dev").gates
    assert (first.inapplicable, second.inapplicable) == ("only for profile prod", None)
    first, second = load(tmp_path, text, profile="prod").gates
    assert (first.inapplicable, second.inapplicable) == (None, "only developers have it (only for profile dev)")


@pytest.mark.parametrize(
    ("when", "reason"),
    [
        ("{A: ldap}", None),
        ("{A: other}", "no LDAP (only when A is other)"),
        ("{A: '~ ^ld'}", None),
        ("{N: 8}", None),
        ("{N: '>= 8'}", None),
        ("{N: '> 8'}", "no LDAP (only when N is > 8)"),
        ("{N: 9}", "no LDAP (only when N is 9)"),
        ("{B: true}", None),
        ("{B: false}", "no LDAP (only when B is false)"),
        ("{A: 3}", "no LDAP (only when A is 3)"),
        ("{A: '> 3'}", "no LDAP (only when A is > 3)"),
        ("{A: 'in ldap, kerberos', N: 8}", None),
        ("{A: x, N: 9}", "no LDAP (only when A is x)"),
        ("{EMPTY: ''}", None),
    ],
)
def test_when_says_under_which_conditions_a_gate_applies(tmp_path: Path, when: str, reason: str | None) -> None:
    env = {"A": "ldap", "N": "8", "B": "True", "EMPTY": ""}
    text = HEAD + f"- {{id: a, probe: ask, when: {when}, reason: no LDAP}}\n"
    assert gate(tmp_path, text, env=env).inapplicable == reason


def test_a_group_that_does_not_apply_takes_its_gates_along(tmp_path: Path) -> None:
    text = HEAD + "- {group: G, when: {A: x}, reason: no A, gates: [{id: a, probe: page, with: {url: '${U}'}}]}\n"
    assert gate(tmp_path, text, env={"A": "y"}).inapplicable == "no A (only when A is x)"


def test_a_condition_of_when_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    text = HEAD + "- {id: a, probe: ask, when: {A: {b: c}, B: '${C}', D: '>= x', E: no}, reason: r}\n"
    found = problems(tmp_path, text, env={"A": "", "B": "", "D": "", "E": ""})
    assert [problem.split(": ")[1] for problem in found[:3]] == ["gates.a.when.A", "gates.a.when.B", "gates.a.when.D"]
    assert len(found) == 4


def test_a_spoiled_variable_under_when_is_told_once(tmp_path: Path) -> None:
    text = "vars: {A: '${B}'}\n" + HEAD + "- {id: a, probe: ask, when: {A: x}, reason: r}\n"
    (problem,) = problems(tmp_path, text)
    assert problem.startswith("readiness.yaml:1:11: vars.A: variable B is not defined")


def test_a_profile_may_have_its_own_policy(tmp_path: Path) -> None:
    text = "target: 90%\nenforce: [critical]\nprofiles: {prod: {target: 99%, enforce: P1}, dev: {}}\n" + NOTHING
    for profile, target, enforced in (("prod", 99.0, "high"), ("dev", 90.0, "critical"), (None, 90.0, "critical")):
        spec = load(tmp_path, text, profile=profile)
        assert (spec.target, spec.profile) == (target, profile)
        assert spec.enforce == {Severity(enforced)}


def test_a_profiles_target_is_read_like_the_specs(tmp_path: Path) -> None:
    text = "profiles: {prod: {target: 199%}}\n" + NOTHING
    (problem,) = problems(tmp_path, text, profile="prod")
    assert problem == "readiness.yaml:1:27: profiles.prod.target: expected a share between 0% and 100%"


def test_a_profile_that_is_not_there_is_told_with_the_near_name(tmp_path: Path) -> None:
    text = "version: 1\nprofiles: {prod: {}}\ngates: []\n"
    (problem,) = problems(tmp_path, text, profile="prd")
    assert problem == "readiness.yaml:2:11: profiles: there is no profile 'prd', did you mean 'prod'?"


def test_version_and_gates_are_needed(tmp_path: Path) -> None:
    assert [problem.split(": ")[1] for problem in problems(tmp_path, "name: x\n")] == [
        "'version' is missing",
        "'gates' is missing",
    ]


def test_a_spec_without_gates_can_be_read(tmp_path: Path) -> None:
    assert load(tmp_path, NOTHING).gates == ()


def test_a_measurement_that_wants_to_be_alone_makes_the_gate_exclusive(tmp_path: Path) -> None:
    with_latency = PAGE.replace("}}", "}, expect: {latency: < 3 ms}}")
    assert gate(tmp_path, HEAD + with_latency).exclusive
    assert not gate(tmp_path, HEAD + PAGE).exclusive
    assert gate(tmp_path, HEAD + PAGE.replace("}}", "}, exclusive: true}")).exclusive


def test_an_extracted_measurement_is_known(tmp_path: Path) -> None:
    text = HEAD + "- {id: a, probe: page, with: {url: x, extract: {db: checks.db}}, expect: {db: ok, dbs: ok}}\n"
    (problem,) = problems(tmp_path, text)
    assert problem == "readiness.yaml:3:83: gates.a.expect.dbs: unknown measurement 'dbs', did you mean 'db'?"


def test_measurements_are_not_called_unknown_while_the_options_are_broken(tmp_path: Path) -> None:
    text = HEAD + "- {id: a, probe: page, with: {ulr: x, extract: {db: checks.db}}, expect: {db: ok}}\n"
    assert not [problem for problem in problems(tmp_path, text) if "measurement" in problem]


@pytest.mark.parametrize(
    ("probe", "reason"),
    [
        ("absent", "probe 'absent' could not be loaded: no module 'absent'"),
        ("unusable", "probe 'unusable' cannot be used: TypeError: option 'things' of Unusable: "),
    ],
)
def test_a_probe_that_cannot_be_loaded_is_one_error_and_no_crash(tmp_path: Path, probe: str, reason: str) -> None:
    found = gate(tmp_path, HEAD + f"- {{id: a, probe: {probe}, with: {{what: ever}}, expect: {{x: 1}}}}\n")
    assert isinstance(found.options, Broken)
    with pytest.raises(CannotMeasure) as caught:
        found.options.measure(None)  # type: ignore[arg-type]
    assert str(caught.value).startswith(reason)


def test_an_unknown_probe_may_be_in_a_package_that_cannot_be_loaded(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, HEAD + "- {id: a, probe: zzz}\n")
    assert "unknown probe 'zzz'; " in problem
    assert problem.endswith("; 'absent' could not be loaded: no module 'absent'")


@pytest.mark.parametrize(
    ("name", "advice"),
    [("composite", "write a group"), ("Audit", "sarif reads"), ("shell", "command runs"), ("db", "sql asks")],
)
def test_probes_that_people_expect_are_told_by_their_names_here(tmp_path: Path, name: str, advice: str) -> None:
    (problem,) = problems(tmp_path, f"{HEAD}- {{id: a, probe: {name}}}\n")
    assert f"unknown probe {name!r}: {advice}" in problem


def test_what_a_later_version_will_know_is_not_available_yet(tmp_path: Path) -> None:
    text = HEAD + "- {id: a, probe: lines, attestation: x, baselines: y, expect: {line: '>= baseline'}}\n"
    found = problems(tmp_path, text)
    assert len(found) == 3
    assert all("not available yet" in problem for problem in found)


def test_a_number_written_in_an_unusual_way_is_that_number(tmp_path: Path) -> None:
    found = gate(tmp_path, HEAD + PAGE.replace("}}", "}, expect: {status: 0xC8, body: 'in a, b'}}"))
    assert found.expectations[0].condition == 200
    assert type(found.expectations[0].condition) is int


def test_a_list_is_a_condition_on_what_may_be_a_list(tmp_path: Path) -> None:
    text = HEAD + "- {id: a, probe: page, with: {url: x, extract: {all: '[]'}}, expect: {all: [a, 1]}}\n"
    assert gate(tmp_path, text).expectations[-1].condition == ("a", 1)


def test_a_probe_that_fails_to_say_what_it_measures_is_no_crash(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, HEAD + "- {id: a, probe: moody}\n")
    assert problem.endswith("gates.a: 'expect' is missing: moody measures mood, and expects nothing by itself")
    (problem,) = problems(tmp_path, HEAD + "- {id: a, probe: moody, expect: {mood: good}}\n")
    assert problem.endswith("gates.a.expect.mood: moody cannot tell: ZeroDivisionError: not today")


def test_a_deferral_needs_somebodys_name_where_it_matters(tmp_path: Path) -> None:
    text = HEAD + "- {id: a, probe: ask, %s, deferred: {reason: r, until: 2027-01-01%s}}\n"
    for said in ("severity: critical", "blocking: true"):
        (problem,) = problems(tmp_path, text % (said, ""))
        assert "gates.a.deferred: 'approved_by' is missing" in problem
    found = gate(tmp_path, text % ("severity: critical", ", approved_by: cto"))
    assert found.deferral == Deferral("r", dt.date(2027, 1, 1), "cto")


def test_a_service_with_a_problem_is_still_a_service(tmp_path: Path) -> None:
    text = "services: {api: {command: x, ready: {tcp: 'x:1'}}}\n" + HEAD + PAGE.replace("probe", "uses: [api], probe")
    (problem,) = problems(tmp_path, text)
    assert ": services.api.command: " in problem


def test_services_that_are_no_mapping_are_one_problem(tmp_path: Path) -> None:
    assert [problem.split(": ")[1] for problem in problems(tmp_path, "services: [a]\n" + NOTHING)] == ["services"]


def test_reading_leaves_the_garbage_collector_as_it_was(tmp_path: Path) -> None:
    load(tmp_path, HEAD + PAGE)
    assert gc.isenabled()
    gc.disable()
    try:
        load(tmp_path, HEAD + PAGE)
        assert not gc.isenabled()
    finally:
        gc.enable()


def many(count: int) -> str:
    gates = "".join(
        f"- id: page-{i}\n  title: Page {i} answers\n  probe: page\n  tags: [web]\n"
        f"  with: {{url: '${{base}}/{i}'}}\n  expect: {{status: 200, latency: < {100 + i % 50} ms}}\n"
        for i in range(count)
    )
    return f"vars: {{base: http://x}}\n{HEAD}{gates}"


def cpu(folder: Path, count: int) -> float:
    text = many(count)
    start = time.process_time()
    make_plan(load(folder, text))
    return time.process_time() - start


def test_reading_takes_time_in_proportion_to_the_gates(tmp_path: Path) -> None:
    cpu(tmp_path, 50)
    small = min(cpu(tmp_path, 250) for _ in range(3))
    large = min(cpu(tmp_path, 1000) for _ in range(2))
    assert large < 8 * small


def test_a_spec_takes_memory_in_proportion_to_its_gates(tmp_path: Path) -> None:
    text = many(500)
    load(tmp_path, text)  # what is made once is not counted
    tracemalloc.start()
    try:
        found = load(tmp_path, text)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(found.gates) == 500
    assert peak < 500 * 10_000


def test_a_spec_with_a_thousand_problems_is_told_no_more(tmp_path: Path) -> None:
    keys = "".join(f", key{i}: x, other{i}: [y]" for i in range(300))
    text = HEAD + "".join(f"- {{id: g{i}, probe: ask, needs: [none]{keys}}}\n" for i in range(3))
    found = problems(tmp_path, text)
    assert len(found) == 1001
    assert found[-1].endswith("there are 1000 problems: the rest was not looked at")


def test_a_thousand_unknown_needs_are_told_at_the_gate(tmp_path: Path) -> None:
    needs = ", ".join(f"n{i}" for i in range(1500))
    found = problems(tmp_path, HEAD + f"- {{id: a, probe: ask, needs: [{needs}]}}\n")
    assert len(found) == 1000
    assert found[0].startswith("readiness.yaml:3:3: ")


def test_a_long_name_is_cut_in_messages(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, HEAD + f"- {{id: a, probe: ask, {'k' * 5000}: x}}\n")
    assert len(problem) < 1200
