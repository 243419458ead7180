"""
Dockerfiles to instructions, as BuildKit reads them.

Knows parser directives (``# escape=``), continued lines with comments and empty lines between, here-documents
of RUN, COPY and ADD, the JSON form, flags and ONBUILD. Source: the reference of Dockerfile and BuildKit's
``frontend/dockerfile/parser``. Parsers on PyPI either don't know here-documents, and take their lines for
instructions, or are no longer kept.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

_KNOWN = frozenset(
    {"ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER"}
    | {"ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"}
)
_WITH_HEREDOCS = frozenset({"ADD", "COPY", "RUN"})
_WITH_JSON = frozenset({"ADD", "CMD", "COPY", "ENTRYPOINT", "RUN", "SHELL", "VOLUME"})
_DIRECTIVE = re.compile(r"#\s*([A-Za-z][A-Za-z0-9]*)\s*=\s*(.+?)\s*")
_WORD = re.compile(r"""(?:"(?:\\.|[^"\\])*+"|'[^']*+'|\\.|[^\s"'\\])++""")
_HEREDOC = re.compile(r"""[0-9]*<<(-?)(?:'([^'<]+)'|"([^"<]+)"|([^<\s'"]+))""")
_FLAG = re.compile(r"--([A-Za-z][A-Za-z0-9-]*)(?:=((?:\"[^\"]*\"|'[^']*'|[^\s\"'])*+))?(?=\s|$)\s*")


class DockerfileError(ValueError):
    """A text is no Dockerfile; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Instruction:
    """
    One instruction; ``name`` is in upper case, ``rest`` what follows the flags, in one line.

    ``words`` are the items of the JSON form, or what stands between blanks. ``flags`` may come more than
    once. ``heredocs`` are the contents of here-documents. ``triggered`` is one behind ONBUILD.
    """

    line: int
    name: str
    flags: tuple[tuple[str, str], ...]
    rest: str
    words: tuple[str, ...]
    heredocs: tuple[str, ...] = ()
    triggered: bool = False

    def flag(self, name: str) -> str | None:
        """Return the value of the first flag called *name*."""
        return next((value for key, value in self.flags if key == name), None)

    @property
    def text(self) -> str:
        """The whole, without comments."""
        flags = "".join(f"--{name}={value} " for name, value in self.flags)
        return "\n".join([f"{self.name} {flags}{self.rest}", *self.heredocs])


def parse(text: str) -> list[Instruction]:
    """Return the instructions in *text*. Raises ``DockerfileError``."""
    lines = text.replace("\r\n", "\n").split("\n")
    escape = re.escape(_escape(lines))
    continued = re.compile(rf"(?:^|(?<=[^{escape}])){escape}[ \t]*$")
    found: list[Instruction] = []
    number = 0
    while number < len(lines):
        start = number + 1
        if _says_nothing(lines[number]):
            number += 1
            continue
        whole, number = _joined(lines, number, continued)
        made = _instruction(whole.strip(), start)
        contents: list[str] = []
        for strip, end in _heredocs(made):
            content, number = _content(lines, number, strip=strip, end=end, start=start)
            contents.append(content)
        found.append(dataclasses.replace(made, heredocs=tuple(contents)))
    return found


def _says_nothing(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _joined(lines: list[str], number: int, continued: re.Pattern[str]) -> tuple[str, int]:
    """Return the line that begins at *number* with all that continues it, and the number of the line after."""
    pieces: list[str] = []
    line = lines[number]
    number += 1
    while continued.search(line):
        pieces.append(continued.sub("", line))
        while number < len(lines) and _says_nothing(lines[number]):
            number += 1
        line = lines[number] if number < len(lines) else ""
        number += 1
    return "".join([*pieces, line]), number


def _escape(lines: list[str]) -> str:
    """Return the character that continues a line: what the directive says, else a backslash."""
    for line in lines:
        match = _DIRECTIVE.fullmatch(line.strip())
        if match is None:
            break
        if match[1].lower() == "escape":
            if match[2] not in {"\\", "`"}:
                raise DockerfileError(f"line 1: escape={match[2][:20]} is neither \\ nor `")
            return match[2]
    return "\\"


def _instruction(text: str, line: int, *, triggered: bool = False) -> Instruction:
    name, *more = text.split(maxsplit=1) or [""]
    name, rest = name.upper(), more[0] if more else ""
    if name not in _KNOWN:
        raise DockerfileError(f"line {line}: {name[:40]} is not an instruction")
    if name == "ONBUILD":
        inner = _instruction(rest, line, triggered=True)
        if inner.name in {"ONBUILD", "FROM", "MAINTAINER"}:
            raise DockerfileError(f"line {line}: ONBUILD {inner.name} is not allowed")
        return inner
    flags: list[tuple[str, str]] = []
    while match := _FLAG.match(rest):
        flags.append((match[1], (match[2] or "").strip("\"'")))
        rest = rest[match.end() :]
    rest = rest.strip()
    if not rest:
        raise DockerfileError(f"line {line}: {name} says nothing")
    items = _items(rest) if name in _WITH_JSON else None
    return Instruction(line, name, tuple(flags), rest, tuple(rest.split()) if items is None else items, (), triggered)


def _items(rest: str) -> tuple[str, ...] | None:
    """Return the items of the JSON form, None where it is the other one."""
    if not rest.startswith("["):
        return None
    try:
        items = json.loads(rest)
    except (ValueError, RecursionError):
        return None
    return tuple(items) if isinstance(items, list) and all(isinstance(item, str) for item in items) else None


def _heredocs(made: Instruction) -> list[tuple[bool, str]]:
    """Return the here-documents that *made* opens: whether tabs are stripped, and what ends it."""
    if made.name not in _WITH_HEREDOCS or _items(made.rest) is not None:
        return []
    found = (_HEREDOC.fullmatch(word) for word in _WORD.findall(made.rest))
    return [(bool(match[1]), match[2] or match[3] or match[4]) for match in found if match]


def _content(lines: list[str], number: int, *, strip: bool, end: str, start: int) -> tuple[str, int]:
    """Return the text of a here-document that begins at line *number*, and the number of the line after its end."""
    content: list[str] = []
    while number < len(lines):
        line = lines[number].lstrip("\t") if strip else lines[number]
        number += 1
        if line == end:
            return "\n".join(content), number
        content.append(line)
    raise DockerfileError(f"line {start}: the here-document is never closed by {end[:40]}")


# --- variables --------------------------------------------------------------------------------

_VARIABLE = re.compile(
    r"\\(.)|\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-+?])([^{}]*))?\}|(\{[^{}]*\}?))", re.DOTALL
)


def expand(text: str, values: Mapping[str, str]) -> tuple[str, list[str]]:
    """Return *text* with its variables put in, and the names of those that have no value."""
    unknown: list[str] = []

    def put(match: re.Match[str]) -> str:
        if match[1] is not None:
            return match[1]
        name, kind, word = match[2] or match[3], match[4] or "", match[5] or ""
        if name is None:
            unknown.append(match[6].strip("{}"))
            return ""
        value = values.get(name)
        given = bool(value) if kind.startswith(":") else value is not None
        if kind.endswith("+"):
            return word if given else ""
        if given:
            return value or ""
        if kind.endswith("-"):
            return word
        unknown.append(name)
        return ""

    return _VARIABLE.sub(put, text), unknown


def assignments(made: Instruction) -> list[tuple[str, str | None]]:
    """Return the names that ARG or ENV set, with their values; None where an ARG has no default."""
    if made.name == "ENV" and "=" not in made.words[0]:
        name, _, value = made.rest.partition(made.words[0])[2].partition(" ")
        return [(made.words[0], (name + value).strip())]
    pairs = [word.partition("=") for word in _WORD.findall(made.rest)]
    return [(name, _unquoted(value) if equals else None) for name, equals, value in pairs]


def _unquoted(value: str) -> str:
    return re.sub(r"\"((?:\\.|[^\"\\])*+)\"|'([^']*+)'", lambda match: match[1] or match[2] or "", value)
