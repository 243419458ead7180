"""Tests of the project and of others, their coverage, benchmarks and loads."""

from __future__ import annotations

import re
from typing import Any

from pytest_readiness.checklist.proposing.fill import Filling, Found, Maker, place, todo
from pytest_readiness.checklist.proposing.match import data
from pytest_readiness.checklist.proposing.match.facts import Quantity
from pytest_readiness.checklist.proposing.match.words import parts, stem

#: Words that say nothing of what a test is about, by their stems.
_DULL = frozenset(map(stem, data.words("dull")))
#: Words that speak of all tests.
_ALL = ("all", "suite", "pass", "green", "fail", "flaky", "skip", "succeed", "warning", "every", "regression")
_MOST_KEYWORDS = 2
_SHORTEST_KEYWORD = 3


def tests(found: Found) -> Filling:
    """Tests by file, by folder or marker, or by words of the item."""
    options, expect = found.options, found.expect
    files = [path for path in found.facts.paths if path.endswith(".py") or "test" in path]
    if files:
        options["select"] = f"node:{_node(files[0])}"
    elif "select" not in options or (options["select"] == "all" and not found.has(*_ALL) and found.facts.ratio is None):
        words = keyword(found)
        options["select"] = f"keyword:{words}" if words else todo("which tests, such as keyword:login")
    expect.setdefault("failed", 0)
    expect.setdefault("passed", ">= 1")
    _numbers(found, expect)
    if found.has("skip"):
        expect["skipped"] = 0
    if found.has("flak", "flaky"):
        expect["rerun"] = 0
    return Filling(options, expect)


def _numbers(found: Found, expect: dict[str, Any]) -> None:
    ratio = found.facts.ratio
    count = found.facts.counted("test", "passing", "unit test", "backend test", "integration test", "case")
    share = found.facts.first("%")
    if ratio is not None:
        expect["passed"] = f">= {ratio[0]}"
    elif count is not None and count.low >= 1:
        expect["passed"] = f">= {int(count.low)}"
    if share is not None and ratio is None and found.rule is not None and found.rule.options.get("select") == "all":
        expect["pass_rate"] = share.condition(">=") if share.low < 100 else "100 %"  # noqa: PLR2004 - percent


def _node(path: str) -> str:
    """Return the pattern of node ids for a file or a folder."""
    path = path.removeprefix("./")
    if path.endswith("/"):
        return f"{path}*"
    return f"{path}*" if "/" in path else f"*{path}*"


def keyword(found: Found) -> str:
    """Return an expression for ``-k`` from the words that say what the item is about, empty if none do."""
    words: list[str] = []
    for word in parts(re.sub(r"\(.*?\)|`[^`]*[/.][^`]*`", " ", found.item.text)):
        lower = word.lower()
        told = lower.isascii() and lower.isalpha() and len(lower) >= _SHORTEST_KEYWORD
        if told and stem(lower) not in _DULL and lower not in words and not any(lower in known for known in words):
            words.append(lower)
    chosen = [
        stem(word) if word.startswith(stem(word)) and len(stem(word)) > _SHORTEST_KEYWORD else word
        for word in words[:_MOST_KEYWORDS]
    ]
    return " and ".join(chosen)


def junit(found: Found) -> Filling:
    """The report of another suite, and the tests in it that the item is about."""
    expect: dict[str, Any] = {"failed": 0, "errors": 0, "passed": ">= 1"}
    options: dict[str, Any] = {"glob": "**/*junit*.xml"}
    specs = [path for path in found.facts.paths if re.search(r"\.(?:spec|test)\.[jt]sx?$", path)]
    if specs:
        options["suites"] = [f"*{specs[0].rsplit('/', 1)[-1]}*"]
    elif (
        not found.has("pass", "suite")
        and not found.facts.quoted
        and found.rule is not None
        and found.rule.name == "user-interface"
    ):
        word = keyword(found).split(" and ")[0]
        if word:
            options["names"] = [f"*{word}*"]
    _numbers(found, expect)
    if count := found.facts.counted("vitest", "jest", "playwright", "cypress", "e2e", "component", "spec"):
        expect["passed"] = f">= {int(count.low)}"
    return Filling(options, expect)


def coverage(found: Found) -> Filling:
    """A share of the lines or branches."""
    share = found.facts.first("%")
    options: dict[str, Any] = {}
    folders = [path for path in found.facts.paths if not path.endswith((".md", ".xml", ".html"))]
    if folders:
        options["include"] = [
            path.rstrip("/") + "/*" if path.endswith("/") or "." not in path else path for path in folders
        ]
    elif found.rule is not None and found.rule.name == "coverage-list":
        options["include"] = [todo("which files these are")]
    wanted = share.condition(">=") if share else todo("how much, such as >= 80 %")
    name = "branch" if found.has("branch") else "line"
    return Filling(options, {name: wanted, "statements": ">= 1"})


def benchmark(found: Found) -> Filling:
    """A time, a ratio, or a comparison with an earlier run."""
    options: dict[str, Any] = {"glob": "**/.benchmarks/**/*.json"}
    expect: dict[str, Any] = {"benchmarks": ">= 1"}
    time = found.facts.first("ms", "s", "min", "h")
    times = found.facts.first("x")
    share = found.facts.first("%")
    ratio = found.facts.ratio
    if ratio is not None:
        expect["benchmarks"] = f">= {ratio[0]}"
    if times is not None and found.has("fast", "faster", "speedup", "slower"):
        options |= {"of": todo("the slower benchmark"), "to": todo("the faster benchmark")}
        expect["ratio"] = f">= {times.condition('', unit='')}" if times.high is None else f">= {times.low:g}"
    elif time is not None:
        expect["mean"] = _upper(time)
    elif found.has("regress", "baselin") or (found.rule is not None and not found.has("suite", "pass")):
        options["against"] = todo("an earlier run to compare with")
        expect["regression"] = share.condition("<=") if share else todo("how much slower it may be, such as <= 5 %")
    return Filling(options, expect)


def _upper(time: Quantity) -> str | int:
    """Return a time as a limit: of a range, its end; about is about."""
    return f"<= {Quantity(time.high, time.unit, '').condition('')}" if time.high is not None else time.condition("<=")


def load(found: Found) -> Filling:
    """Requests a second, and how long they take."""
    facts = found.facts
    expect: dict[str, Any] = {"error_rate": 0}
    rate = facts.first("/s", "/min")
    time = facts.first("ms", "s")
    share = facts.first("%")
    options: dict[str, Any] = {"url": todo("the URL to put under load"), "duration": "30s"}
    variables: dict[str, str] = {}
    if facts.endpoints:
        options["url"], variables = f"${{base_url}}{facts.endpoints[0][1]}", place("base_url")
    if rate is not None:
        expect["rate"] = rate.condition(">=")
        options["rate"] = _sent(rate)
    if time is not None:
        expect[percentile(facts.text) or "p95"] = _upper(time)
    if share is not None and found.has("errorrate", "error", "fail"):
        expect["error_rate"] = share.condition("<=")
    if rate is None and time is None:
        expect["p95"] = todo("how fast it has to be, such as < 500 ms")
        options["rate"] = todo("how many requests a second, such as 50/s")
    return Filling(options, expect, variables)


def _sent(rate: Quantity) -> str:
    """Return a little more than the rate that is expected, since the last answers take their time."""
    sent = rate.low * 1.05
    return f"{int(sent) + 1}{rate.unit}"


def percentile(text: str) -> str | None:
    """Return the percentile that *text* names."""
    match = re.search(r"\bp(?:ercentile )?(50|95|99)\b|\b(50|95|99)th\b", text, re.IGNORECASE)
    return f"p{match[1] or match[2]}" if match else None


def resources(found: Found) -> Filling:
    """Memory and processor time of a process."""
    size = found.facts.first("MB", "GB", "MiB", "GiB", "kB")
    share = found.facts.first("%")
    expect: dict[str, Any] = {}
    if found.has("leak", "grow", "stabl"):
        expect["growth"] = todo("how much it may grow, such as <= 5 %")
    if found.has("cpu", "processor"):
        expect["cpu"] = share.condition("<=") if share else todo("how much, such as <= 80 %")
    if size is not None or (not expect and not found.has("cpu")) or (found.has("memory") and "growth" not in expect):
        expect["rss_max"] = _upper(size) if size else todo("how much, such as <= 1 GiB")
    return Filling(
        {"pid_file": todo("a file with the number of the process, or say run: and a command"), "over": "10s"}, expect
    )


MAKERS: dict[str, Maker] = {
    "tests": tests,
    "junit": junit,
    "coverage": coverage,
    "benchmark": benchmark,
    "load": load,
    "resources": resources,
}
