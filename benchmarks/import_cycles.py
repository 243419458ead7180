"""
What does it cost to find import cycles, beside grimp?

Run with ``python benchmarks/import_cycles.py FOLDER=PACKAGE...``: folders with unpacked sources, for example
``pip download --no-deps django==5.2.* && unzip django*.whl -d django`` and then ``django=django``. CPU is user and
system time of whole processes, interpreter and imports included, the median of some rounds side by side. Read
ratios, not seconds.

cold: all from the sources. warm: from the caches that both keep; ours is checked by content, every byte is read.
"added": the same without what a process costs that has pytest loaded, for that is where gates are judged.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

OURS = """
import sys
from pathlib import Path
from pytest_readiness.probes._imports import cache
from pytest_readiness.probes._imports.modules import find
folder, package, kept = sys.argv[1:]
found = cache.findings(Path(kept) if kept else None, find(Path(folder), [package]))
told = {"modules": found.modules, "cycles": len(found.cycles), "in cycles": sum(len(c.modules) for c in found.cycles)}
"""
GRIMP = """
import sys
folder, package, kept = sys.argv[1:]
sys.path.insert(0, folder)
import grimp
found = grimp.build_graph(package, cache_dir=kept or None)
told = {"modules": len(found.modules)}
"""
NOTHING = "told = {}\n"
END = """
import json, resource
print(json.dumps({**told, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
"""


def run(code: str, *arguments: str) -> tuple[float, dict[str, float]]:
    """Return the CPU seconds of a process that runs *code*, and what it tells."""
    with subprocess.Popen([sys.executable, "-c", code + END, *arguments], stdout=subprocess.PIPE) as child:
        assert child.stdout
        told = child.stdout.read()
        _pid, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit(f"failed: {arguments}")
    return used.ru_utime + used.ru_stime, json.loads(told)


def compare(folder: str, package: str, rounds: int, base: str) -> list[str]:
    """Return one line each for cold and warm, of whole processes and of what is added to *base*."""
    lines = []
    with tempfile.TemporaryDirectory() as kept:
        for name, ours_kept, grimp_kept in (("cold", "", ""), ("warm", f"{kept}/ours", f"{kept}/grimp")):
            mine: list[float] = []
            theirs: list[float] = []
            told: dict[str, float] = {}
            if ours_kept:
                run(base + OURS, folder, package, ours_kept)
                run(base + GRIMP, folder, package, grimp_kept)
            bare = statistics.median(run(base + NOTHING)[0] for _ in range(rounds)) if base else 0.0
            for _ in range(rounds):
                seconds, told = run(base + OURS, folder, package, ours_kept)
                mine.append(seconds - bare)
                theirs.append(run(base + GRIMP, folder, package, grimp_kept)[0] - bare)
            ratio = statistics.median(a / b for a, b in zip(mine, theirs, strict=True))
            what = "added" if base else "whole"
            lines.append(
                f"{package:16} {what} {name}  {statistics.median(mine):6.3f} s  {statistics.median(theirs):6.3f} s"
                f"  {ratio:5.2f}  {told}"
            )
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("sources", nargs="+", metavar="FOLDER=PACKAGE")
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    _cpu, engine = run("import pytest_readiness.probes._imports.cache\n" + NOTHING)
    print(
        f"{'':28}{'ours':>8}  {'grimp':>8}  ratio   (peak in MiB; {engine['peak']:.0f} of it before any source is read)"
    )
    for source in given.sources:
        folder, _, package = source.rpartition("=")
        for base in ("", "import pytest, _pytest.main, _pytest.python\n"):
            print("\n".join(compare(str(Path(folder).resolve()), package, given.rounds, base)))


if __name__ == "__main__":
    main()
