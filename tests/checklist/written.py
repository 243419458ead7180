"""Documents that are read, held against gates and written back: the whole road, without files and probes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from pytest_readiness.checklist.judging.audit import Audit
from pytest_readiness.checklist.opening import Opened
from pytest_readiness.checklist.reading.read import read
from pytest_readiness.checklist.reading.text import decode, encode
from pytest_readiness.checklist.rewriting.notes import bare
from pytest_readiness.checklist.settle import held, settled
from pytest_readiness.model import Gate, Outcome, Report

from .evidence import measuring, run

NAME = "CHECKLIST.md"


def opened(data: bytes) -> Opened:
    text = decode(data, NAME)
    return Opened(Path(NAME), data, text, read(bare(text)))


def spec(checklist: Opened, outcomes: Mapping[str, Outcome], **more: Mapping[str, object]) -> tuple[list[Gate], Report]:
    """Gates as they are imported, for the items that contain each of the words, and the report on them."""
    gates: dict[str, Gate] = {}
    told: dict[str, Outcome] = {}
    for words, outcome in outcomes.items():
        (item,) = [each for each in checklist.document.items if words in each.text]
        name = f"gate-{item.line}-{len(gates)}"
        gates[name] = replace(
            measuring(name),
            title=item.text,
            source=f"{NAME}:{item.line}",
            **more.get(words, {}),  # type: ignore[arg-type]
        )
        told[name] = outcome
    return list(gates.values()), run(told, gates)


def hold(data: bytes, gates: list[Gate], report: Report) -> tuple[Opened, Audit]:
    checklist = opened(data)
    return checklist, held(checklist, gates, report)


def written(data: bytes, gates: list[Gate], report: Report) -> bytes:
    return encode(settled(opened(data), gates, report))


def rewritten(source: str, outcomes: Mapping[str, Outcome], **more: Mapping[str, object]) -> str:
    """*source* with such gates, written back; doing it again changes nothing."""
    data = source.encode()
    gates, report = spec(opened(data), outcomes, **more)
    once = written(data, gates, report)
    assert written(once, gates, report) == once
    return once.decode()
