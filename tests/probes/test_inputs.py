"""Files that probes read: what is found, what is not, and what cannot be told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pytest_readiness.errors import CannotMeasure
from pytest_readiness.model import Each, Evidence
from pytest_readiness.probe import Context, Probe
from pytest_readiness.probes import _inputs
from pytest_readiness.probes._inputs import Asked, Input
from pytest_readiness.probes.benchmark import Benchmark
from pytest_readiness.probes.docs import Docs
from pytest_readiness.probes.junit import Junit
from pytest_readiness.probes.logs import Logs

from .conftest import MakeContext


@pytest.fixture
def context(make_context: MakeContext) -> Context:
    return make_context()


def test_a_name_that_is_given_twice_is_one_file(context: Context) -> None:
    (context.root / "a").touch()
    found, missing = Asked(None, ("a", "a", "b"), None).find(context)
    assert [each.name for each in found] == ["a"]
    assert missing == ["b"]


@pytest.mark.parametrize("probe", [Benchmark, Docs, Junit, Logs])
def test_a_pattern_that_matches_nothing_is_named(probe: type[Probe], context: Context) -> None:
    measured = probe(glob="nothing/*").measure(context)  # type: ignore[call-arg]
    assert measured.looked_at == 0
    assert measured.evidence == [Evidence("no file is there for", "nothing/*")]


def test_a_pipe_is_no_file_and_is_not_opened(context: Context) -> None:
    os.mkfifo(context.root / "pipe")
    with pytest.raises(CannotMeasure, match=r"^pipe is not a file$"):
        _inputs.one("pipe", context)


def test_a_file_elsewhere_is_shown_with_its_whole_path(tmp_path: Path) -> None:
    assert _inputs.shown(Path("/somewhere/a"), tmp_path) == "/somewhere/a"
    assert _inputs.shown(tmp_path / "b" / "a", tmp_path) == "b/a"


def test_a_file_that_vanishes_cannot_be_looked_at_or_read(context: Context) -> None:
    gone = context.root / "gone"
    with pytest.raises(CannotMeasure, match="gone cannot be looked at: No such file"):
        _inputs._looked_at(gone, context)
    with pytest.raises(CannotMeasure, match="gone cannot be read: No such file"):
        _inputs.data(Input(gone, "gone", 1, 0.0, 0), 10)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_is_read_in_the_usual_encodings(encoding: str) -> None:
    assert _inputs.text("Grüße\r\n".encode(encoding)) == "Grüße\n"


def test_values_that_agree_are_one_value() -> None:
    assert _inputs.each([1, 1]) == 1
    assert _inputs.each([1, 2, 1]) == Each((1, 2))


def test_long_lists_are_cut_and_say_so() -> None:
    assert _inputs.listed("many", [str(n) for n in range(25)]).text.splitlines()[-1] == "and 5 more"
    assert _inputs.present({"none": [], "some": ["a"]}) == [_inputs.listed("some", ["a"])]
