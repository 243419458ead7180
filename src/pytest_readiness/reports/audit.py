"""An audit on a terminal: what each claim came to, what was stated, and what the document says against itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pytest_readiness import units
from pytest_readiness.reports._words import verdict

if TYPE_CHECKING:
    from pytest_readiness.checklist.judging.audit import Audit, Finding
    from pytest_readiness.checklist.judging.claims import Recount
    from pytest_readiness.model import Report
    from pytest_readiness.reports._screen import Screen

#: Where the text of an item starts: after the number of its line.
_INDENT = 7
_MEANING = {
    "contradicted": "claimed, and measured to be otherwise",
    "unproven": "claimed, and not measured",
    "understated": "claimed to be open, and measured to be done",
    "open": "claimed to be open, and not measured to be done",
    "confirmed": "claimed, and measured to be so",
}
_COLOURS = {"contradicted": "red", "unproven": "yellow", "understated": "cyan", "confirmed": "green"}
#: What is shown only if asked for: it is as it is claimed.
_AGREED = {"open", "confirmed"}


def summary(audit: Audit, screen: Screen) -> None:
    """Write what was found, the worst first; a quiet screen shows only what does not agree."""
    screen.rule(f"audit of {audit.document.text.name}", bold=True)
    found = {str(word): findings for word, findings in audit.by_word().items()}
    for word, meaning in _MEANING.items():
        if found[word] and (screen.verbosity > 0 or word not in _AGREED):
            _findings(audit, word, meaning, found[word], screen)
    _stated(audit, screen)
    _contradictions(audit, screen)
    _lost(audit, screen)
    for line in audit.document.text.damage:
        screen.wrapped(f"! {audit.document.text.name} was read as repaired: {line}", indent=0, yellow=True)
    if screen.verbosity >= 0:
        screen.wrapped(counted(audit), indent=0, bold=True)


def verdict_line(audit: Audit, failures: Sequence[str], fail_on: Sequence[str], screen: Screen) -> None:
    """Write what the audit comes to, and that this speaks of claims only."""
    name = audit.document.text.name
    if failures:
        line = f"CLAIMS OF {name} FAIL: {'; '.join(failures)}"
    else:
        line = f"claims of {name} pass: nothing {' or '.join(fail_on)}"
    screen.wrapped(line, indent=0, bold=True, **{"red" if failures else "green": True})


def scope(report: Report, screen: Screen) -> None:
    """Write of what the exit code speaks, and what the gates themselves came to."""
    gates = " ".join(verdict(report).split())
    screen.wrapped(f"The exit code speaks of the claims only. The gates: {gates}", indent=0)


def counted(audit: Audit) -> str:
    """Return in one line how many claims came to what."""
    counts = audit.counts()
    total = sum(counts.values())
    parts = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
    silent = len(audit.findings) - total
    rest = f"; {silent} more {'item claims' if silent == 1 else 'items claim'} nothing" if silent else ""
    return f"{total} {'claim' if total == 1 else 'claims'}: {parts}{rest}"


# --- parts ------------------------------------------------------------------------------------------


def _findings(audit: Audit, word: str, meaning: str, findings: Sequence[Finding], screen: Screen) -> None:
    colour = {_COLOURS[word]: True} if word in _COLOURS else {}
    screen.wrapped(f"{word}: {meaning}", indent=0, bold=True)
    without = [finding for finding in findings if not finding.gates and word not in _AGREED]
    for finding in findings:
        if finding.gates or word in _AGREED:
            _row(audit, finding.item, screen, colour, _ids(finding))
            screen.wrapped(finding.why, indent=_INDENT, **colour)
    if without:
        screen.wrapped(f"{len(without)} without a gate:", indent=2, **colour)
        for finding in without:
            _row(audit, finding.item, screen, colour)


def _row(audit: Audit, index: int, screen: Screen, colour: dict[str, bool], more: str = "") -> None:
    item = audit.document.items[index]
    screen.put(f"{item.line:>{_INDENT - 2}}  ", **colour)
    text = item.text if len(item.text) > 1 else item.raw.strip()
    screen.wrapped(f"{text}{more}", indent=_INDENT, hanging=True)


def _ids(finding: Finding) -> str:
    return f" ({finding.gates[0]})" if len(finding.gates) == 1 else ""


def _stated(audit: Audit, screen: Screen) -> None:
    shown = [recount for recount in audit.recounts if recount.off or screen.verbosity >= 0]
    if not shown:
        return
    screen.line("stated shares", bold=True)
    for recount in shown:
        colour = {"red" if recount.off else "green": True}
        screen.put(f"{recount.stated.line:>{_INDENT - 2}}  ", **colour)
        of = " > ".join(recount.stated.section)
        about = f" of {of}" if of else ""
        screen.wrapped(f"{recount.stated.text} stated{about}", indent=_INDENT, hanging=True)
        screen.wrapped(", ".join(_truths(recount)), indent=_INDENT, **colour)


def _truths(recount: Recount) -> Iterator[str]:
    """Yield the share as counted and as measured, with enough digits beside the stated one."""
    said = units.exact(recount.stated.percent)
    if recount.by_boxes is None:
        yield "no boxes to count"
    else:
        yield f"{_percent(recount.by_boxes, said)} by its boxes ({recount.ticked}/{recount.boxes})"
    if recount.by_weight is None:
        yield "nothing measured"
    else:
        weights = f"{units.show(recount.passed)} of {units.show(recount.applicable)}"
        gates = "1 gate" if recount.gates == 1 else f"{recount.gates} gates"
        yield f"{_percent(recount.by_weight, said)} measured (weight {weights} in {gates})"
        if recount.without and recount.proven_share is not None:
            shown = _percent(recount.proven_share, said)
            lack = "has" if recount.without == 1 else "have"
            yield f"{shown} proven ({recount.proven}/{recount.counted}), since {recount.without} {lack} no gate"


def _percent(share: units.Number, said: units.Number) -> str:
    return units.show(share, "%", beside=(said, 0, 100))


def _contradictions(audit: Audit, screen: Screen) -> None:
    if audit.contradictions:
        screen.line("the document contradicts itself", bold=True)
    for pair in audit.contradictions:
        for index, name in sorted(((pair.done, "done"), (pair.open, "open"))):
            _row(audit, index, screen, {"yellow": True}, f" ({name})")


def _lost(audit: Audit, screen: Screen) -> None:
    if audit.lost:
        screen.wrapped("gates of items that are no longer in the document", indent=0, bold=True)
    for gate in audit.lost:
        screen.wrapped(f"{gate.id} ({gate.source})", indent=2, yellow=True)
