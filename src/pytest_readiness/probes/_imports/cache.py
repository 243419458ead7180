"""
Findings kept from run to run, under a hash of all they follow from.

Every byte of every file is read in every run: what was found is used again only if all is as it was. Where it is
not, what is known of the files that have not changed is used. Imports nothing that is only needed for an analysis.
"""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

from pytest_readiness.probes._imports import files
from pytest_readiness.probes._imports.findings import Cycle, Findings, Link

try:
    from _blake2 import blake2b  # hashlib would load OpenSSL, which takes as long as hashing two megabytes.
except ImportError:
    from hashlib import blake2b

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from pytest_readiness.probes._imports.facts import Facts
    from pytest_readiness.probes._imports.modules import Modules

#: Rises with every change of the analysis that changes findings.
_VERSION = 2
#: The last so many files of each kind are kept.
_KEPT = 20


def findings(
    folder: Path | str | None, modules: Modules, ignore: Sequence[str] = (), tick: Callable[[], None] = lambda: None
) -> Findings:
    """
    Return what there is to find about *modules*, from *folder* as far as nothing has changed; with None, keep nothing.

    *ignore* is as the option says; *tick* is called now and then and may raise to stop.
    """

    def analysed(facts: Facts | None) -> Findings:
        from pytest_readiness.probes._imports.analysis import Analysis

        return Analysis(modules, ignore, tick, facts).findings()

    if folder is None:
        return analysed(None)
    place = f"{folder}{os.sep}import_cycles{os.sep}"
    keys = _keys(modules, tick)
    about = _about(modules.names)
    texts = "\0".join((*modules.paths, "", *ignore)).encode(errors="surrogateescape")
    names = b"\0".join((*modules.names, b"", *sorted(modules.translated)))
    state = _hash(about, names, texts, b"\0".join(keys.values()))
    paths = f"{place}{state.hex()}.json", f"{place}{_hash(about).hex()}.files"
    return _loaded(paths[0]) or _found(place, paths, keys, analysed)


def _keys(modules: Modules, tick: Callable[[], None]) -> dict[int, bytes]:
    """Return a hash for each file, of its content and of whether it is an ``__init__.py``."""
    keys = {}
    read, packages = files.read, modules.packages
    for number, path in enumerate(modules.paths):
        if path:
            if not number % 64:
                tick()
            data, _status = read(path)
            key = blake2b(data, digest_size=16).hexdigest()
            keys[number] = (f"{key}p" if number in packages else key).encode()
    return keys


def _about(names: Sequence[bytes]) -> bytes:
    """Return what the imports of a file depend on besides its content: versions, and the packages of the project."""
    tops = sorted({name.partition(b".")[0] for name in names})
    return b"\0".join([b"%d %d %d" % (_VERSION, *sys.version_info[:2]), *tops])


def _found(
    place: str, paths: tuple[str, str], keys: dict[int, bytes], analysed: Callable[[Facts], Findings]
) -> Findings:
    """Return the findings of an analysis that knows what the last one kept, and keep both."""
    from pytest_readiness.probes._imports.facts import Facts

    facts = Facts(keys, _read(paths[1]))
    found = analysed(facts)
    try:
        os.makedirs(place, exist_ok=True)  # noqa: PTH103 - pathlib is not loaded for this
        for path, data in zip(paths, (json.dumps(found).encode(), facts.written()), strict=True):
            _write(path, data)
        _tidy(place)
    except OSError:
        pass  # It is only slower the next time.
    return found


def _hash(*parts: bytes) -> bytes:
    summed = blake2b(digest_size=20)
    for part in parts:
        summed.update(b"%d\0" % len(part))
        summed.update(part)
    return summed.digest()


def _read(path: str) -> bytes:
    """Return what was written to *path*; nothing where it isn't there, or isn't as it was written."""
    try:
        data, _status = files.read(path)
    except OSError:
        return b""
    return data[20:] if data[:20] == _hash(data[20:]) else b""


def _write(path: str, data: bytes) -> None:
    written = f"{path}.{os.getpid()}"
    with open(written, "wb") as file:  # noqa: PTH123
        file.write(_hash(data) + data)
    os.replace(written, path)  # noqa: PTH105


def _tidy(place: str) -> None:
    """Remove all but the newest files of each kind."""
    for kind in (".json", ".files"):
        found = [entry for entry in os.scandir(place) if entry.name.endswith(kind)]
        for entry in sorted(found, key=lambda entry: entry.stat().st_mtime)[:-_KEPT]:
            os.unlink(entry.path)  # noqa: PTH108


def _loaded(path: str) -> Findings | None:
    if not (data := _read(path)):
        return None
    modules, imports, at_import, deferred, typing, broken, unused = json.loads(data)
    return Findings(
        modules=modules,
        imports=imports,
        cycles=tuple(map(_cycle, at_import)),
        deferred=tuple(map(_cycle, deferred)),
        typing=tuple(map(_cycle, typing)),
        broken=tuple(broken),
        unused_ignores=tuple(unused),
    )


def _cycle(data: Any) -> Cycle:
    modules, way, cut, proved = data
    return Cycle(tuple(modules), tuple(map(_link, way)), tuple(map(_link, cut)), proved)


def _link(data: Any) -> Link:
    importer, imported, path, lines, note = data
    return Link(importer, imported, path, tuple(lines), note)
