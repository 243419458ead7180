"""Files that commands read and write."""

from __future__ import annotations

from pathlib import Path

from pytest_readiness import reports
from pytest_readiness.errors import UsageError

#: The spec, where nothing else is said.
SPEC = "readiness.yaml"


def put(path: Path, data: bytes) -> None:
    """
    Write *data* to *path*, all of it or nothing, in folders that are made where there are none.

    What is there keeps its permissions, and links stay links.

    Raises ``UsageError`` if that cannot be done.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = path.stat().st_mode if path.is_file() else None
        reports.put(path.resolve(), data)
        if mode is not None:
            path.chmod(mode & 0o7777)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror or error}") from None
