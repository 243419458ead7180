from __future__ import annotations

from pytest_readiness import registry
from pytest_readiness.checklist.proposing.fill import todo
from pytest_readiness.checklist.proposing.fill.makers import SAID, SHOWN

#: ``gates`` sums up gates that stand elsewhere: for items that is their group.
PROBES = {*registry.builtin_names(), "group"} - {"gates"}


def test_every_probe_has_a_maker() -> None:
    assert set(SAID) >= PROBES


def test_what_is_shown_is_for_probes_that_there_are() -> None:
    assert set(SHOWN) <= PROBES


def test_what_is_left_open_says_what_is_wanted() -> None:
    assert todo("which folder") == "TODO: which folder"
