"""``TODO`` in a gate: read, listed, and never passed."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_readiness.spec._probes import Broken

from .samples import HEAD, gate, load, problems


def why(tmp_path: Path, text: str) -> str:
    options = gate(tmp_path, HEAD + text).options
    assert isinstance(options, Broken)
    return options.why


def test_a_gate_with_something_to_fill_in_is_read_and_says_what(tmp_path: Path) -> None:
    text = "- {id: p, probe: page, with: {url: 'TODO: which page', port: TODO}, expect: {latency: TODO}}"
    assert why(tmp_path, text) == "still to be filled in: with.url (which page), with.port, expect.latency"


def test_a_date_that_is_still_to_be_set_puts_nothing_off(tmp_path: Path) -> None:
    text = "- {id: p, probe: page, with: {url: x}, deferred: {reason: later, until: TODO}}"
    assert gate(tmp_path, HEAD + text).deferral is None
    assert why(tmp_path, text) == "still to be filled in: deferred.until"


def test_a_variable_that_is_still_to_be_set_is_seen_where_it_is_used(tmp_path: Path) -> None:
    gates = "gates:\n- {id: p, probe: page, with: {url: '${base}/x'}}"
    (found,) = load(tmp_path, "version: 1\nvars: {base: '${NOT_SET_ANYWHERE:-TODO}'}\n" + gates).gates
    assert isinstance(found.options, Broken)


@pytest.mark.parametrize("value", ["TODOS", "TODO|FIXME", "(TODO)", "a TODO", "todo"])
def test_a_text_that_only_speaks_of_it_is_a_text(tmp_path: Path, value: str) -> None:
    assert not isinstance(gate(tmp_path, HEAD + f"- {{id: p, probe: page, with: {{url: '{value}'}}}}").options, Broken)


def test_other_mistakes_of_the_gate_are_still_reported(tmp_path: Path) -> None:
    text = "- {id: p, probe: lines, with: {include: TODO, exclde: x}, expect: {line: TODO, brnach: '>= 1%'}}"
    said = problems(tmp_path, HEAD + text)
    assert [line.partition(": unknown")[0].rpartition(".")[2] for line in said] == ["exclde", "brnach"]


def test_it_does_not_ask_again_for_what_nobody_has_filled_in(tmp_path: Path) -> None:
    text = "- {id: p, probe: page, with: {url: TODO}, retry: {within: 20s}}"
    assert gate(tmp_path, HEAD + text).retry is None
