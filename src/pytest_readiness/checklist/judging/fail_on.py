"""What of an audit fails a run: words that are chosen, and a sentence for each that was found."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_readiness.checklist.judging.audit import Audit, Word
from pytest_readiness.checklist.judging.standing import Measured
from pytest_readiness.errors import UsageError
from pytest_readiness.selection import near

#: A document that contradicts itself, and one that states percentages which are not true.
INTERNAL, STATED = "internal", "stated"
WORDS = (*(word.value for word in Word), INTERNAL, STATED)
DEFAULT = frozenset({Word.CONTRADICTED.value})
#: More lines than these are not named in one sentence.
_LINES = 5


def parse(text: str, *, name: str = "--fail-on") -> frozenset[str]:
    """Read ``contradicted,unproven``; raises ``UsageError``, calling the option *name*, for a word that is none."""
    words = [word.strip() for word in text.split(",")]
    for word in words:
        if word not in WORDS:
            close = near(word.lower(), WORDS) if word else None
            hint = f"did you mean {close!r}?" if close else f"there is {', '.join(WORDS)}"
            raise UsageError(f"{name} {text}: {word!r} is none of its words: {hint}")
    return frozenset(words)


def failures(audit: Audit, fail_on: frozenset[str]) -> tuple[str, ...]:
    """
    Return a sentence for each of the words *fail_on* that the audit has found.

    Where something is claimed to be done and nothing at all was measured, the audit fails whatever the words are.
    """
    found = tuple(f"{what} {_at(lines)}" for word, what, lines in _found(audit) if word in fail_on and lines)
    if found or not _all_is_word_alone(audit):
        return found
    return ("nothing was measured, so no claim was held against anything",)


def _all_is_word_alone(audit: Audit) -> bool:
    """Tell whether something is claimed to be done, and no claim was held against anything."""
    claims = audit.claims
    measured = any(finding.measured in {Measured.DONE, Measured.NOT_DONE} for finding in claims)
    return not measured and any(finding.word is Word.UNPROVEN for finding in claims)


def _found(audit: Audit) -> Iterator[tuple[str, str, list[int]]]:
    items = audit.document.items
    for word, findings in audit.by_word().items():
        lines = [items[finding.item].line for finding in findings]
        yield word.value, f"{_counted(len(lines), 'claim')} {'is' if len(lines) == 1 else 'are'} {word}", lines
    pairs = [items[pair.done].line for pair in audit.contradictions]
    yield INTERNAL, f"the document contradicts itself {_counted(len(pairs), 'time')}", pairs
    lines = [recount.stated.line for recount in audit.recounts if recount.off]
    yield STATED, f"{_counted(len(lines), 'stated share')} {'is' if len(lines) == 1 else 'are'} not true", lines


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _at(lines: list[int]) -> str:
    shown = ", ".join(map(str, lines[:_LINES]))
    more = f" and {len(lines) - _LINES} more" if len(lines) > _LINES else ""
    return f"(line{'' if len(lines) == 1 else 's'} {shown}{more})"
