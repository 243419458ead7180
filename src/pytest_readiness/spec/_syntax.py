"""What somebody probably meant who wrote what is not YAML."""

from __future__ import annotations

import re
from collections.abc import Callable

from yaml import MarkedYAMLError

#: How deep a file may be nested; libyaml stops by itself too, at a depth of its own.
DEEPEST = 64

_QUOTE_IT = "put the value in quotes"
_CUT_OFF = re.compile("unexpected (end|document)")


def explain(error: MarkedYAMLError, text: str) -> tuple[int, int, str]:
    """Return line and column (from 0) where *error* is best shown, and one line that says what to do."""
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    problem, context = error.problem or "not YAML", error.context or ""
    lines = text.splitlines()
    shown = lines[line] if line < len(lines) else ""
    if "quoted scalar" in context and _CUT_OFF.search(problem) and error.context_mark:
        return error.context_mark.line, error.context_mark.column, "this quote is never closed"
    if "cannot start any token" in problem:
        return line, column, _token(shown, column)
    for pattern, advise in _ADVICE:
        if re.search(pattern, f"{context} | {problem}"):
            at, message = advise(error, shown, column)
            return (*at, message) if at else (line, column, message)
    return line, column, f"not YAML: {' '.join(f'{problem} {context}'.split())}"


def _token(shown: str, column: int) -> str:
    sign = shown[column : column + 1]
    if sign == "\t":
        return "a tab cannot indent: use spaces"
    return f"a value cannot begin with {sign!r}: {_QUOTE_IT}"


#: A better place than where the parser stopped, if there is one, and the message.
_At = tuple[tuple[int, int] | None, str]
_Adviser = Callable[[MarkedYAMLError, str, int], _At]


def _colon(_error: MarkedYAMLError, shown: str, column: int) -> _At:
    before = shown[:column]
    if re.search(r":\s", before):
        return None, "': ' inside a text without quotes: put the whole value in quotes"
    return None, "a key cannot stand here: check the indentation, or whether the line above should end in ':'"


def _flow(error: MarkedYAMLError, shown: str, column: int) -> _At:
    before = shown[:column]
    sign = "]" if "sequence" in (error.context or "") else "}"
    start = error.context_mark
    if before.endswith("$") or "${" in before:
        return None, 'a text with ${...} inside [ ] or { } must be put in quotes: "${NAME}"'
    if start and error.problem_mark and start.line != error.problem_mark.line:
        opening = "[" if sign == "]" else "{"
        return (start.line, start.column), f"this {opening!r} is never closed with {sign!r}, or a ',' is missing"
    return None, f"expected ',' or {sign!r}: {_QUOTE_IT} if it holds one of , : [ ] {{ }} or a quote"


def _block(error: MarkedYAMLError, shown: str, column: int) -> _At:
    begun = shown.strip()
    if shown[:column].rstrip().endswith(("'", '"')):
        return None, "text after the closing quote: write '' for a quote inside '...', or put the whole in \"...\""
    if begun.startswith(":"):
        return None, "a key is missing before ':'"
    start = error.context_mark
    where = f", which begins in line {start.line + 1}" if start else ""
    if begun.startswith("- "):
        return None, f"an item of a list does not fit the indentation of what stands above{where}"
    return None, f"the indentation does not fit the mapping or list{where}"


def _key(error: MarkedYAMLError, _shown: str, _column: int) -> _At:
    start = error.context_mark
    return (start.line, start.column) if start else None, "expected 'key: value' here: a space must follow the ':'"


def _starts(error: MarkedYAMLError, _shown: str, _column: int) -> _At:
    start = error.context_mark
    sign = {"alias": "*", "anchor": "&", "tag": "!"}[(error.context or "").split()[-1]]
    return (start.line, start.column) if start else None, f"a value that begins with {sign!r} must be put in quotes"


def _folded(error: MarkedYAMLError, shown: str, _column: int) -> _At:
    start = error.context_mark
    sign = shown[start.column : start.column + 1] if start else ">"
    return (start.line, start.column) if start else None, f"a value that begins with {sign!r} must be put in quotes"


def _character(error: MarkedYAMLError, _shown: str, _column: int) -> _At:
    start = error.context_mark  # the two parsers stop at different places behind it
    return (start.line, start.column) if start else None, (
        "an escape in this text stands for no character: write the character itself"
    )


def _say(message: str) -> _Adviser:
    def advise(_error: MarkedYAMLError, _shown: str, _column: int) -> _At:
        return None, message

    return advise


_ADVICE: tuple[tuple[str, _Adviser], ...] = (
    (r"maximum nesting depth", _say(f"nested more than {DEEPEST} levels deep")),
    (r"mapping values are not allowed", _colon),
    (r"mapping keys are not allowed", _say(f"a value cannot begin with '?': {_QUOTE_IT}")),
    (r"flow (sequence|mapping) \|", _flow),
    (r"could not find expected ':'", _key),
    (r"unexpected ':'", _say(f"a space must follow the ':' of a key; if it is part of a text, {_QUOTE_IT}")),
    (r"tab character", _say("a tab cannot indent: use spaces")),
    (r"sequence entries are not allowed", _say(f"a list begins in a line of its own; if it is a text, {_QUOTE_IT}")),
    (r"quoted scalar.*(hexa?decimal|Unicode character)", _character),
    (r"while scanning an? (alias|anchor|tag) \|", _starts),
    (r"block scalar \|", _folded),
    (r"unknown escape", _say("there is no such escape inside \"...\": use '...' for texts with backslashes")),
    (r"(block|flow) node \|", _say(f"a value is missing here, or it begins with a sign of YAML's own: {_QUOTE_IT}")),
    (r"block (mapping|collection) \|", _block),
    (r"document start", _say("nothing can follow the end of the document")),
)
