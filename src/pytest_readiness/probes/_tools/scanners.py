"""Running scanners that are installed, each so that what it did not look at cannot pass for clean."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence

from pytest_readiness.errors import CannotMeasure
from pytest_readiness.probe import Context
from pytest_readiness.probes._tools import formats, sarif
from pytest_readiness.probes._tools.finding import Report
from pytest_readiness.probes._tools.ruff import Ruff
from pytest_readiness.probes._tools.running import answer, check_there, failed, program, python_tool, run

_FOUND = 1
_BYTES = re.compile(r"scanned ~(\d+) bytes")


def bandit(targets: Sequence[str], args: Sequence[str], context: Context) -> Report:
    """Return what bandit finds; what ``# nosec`` hides is counted as such."""
    check_there(targets, context)
    command = [*python_tool("bandit", "bandit", context), "-q", "-r", "-f", "json", *args, "--", *targets]
    done = run(command, context)
    if done.returncode not in {0, _FOUND}:
        raise failed("bandit", done)
    return formats.bandit(answer("bandit", done), "bandit", context.root)


def ruff(targets: Sequence[str], args: Sequence[str], context: Context) -> Report:
    """Return what Ruff finds; ``args`` are rules for ``--select``, without which the project's own are used."""
    return Ruff(paths=tuple(targets), select=tuple(args)).report(context)


def pip_audit(targets: Sequence[str], args: Sequence[str], context: Context) -> Report:
    """Return what pip-audit knows of the packages in requirements files, or of those that are installed."""
    check_there(targets, context)
    named = [word for target in targets if target != "." for word in ("-r", target)]
    command = [*python_tool("pip-audit", "pip_audit", context), "--progress-spinner", "off", "--format", "json"]
    done = run([*command, *named, *args], context)
    if done.returncode not in {0, _FOUND}:
        raise failed("pip-audit", done)
    return formats.pip_audit(answer("pip-audit", done), "pip-audit", context.root)


def gitleaks(targets: Sequence[str], args: Sequence[str], context: Context) -> Report:
    """Return the secrets that gitleaks finds in folders, shown by rule and place only."""
    check_there(targets, context)
    found: list[Report] = []
    scanned = 0
    for target in targets:
        command = [*program("gitleaks", context, "see https://github.com/gitleaks/gitleaks"), "dir", target]
        wanted = ["--report-format", "sarif", "--report-path", "-", "--exit-code", "0", "--redact", "--no-banner"]
        done = run([*command, *wanted, "--no-color", *args], context)
        if done.returncode:
            raise failed("gitleaks", done)
        amount = _BYTES.search(done.stderr)
        if amount is None:
            raise CannotMeasure("gitleaks does not say how much it looked at")
        scanned += int(amount[1]) > 0
        found += sarif.read(_document(done.stdout), "gitleaks", context.root)
    return Report("gitleaks", tuple(one for report in found for one in report.findings), files=scanned)


def _document(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise CannotMeasure("gitleaks printed something else than a SARIF report") from None


#: Name in ``run`` to what runs it.
SCANNERS: Mapping[str, Callable[[Sequence[str], Sequence[str], Context], Report]] = {
    "bandit": bandit,
    "gitleaks": gitleaks,
    "pip-audit": pip_audit,
    "ruff": ruff,
}
