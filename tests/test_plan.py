from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_readiness.errors import Position, UsageError
from pytest_readiness.model import Gate, Severity, Spec
from pytest_readiness.plan import check_needs, make_plan


def gate(name: str, *needs: str, line: int = 1) -> Gate:
    return Gate(
        id=name,
        title=name,
        probe="file",
        options=None,
        expectations=(),
        needs=needs,
        position=Position("readiness.yaml", line),
    )


def spec(*gates: Gate) -> Spec:
    return Spec(
        path=Path("readiness.yaml"),
        root=Path(),
        name="orders",
        gates=gates,
        groups=(),
        services={},
        enforce=frozenset(Severity),
    )


CHAIN = spec(gate("deploy", "schema", "health"), gate("health"), gate("schema", "health"), gate("docs"))


def ids(gates: tuple[Gate, ...]) -> list[str]:
    return [gate.id for gate in gates]


# --- needs --------------------------------------------------------------------------------------


def test_needs_that_are_met_are_no_problem() -> None:
    assert check_needs(CHAIN.gates) == []
    assert check_needs(()) == []


def test_a_need_that_is_a_group_is_told_how_to_name_its_gates() -> None:
    inside = replace(gate("health"), group=("Runtime", "Web"))
    (problem,) = check_needs([inside, gate("schema", "Runtime")])
    assert problem.message == "there is no gate 'Runtime', but a group: write 'group:Runtime' for all of its gates"
    (problem,) = check_needs([inside, gate("schema", "group:Runtim")])
    assert problem.message == "there is no other gate in a group 'Runtim': did you mean 'group:Runtime'?"
    (problem,) = check_needs([inside, gate("schema", "group:Zzz")])
    assert problem.message == "there is no other gate in a group 'Zzz'"


def test_an_unknown_need_is_a_problem_with_its_place_and_the_near_name() -> None:
    (problem,) = check_needs([gate("health"), gate("schema", "helth", line=7)])
    assert str(problem) == "readiness.yaml:7:1: schema.needs: there is no gate 'helth': did you mean 'health'?"


def test_an_unknown_need_with_no_near_name_is_just_unknown() -> None:
    (problem,) = check_needs([gate("schema", "zzz")])
    assert problem.message == "there is no gate 'zzz'"


def test_a_gate_that_needs_itself_is_a_problem() -> None:
    (problem,) = check_needs([gate("health", "health")])
    assert problem.message == "a gate cannot need itself"


def test_a_cycle_is_told_once_from_its_first_gate_in_the_shortest_way() -> None:
    gates = [gate("x", "a"), gate("a", "b", "c", line=3), gate("b", "a", "c"), gate("c", "d"), gate("d", "b")]
    (problem,) = check_needs(gates)
    assert str(problem) == ("readiness.yaml:3:1: a.needs: a cycle, so that none of them could ever run: a -> b -> a")


def test_all_problems_come_at_once() -> None:
    gates = [gate("a", "b"), gate("b", "a"), gate("c", "c", "nobody"), gate("d", "e"), gate("e", "f"), gate("f", "d")]
    assert [problem.message for problem in check_needs(gates)] == [
        "a gate cannot need itself",
        "there is no gate 'nobody'",
        "a cycle, so that none of them could ever run: a -> b -> a",
        "a cycle, so that none of them could ever run: d -> e -> f -> d",
    ]


def test_a_need_said_twice_is_no_problem() -> None:
    assert check_needs([gate("a"), gate("b", "a", "a")]) == []


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=16))
def test_a_cycle_is_found_just_where_there_is_one(edges: list[tuple[int, int]]) -> None:
    edges = [(start, end) for start, end in edges if start != end]
    graph = {number: {end for start, end in edges if start == number} for number in range(8)}
    left = dict(graph)
    while free := [number for number, needs in left.items() if not needs & left.keys()]:
        for number in free:
            del left[number]
    gates = [gate(str(number), *map(str, sorted(needs))) for number, needs in graph.items()]
    problems = check_needs(gates)
    assert bool(problems) == bool(left)
    for problem in problems:
        way = problem.message.rpartition(": ")[2].split(" -> ")
        assert way[0] == way[-1]
        assert all(int(need) in graph[int(user)] for user, need in itertools.pairwise(way))


COUNT = 10_000


@pytest.mark.parametrize(
    "need",
    [
        pytest.param(lambda number: min(number + 1, COUNT - 1), id="a chain"),
        pytest.param(lambda number: (number + 1) % COUNT, id="one ring"),
        pytest.param(lambda number: number ^ 1, id="5,000 rings"),
        pytest.param(lambda number: number // 2, id="a tree"),
        pytest.param(lambda number: number + COUNT, id="all unknown"),
    ],
)
def test_the_needs_of_ten_thousand_gates_are_checked_quickly(need: Callable[[int], int]) -> None:
    gates = [gate(f"g{number}", f"g{need(number)}") for number in range(COUNT)]
    began = time.process_time()
    check_needs(gates)
    assert time.process_time() - began < 1


# --- plans --------------------------------------------------------------------------------------


def test_without_a_selection_all_gates_are_planned_in_the_order_of_the_spec() -> None:
    plan = make_plan(CHAIN)
    assert plan.gates == CHAIN.gates
    assert not plan.partial
    assert plan.graph == {"deploy": ("schema", "health"), "health": (), "schema": ("health",), "docs": ()}
    assert plan.spec is CHAIN


def test_a_selection_brings_along_what_it_needs_and_is_partial() -> None:
    plan = make_plan(CHAIN, "schema")
    assert ids(plan.gates) == ["health", "schema"]
    assert plan.partial
    assert plan.graph == {"health": (), "schema": ("health",)}


def test_needs_of_needs_come_along() -> None:
    chain = spec(gate("a", "b"), gate("b", "c"), gate("c"), gate("d"))
    assert ids(make_plan(chain, "a").gates) == ["a", "b", "c"]


def test_a_selection_of_everything_is_not_partial() -> None:
    assert not make_plan(CHAIN, "*").partial
    assert not make_plan(CHAIN, "deploy, docs").partial


def test_a_need_said_twice_is_one_edge() -> None:
    assert make_plan(spec(gate("a"), gate("b", "a", "a"))).graph["b"] == ("a",)


def test_a_selection_that_matches_nothing_is_refused() -> None:
    with pytest.raises(UsageError, match="did you mean 'docs'"):
        make_plan(CHAIN, "dosc")


def test_an_empty_spec_has_an_empty_plan() -> None:
    assert make_plan(spec()).gates == ()


def test_planning_ten_thousand_gates_is_quick() -> None:
    big = spec(*(gate(f"g{number}", *([f"g{number - 1}"] if number else [])) for number in range(10_000)))
    began = time.process_time()
    assert len(make_plan(big).gates) == 10_000
    assert len(make_plan(big, "g9999").gates) == 10_000
    assert time.process_time() - began < 1
