"""Symbols: what code defines, calls and imports, told from its text alone."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Each, Outcome, Result, Value
from pytest_readiness.options import convert
from pytest_readiness.probe import Touch
from pytest_readiness.probes import symbol as symbol_module
from pytest_readiness.probes._symbol.facts import matches, read
from pytest_readiness.probes._symbol.look import Wanted
from pytest_readiness.probes._symbol.traits import Traits
from pytest_readiness.probes.symbol import Symbol
from pytest_readiness.testing import fake_context, run_probe

AGENTS = '''
"""Agents."""
from abc import ABC, abstractmethod
from typing import Protocol, overload
import typing as t
import requests as r
from requests import post
from sqlalchemy.ext.asyncio import create_async_engine

CACHE_TTL = 60 * 60
POOL = 5
logger = make_logger()
__all__ = ["BaseAgent", "Sensor"]

class BaseAgent(ABC):
    retries: int = 3
    name: str

    @abstractmethod
    def process(self, event): ...

class Sensor(BaseAgent):
    """Reads."""
    def __init__(self, bus: "BusProtocol", store: StoreProtocol | None = None) -> None:
        self.bus = bus
        self.event_bus.subscribe("x")

    async def process(self, event, *rest, flag=False, password="hunter2", **more):
        r.get("http://x", timeout=5)
        def inner(): ...

class Lazy(BaseAgent):
    def __init__(self, store, size: int):
        self.store = Store()

class Bus(Protocol): ...
class Keyed(t.Protocol[str]):
    @property
    def key(self) -> str: ...
    @key.setter
    def key(self, value: str) -> None: ...

@overload
def load(x: int) -> int: ...
@overload
def load(x: str) -> str: ...
def load(x, /, y=1): return x

try:
    FAST = True
except ImportError:
    FAST = False
else:
    def after(): ...

async def load_model(): post("http://x")

engine = create_async_engine("url", pool_size=POOL, pool_pre_ping=True)
'''


def at(beginning: str) -> str:
    """Return where the line with this beginning is."""
    lines = AGENTS.splitlines()
    return f"agents.py:{next(number for number, line in enumerate(lines, 1) if line.startswith(beginning))}"


Write = Callable[[str, str], Path]
Judge = Callable[..., Result]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def make(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path

    return make


def symbol(**options: object) -> Symbol:
    problems: list[tuple[tuple[str | int, ...], str]] = []
    made = convert(Symbol, options, problems)
    assert made is not None, problems
    return made


@pytest.fixture
def judge(tmp_path: Path, write: Write) -> Judge:
    write("agents.py", AGENTS)

    def run(expect: Mapping[str, Value] | None = None, **options: object) -> Result:
        return run_probe(symbol(**{"paths": ["agents.py"], **options}), root=tmp_path, expect=expect)

    return run


def text(result: Result) -> str:
    return "\n".join(f"{piece.title}: {piece.text}" for piece in result.evidence)


class TestNames:
    @pytest.mark.parametrize(
        "name",
        [
            "BaseAgent",
            "BaseAgent.process",
            "BaseAgent.retries",
            "BaseAgent.name",
            "Sensor.process.inner",
            "CACHE_TTL",
            "load",
            "after",
            "*.__init__",
        ],
    )
    def test_a_definition_is_found_by_its_dotted_name(self, judge: Judge, name: str) -> None:
        result = judge(symbols=[name])
        assert result.outcome is Outcome.PASSED
        assert result.measurements["found"].value == 1

    def test_one_that_is_missing_fails_with_what_was_perhaps_meant(self, judge: Judge) -> None:
        result = judge(symbols=["BaseAgent", "Senser"])
        assert result.outcome is Outcome.FAILED
        assert result.reason == "missing is 1, expected 0"
        assert "missing: Senser (did you mean Sensor?)" in text(result)

    @pytest.mark.no_false_green
    @pytest.mark.parametrize("name", ["Protocol", "requests", "post", "event", "self.bus", "ImportError"])
    def test_what_is_imported_or_local_is_not_defined_here(self, judge: Judge, name: str) -> None:
        assert judge(symbols=[name]).outcome is Outcome.FAILED

    def test_every_file_must_have_it_where_that_is_said(self, judge: Judge, write: Write) -> None:
        write("other.py", "x = 1")
        assert judge(paths=["*.py"], symbols=["logger"]).outcome is Outcome.PASSED
        result = judge(paths=["*.py"], symbols=["logger"], **{"for": "every"})
        assert result.outcome is Outcome.FAILED
        assert "missing: other.py: logger" in text(result)


def test_deep_nesting_is_an_error_that_names_the_file() -> None:
    code = "if a: pass\n" + "elif a: pass\n" * 2000
    with pytest.raises(CannotMeasure, match=r"deep\.py"):
        read(code.encode(), "deep.py")


class TestTraits:
    @pytest.mark.parametrize(
        ("where", "count"),
        [
            ({"kind": "class", "base": "BaseAgent"}, 2),
            ({"base": "typing.Protocol"}, 2),
            ({"base": ["Protocol", "ABC"]}, 3),
            ({"kind": "method"}, 5),
            ({"kind": "function"}, 4),
            ({"decorator": "property"}, 1),
            ({"async": True}, 2),
            ({"kind": "class", "docstring": True}, 1),
            ({"kind": "method", "abstract": True}, 1),
            ({"kind": "class", "abstract": True}, 1),
            ({"calls": "event_bus.subscribe", "kind": "class"}, 1),
            ({"kind": "class", "never_calls": "[A-Z]*"}, 4),
        ],
    )
    def test_choose_definitions(self, judge: Judge, where: dict[str, object], count: int) -> None:
        result = judge({"matches": count}, symbols=[{"where": where}])
        assert result.outcome is Outcome.PASSED, text(result)

    def test_that_nothing_has_are_missing(self, judge: Judge) -> None:
        result = judge(symbols=[{"where": {"base": ["Nobody", "None"], "async": True}}])
        assert result.outcome is Outcome.FAILED
        assert "missing: * (base Nobody or None, async true)" in text(result)

    def test_of_a_name_that_is_there_are_told_where_they_differ(self, judge: Judge) -> None:
        result = judge(symbols=[{"name": "Sensor", "where": {"base": "Other"}}])
        assert f"missing: Sensor (base Other); {at('class Sensor')}: Sensor has no base Other" in text(result)

    @pytest.mark.parametrize(
        ("name", "must", "said"),
        [
            ("load", {"async": True}, "is not async"),
            ("load_model", {"async": False}, "is async"),
            ("Sensor", {"kind": "function"}, "is a class, not a function"),
            ("Sensor", {"decorator": ["a", "b"]}, "has no decorator a or b"),
            ("Lazy", {"docstring": True}, "is not documented"),
            ("CACHE_TTL", {"docstring": True}, "is not documented"),
            ("Lazy", {"calls": "event_bus.subscribe"}, "does not call event_bus.subscribe"),
            ("Lazy.__init__", {"never_calls": "[A-Z]*"}, "calls Store"),
            ("Lazy.__init__", {"annotated": "*Protocol*"}, "not annotated as *Protocol*: store, size"),
            ("Lazy", {"annotated": "*"}, "is a class and has no parameters"),
            ("Lazy", {"signature": "()"}, "is a class and has no signature"),
            ("Sensor.process", {"abstract": True}, "is not abstract"),
            ("load", {"signature": "(x, y=1)"}, "has the parameters (x, y=...), not (x, y=1)"),
            ("load", {"signature": "(x, /, y=2)"}, "has the parameters"),
            ("load", {"signature": "(x, /, y)"}, "has the parameters"),
            ("Sensor.process", {"signature": "(self, event)"}, "password=..., **more), not (self, event)"),
            ("Sensor.__init__", {"signature": "(self, bus: Bus, store=...)"}, "has the parameters"),
            ("Sensor.__init__", {"signature": "(self, bus, store=None) -> int"}, "returns something else"),
            ("load", {"signature": "(x, /, y=1) -> int"}, "returns something else"),
            ("BaseAgent.name", {"calls": "x"}, "does not call x"),
        ],
    )
    def test_that_a_definition_must_have_and_lacks_are_violations(
        self, judge: Judge, name: str, must: dict[str, object], said: str
    ) -> None:
        result = judge(symbols=[{"name": name, "must": must}])
        assert result.outcome is Outcome.FAILED
        assert result.reason == "violations is 1, expected 0"
        assert said in text(result)
        assert "hunter2" not in text(result)

    @pytest.mark.parametrize(
        ("name", "must"),
        [
            ("Sensor.process", {"signature": "(self, event, *rest, flag=False, password=..., **more)"}),
            ("Sensor.__init__", {"signature": "(self, bus, store: StoreProtocol | None=None) -> None"}),
            ("load", {"signature": "(x, /, y=1)"}),
            ("Sensor.__init__", {"annotated": "*Protocol*"}),
            ("load_model", {"annotated": "*", "calls": "requests.post"}),
            ("Sensor", {"calls": ["requests.get", "event_bus.subscribe"]}),
        ],
    )
    def test_that_a_definition_must_have_and_has_pass(self, judge: Judge, name: str, must: dict[str, object]) -> None:
        result = judge(symbols=[{"name": name, "must": must}])
        assert result.outcome is Outcome.PASSED, text(result)

    def test_each_definition_that_is_chosen_is_looked_at(self, judge: Judge) -> None:
        wanted = {"where": {"base": "BaseAgent"}, "must": {"calls": "event_bus.subscribe"}}
        result = judge(symbols=[wanted])
        assert result.measurements["violations"].value == 1
        assert f"violations: {at('class Lazy')}: Lazy does not call" in text(result)

    def test_of_a_static_method_its_first_parameter_counts(self, judge: Judge, write: Write) -> None:
        write("agents.py", "class A:\n    @staticmethod\n    def f(x): ...\n    @classmethod\n    def g(cls): ...\n")
        result = judge(symbols=[{"name": "A.?", "must": {"annotated": "*"}}])
        assert "violations: agents.py:3: A.f has parameters that are not annotated as *: x" in text(result)


class TestCalls:
    def test_with_all_keywords_pass(self, judge: Judge) -> None:
        keywords = {"pool_pre_ping": True, "pool_size": 5}
        result = judge(calls=[{"function": "create_async_engine", "keywords": keywords}])
        assert result.outcome is Outcome.PASSED, text(result)

    def test_are_known_by_the_imports_of_their_file(self, judge: Judge) -> None:
        result = judge(calls=[{"function": "requests.*", "keywords": "timeout"}])
        assert result.outcome is Outcome.FAILED
        assert f"violations: {at('async def load_model')}: requests.post() has no timeout=" in text(result)

    @pytest.mark.parametrize(
        ("code", "said"),
        [
            ("f(**options)", "has no timeout=, unless it is among its **"),
            ("f(timeout=now())", "cannot be looked into: timeout: it is not a literal"),
            ("f(timeout=6)", "has another value for timeout="),
            ("f(timeout=True)", "has another value for timeout="),
        ],
    )
    def test_that_are_other_than_they_must_be_are_violations(
        self, judge: Judge, write: Write, code: str, said: str
    ) -> None:
        write("agents.py", code)
        result = judge(calls=[{"function": "f", "keywords": {"timeout": 1}}])
        assert result.outcome is Outcome.FAILED
        assert said in text(result)

    @pytest.mark.no_false_green
    def test_that_are_nowhere_are_missing(self, judge: Judge) -> None:
        result = judge(calls=[{"function": "httpx.get", "keywords": "timeout"}])
        assert result.outcome is Outcome.FAILED
        assert "missing: a call of httpx.get()" in text(result)


class TestImports:
    @pytest.mark.parametrize("name", ["requests", "typing", "sqlalchemy.ext.asyncio", "sqlalchemy", "abc.ABC"])
    def test_that_are_there_pass(self, judge: Judge, name: str) -> None:
        assert judge(imports=name).outcome is Outcome.PASSED

    def test_that_are_missing_fail(self, judge: Judge) -> None:
        assert "missing: an import of polars" in text(judge(imports="polars"))

    def test_must_be_in_every_file_where_that_is_said(self, judge: Judge, write: Write) -> None:
        write("other.py", "from . import requests\nfrom .x import *")
        assert judge(paths="*.py", imports="requests", **{"for": "every"}).outcome is Outcome.PASSED
        result = judge(paths="*.py", imports="abc", **{"for": "every"})
        assert "missing: other.py: an import of abc" in text(result)


class TestValues:
    @pytest.mark.parametrize(
        ("code", "value"),
        [
            ("X = 60 * 60", 3600),
            ("X: int = -5", -5),
            ("X = +(7 // 2) - 1 + 4 / 2", 4.0),
            ("X = 'a'", "a"),
            ("X = True", True),
            ("X = ['a', 'b']", ("a", "b")),
            ("from datetime import timedelta\nX = timedelta(minutes=60)", 3600),
            ("import datetime as d\nX = d.timedelta(1, hours=2)", 93600),
            ("Y = 5\nX = Y", 5),
            ("X, Y = 1, 2", 1),
            ("from pydantic import Field\nX: int = Field(60 * 60, ge=1)", 3600),
            ("import pydantic as p\nX: int = p.Field(default=5)", 5),
            ("from dataclasses import field\nX: int = field(default=5)", 5),
            ("X: int\nX = 3", 3),
        ],
    )
    def test_of_constants_are_measured(self, judge: Judge, write: Write, code: str, value: Value) -> None:
        write("agents.py", code)
        result = judge({"x": "!= 99" if not isinstance(value, tuple | str) else "contains a"}, values={"x": "X"})
        assert result.measurements["x"].value == value

    @pytest.mark.no_false_green
    @pytest.mark.parametrize(
        ("code", "said"),
        [
            ("X = os.environ['X']", "agents.py:1: it is not a literal"),
            ("X = None", "agents.py:1: it is not a literal"),
            ("X = 1\nX += 1", "agents.py:2: it is not a literal"),
            ("X = X", "it leads round in a circle"),
            ("X = Y", "it is not a literal"),
            ("Y = 1\nY = 2\nX = Y", "it is not a literal"),
            ("X = 1 / 0", "it divides by zero"),
            ("from pydantic import Field\nX: int = Field(...)", "the field has no default that is written there"),
            ("from pydantic import Field\nX: int = Field(ge=1)", "the field has no default that is written there"),
            ("from pydantic import Field\nX: int = Field(default_factory=f)", "the field has no default"),
            ("from mine import Field\nX: int = Field(3)", "it is not a literal"),
            ("X = 'a' * 9", "it reckons with something that is no number"),
            ("X = True + 1", "it reckons with something that is no number"),
            ("X = 10000000000000000000000 * 2", "it reckons with too large a number"),
            ("X = [[1]]", "it is a list of lists"),
            ("X = timedelta(ages=1)", "it is not a literal"),
            ("(X, *Y) = f()", "it is not a literal"),
            ("X: int", "X is not there"),
            ("def f():\n    X = 1", "X is not there"),
            ("X = [1]\nX = [2]", "there are different lists"),
        ],
    )
    def test_that_cannot_be_told_are_errors(self, judge: Judge, write: Write, code: str, said: str) -> None:
        write("agents.py", code)
        result = judge({"x": "!= 99"}, values={"x": "X"})
        assert result.outcome is Outcome.ERROR
        assert said in result.reason

    def test_that_differ_all_have_to_hold(self, judge: Judge) -> None:
        result = judge({"fast": True}, values={"fast": "FAST"})
        assert result.outcome is Outcome.FAILED
        assert result.measurements["fast"].value == Each((True, False))

    @pytest.mark.parametrize(
        ("source", "value"),
        [
            ("create_async_engine(pool_size)", 5),
            ("create_async_engine(0)", "url"),
            ("BaseAgent.retries", 3),
            ("requests.get(timeout)", 5),
        ],
    )
    def test_of_arguments_are_measured(self, judge: Judge, source: str, value: Value) -> None:
        assert judge({"x": value}, values={"x": source}).outcome is Outcome.PASSED

    @pytest.mark.parametrize("argument", ["echo", "1"])
    def test_of_arguments_that_a_call_lacks_are_errors(self, judge: Judge, argument: str) -> None:
        result = judge({"x": True}, values={"x": f"create_async_engine({argument})"})
        assert result.outcome is Outcome.ERROR
        assert (
            f"{at('engine = ')}: sqlalchemy.ext.asyncio.create_async_engine() has no argument {argument}"
            in result.reason
        )

    def test_of_secrets_are_shown_nowhere(self, judge: Judge, write: Write) -> None:
        write("agents.py", "DB_PASSWORD = 'hunter2-and-more'")
        result = judge({"x": "!= changeme"}, values={"x": "DB_PASSWORD"})
        assert result.outcome is Outcome.PASSED
        assert "hunter2" not in f"{result.reason} {text(result)} {dict(result.measurements)}"

    def test_alone_need_an_expectation(self, judge: Judge) -> None:
        assert judge(values={"x": "POOL"}).outcome is Outcome.ERROR


class TestWhere:
    def test_modules_are_found_under_src_and_the_root(self, judge: Judge, write: Write) -> None:
        write("src/shop/__init__.py", "A = 1")
        write("src/shop/core.py", "B = 1")
        result = judge({"files": 3}, paths=[], modules=["shop", "shop.core", "agents"], symbols=["A", "B", "POOL"])
        assert result.outcome is Outcome.PASSED

    def test_folders_mean_all_files_below(self, judge: Judge, write: Write) -> None:
        write("pkg/a.py", "A = 1")
        write("pkg/deep/b.py", "B = 1")
        write("pkg/c.txt", "")
        assert judge({"files": 2}, paths=["pkg"], symbols=["A", "B"]).outcome is Outcome.PASSED
        assert judge({"files": 2}, paths=["pkg/**"], symbols=["A", "B"]).outcome is Outcome.PASSED

    def test_all_that_the_project_has_is_meant_where_nothing_is_said(self, judge: Judge, write: Write) -> None:
        write("tools/a.py", "A = 1")
        assert judge({"files": 2}, paths=[], symbols=["A", "POOL"]).outcome is Outcome.PASSED
        write("src/b.py", "B = 1")
        assert judge({"files": 1}, paths=[], symbols=["B"]).outcome is Outcome.PASSED

    @pytest.mark.no_false_green
    @pytest.mark.parametrize("paths", [["gone/*.py"], ["empty"]])
    def test_nothing_to_look_into_is_an_error(self, judge: Judge, tmp_path: Path, paths: list[str]) -> None:
        (tmp_path / "empty").mkdir()
        result = judge(paths=paths, symbols=["A"])
        assert result.outcome is Outcome.ERROR
        assert "nothing was looked at" in result.reason

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            ({"paths": ["gone.py"]}, "gone.py is not there"),
            ({"paths": ["agents.py", "gone/*.py"]}, "gone/*.py: no Python file is there"),
            ({"paths": [], "modules": ["gone"]}, "there is no module gone under src/"),
        ],
    )
    def test_what_is_named_and_not_there_is_an_error(self, judge: Judge, options: dict[str, object], said: str) -> None:
        result = judge(symbols=["A"], **options)
        assert result.outcome is Outcome.ERROR
        assert said in result.reason

    @pytest.mark.no_false_green
    @pytest.mark.parametrize(
        ("code", "said"),
        [
            (b"def f(:\n", "cannot be parsed: bad.py:1:"),
            (b"x = '\xff'", "bad.py:1:6: byte 0xff is not utf-8"),
            (b"x = " + b"-" * 100_000 + b"1", "bad.py"),
        ],
    )
    def test_a_file_that_cannot_be_parsed_is_an_error_that_names_it(
        self, judge: Judge, tmp_path: Path, code: bytes, said: str
    ) -> None:
        (tmp_path / "bad.py").write_bytes(code)
        result = judge(paths=["*.py"], symbols=["BaseAgent"])
        assert result.outcome is Outcome.ERROR
        assert said in result.reason

    def test_nothing_is_imported(self, judge: Judge, write: Write) -> None:
        write("agents.py", "raise SystemExit('I was run')\nclass A: ...")
        assert judge(symbols=["A"]).outcome is Outcome.PASSED

    def test_a_file_elsewhere_is_named_in_full(self, judge: Judge, tmp_path_factory: pytest.TempPathFactory) -> None:
        path = tmp_path_factory.mktemp("elsewhere") / "a.py"
        path.write_text("A = 1")
        assert f"found: {path}:1: A" in text(judge(paths=[str(path)], symbols=["A"]))

    def test_a_file_is_read_once_for_all_gates(self, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
        context = fake_context(root=write("a.py", "A = 1").parent)
        names: list[str] = []

        def spy(raw: bytes, path: str) -> object:
            names.append(path)
            return read(raw, path)

        monkeypatch.setattr(symbol_module, "read", spy)
        for _ in range(3):
            symbol(paths="a.py", symbols="A").measure(context)
        assert names == ["a.py"]

    def test_a_file_that_vanishes_or_is_refused_is_an_error(self, write: Write) -> None:
        path = write("a.py", "A = 1")
        context = fake_context(root=path.parent)

        def refuse(*_args: object, **_options: object) -> None:
            raise PermissionError(13, "Permission denied")

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Path, "open", refuse)
            with pytest.raises(CannotMeasure, match=r"a\.py cannot be read: Permission denied"):
                symbol(paths="a.py", symbols="A").measure(context)
        path.unlink()
        with pytest.raises(CannotMeasure, match=r"a\.py cannot be looked at: No such file"):
            symbol(paths="a.py", symbols="A")._facts(path, context)

    def test_a_file_that_is_too_large_is_refused(self, judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(symbol_module, "_MOST_FILE", 10)
        assert "the most that is read" in judge(symbols=["A"]).reason

    def test_nothing_is_read_after_the_deadline(self, write: Write) -> None:
        context = fake_context(root=write("a.py", "A = 1").parent, timeout=0)
        with pytest.raises(CannotMeasure, match=r"deadline came before a\.py was read"):
            symbol(paths="a.py", symbols="A").measure(context)

    def test_long_lists_are_cut(self, judge: Judge, write: Write) -> None:
        write("agents.py", "\n".join(f"A{number} = 1" for number in range(30)))
        assert "and 10 more" in text(judge(symbols=["A*"]))


class TestOptions:
    @pytest.mark.parametrize(
        ("options", "said"),
        [
            ({"paths": ["a"]}, "say what to look for"),
            ({"paths": ["a"], "symbols": [" "]}, "an empty name"),
            ({"paths": [""], "symbols": ["A"]}, "an empty name"),
            ({"paths": ["a"], "symbols": [{"name": " "}]}, "may not be empty"),
            ({"paths": ["a"], "symbols": [{"must": {"async": True}}]}, "say a name, or under 'where'"),
            ({"paths": ["a"], "symbols": [{"name": "A", "must": {"signature": "self"}}]}, "is not a signature"),
            ({"paths": ["a"], "symbols": [{"name": "A", "must": {"signature": "(a): x\ndef g()"}}]}, "is not a sig"),
            ({"paths": ["a"], "symbols": [{"name": "A", "must": {"signature": "(): x"}}]}, "is not a signature"),
            ({"paths": ["a"], "symbols": [{"name": "A", "must": {"calls": [""]}}]}, "an empty name"),
            ({"paths": ["a"], "symbols": [{"name": "A", "must": {}}]}, "says nothing, so it would hold"),
            ({"paths": ["a"], "symbols": [{"name": "A", "where": {}}]}, "says nothing, so it would hold"),
            ({"paths": ["a"], "symbols": [{"name": "A", "must": {"base": []}}]}, "says nothing, so it would hold"),
            ({"paths": ["a"], "calls": [{"function": ""}]}, "may not be empty"),
            ({"paths": ["a"], "values": {"files": "X"}}, "is measured already"),
            ({"paths": ["a"], "values": {"x": "f(a, b)"}}, "'f(a, b)' is neither NAME nor FUNCTION(ARGUMENT)"),
        ],
    )
    def test_that_cannot_be_used_are_refused(self, options: dict[str, object], said: str) -> None:
        problems: list[tuple[tuple[str | int, ...], str]] = []
        assert convert(Symbol, options, problems) is None
        assert said in problems[0][1]

    def test_errors_name_the_option(self) -> None:
        with pytest.raises(OptionError, match=re.escape("an empty name")) as caught:
            Symbol(paths=("a",), imports=("",))
        assert caught.value.option == "imports"

    def test_what_is_touched_is_told(self) -> None:
        assert list(symbol(paths="a", modules="b", symbols="C").touches()) == [Touch("file", "a"), Touch("module", "b")]
        assert list(symbol(symbols="C").touches()) == [Touch("file", ".")]
        assert list(symbol(modules="b", symbols="C").touches()) == [Touch("module", "b")]

    def test_values_are_declared(self) -> None:
        assert {"files", "ttl"} <= set(symbol(paths="a", values={"ttl": "X"}).declared())


@pytest.mark.parametrize(
    ("pattern", "name", "same"),
    [
        ("Protocol", "typing.Protocol", True),
        ("typing.Protocol", "asyncio.Protocol", False),
        ("bus.send", "self.bus.send", True),
        ("requests.*", "requests.sessions.get", True),
        ("[A-Z]*", "services.Store", True),
        ("get", "forget", False),
    ],
)
def test_a_pattern_means_the_whole_name_or_its_last_parts(pattern: str, name: str, *, same: bool) -> None:
    assert matches(pattern, name) is same


def test_a_name_made_of_something_else_is_its_last_part() -> None:
    facts = read(b"(a or b).send()\nget_bus().send()\nf()()\n(lambda: 1)()\n", "a.py")
    assert [call.name for call in facts.calls] == ["send", "get_bus.send", "get_bus", "f", "f"]


@pytest.mark.no_false_green
@pytest.mark.parametrize("name", ["where", "must"])
def test_traits_that_say_nothing_are_refused(name: str) -> None:
    with pytest.raises(OptionError, match="would hold for everything"):
        Wanted(name="Ledger", **{name: Traits()})


def test_nothing_found_says_where_it_was_looked_for(tmp_path: Path) -> None:
    result = run_probe(Symbol(paths=("lib/**/*.py",), symbols=("Ledger",)), root=tmp_path)
    assert result.outcome is Outcome.ERROR
    assert "lib/**/*.py" in result.reason
