"""
What does it cost to find import cycles, beside grimp?

Run with ``python benchmarks/import_cycles.py FOLDER=PACKAGE...``: folders with unpacked sources, for example
``pip download --no-deps django==5.2.* && unzip django*.whl -d django`` and then ``django=django``. CPU is user and
system time of whole processes, interpreter and imports included, the median of some rounds side by side. Read
ratios, not seconds.

Both sides run compiled, as pip compiles what it installs: a first run of each is not counted, and
``PYTHONDONTWRITEBYTECODE`` is not handed on to them. Sources are measured as pip installs them, too, with the
``.pyc`` files that ``python -m compileall`` makes in a copy of them: an up-to-date one proves that its source can
be parsed. Without any (and with ``--bare``), all is parsed.

cold: all from the sources. warm: from the caches that both keep; ours is checked by content, every byte is read.
changed: warm, but one file has changed since. "added": the same without what a process costs that has pytest
loaded, for that is where gates are judged.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

OURS = """
import sys
from pytest_readiness.probes._imports import cache
from pytest_readiness.probes._imports.modules import find
folder, package, kept = sys.argv[1:]
found = cache.findings(kept or None, find(folder, [package]))
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
PYTEST = "import pytest, _pytest.main, _pytest.python\n"
#: What is measured of a project that is compiled.
KINDS = ("cold", "warm", "changed")
NUMBERS = itertools.count()
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
END = """
import json, resource
print(json.dumps({**told, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
"""


def run(code: str, *arguments: str) -> tuple[float, dict[str, float]]:
    """Return the CPU seconds of a process that runs *code*, and what it tells."""
    command = [sys.executable, "-c", code + END, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=ENVIRONMENT) as child:
        assert child.stdout
        told = child.stdout.read()
        _pid, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit(f"failed: {arguments}")
    return used.ru_utime + used.ru_stime, json.loads(told)


def compare(folder: Path, package: str, rounds: int, base: str = "", kinds: tuple[str, ...] = KINDS) -> list[str]:
    """Return one line for each of *kinds*, of whole processes or of what is added to *base*."""
    lines = []
    bare = statistics.median(run(base + NOTHING)[0] for _ in range(rounds)) if base else 0.0
    with tempfile.TemporaryDirectory() as kept:
        for kind in kinds:
            ours, grimp = ("", "") if kind not in KINDS[1:] else (f"{kept}/ours", f"{kept}/grimp")
            run(OURS, str(folder), package, ours)
            run(GRIMP, str(folder), package, grimp)
            mine: list[float] = []
            theirs: list[float] = []
            told: dict[str, float] = {}
            for _ in range(rounds):
                if kind == "changed":
                    change(folder / package / "__init__.py")
                seconds, told = run(base + OURS, str(folder), package, ours)
                mine.append(seconds - bare)
                theirs.append(run(base + GRIMP, str(folder), package, grimp)[0] - bare)
            ratio = statistics.median(a / b for a, b in zip(mine, theirs, strict=True))
            lines.append(
                f"{package:14} {'added' if base else 'whole'} {kind:12} {statistics.median(mine):6.3f} s"
                f"  {statistics.median(theirs):6.3f} s  {ratio:5.2f}  {told}"
            )
    return lines


def change(path: Path) -> None:
    """Change a file so that it says the same."""
    with path.open("a", encoding="utf-8") as file:
        file.write(f"# {next(NUMBERS)}\n")


def compiled(folder: Path) -> None:
    """Compile all of *folder*, as pip does, but not within the second in which its files were written."""
    time.sleep(1.1)
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(folder)], stdout=subprocess.DEVNULL, check=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("sources", nargs="+", metavar="FOLDER=PACKAGE")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--bare", action="store_true", help="only without .pyc files")
    given = parser.parse_args()
    _cpu, engine = run("import pytest_readiness.probes._imports.analysis\n" + NOTHING)
    print("compiled first with python -m compileall, as pip does; 'no .pyc': cold, with none of these files")
    print(f"{'':32}{'ours':>8}  {'grimp':>8}  ratio   (peak in MiB; {engine['peak']:.0f} of it is the engine)")
    for source in given.sources:
        folder, _, package = source.rpartition("=")
        with tempfile.TemporaryDirectory() as copied:
            copy = Path(copied)
            shutil.copytree(Path(folder) / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
            print("\n".join(compare(copy, package, given.rounds, kinds=("no .pyc",))))
            if not given.bare:
                compiled(copy / package)
                for base in (PYTEST, ""):
                    print("\n".join(compare(copy, package, given.rounds, base)))


if __name__ == "__main__":
    main()
