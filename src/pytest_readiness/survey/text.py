"""The spec as text: grouped, and each gate with the sentence that says why it is there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pytest_readiness.checklist.drafting.emit import entry, scalar
from pytest_readiness.checklist.drafting.tree import Branch, Draft
from pytest_readiness.checklist.drafting.write import draft_lines
from pytest_readiness.model import Severity
from pytest_readiness.survey.model import Section, Settled

#: What fails the run: all but what is only good to know.
ENFORCED = (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM)


def spec(name: str, settled: Sequence[Settled]) -> str:
    """Return the whole spec of a project called *name*."""
    return "\n".join(_lines(name, settled)) + "\n"


def _lines(name: str, settled: Sequence[Settled]) -> Iterator[str]:
    yield "# yaml-language-server: $schema=readiness.schema.json"
    yield "# Made by readiness init from what is in this repository: thresholds are those that it meets today."
    yield "# Raise them, take out what does not matter here, and keep the rest."
    yield "version: 1"
    yield from entry("name", _literal(name) or "project", "")
    yield from entry("enforce", [str(severity) for severity in ENFORCED], "")
    if profiles := sorted({one.found.profile for one in settled if one.found.profile is not None}):
        yield ""
        yield "profiles:"
        yield from (f"  {scalar(profile)}: {{}}" for profile in profiles)
    yield ""
    yield "gates:"
    for number, branch in enumerate(_branches(settled)):
        if number:
            yield ""
        yield f"  - group: {scalar(branch.title)}"
        yield "    gates:"
        for child in branch.children:
            assert isinstance(child, Draft)
            yield from draft_lines(child, "      ")


def _branches(settled: Sequence[Settled]) -> Iterator[Branch]:
    for section in Section:
        drafts = [_draft(index, one) for index, one in enumerate(settled) if one.found.section is section]
        if drafts:
            yield Branch(section.value, None, [*drafts])


def _draft(index: int, one: Settled) -> Draft:
    found = one.found
    keys: dict[str, object] = {"id": found.id, "title": found.title}
    if found.severity is not Severity.HIGH:
        keys["severity"] = str(found.severity)
    keys["probe"] = found.probe
    more: dict[str, object] = {
        "with": found.options,
        "expect": one.expect,
        "needs": list(found.needs),
        "timeout": found.timeout,
        "profiles": [found.profile] if found.profile else [],
    }
    keys |= {name: value for name, value in more.items() if value}
    return Draft(item=index, id=found.id, keys=keys, comments=(found.why, *one.comments))


def _literal(text: str) -> str:
    """Return *text* so that no variable is put into it."""
    return " ".join(text.replace("${", "$ {").split())
