"""
The quick reading of a file's import statements: exact for nearly all files, and it says where it can't be.

It starts from the import lines and looks back from each for what encloses it, instead of reading on from
the top. A line is in no text if the triple quotes before it come in pairs.
"""

from __future__ import annotations

from collections.abc import Container

from pytest_readiness.probes._imports import lexer, scan
from pytest_readiness.probes._imports.statements import Statement, Truth, When, branch, typing_names

_DOT = ord(".")
#: Headers that leave what is in them as it is.
_PLAIN = (b"class ", b"try:", b"except", b"finally:", b"for ", b"while ", b"with ", b"async for ", b"async with ")
#: What depends on a condition.
_BRANCH = (b"if ", b"if(", b"elif ", b"elif(", b"else:", b"else ")
_FUNCTION = (b"def ", b"async def ")


def read(data: bytes, tops: Container[bytes] | None = None) -> list[Statement] | None:
    """
    Return the import statements of *data*; None where only the exact reading will do.

    With *tops*, only imports of modules below these and relative ones are wanted: lines are not counted then, and
    names are left as they stand.
    """
    text = b"\n" + data
    last = text.rfind(b"import")
    if last < 0:
        return []
    if b"\\\nimport" in text or b"\\\nfrom" in text:
        return None
    found: list[Statement] = []
    before = line = double = single = matches = 0
    names: frozenset[bytes] | None = None
    end = text.find(b"\n", last)
    for match in scan.LINE.finditer(text, 0, len(text) if end < 0 else end):
        matches += 1
        module, listed, plain = match.group(1, 2, 3)
        if module is not None:
            if tops is not None and module[0] != _DOT and module.partition(b".")[0] not in tops:
                continue
        elif plain is None:
            if scan.unusual(match[0].strip()):
                return None
            continue
        elif tops is not None and not any(each.strip().partition(b".")[0].split()[0] in tops for each in plain.split(b",") if each.strip()):
            continue
        start = match.start() + 1
        double += text.count(b'"""', before, start)
        single += text.count(b"'''", before, start)
        if double % 2 or single % 2:
            return None
        if tops is None:
            line += text.count(b"\n", before, start)
        before = start
        when, function = When.IMPORT, b""
        if text[start] in b" \t\f":
            if names is None:
                names = typing_names(text)
            context = _context(text, start, names)
            if context is None:
                return None
            when, function = context
        if module is None:
            found += [Statement(when, name, None, line, function) for name in lexer.clean_names(plain)]
        else:
            found.append(Statement(when, module, lexer.clean_names(listed) if tops is None else listed, line, function))
    if text.count(b"import") != matches and scan.inline(text):
        return None
    return found


def _context(text: bytes, start: int, names: frozenset[bytes]) -> tuple[When, bytes] | None:
    """Return when the line at *start* runs, and the functions and classes around it; None if that is not plain."""
    when = When.IMPORT
    function: list[bytes] = []
    indent = _indent(text, start)
    at = start
    jump = False
    while indent:
        end = at - 1
        at = text.rfind(b"\n", 0, end) + 1
        if at >= end:
            if not at:
                return None
            continue
        if text[at : at + indent].isspace():
            continue
        width = _indent(text, at) if text[at] in b" \t\f" else 0
        if width >= indent:
            continue
        head = text[at:end].lstrip()
        if not head or head[0] in b"#)]}":
            continue
        indent = width
        if head.startswith(_FUNCTION):
            when = max(when, When.DEFERRED)
            jump = True
        elif head.startswith(_BRANCH):
            truths = _truths(text, at, indent, names)
            if truths is None:
                return None
            when = max(when, branch(truths))
        elif not head.startswith(_PLAIN):
            return None
        if text.count(b'"""', at, start) % 2 or text.count(b"'''", at, start) % 2:
            return None
        if name := lexer.NAME.match(head.removeprefix(b"async ")):
            function.insert(0, name[1])
        if jump and indent:
            # In a function already: the way to the class around it may be long, and only what starts at the left counts.
            at = max(text.rfind(b"\nclass ", 0, at), text.rfind(b"\ndef ", 0, at), text.rfind(b"\nif ", 0, at)) + 1
            at = max(at, text.rfind(b"\nelse", 0, at), text.rfind(b"\nasync def ", 0, at) + 1)
            if not at:
                break
            at = text.find(b"\n", at) + 1
            jump = False
    return when, b".".join(function)


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
        if width <= indent and text[at : at + 1].strip() not in {b"#", b")", b"]", b"}"} and text[at:end].strip():
            return at if width == indent else None
    return None


def _indent(text: bytes, start: int) -> int:
    end = start
    while text[end] in b" \t\f":
        end += 1
        if end == len(text):
            break
    return end - start if b"\t" not in text[start:end] else lexer.width(text[start:end])
