"""The JSON report of coverage.py, as ``coverage json`` and ``--cov-report=json`` write it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from pytest_readiness.errors import CannotMeasure
from pytest_readiness.probes._coverage.reported import File, Report

#: A file is read up to this many bytes.
LIMIT = 64 * 1024 * 1024


def read(path: Path) -> Report:
    """Return what the file at *path* says; raises ``CannotMeasure`` for one that is too large, or no such report."""
    try:
        size = path.stat().st_size
        if size > LIMIT:
            raise CannotMeasure(f"{path.name} has {size} bytes, more than the limit of {LIMIT}")
        data = json.loads(path.read_bytes())
    except OSError as error:
        raise CannotMeasure(f"{path.name} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise CannotMeasure(f"{path.name} is not JSON: {error}") from None
    try:
        return _report(data)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        what = f"{type(error).__name__}: {error}"
        raise CannotMeasure(f"{path.name} is not a JSON report of coverage.py ({what})") from None
    except _NothingError:
        raise CannotMeasure(f"{path.name} tells of no file: nothing was measured") from None


class _NothingError(Exception):
    """The report is one, and empty."""


def _report(data: Mapping[str, Any]) -> Report:
    meta = data["meta"]
    if not data["files"]:
        raise _NothingError
    branches = meta["branch_coverage"]
    files = {str(name): _file(said, branches=branches) for name, said in data["files"].items()}
    # coverage.py writes local time, without saying which.
    return Report(files, (), branches, datetime.fromisoformat(meta["timestamp"]).astimezone().timestamp())


def _file(said: Mapping[str, Any], *, branches: bool) -> File:
    summary = said["summary"]
    ran, missed = said["executed_lines"], said["missing_lines"]
    file = File({**dict.fromkeys(map(_line, ran), True), **dict.fromkeys(map(_line, missed), False)})
    if len(file.statements) != summary["num_statements"] or len(missed) != summary["missing_lines"]:
        raise ValueError("the lines of a file are not as many as its summary says")
    if branches:
        there = Counter(source for source, _ in (*said["executed_branches"], *said["missing_branches"]))
        taken = Counter(source for source, _ in said["executed_branches"])
        file.branches.update({line: (taken[line], there[line]) for line in there})
        if sum(there.values()) != summary["num_branches"] or sum(taken.values()) != summary["covered_branches"]:
            raise ValueError("the branches of a file are not as many as its summary says")
    return file


def _line(number: object) -> int:
    if type(number) is not int:
        raise TypeError(f"{number!r} is no line number")
    return number
