"""What is kept from run to run, and that it is never too old."""

from __future__ import annotations

import os
from pathlib import Path

import coverage
import pytest

from pytest_readiness.model import Outcome

from .test_coverage import SOURCES, ask, make, record, values


@pytest.fixture
def analysed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the files that coverage.py was asked to analyse."""
    asked: list[str] = []
    report = coverage.Coverage.report

    def spy(self: coverage.Coverage, morfs: list[str], **options: object) -> float:
        asked.extend(Path(path).name for path in morfs)
        return report(self, morfs, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(coverage.Coverage, "report", spy)
    return asked


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = make(tmp_path.resolve(), SOURCES)
    record(root, "--branch", "--source=shop")
    return root


def test_what_is_unchanged_is_not_analysed_again(project: Path, analysed: list[str]) -> None:
    first = values(ask(project, cache=project / "cache"))
    assert len(analysed) == 6
    analysed.clear()
    assert values(ask(project, cache=project / "cache")) == first
    assert analysed == []


def test_only_the_file_that_changed_is_analysed_again(project: Path, analysed: list[str]) -> None:
    ask(project, cache=project / "cache")
    analysed.clear()
    make(project, {"shop/orders.py": SOURCES["shop/orders.py"] + "x = 1\n"})
    after = values(ask(project, cache=project / "cache"))
    assert analysed == ["orders.py"]
    assert after == values(ask(project))


def test_a_change_that_keeps_time_and_size_is_seen(project: Path) -> None:
    ask(project, cache=project / "cache")
    path = project / "shop/billing/tax.py"
    before = path.stat()
    path.write_text(path.read_text(encoding="utf-8").replace("\n\n\nprint", "\nprin"), encoding="utf-8")
    path.write_text(path.read_text(encoding="utf-8").ljust(before.st_size, "#"), encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert values(ask(project, cache=project / "cache")) == values(ask(project))


def test_other_recorded_lines_are_seen(project: Path, analysed: list[str]) -> None:
    before = values(ask(project, cache=project / "cache"))
    analysed.clear()
    make(project, {"main.py": "import shop.never, shop.orders, shop.billing.tax\nshop.orders.pay(1)\n"})
    record(project, "--branch", "--source=shop")
    after = values(ask(project, cache=project / "cache"))
    assert analysed == ["never.py"]
    assert after["missed"] < before["missed"]  # type: ignore[operator]


def test_other_settings_are_seen(project: Path, analysed: list[str]) -> None:
    before = values(ask(project, cache=project / "cache"))
    analysed.clear()
    (project / ".coveragerc").write_text("[report]\nexclude_also = def refund\n", encoding="utf-8")
    after = values(ask(project, cache=project / "cache"))
    assert len(analysed) == 6
    assert after["statements"] < before["statements"]  # type: ignore[operator]


@pytest.mark.parametrize("damage", ["", "[]", "{", '{"x": 1}', '{"x": ["a", 1, 2, 3, 4, 5, 6, 7]}'])
def test_a_damaged_cache_is_none(project: Path, damage: str) -> None:
    (project / "coverage.json").write_text(damage, encoding="utf-8")
    assert values(ask(project, cache=project)) == values(ask(project))


def test_a_cache_that_cannot_be_written_is_no_trouble(project: Path) -> None:
    (project / "cache").write_text("a file where a folder should be", encoding="utf-8")
    assert ask(project, cache=project / "cache").outcome is Outcome.PASSED
