"""Findings kept from run to run, under a hash of all they follow from."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pytest_readiness.probes._imports.analysis import Analysis, Cycle, Findings, Link, digest

#: Rises with every change of the analysis that changes findings.
_VERSION = 1
#: Findings of the last so many states are kept.
_KEPT = 20


def remembered(folder: Path | None, analysis: Analysis, ignore: Sequence[str]) -> Findings:
    """Return the findings of *analysis*, from *folder* if no byte has changed since; with None, nothing is kept."""
    if folder is None:
        return analysis.findings()
    settings = (_VERSION, sys.version_info[:2], tuple(ignore))
    path = folder / "import_cycles" / f"{digest(analysis.modules, analysis, settings)}.json"
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        return _findings(json.loads(path.read_bytes()))
    found = analysis.findings()
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        for old in sorted(path.parent.glob("*.json"), key=os.path.getmtime)[:-_KEPT]:
            old.unlink(missing_ok=True)
        written = path.with_name(f"{path.name}.{os.getpid()}")
        written.write_text(json.dumps(asdict(found)), encoding="utf-8")
        written.replace(path)
    return found


def _findings(data: Any) -> Findings:
    return Findings(
        modules=data["modules"],
        imports=data["imports"],
        cycles=tuple(map(_cycle, data["cycles"])),
        deferred=tuple(map(_cycle, data["deferred"])),
        typing=tuple(map(_cycle, data["typing"])),
        broken=tuple(data["broken"]),
        unused_ignores=tuple(data["unused_ignores"]),
    )


def _cycle(data: Any) -> Cycle:
    links = {name: tuple(_link(link) for link in data[name]) for name in ("way", "cut")}
    return Cycle(modules=tuple(data["modules"]), proved=data["proved"], **links)


def _link(data: Any) -> Link:
    return Link(**{**data, "lines": tuple(data["lines"])})
