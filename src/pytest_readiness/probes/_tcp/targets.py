"""Several ports at once: which of them nobody can reach."""

from __future__ import annotations

import time
from collections.abc import Sequence

from pytest_readiness.errors import CannotMeasure
from pytest_readiness.model import Evidence, Value
from pytest_readiness.probe import Context, Measurements
from pytest_readiness.probes._http.errors import NotConnected
from pytest_readiness.probes._http.loop import Loop, early
from pytest_readiness.probes._http.stream import Dialler
from pytest_readiness.probes._http.url import host as host_name

_PORTS = range(1, 65536)


def parse(text: str) -> tuple[str, int]:
    """Return host and port of *text*, such as ``db:5432`` or ``[::1]:80``; raises ``ValueError``."""
    host, colon, port = text.rpartition(":")
    if not colon or not port.isascii() or not port.isdigit() or int(port) not in _PORTS:
        raise ValueError(f"{text!r} is not HOST:PORT, such as db.example.org:5432")
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if ":" in bare and bare == host:
        raise ValueError(f"{text!r}: write [{host}]:{port}")
    return host_name(bare), int(port)


def reach(targets: Sequence[str], context: Context) -> Measurements:
    """
    Connect to all of *targets* at once, and count those that refuse, stay silent or cannot be got at.

    Where it stays open what is at one of them (a name that cannot be resolved, say), the count is not known.
    """
    loop = Loop(early(context.deadline))
    dialler = Dialler(loop)
    said: dict[str, str] = {}
    unreachable: list[str] = []
    open_: list[str] = []

    async def knock(target: str) -> None:
        try:
            stream = await dialler.connect(*parse(target))
        except CannotMeasure as error:
            said[target] = str(error)
            (unreachable if isinstance(error, NotConnected) else open_).append(target)
            return
        said[target] = f"connected in {1000.0 * (time.perf_counter() - stream.opened):.1f} ms"
        stream.close()

    try:
        loop.run([knock(target) for target in targets])
    finally:
        dialler.close()
    for target in targets:
        if target not in said:
            said[target] = "not tried in time"
            open_.append(target)
    values: dict[str, Value] = {"targets": len(targets)}
    unknown: dict[str, str] = {}
    if open_:
        unknown["unreachable"] = "; ".join(f"{target}: {said[target]}" for target in sorted(open_))
    else:
        values["unreachable"] = len(unreachable)
    lines = "\n".join(f"{target}: {said[target]}" for target in targets)
    return Measurements(values, len(targets), [Evidence("connections", lines)], unknown)
