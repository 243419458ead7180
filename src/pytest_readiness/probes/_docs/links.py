"""Where links lead: to files and anchors that are there, or to nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

from pytest_readiness.probes._docs.markdown import SUFFIXES, Document

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_LINES = re.compile(r"L[0-9]+(?:C[0-9]+)?(?:-L[0-9]+(?:C[0-9]+)?)?|:~:text=.*")

#: Reads the document at a path.
Read = Callable[[Path], Document]


def web(target: str) -> str | None:
    """Return the URL that *target* leads to on the web, without its fragment; None if it does not."""
    url = f"https:{target}" if target.startswith("//") else target
    return url.partition("#")[0] if url.lower().startswith(("http://", "https://")) else None


def is_local(target: str) -> bool:
    """Whether *target* leads to a file or an anchor, not elsewhere (``mailto:`` and the like)."""
    return not target.startswith("//") and _SCHEME.match(target) is None


def broken(target: str, here: Path, root: Path, read: Read) -> str | None:
    """
    Return what is wrong with the local link *target* in the file *here*, None if nothing is.

    A slash at its beginning is *root*. Anchors are looked for in Markdown.
    """
    place, _, fragment = target.partition("#")
    name = unquote(place.partition("?")[0])
    if not name and not fragment:
        return None if target == "#" else "leads nowhere"
    path = here if not name else root / name.lstrip("/") if name.startswith("/") else here.parent / name
    if not _is_there(path):
        return "is not there"
    anchor = unquote(fragment)
    if not anchor or anchor == "top" or path.suffix.lower() not in SUFFIXES or _LINES.fullmatch(anchor):
        return None
    anchors = read(path).anchors
    return None if anchor in anchors or anchor.lower() in anchors else f"has no heading #{anchor}"


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # too long, or with a NUL: no such file can be
        return False
