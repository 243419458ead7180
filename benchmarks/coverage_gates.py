"""
What do all coverage gates of a spec cost together?

Run with ``python benchmarks/coverage_gates.py``. A project of 900 files is made (or ``--source FOLDER`` is
taken: its Python files, with what importing them runs as the recorded data), branch coverage is recorded, and
then, each in a process of its own: ``coverage report``, and 20 gates over its packages, cold and with the cache
of the run before. CPU time of the process, the best of some rounds; the total must be coverage.py's to the last
digit.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PACKAGES, MODULES, GATES = 30, 30, 20
FUNCTION = '''

def step_{n}(order, rates=None):
    """Return what is left of an order after step {n}."""
    total = 0
    for line in order.get("lines", ()):
        if line["kind"] == {n} and rates:
            total += line["amount"] * rates[{n}]
        elif line["kind"] > 7:
            try:
                total -= int(line["amount"])
            except ValueError as error:
                raise RuntimeError(line) from error
        else:
            total += line["amount"]
    while total > 1_000:
        total -= 1_000
        if total == {n}:
            break
    with_tax = [round(total * rate, 2) for rate in (rates or {{}}).values()]
    return sum(with_tax) if with_tax else total
'''
MAIN = """
import importlib, sys
for name in sys.argv[1:]:
    try:
        module = importlib.import_module(name)
    except BaseException:
        continue
    for n in range(0, 5, 2):
        if hasattr(module, f"step_{n}"):
            getattr(module, f"step_{n}")({"lines": [{"kind": n, "amount": 3}]}, {n: 2})
"""


def make(root: Path) -> None:
    for package in range(PACKAGES):
        folder = root / "shop" / f"part{package}"
        folder.mkdir(parents=True)
        for module in range(MODULES):
            (folder / f"module{module}.py").write_text("".join(FUNCTION.format(n=n) for n in range(5)))
        (folder / "__init__.py").touch()
    (root / "shop" / "__init__.py").touch()


def record(root: Path, package: str) -> None:
    (root / ".coveragerc").write_text(f"[run]\nbranch = true\nsource = {package}\n")
    (root / "main.py").write_text(MAIN)
    names = [".".join(path.relative_to(root).with_suffix("").parts) for path in sorted((root / package).rglob("*.py"))]
    command = [sys.executable, "-m", "coverage", "run", "main.py", *names[::2]]
    subprocess.run(command, cwd=root, check=True, capture_output=True)


def gates(root: Path, cache: str) -> None:
    """Judge all gates in this process; print the total and how long it took."""
    from pytest_readiness.engine import Engine, Setup
    from pytest_readiness.probes.coverage import Coverage
    from pytest_readiness.redact import Redactor
    from pytest_readiness.registry import Registry
    from pytest_readiness.testing import NOW, fake_gate, fake_plan

    folders = sorted(path.parent for path in next(root.glob("*/")).glob("*/__init__.py"))[: GATES - 1]
    probes = [Coverage(), *(Coverage(include=(f"{folder.relative_to(root)}/*",)) for folder in folders)]
    expect = {"total": "> 0%", "branch": "> 0%"}
    made = [fake_gate(probe, id=f"gate{n}", expect=expect, timeout=600) for n, probe in enumerate(probes)]
    setup = Setup(
        registry=Registry(), env=dict(os.environ), now=NOW, cache=Path(cache) if cache else None, redactor=Redactor(())
    )
    engine = Engine(fake_plan(*made, root=root), setup)
    engine.run()
    results = engine.results()
    values = results[0].measurements
    if not values:
        raise SystemExit(results[0].reason)
    print(json.dumps({"total": values["total"].value, "outcomes": sorted({r.outcome.value for r in results})}))


def cost(command: list[str], root: Path) -> tuple[float, float, str]:
    """Return CPU and wall seconds of *command*, and what it printed."""
    before, start = os.times(), time.perf_counter()
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    wall, after = time.perf_counter() - start, os.times()
    assert done.returncode == 0, done.stdout + done.stderr
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return cpu, wall, done.stdout


def compare(root: Path, rounds: int) -> None:
    me = [sys.executable, str(Path(__file__).resolve()), "--gates", str(root), "--cache"]
    report = [sys.executable, "-m", "coverage", "report", "--precision=13"]
    cache = root / ".cache"
    best: dict[str, tuple[float, float, str]] = {}
    for _ in range(rounds):
        shutil.rmtree(cache, ignore_errors=True)
        runs = {
            "coverage report": report,
            "gates, no cache": [*me, ""],
            "gates, cold": [*me, str(cache)],
            "gates, warm": [*me, str(cache)],
        }
        for name, command in runs.items():
            best[name] = min(best.get(name, (float("inf"), 0.0, "")), cost(command, root))
    peer = best["coverage report"]
    print(f"{'':18} {'CPU s':>7} {'ratio':>6}   {'wall s':>7} {'ratio':>6}")
    for name, (cpu, wall, _) in best.items():
        print(f"{name:18} {cpu:7.2f} {cpu / peer[0]:6.2f}   {wall:7.2f} {wall / peer[1]:6.2f}")
    said = peer[2].strip().splitlines()[-1].split()[-1]
    ours = {name: json.loads(text)["total"] for name, (_, _, text) in best.items() if name != "coverage report"}
    print(f"total: coverage.py says {said}; the gates say {ours}")
    assert all(f"{total:.13f}%" == said for total in ours.values())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--source", type=Path, help="a package to take instead of a made one")
    parser.add_argument("--gates", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--cache", default="", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.gates:
        gates(args.gates, args.cache)
        return
    with tempfile.TemporaryDirectory() as name:
        root = Path(name).resolve()
        if args.source:
            shutil.copytree(args.source, root / args.source.name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            make(root)
        record(root, args.source.name if args.source else "shop")
        compare(root, args.rounds)


if __name__ == "__main__":
    main()
