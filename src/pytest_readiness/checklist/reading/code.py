"""What code fences are made of: commands, variables, listings, and the comments between them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum, auto

COMMENT = re.compile(r"^\s*(?:#(?!!)|--(?=\s|$)|//|REM\b|::)\s?(.*)$")
EXPECT = re.compile(
    r"^(?:expected?\b|expects?\b|should\b|must\b|returns?\b|response\b|output\b|result\b|error\b|status:|"
    r"prints?\b|=>|->|→|"
    r"ensure\b|look for\b|total\w*\s+must|erwartet|attendu|esperad|debe|deve|ожида|должн|预期|期待)",
    re.IGNORECASE,
)
VARIABLE = re.compile(r"^\s*(?:export\s+|set\s+|setx\s+|\$env:)?([A-Za-z_][A-Za-z0-9_]{1,80})\s?=\s?(.*)$")
LOUD = re.compile(r"^\s*(?:export\s+|set\s+|setx\s+|\$env:)?[A-Z][A-Z0-9_]+\s?=")
PROMPT = re.compile(r"^\s*(?:\$|>|PS [^>]{0,80}>|\w+@[\w.-]+[:~][^$#]{0,80}[$#]|\w+=[#>])\s+")


class Sort(Enum):
    """What one line of a fence starts."""

    COMMAND = auto()
    VARIABLE = auto()
    LISTING = auto()
    SNIPPET = auto()


@dataclass(slots=True)
class Found:
    """A command, variable, snippet or listing: indexes into the fence's lines, the end included."""

    sort: Sort
    start: int
    end: int
    command: str
    note: str = ""
    expected: list[str] = field(default_factory=list)


def comment(line: str) -> str | None:
    """The text of a comment line."""
    match = COMMENT.match(line)
    return match[1].strip() if match else None
