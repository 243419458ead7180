"""Code fences: which lines are commands, queries, variables, and what output is expected of them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pytest_readiness.checklist.reading import vocabulary as words
from pytest_readiness.checklist.reading.code import EXPECT, LOUD, PROMPT, VARIABLE, Found, Sort, comment
from pytest_readiness.checklist.reading.shell import Commands

SHELLS = words.known("language shells")
QUERIES = words.known("language queries")
PROGRAMS = words.known("language programs")
VARIABLES = words.known("language variables")
OUTPUTS = words.known("language outputs")


_TREE = re.compile(r"[├└│]")
_ROOT = re.compile(r"^\s*[\w.@-]+(?:/[\w.@-]+)*/?\s*(?:#.*)?$")
_TOOLS = words.known("tools")


def found(language: str, lines: Sequence[str]) -> list[Found]:
    """The items of a fence in their order."""
    texts = [line.strip() for line in lines]
    if not any(texts):
        return []
    if any(_TREE.search(line) for line in texts[:40]) and language not in SHELLS:
        return _tree(texts)
    if language in VARIABLES or (not language and _all_variables(texts)):
        return _variables(lines)
    if language in PROGRAMS:
        return _program(texts)
    if language in SHELLS or language in QUERIES:
        return Commands(lines, query=language in QUERIES).all()
    if language in {"", "http"} and _all_requests(texts):
        return _requests(texts)
    if not language and _is_shell(texts):
        return Commands(lines, query=False).all()
    return []


def is_output(language: str, lines: Sequence[str]) -> bool:
    """Whether a fence shows what comes out, not what goes in."""
    return language in OUTPUTS or (not language and not found(language, lines))


def _tree(texts: Sequence[str]) -> list[Found]:
    first = next(at for at, text in enumerate(texts) if text)
    if not _TREE.search(texts[first]) and len(texts[first].split()[0]) < 80 and _ROOT.match(texts[first].split(" ")[0]):
        last = max(at for at, text in enumerate(texts) if text)
        return [
            Found(Sort.LISTING, first, last, texts[first].split()[0], expected=[t for t in texts[first + 1 :] if t])
        ]
    return []


_REQUEST = re.compile(r"^(?:GET|POST|PUT|PATCH|DELETE|HEAD) /[^\s#]*\s*(?:(?:#|//|-|\u2192|->)\s*(.*))?$")


def _all_requests(texts: Sequence[str]) -> bool:
    told = [text for text in texts if text and comment(text) is None]
    return len(told) > 1 and all(map(_REQUEST.match, told))


def _requests(texts: Sequence[str]) -> list[Found]:
    """A list of endpoints: each is a request that can be made, with the remark behind it."""
    matches = ((at, _REQUEST.match(text)) for at, text in enumerate(texts))
    return [
        Found(Sort.COMMAND, at, at, " ".join(match[0].split()[:2]), (match[1] or "").strip())
        for at, match in matches
        if match is not None
    ]


def _all_variables(texts: Sequence[str]) -> bool:
    told = [text for text in texts if text and comment(text) is None]
    return bool(told) and all(LOUD.match(text) for text in told)


def _variables(lines: Sequence[str]) -> list[Found]:
    out: list[Found] = []
    note = ""
    for at, line in enumerate(lines):
        remark = comment(line)
        if remark is not None:
            note = remark
        elif VARIABLE.match(line):
            out.append(Found(Sort.VARIABLE, at, at, line.strip(), note))
        elif not line.strip():
            note = ""
    return out


def _program(texts: Sequence[str]) -> list[Found]:
    """A snippet is one item, if it does something: a definition alone shows how, and asks for nothing."""
    told = [at for at, text in enumerate(texts) if text and comment(text) is None]
    if not told or all(texts[at].startswith(("class ", "def ", "@", "async def ")) for at in told[:1]):
        return []
    note = next((remark for text in texts if text and (remark := comment(text))), "")
    expected = [remark for text in texts if text and (remark := comment(text)) and EXPECT.match(remark)]
    code = "\n".join(texts)
    return [Found(Sort.SNIPPET, told[0], told[-1], code, note, expected)]


def _is_shell(texts: Sequence[str]) -> bool:
    for text in texts:
        if not text or comment(text) is not None:
            continue
        if PROMPT.match(text):
            return True
        first = text.split()[0]
        return first in _TOOLS or first.startswith(("./", "scripts/")) or bool(LOUD.match(text) and "=" in first)
    return False
