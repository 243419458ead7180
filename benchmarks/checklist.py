"""
How fast is a checklist imported?

Run with ``python benchmarks/checklist.py``. Beside it, what only takes the same text apart: markdown-it-py, with
tables. CPU time, the best of some rounds, without imports; ours goes from bytes to the text of a spec whose proposals
have all been looked at as the loader does. No two items are the same.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from markdown_it import MarkdownIt

from pytest_readiness.checklist.drafting import tree, write
from pytest_readiness.checklist.drafting.sound import sound
from pytest_readiness.checklist.proposing.propose import propose
from pytest_readiness.checklist.reading.read import read
from pytest_readiness.checklist.reading.text import decode
from pytest_readiness.memory import no_collections

LINES, ROUNDS = 10_000, 5

SECTION = """\
## {n}. Service number{n} (Priority: {priority})

Service number{n} takes orders of region {n}. What follows has to be so before it goes live.

### Code
- [x] No circular imports in `src/number{n}`
- [ ] Achieve {percent}%+ unit test coverage of `src/number{n}`
  - [x] `src/number{n}/billing.py` is covered
  - [ ] Integration tests of flow {n} pass (deferred: needs region {n})
- [x] **Types** - 0 errors from mypy in number{n}

### Runtime
- ✅ `GET /api/number{n}/health` answers 200 in less than {ms} ms
- ❌ Rate limiting of `/api/number{n}/orders` → **IN PROGRESS**
- [ ] Redis connection of number{n} working
- [ ] Table `orders_{n}` has its indexes

| Check | Limit | Status |
|-------|-------|--------|
| p95 of number{n} | <{ms}ms | ✅ Done |
| Error rate of number{n} | <0.{n}% | ⏳ Open |

```bash
curl http://localhost:8000/api/number{n}/orders
# Expected: {{"status": "ok", "region": {n}}}
export NUMBER{n}_REGION=r{n}
```

**Completion of number{n}: {percent}%**

"""


def text() -> bytes:
    lines: list[str] = ["# Readiness of all services", ""]
    number = 0
    while len(lines) < LINES:
        number += 1
        priority = ("Critical", "High", "Medium", "Low")[number % 4]
        section = SECTION.format(n=number, priority=priority, percent=60 + number % 39, ms=50 + number % 400)
        lines += section.splitlines()
    return ("\n".join(lines[:LINES]) + "\n").encode()


def steps(data: bytes) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield the steps of an import, each with what it works on."""
    yield "read", lambda: read(decode(data, "CHECKLIST.md"))
    document = read(decode(data, "CHECKLIST.md"))
    yield "propose", lambda: propose(document)
    proposals = propose(document)
    yield "check", lambda: sound(document, proposals)
    yield "write", lambda: write.spec(document, tree.grow(document, proposals, source="C.md"), source="C.md")
    yield "all of it", lambda: whole(data)


def whole(data: bytes) -> str:
    document = read(decode(data, "CHECKLIST.md"))
    proposals = sound(document, propose(document))
    return write.spec(document, tree.grow(document, proposals, source="C.md"), source="C.md")


def cpu(work: Callable[[], object]) -> float:
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        with no_collections():
            work()
        best = min(best, time.process_time() - start)
    return best


def main() -> None:
    data = text()
    document = read(decode(data, "CHECKLIST.md"))
    peer = cpu(lambda: MarkdownIt("commonmark").enable("table").parse(data.decode()))
    print(f"{LINES} lines, {len(document.items)} items")
    print(f"{'markdown-it-py':<16} {peer * 1000:>6.0f} ms")
    for name, work in steps(data):
        took = cpu(work)
        print(f"{name:<16} {took * 1000:>6.0f} ms  {took / peer:5.2f} x")


if __name__ == "__main__":
    main()
