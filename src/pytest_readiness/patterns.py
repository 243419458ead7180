"""
Regular expressions from specs, which are untrusted, searched for in bounded time.

Python's ``re`` can need for ever, and holds the interpreter all the while, so that no deadline
comes through. A search that might do so is made by a child process, which can be ended.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence

#: How long a pattern may be, and how long the text it is held against, in characters.
LONGEST_PATTERN = 2000
LONGEST_TEXT = 1024 * 1024
#: How long one search may take, in seconds.
SECONDS = 2.0

_STEPS = 10**7
_ESCAPED_OR_CLASS = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*+\]", re.DOTALL)
_QUANTIFIER = re.compile(r"[*+?]|\{\d*,?\d*\}")
# A repeated group, a back reference, or verbose mode, in which blanks may hide a repeated group.
_ENTANGLED = re.compile(r"\)[*+?{]|\(\?P=|\(\?\(|\(\?[a-wyz-]*x", re.IGNORECASE)
_CHILD = """
import json, re, signal, sys
pattern, flags, text, seconds = json.load(sys.stdin)
if hasattr(signal, "alarm"):
    signal.alarm(seconds)
print("found" if re.search(pattern, text, flags) else "absent")
"""
_CHILD_FOR_ALL = """
import json, re, signal, sys
pattern, flags, texts, seconds = json.load(sys.stdin)
if hasattr(signal, "alarm"):
    signal.alarm(seconds)
regex = re.compile(pattern, flags)
group = min(regex.groups, 1)
json.dump([[[match.start(), match[group]] for match in regex.finditer(text)] for text in texts], sys.stdout)
"""


def compiled(text: str) -> re.Pattern[str]:
    """Return the regular expression *text*; raises ``ValueError`` saying what is wrong with it."""
    if len(text) > LONGEST_PATTERN:
        message = f"a regular expression of {len(text)} characters is too long: the limit is {LONGEST_PATTERN}"
        raise ValueError(message)
    try:
        return re.compile(text)
    except (re.error, OverflowError, RecursionError, Warning) as error:
        message = f"{text!r} is not a regular expression: {error}"
        raise ValueError(message) from None


def search(pattern: re.Pattern[str], text: str, seconds: float = SECONDS) -> bool:
    """
    Whether *pattern* is found anywhere in *text*.

    Raises ``ValueError`` if the text is too long, ``TimeoutError`` if the answer takes longer than *seconds*.
    """
    if len(text) > LONGEST_TEXT:
        message = f"a text of {len(text)} characters is too long to be searched: the limit is {LONGEST_TEXT}"
        raise ValueError(message)
    if _quick(pattern, len(text)):
        return pattern.search(text) is not None
    return _search_apart(pattern, text, seconds)


def find_all(pattern: re.Pattern[str], texts: Sequence[str], seconds: float) -> list[list[tuple[int, str | None]]]:
    """
    Return where *pattern* is found in each of *texts*: the offset, and its first group (or all of it without one).

    The length of the texts is the caller's to limit. Raises ``TimeoutError`` if the answer takes
    longer than *seconds*, ``ValueError`` if there is none.
    """
    if _quick(pattern, sum(map(len, texts))):
        group = min(pattern.groups, 1)
        return [[(match.start(), match[group]) for match in pattern.finditer(text)] for text in texts]
    found = json.loads(_apart(_CHILD_FOR_ALL, pattern, list(texts), seconds))
    return [[(start, text) for start, text in hits] for hits in found]


def _quick(pattern: re.Pattern[str], length: int) -> bool:
    """
    Whether a search through *length* characters surely ends soon.

    Without repeated groups, each quantifier multiplies the work by the length at the most, and
    each alternative in a group doubles it.
    """
    bare = _ESCAPED_OR_CLASS.sub(lambda match: "." if match[0][1:2] not in "123456789" else r"(?P=", pattern.pattern)
    quantifiers = len(_QUANTIFIER.findall(bare))
    if pattern.flags & re.VERBOSE or _ENTANGLED.search(bare):
        return False
    if "(" not in bare and not quantifiers:
        return True
    return bool(max(length, 2) ** (quantifiers + 1) << bare.count("|") <= _STEPS)


def _search_apart(pattern: re.Pattern[str], text: str, seconds: float) -> bool:
    return {"found": True, "absent": False}[_apart(_CHILD, pattern, text, seconds).strip()]


def _apart(code: str, pattern: re.Pattern[str], text: str | list[str], seconds: float) -> str:
    """Return what the child process that runs *code* prints."""
    task = json.dumps([pattern.pattern, pattern.flags, text, int(seconds) + 2])
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", code],
            input=task,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=True,
        )
    except subprocess.TimeoutExpired:
        message = f"searching for {pattern.pattern!r} took longer than {seconds:g} s: write it with fewer repetitions"
        raise TimeoutError(message) from None
    except (OSError, subprocess.CalledProcessError) as error:
        message = f"searching for {pattern.pattern!r} failed: {error}"
        raise ValueError(message) from None
    return done.stdout
