from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import jsonschema
import pytest

from pytest_readiness import options
from pytest_readiness.errors import OptionError
from pytest_readiness.options import Duration, FromVariable, Key, Query, Secret, Size, Unusual
from pytest_readiness.probe import option


@dataclass(frozen=True)
class Rule:
    pattern: re.Pattern[str] | None = None
    least: float | None = None

    def __post_init__(self) -> None:
        if self.pattern and self.least is not None:
            raise OptionError("pattern and least do not go together", "least")


@dataclass(frozen=True, kw_only=True)
class Everything:
    flag: bool = False
    count: int = 0
    ratio: float = 0.0
    name: str = option("What it is called.", "", example="orders")
    mode: Literal["fast", "thorough", 1] = "fast"
    day: dt.date | None = None
    pattern: re.Pattern[str] | None = None
    within: Duration = 0.0
    limit: Size = 0
    query: Query | None = None
    password: Secret | None = None
    body: object = None
    paths: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[str, ...] | Mapping[str, Rule] = ()
    expected: int | str | None = None
    rule: Rule = field(default_factory=Rule)
    ports: tuple[int, ...] = ()


@dataclass(frozen=True)
class Needy:
    url: str = option("Which address to ask.")
    token: Secret = field(default=Secret(""))
    hidden: int = field(default=3, init=False)


@dataclass(frozen=True)
class Tree:
    name: str
    children: tuple[Tree, ...] = ()


@dataclass(frozen=True)
class Bad:
    things: set[int]


@dataclass(frozen=True)
class Crashing:
    name: str = ""

    def __post_init__(self) -> None:
        raise ZeroDivisionError("oops")


def made(**data: Any) -> Everything:
    problems: list[tuple[options.Path, str]] = []
    result = options.convert(Everything, data, problems)
    assert problems == []
    assert result is not None
    return result


def refused(**data: Any) -> list[tuple[options.Path, str]]:
    problems: list[tuple[options.Path, str]] = []
    assert options.convert(Everything, data, problems) is None
    return problems


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("flag", True, True),
        ("flag", FromVariable("TRUE"), True),
        ("count", 7, 7),
        ("count", Unusual(31), 31),
        ("count", FromVariable("-12"), -12),
        ("ratio", 1, 1.0),
        ("ratio", 0.5, 0.5),
        ("ratio", FromVariable("1.5e3"), 1500.0),
        ("name", "x", "x"),
        ("name", 8000, "8000"),
        ("mode", "thorough", "thorough"),
        ("mode", 1, 1),
        ("mode", FromVariable("fast"), "fast"),
        ("day", "2026-02-28", dt.date(2026, 2, 28)),
        ("day", None, None),
        ("pattern", "^a", re.compile("^a")),
        ("pattern", 5, re.compile("5")),
        ("within", "200 ms", 0.2),
        ("within", "2min", 120.0),
        ("within", 0, 0.0),
        ("within", FromVariable("5s"), 5.0),
        ("limit", "1 KiB", 1024),
        ("query", "length(models)", Query("length(models)")),
        ("password", "geheim", Secret("geheim")),
        ("body", {"a": [1, None, {"b": "c"}]}, {"a": [1, None, {"b": "c"}]}),
        ("paths", "src", ("src",)),
        ("paths", 5, ("5",)),
        ("paths", ["a", "b"], ("a", "b")),
        ("headers", {"X-Count": 5}, {"X-Count": "5"}),
        ("rules", ["HOME"], ("HOME",)),
        ("rules", "HOME", ("HOME",)),
        ("rules", {"PORT": {"least": 1}}, {"PORT": Rule(least=1.0)}),
        ("expected", 5, 5),
        ("expected", "5", "5"),
        ("expected", FromVariable("5"), "5"),
        ("expected", None, None),
        ("rule", {"pattern": "x"}, Rule(re.compile("x"))),
    ],
)
def test_a_value_becomes_the_option(name: str, raw: object, value: object) -> None:
    result = getattr(made(**{name: raw}), name)
    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize(
    ("name", "raw", "message"),
    [
        ("flag", 1, "expected true or false, found the number 1"),
        ("flag", "yes", "expected true or false, found the text 'yes'"),
        ("count", True, "expected a whole number, found true"),
        ("count", 1.5, "expected a whole number, found the number 1.5"),
        ("count", "5", "expected a whole number, found the text '5'"),
        ("count", FromVariable("geheim"), "expected a whole number, found a text from a variable"),
        ("ratio", "1", "expected a number, found the text '1'"),
        ("ratio", FromVariable("nan"), "expected a number, found a text from a variable"),
        ("ratio", False, "expected a number, found false"),
        ("name", 1.10, "expected text, found the number 1.1: put it in quotes"),
        ("name", True, "expected text, found true: put it in quotes"),
        ("name", Unusual(31), "expected text, found the number 31: put it in quotes"),
        ("name", ["a"], "expected text, found a list"),
        ("name", {"a": 1}, "expected text, found a mapping"),
        ("mode", "Fast", "expected one of fast, thorough, 1, found the text 'Fast', did you mean 'fast'?"),
        ("mode", True, "expected one of fast, thorough, 1, found true"),
        ("mode", FromVariable("fasst"), "expected one of fast, thorough, 1, found a text from a variable"),
        ("day", "2026-02-30", "there is no such day as '2026-02-30'"),
        ("day", "20260228", "expected a date such as 2026-12-31, found the text '20260228'"),
        ("day", "2026-W01-1", "expected a date such as 2026-12-31, found the text '2026-W01-1'"),
        ("pattern", "(", "not a regular expression: missing ), unterminated subpattern at position 0"),
        ("pattern", [1], "expected a regular expression, found a list"),
        ("within", 5, "expected a duration such as 5s, 200 ms or 2 min, found the number 5: give it a unit"),
        ("within", "5", "expected a duration such as 5s, 200 ms or 2 min, found the text '5': give it a unit"),
        ("within", True, "expected a duration such as 5s, 200 ms or 2 min, found true"),
        (
            "within",
            "-5s",
            "expected a duration such as 5s, 200 ms or 2 min, found the text '-5s': it cannot be negative",
        ),
        (
            "within",
            "99999999 d",
            "expected a duration such as 5s, 200 ms or 2 min, found the text '99999999 d': that is too long",
        ),
        ("within", "5 MiB", "expected a duration such as 5s, 200 ms or 2 min, found the text '5 MiB'"),
        ("within", "soon", "expected a duration such as 5s, 200 ms or 2 min, found the text 'soon'"),
        ("limit", "5 s", "expected a size such as 512 kB or 10 MiB, found the text '5 s'"),
        ("query", 5, "expected a JMESPath expression, found the number 5"),
        ("expected", 1.5, "expected a whole number or text, found the number 1.5"),
        ("expected", [1], "expected a whole number or text, found a list"),
        ("count", None, "is empty: expected a whole number, or leave the key out"),
        ("headers", "x", "expected a mapping from names to text, found the text 'x'"),
        ("rule", "x", "expected a mapping with pattern, least, found the text 'x'"),
        ("ports", "x", "expected a list, each item a whole number, found the text 'x'"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_in_one_line(name: str, raw: object, message: str) -> None:
    (problem,) = refused(**{name: raw})
    assert problem[0] == (name,)
    assert problem[1].startswith(message)


def test_a_broken_query_is_found_when_the_spec_is_read() -> None:
    ((path, message),) = refused(query="length(")
    assert path == ("query",)
    assert message.startswith("not a JMESPath expression: ")
    assert "\n" not in message


@pytest.mark.parametrize("query", ["!a.b", "jobs[?!deploy.limits]", "length(x[?a && !b.c.d])", "!a[].b", "!a[0].b"])
def test_a_query_that_negates_less_than_it_says_is_refused(query: str) -> None:
    assert refused(query=query) == [
        (("query",), "JMESPath reads !a.b as (!a).b, which never finds anything: write !(a.b)")
    ]


@pytest.mark.parametrize("query", ["!(a.b)", "!a", "!a[0]", "x[?!a].b[1:2]", "!a == b", "!length(a.b)"])
def test_a_query_that_negates_what_it_says_is_taken(query: str) -> None:
    assert made(query=query).query == Query(query)


def test_all_mistakes_are_told_at_once_each_with_the_way_to_it() -> None:
    problems = refused(conut=1, paths=["a", True, {}], headers={"A": []}, rules={"X": {"leest": 1}})
    assert [(path, message.split(",")[0]) for path, message in problems] == [
        (("conut",), "unknown key 'conut'"),
        (("paths", 1), "expected text"),
        (("paths", 2), "expected text"),
        (("headers", "A"), "expected text"),
        (("rules", "X", "leest"), "unknown key 'leest'"),
    ]


def test_an_unknown_key_is_told_with_the_near_name_and_points_at_the_key() -> None:
    ((path, message),) = refused(heders={})
    assert message == "unknown key 'heders', did you mean 'headers'?"
    assert isinstance(path[-1], Key)


def test_an_unknown_key_near_nothing_is_told_with_what_there_is() -> None:
    ((_, message),) = refused(rule={"qqqqq": 1})
    assert message == "unknown key 'qqqqq'; there is pattern, least"


def test_a_missing_option_is_told_with_what_it_is_for() -> None:
    problems: list[tuple[options.Path, str]] = []
    assert options.convert(Needy, {}, problems) is None
    assert problems == [((), "'url' is missing: Which address to ask.")]


def test_a_field_that_cannot_be_given_is_no_option() -> None:
    problems: list[tuple[options.Path, str]] = []
    assert options.convert(Needy, {"url": "x", "hidden": 4}, problems) is None
    assert problems[0][0] == ("hidden",)


def test_what_the_probe_itself_refuses_points_at_the_option_it_names() -> None:
    assert refused(rule={"pattern": "x", "least": 1}) == [(("rule", "least"), "pattern and least do not go together")]


def test_a_crash_in_somebody_elses_class_is_one_problem() -> None:
    problems: list[tuple[options.Path, str]] = []
    assert options.convert(Crashing, {}, problems) is None
    assert problems == [((), "Crashing cannot take these options: ZeroDivisionError: oops")]


def test_a_class_may_refer_to_itself() -> None:
    problems: list[tuple[options.Path, str]] = []
    tree = options.convert(Tree, {"name": "a", "children": [{"name": "b"}]}, problems)
    assert tree == Tree("a", (Tree("b"),))


def test_an_annotation_that_options_cannot_have_names_class_and_option() -> None:
    with pytest.raises(TypeError, match=r"option 'things' of Bad: set\[int\] is not a type that options can have"):
        options.convert(Bad, {"things": []}, [])


def test_a_secret_never_shows_itself() -> None:
    thing = made(password="geheim")
    assert "geheim" not in repr(thing)
    assert options.secrets(thing) == {"geheim"}
    assert options.secrets(Rule()) == set()
    ((_, message),) = refused(password=123456)
    assert "123456" not in message


def test_secrets_are_found_in_lists_and_mappings() -> None:
    @dataclass(frozen=True)
    class Keys:
        many: object

    assert options.secrets(made()) == set()
    found: set[str] = set()
    options._gather({"a": (Secret("x"), [Secret("y")]), "b": Needy("u", Secret("z"))}, found)
    assert found == {"x", "y", "z"}


def test_binding_fills_in_what_a_service_gave_and_looks_once() -> None:
    raw = {"url": "${api.url}/health?a=$$1&b=$x", "token": "t"}
    bound = options.bind(Needy, raw, {"api.url": "http://127.0.0.1:1/${api.port}"})
    assert bound == Needy("http://127.0.0.1:1/${api.port}/health?a=$1&b=$x", Secret("t"))


def test_binding_reads_a_number_out_of_a_value() -> None:
    assert options.bind(Everything, {"ports": ["${api.port}"]}, {"api.port": "8000"}).ports == (8000,)


def test_binding_without_a_value_is_refused() -> None:
    with pytest.raises(OptionError, match=r"\$\{api\.url\} has no value"):
        options.bind(Needy, {"url": "${api.url}"}, {})


def test_binding_what_cannot_be_used_is_refused_with_the_option() -> None:
    with pytest.raises(OptionError, match=r"ports\[0\]: expected a whole number, found a text from a variable"):
        options.bind(Everything, {"ports": ["${a.b}"]}, {"a.b": "x"})


@pytest.mark.parametrize("text", ["${", "${}", "${a b}", "${1a}", "a ${x", "${a.}"])
def test_a_reference_that_is_none_is_refused_with_advice(text: str) -> None:
    with pytest.raises(OptionError, match=r"write \$\{NAME\}"):
        options.substitute(text, {})


def test_a_default_inside_a_default_is_refused_with_advice() -> None:
    with pytest.raises(OptionError, match="a default cannot hold another"):
        options.substitute("${A:-${B}}", {})


def test_references_are_listed_in_order() -> None:
    assert list(options.references("$${no} ${a} ${b:-c} $d")) == ["a", "b:-c"]


def test_the_schema_is_sound_and_agrees_with_what_is_accepted() -> None:
    schema = options.schema(Everything)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    good: dict[str, Any] = {"flag": True, "count": "${N}", "within": "5s", "rules": {"A": {"least": 1}}, "paths": "x"}
    bad: dict[str, Any] = {"flag": "no", "count": "7", "within": 5, "rules": {"A": {"leest": 1}}, "nope": 1}
    assert list(validator.iter_errors(good)) == []
    assert len(list(validator.iter_errors(bad))) == 5
    assert schema["properties"]["name"]["description"] == "What it is called."  # type: ignore[index]
    assert schema["properties"]["name"]["examples"] == ["orders"]  # type: ignore[index]
    assert options.schema(Needy)["required"] == ["url"]


def test_what_is_of_no_yaml_type_is_refused() -> None:
    assert refused(flag=dt.date(2026, 1, 1))[0][1].startswith("expected true or false, found ")
    assert refused(ratio=10**400)[0][1].startswith("expected a number, found the number 1000")


def test_a_query_finds_its_value() -> None:
    assert Query("a.b").search({"a": {"b": 3}}) == 3
    assert Query("a.c").search({"a": {"b": 3}}) is None


def test_binding_reaches_into_lists_and_mappings() -> None:
    raw = {"paths": ["a", "${x}"], "headers": {"A": "$$"}, "body": {"n": 1}}
    bound = options.bind(Everything, raw, {"x": "b"})
    assert (bound.paths, bound.headers, bound.body) == (("a", "b"), {"A": "$"}, {"n": 1})
