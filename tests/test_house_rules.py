"""The manners of the house, executable."""

from __future__ import annotations

import ast
import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_readiness import registry
from pytest_readiness.model import Better
from pytest_readiness.probe import Probe

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "pytest_readiness"
MODULES = sorted(SOURCE.rglob("*.py"))
PROBES = [registry.builtin(name) for name in registry.builtin_names()]


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in MODULES:
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_nothing_private_of_pytest_is_imported() -> None:
    private = [path.name for path, tree in trees() for name in imported(tree) if name.split(".")[0] == "_pytest"]
    assert private == []


def test_probes_do_not_know_each_other() -> None:
    names = {f"pytest_readiness.probes.{name}" for name in registry.builtin_names()}
    known = [
        (path.name, name)
        for path, tree in trees()
        if SOURCE / "probes" in path.parents
        for name in imported(tree)
        if name in names
    ]
    assert known == []


def test_no_thread_pool_can_hold_up_the_exit() -> None:
    assert [path.name for path, tree in trees() for name in imported(tree) if name.startswith("concurrent")] == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [path for path, tree in trees() if path.stat().st_size and not ast.get_docstring(tree)]
    assert silent == []


def test_an_ignored_type_error_has_its_code() -> None:
    assert [path.name for path in MODULES if re.search(r"type: ignore(?!\[)", path.read_text(encoding="utf-8"))] == []


def test_a_waived_lint_rule_has_its_code() -> None:
    assert [path.name for path in MODULES if re.search(r"# noqa(?!: [A-Z])", path.read_text(encoding="utf-8"))] == []


def test_every_ignored_rule_of_the_linter_has_its_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    ignored = re.search(r"^ignore = \[\n(.*?)^\]", text, re.MULTILINE | re.DOTALL)
    assert ignored
    assert [line for line in ignored[1].splitlines() if "#" not in line] == []


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.name())
class TestEveryProbe:
    def test_says_what_it_asks_when_it_fails_and_how_to_fix_it(self, probe: type[Probe]) -> None:
        text = probe.__doc__ or ""
        assert "Fails" in text
        assert "To fix" in text

    def test_documents_every_option(self, probe: type[Probe]) -> None:
        fields = dataclasses.fields(probe)
        assert [field.name for field in fields if not field.metadata.get("doc")] == []

    def test_declares_its_measurements_in_words(self, probe: type[Probe]) -> None:
        assert probe.measures
        for measure in probe.measures.values():
            assert measure.meaning
            assert isinstance(measure.better, Better)

    def test_expects_only_what_it_measures(self, probe: type[Probe]) -> None:
        assert set(probe.expect) <= set(probe.measures)
        assert probe.counter is None or probe.counter in probe.measures

    def test_has_a_test_file_of_its_own(self, probe: type[Probe]) -> None:
        assert list((ROOT / "tests" / "probes").glob(f"test_{probe.name()}*.py"))
