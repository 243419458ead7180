"""Commands of one line: as lists of arguments, and what is known of them."""

from __future__ import annotations

import re
import shlex

from pytest_readiness.checklist.proposing.fill import Found
from pytest_readiness.checklist.proposing.match import code as codes

_SHELLY = re.compile(r"\||&&|;|>|<|\$\(|`|\bfor\b|\bwhile\b|\bif\b")


OPEN = re.compile(r"<[A-Z_a-z -]+>|\[[A-Z_]{2,}\]|\byour[-_]\w+|\$\{?[A-Za-z_]\w*\}?")


def arguments(line: str) -> list[str]:
    """Return *line* as a list of arguments, empty where only a shell could read it."""
    bare = re.sub(r"\s+#.*$", "", line.replace("\\\n", " ")).strip().rstrip("&").strip()
    if "\n" in bare or _SHELLY.search(re.sub(r"'[^']*'|\"[^\"]*\"", "''", bare)):
        return []
    try:
        return [one.replace("$", "$$") for one in shlex.split(bare)]
    except ValueError:
        return []


def known_of(found: Found) -> codes.Known:
    """Return what is known of the code of an item, or of its text, if that is all."""
    code = found.item.code
    return codes.known("", found.item.text) if code is None else codes.known(code.language, code.command)


def expected_of(found: Found) -> tuple[str, ...]:
    """Return the output that is shown for the code of an item."""
    return () if found.item.code is None else found.item.code.expected


def run_of(arguments: list[str]) -> list[str]:
    """Return *arguments* with the program that runs them, where they begin with a script."""
    first = arguments[0]
    if first.endswith(".py"):
        return ["python", *arguments]
    if first.endswith((".sh", ".bash")):
        return ["bash", *arguments]
    return [("python" if first == "python3" else first), *arguments[1:]]
