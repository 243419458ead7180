"""What is proposed can be read as a spec, or is left to a person."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_readiness import assess
from pytest_readiness.checklist.drafting import tree, write
from pytest_readiness.checklist.drafting.sound import literal, sound
from pytest_readiness.checklist.model import Proposal, Status
from tests.checklist.samples import NAME, document, item, proposal


def looked_at(**more: object) -> Proposal:
    found = document(item(1, "Costs ${5}"))
    (made,) = sound(found, [proposal(0, **more)])  # type: ignore[arg-type]
    return made


def test_what_can_be_read_stays_as_it_is() -> None:
    good = {"probe": "http", "options": {"url": "http://x/"}, "expect": {"latency": "< 5 ms"}}
    assert looked_at(**good).probe == "http"


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"probe": "nothing"}, "there is no such probe"),
        ({"probe": "file", "options": {"pth": "x"}}, "pth: unknown key 'pth', did you mean 'path'?"),
        ({"probe": "file", "options": {"path": "x"}, "expect": {"cuont": 1}}, "it does not measure cuont"),
        ({"probe": "file", "options": {"path": "x"}, "expect": {"count": "> 3 ms"}}, "count: "),
        ({"probe": "http", "options": {"url": "no url"}}, "url: "),
    ],
)
def test_what_cannot_is_asked_of_a_person_and_says_why(more: dict[str, object], why: str) -> None:
    made = looked_at(**more)
    assert made.probe == "manual"
    assert made.options == {"role": "TODO", "question": "Costs $${5}"}
    assert f"{more['probe']} was not to be had: {why}" in made.words[-1]


def test_what_is_to_be_filled_in_is_no_mistake() -> None:
    made = looked_at(probe="http", options={"url": "TODO: where"}, expect={"status": "TODO"})
    assert made.probe == "http"


@pytest.mark.parametrize("definition", ["${BASE:-http://x}", "http://x"])
def test_variables_are_what_they_are_by_default(definition: str) -> None:
    made = looked_at(probe="http", options={"url": "${base}/a"}, variables={"base": definition})
    assert made.probe == "http"
    assert looked_at(probe="http", options={"url": "${base}/a", "method": "${no}"}).probe == "http"


def test_a_group_is_judged_by_what_is_in_it() -> None:
    assert looked_at(probe="group").probe == "group"


def test_dollars_stay_dollars() -> None:
    assert literal("a  $5\n${X} $$") == "a $$5 $${X} $$$$"
    assert literal("a $5") == "a $5"


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
ITEMS = st.lists(
    st.builds(
        item,
        st.integers(1, 50),
        TEXT,
        section=st.lists(TEXT, max_size=3).map(tuple),
        status=st.sampled_from(Status),
        owner=TEXT,
        reason=TEXT,
        phase=TEXT,
        condition=TEXT,
        because=TEXT,
    ),
    min_size=1,
    max_size=6,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(ITEMS, TEXT)
def test_whatever_a_checklist_says_makes_a_spec_without_problems(
    tmp_path: Path, items: list[object], title: str
) -> None:
    found = document(*items, title=title)  # type: ignore[arg-type]
    made = [proposal(index, "group" if index % 2 else "import_cycles", words=(title,)) for index in range(len(items))]
    path = tmp_path / "readiness.yaml"
    path.write_bytes(write.spec(found, tree.grow(found, sound(found, made), source=NAME), source=NAME).encode())
    assert len(assess.load(path, env={}).spec.gates) == len(items)
