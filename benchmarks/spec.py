"""
How fast is a spec read?

Run with ``python benchmarks/spec.py``. Beside it, what most tools do: PyYAML's ``safe_load`` (in Python, and in C) and
jsonschema with the schema of ``readiness schema``. CPU time, the best of some rounds; ours includes positions,
includes, variables, options, conditions, needs and the plan.
"""

from __future__ import annotations

import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import jsonschema
import yaml

from pytest_readiness import spec
from pytest_readiness.model import Better
from pytest_readiness.plan import make_plan
from pytest_readiness.probe import Context, Measure, Measurements, Probe, option
from pytest_readiness.registry import Registry


@dataclass(frozen=True, kw_only=True)
class Page(Probe):
    """Is the page there?"""

    measures: ClassVar[Mapping[str, Measure]] = {
        "status": Measure(int, "the status"),
        "latency": Measure(float, "how long it took", unit="ms", better=Better.LOWER),
    }
    expect: ClassVar[Mapping[str, int]] = {"status": 200}

    url: str = option("Which page.")
    method: str = option("How to ask.", "GET")
    headers: Mapping[str, str] = option("What to send along.", factory=dict)

    def measure(self, context: Context) -> Measurements:
        raise NotImplementedError


GATE = """\
      - id: page-{number}
        title: Page {number} answers
        severity: high
        tags: [web, page]
        probe: page
        with:
          url: ${{base_url}}/page/{number}
          headers: {{X-Request: "{number}"}}
        expect: {{status: 200, latency: "< {limit} ms"}}
        fix: Look at the log of page {number}.
"""
HEAD = "version: 1\nname: pages\nvars: {base_url: http://127.0.0.1:8000}\n"


def write(folder: Path, count: int) -> Path:
    lines = [HEAD, "include: [more.yaml]\ngates:\n"]
    more = ["gates:\n"]
    for group in range(count // 50):
        text = [f"  - group: Group {group}\n    severity: medium\n    gates:\n"]
        text += [GATE.format(number=group * 50 + i, limit=100 + i) for i in range(50)]
        (more if group % 10 == 0 else lines).extend(text)
    (folder / "more.yaml").write_text("".join(more))
    path = folder / "readiness.yaml"
    path.write_text("".join(lines))
    return path


def cpu(work: Callable[[], object], rounds: int) -> float:
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def ours(path: Path) -> object:
    return make_plan(spec.load(path, registry=Registry({"page": Page}), env={}))


def main() -> None:
    schema = spec.schema(Registry({"page": Page}))
    validator = jsonschema.Draft202012Validator(schema)
    print(f"{'gates':>8} {'ours':>8} {'safe_load':>20} {'C + jsonschema':>20} {'memory':>10}")
    for count in (1_000, 10_000):
        with tempfile.TemporaryDirectory() as folder:
            path = write(Path(folder), count)
            text = path.read_text()
            rounds = 5 if count == 1_000 else 2
            mine = cpu(lambda path=path: ours(path), rounds)  # type: ignore[misc]
            slow = cpu(lambda text=text: yaml.safe_load(text), 1)  # type: ignore[misc]

            def peer(text: str = text) -> None:
                data = yaml.load(text, Loader=yaml.CSafeLoader)
                assert not list(validator.iter_errors(data))

            fast = cpu(peer, 1)
            tracemalloc.start()
            plan = ours(path)
            peak = tracemalloc.get_traced_memory()[1] / 2**20
            tracemalloc.stop()
            del plan
        print(
            f"{count:>8} {mine * 1000:>5.0f} ms {slow * 1000:>7.0f} ms ({slow / mine:4.1f} x)"
            f" {fast * 1000:>7.0f} ms ({fast / mine:4.1f} x) {peak:>6.0f} MiB"
        )
        sys.stdout.flush()


if __name__ == "__main__":
    main()
