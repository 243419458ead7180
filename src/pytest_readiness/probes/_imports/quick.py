"""
The quick reading of a file's import statements: exact for nearly all files, and it says where it can't be.

It starts from the import lines and looks back from each for what encloses it, instead of reading on from
the top. A line is in no text if the triple quotes before it come in pairs.
"""

from __future__ import annotations

import re
from collections.abc import Container

from pytest_readiness.probes._imports import lexer, scan
from pytest_readiness.probes._imports.statements import Statement, Truth, When, branch, typing_names

_WORD = b"import"
_DOT = ord(".")
_BACKSLASH = ord("\\")
_AT_THE_TOP = (When.IMPORT, b"")
_TOP_LINE = re.compile(rb"\n(?=[^ \t\n\r\f\v#)\]}\"'])")
#: Functions and methods as they are usually indented, and lines that end them.
_STEP = 4
_METHOD = b"\n    def "
_DEF = re.compile(rb"[ ]*def[ \t]+([\w\x80-\xff]+)")
_SHALLOWER = {indent: re.compile(rb"\n {0,%d}[^\s#)\]}]" % (indent - 1)) for indent in (_STEP, 2 * _STEP)}
#: Headers that leave what is in them as it is.
_PLAIN = (b"class ", b"try:", b"except", b"finally:", b"for ", b"while ", b"with ", b"async for ", b"async with ")
#: What depends on a condition.
_BRANCH = (b"if ", b"if(", b"elif ", b"elif(", b"else:", b"else ")
_FUNCTION = (b"def ", b"async def ")
_BLANK = b" \t\f"
#: Hardly a line is indented further.
_MOST = 64


def read(data: bytes, tops: Container[bytes] | None = None, *, lines: bool = True) -> list[Statement] | None:
    """
    Return the import statements of *data*; None where only the exact reading will do.

    With *tops*, only imports of modules below these and relative ones are wanted, and names are left as they stand
    in the file. Counting *lines* takes time; without, ``line`` has what ``line`` makes one of.
    """
    text = b"\n" + data
    found: list[Statement] = []
    place = _Place(text, lines=lines)
    find, rfind, line_at, behind = text.find, text.rfind, scan.LINE.match, scan.AFTER
    calls = False
    at = find(_WORD)
    while at >= 0:
        end = at + len(_WORD)
        after = text[end : end + 1]
        if after == b"_":
            calls = True
        elif after in behind:
            start = rfind(b"\n", 0, at)
            match = line_at(text, start)
            if match is not None and (past := match.end()) > at:
                if text[start - 1] == _BACKSLASH or not _add(found, match, place, tops):
                    return None
                end = past
            elif text[start - 1] == _BACKSLASH or scan.behind(text[start + 1 : at]):
                return None
        at = find(_WORD, end)
    return None if calls and scan.calls(text, tops) else found


def line(data: bytes, at: int) -> int:
    """Return which line of *data* a statement is in that was read without counting them; *at* is what it has."""
    return data.count(b"\n", 0, at) + 1


def _add(found: list[Statement], match: re.Match[bytes], place: _Place, tops: Container[bytes] | None) -> bool:
    """Add the imports in a line of text to those *found* if they are wanted; return whether that is all there is."""
    module, listed, plain = match.group(1, 2, 3)
    if module is None:
        names = () if plain is None else lexer.clean_names(plain)
        if plain is None and scan.unusual(match[0].strip()):
            return False
        if tops is not None and all(name.partition(b".")[0] not in tops for name in names):
            return True
    elif module == b"importlib" and b" as " in listed:
        return False
    elif tops is not None and module[0] != _DOT and module.partition(b".")[0] not in tops:
        return True
    context = place.context(match)
    if context is None:
        return False
    when, function = context
    if module is None:
        found += [Statement(when, name, None, place.line, function) for name in names]
    else:
        found.append(
            Statement(when, module, lexer.clean_names(listed) if tops is None else listed, place.line, function)
        )
    return True


class _Place:
    """Walks down a file from import to import: whether each is in a text, on which line, and in what."""

    def __init__(self, text: bytes, *, lines: bool) -> None:
        self.text = text
        self.line = 0
        self._counted = lines
        self._at = self._double = self._single = 0
        self._names: frozenset[bytes] | None = None
        self._context: tuple[When, bytes] | None = None
        self._block = 0, 0
        self._top = self._top_before = 0

    def context(self, match: re.Match[bytes]) -> tuple[When, bytes] | None:
        """Return when the line of *match* runs, and the functions and classes around it; None if that is not plain."""
        text, start = self.text, match.start() + 1
        self._double += text.count(b'"""', self._at, start)
        self._single += text.count(b"'''", self._at, start)
        if self._double % 2 or self._single % 2 or text[start - 2] == _BACKSLASH:
            return None
        self.line = self.line + text.count(b"\n", self._at, start) if self._counted else start - 1
        self._at = start
        if text[start] not in _BLANK:
            return _AT_THE_TOP
        indent = _indent(text, start)
        if (indent, match.start()) != self._block:
            self._context = self._directly_in(start, indent)
            if self._context is None:
                self._names = typing_names(text) if self._names is None else self._names
                self._context = self._around(start, indent, self._names)
        self._block = indent, match.end()
        return self._context

    def _directly_in(self, start: int, indent: int) -> tuple[When, bytes] | None:
        """Return the context of a line at *start* right inside a usual function or method; None for any other."""
        if indent not in _SHALLOWER:
            return None
        text = self.text
        top = self._last_at_the_left(start)
        at = top if indent == _STEP else text.rfind(_METHOD, top, start) + 1
        if at < top or not at or _SHALLOWER[indent].search(text, text.find(b"\n", at), start):
            return None
        if text.count(b'"""', top, start) % 2 or text.count(b"'''", top, start) % 2:
            return None
        function = _DEF.match(text, at)
        around = None if at == top else lexer.NAME.match(text, top)
        if function is None or (at != top and around is None):
            return None
        return When.DEFERRED, b"%b.%b" % (around[1], function[1]) if around else function[1]

    def _around(self, start: int, indent: int, names: frozenset[bytes]) -> tuple[When, bytes] | None:
        """Look back from the line at *start* to each line that encloses it."""
        text, at, when = self.text, start, When.IMPORT
        function: list[bytes] = []
        while indent:
            # In a function, the way to the class around it may be long; what starts at the left still counts.
            at = self._last_at_the_left(at) if when is When.DEFERRED else _enclosing(text, at, indent)
            head = text[at : text.find(b"\n", at)].lstrip()
            indent = _indent(text, at)
            added = _time(text, at, indent, head, names)
            if not at or added is None or text.count(b'"""', at, start) % 2 or text.count(b"'''", at, start) % 2:
                return None
            when = max(when, added)
            if name := lexer.NAME.match(head.removeprefix(b"async ")):
                function.insert(0, name[1])
        return when, b".".join(function)

    def _last_at_the_left(self, at: int) -> int:
        """Return where the last line before *at* starts that is not indented; fast where *at* rises."""
        if at < self._top_before:
            self._top = 0
        for line in _TOP_LINE.finditer(self.text, max(self._top - 1, 0), at):
            self._top = line.start() + 1
        self._top_before = at
        return self._top


def _enclosing(text: bytes, at: int, indent: int) -> int:
    """Return where the last line before *at* starts that is indented less than *indent*; 0 if there is none."""
    while at > 1:
        end = at - 1
        at = text.rfind(b"\n", 0, end) + 1
        if at >= end or text[at : at + indent].isspace():
            continue
        head = text[at:end].lstrip()
        if head and head[0] not in b"#)]}" and _indent(text, at) < indent:
            return at
    return 0


def _time(text: bytes, at: int, indent: int, head: bytes, names: frozenset[bytes]) -> When | None:
    """Return when the block runs whose header is the line at *at*; None where that is no plain header."""
    if head.startswith(_FUNCTION):
        return When.DEFERRED
    if head.startswith(_BRANCH):
        truths = _truths(text, at, indent, names)
        return None if truths is None else branch(truths)
    return When.IMPORT if head.startswith(_PLAIN) else None


def _truths(text: bytes, at: int, indent: int, names: frozenset[bytes]) -> list[Truth] | None:
    """Return the truths of the if, elif or else in the line at *at*, and of what is tried before it."""
    truths: list[Truth] = []
    while True:
        end = text.find(b"\n", at)
        head = text[at + indent : end] if indent else text[at:end]
        if head.startswith(b"else"):
            truths.insert(0, Truth(None))
        elif head.startswith(_BRANCH):
            truths.insert(0, lexer.condition(text, at + (len(text[at:end]) - len(text[at:end].lstrip())), names))
        elif head.startswith(_PLAIN) and len(truths) == 1:
            return truths
        else:
            return None
        if head.startswith((b"if ", b"if(")):
            return truths
        before = _line_before(text, at, indent)
        if before is None:
            return None
        at = before


def _line_before(text: bytes, at: int, indent: int) -> int | None:
    """Return where the last line above *at* starts that is indented no further than *indent*, if exactly so."""
    while at > 1:
        end = at - 1
        at = text.rfind(b"\n", 0, end) + 1
        if at >= end or text[at] in b"\n":
            continue
        width = _indent(text, at)
        head = text[at:end].lstrip()
        if width <= indent and head and head[0] not in b"#)]}":
            return at if width == indent else None
    return None


def _indent(text: bytes, start: int) -> int:
    head = text[start : start + _MOST]
    end = start + len(head) - len(head.lstrip(_BLANK))
    while end < len(text) and text[end] in _BLANK:
        end += 1
    return end - start if b"\t" not in text[start:end] else lexer.width(text[start:end])
