"""The reference: derived from the classes, and true of what they do."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import pytest

from pytest_readiness import registry
from pytest_readiness.commands._reference import entries, markdown, screen, trials
from pytest_readiness.commands._reference.entries import Entry
from pytest_readiness.commands._reference.page import page
from pytest_readiness.model import Better, Value
from pytest_readiness.options import Duration, Form, Kind, kind_of
from pytest_readiness.probe import Context, Family, Measure, Measurements, Probe, option
from pytest_readiness.registry import Registry
from pytest_readiness.reports import terminal

EVERY = pytest.mark.parametrize("name", registry.builtin_names())


@dataclass(frozen=True, kw_only=True)
class Look:
    """A form that is used twice."""

    deep: bool = option("Whether to look below.", False)
    within: Duration = option("How long to look.", 90.0)  # noqa: RUF009 - a field


@dataclass(frozen=True, kw_only=True)
class Shelf(Probe):
    """
    Is everything on the *shelf*?

    Fails when something is not there.

    To fix: put it there.
    """

    measures: ClassVar[Mapping[str, Measure]] = {
        "books": Measure(int, "books", better=Better.HIGHER),
        "dust": Measure(float, "dust on them", "B", better=Better.LOWER),
    }

    books: tuple[str, ...] = option("Titles, or patterns with *.", (), example=["Emma"])
    loans: Mapping[str, str | Look] = option("Who has what.", factory=dict)
    first: Look | None = option("How to look first.", None)  # noqa: RUF009 - a field
    limit: int | None = option("How many there may be, as `<= N`.", None)
    words: Mapping[str, str] = option("Names of your own.", factory=dict, example={"title": "length(`0`)"})

    @classmethod
    def families(cls) -> tuple[Family, ...]:
        one = Measure(int, "books of that shelf")
        both = {"thick": one, "thin": one}
        return Family({"shelf:NAME": one}), Family(both, "`limit`"), Family({"x": one}, "`first`")

    def declared(self) -> Mapping[str, Measure]:
        return {**self.measures, **{name: Measure(str, f"the word {name}") for name in self.words}}

    def expected(self) -> Mapping[str, Value]:
        if self.first is not None:
            return {"dust": 0}
        return {"books": ">= 1", **({"dust": "<= 1 kB"} if self.limit else {})}

    def measure(self, context: Context) -> Measurements:
        raise NotImplementedError


def lines(found: tuple[Entry, ...], indent: str = "") -> list[str]:
    return [
        line
        for entry in found
        for line in (
            f"{indent}{entry.name}: {entry.words}" + f" = {entry.default}" * bool(entry.default),
            *lines(entry.inside, indent + "  "),
        )
    ]


def test_a_form_inside_of_an_option_is_told_field_by_field_and_once() -> None:
    assert lines(entries.options(Shelf)) == [
        "books: a list, each item text",
        "loans: a mapping from names to text or a mapping",
        "  deep: true or false = false",
        "  within: a duration such as 5s, 200 ms or 2 min = 90 s",
        "first: a mapping (see `loans`)",
        "limit: a whole number",
        "words: a mapping from names to text",
    ]


def test_measurements_that_options_bring_are_told_with_the_others() -> None:
    assert lines(entries.measurements(Shelf, trials.named(Shelf)))[2:] == [
        "shelf:NAME: whole number",
        "with `limit`: ",
        "  thick: whole number",
        "  thin: whole number",
        "x: whole number, with `first`",
        "NAME: text, with `words`",
    ]


def test_default_expectations_that_depend_on_options_are_told_as_they_are() -> None:
    assert page("shelf", Shelf).expected == (
        "`books: >= 1`",
        "with `first`: `dust: 0`, no `books`",
        "with `limit`: `dust: <= 1 kB`",
    )


def test_markdown_takes_no_sign_in_a_text_for_its_own() -> None:
    text = markdown.section(page("shelf", Shelf))
    assert "Is everything on the \\*shelf\\*?" in text
    assert "- `limit`, a whole number: How many there may be, as `<= N`." in text
    assert "- `words`, a mapping from names to text: Names of your own. Such as `` {title: length(`0`)} ``." in text
    assert "  - `deep`, true or false, default `false`: Whether to look below.\n" in text
    assert "- with `limit`:\n  - `thick`, whole number: books of that shelf\n" in text


def shown(name: str) -> str:
    stream = io.StringIO()
    screen.show(page(name, registry.builtin(name)), terminal.screen(stream, env={"COLUMNS": "100"}))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("symbol", "          signature: text"),
        ("symbol", "      must: a mapping (see `symbols.where`)"),
        ("env", "      choices: a list, each item true or false or a number or text"),
        ("http", "      credentials: true or false (default: false)"),
        ("http", "  header:NAME: text"),
        ("http", "  cookie:NAME: text"),
        ("http", "  status:NNN: whole number, with `burst`"),
        ("docs", "      query: a JMESPath expression"),
        ("tcp", "      server_name: text"),
        ("job", "      run: a list, each item text"),
        ("sql", "      column: text (required)"),
        ("import_contract", "      to: a list, each item text (required)"),
        ("document", "      min_replicas: whole number, more is better"),
        ("document", "  NAME: any value, with `extract`"),
    ],
)
def test_what_a_gate_may_say_can_be_found_in_the_reference(name: str, line: str) -> None:
    assert line in shown(name).splitlines()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("complexity", "with `max_lines`: `over_lines: 0`"),
        ("complexity", "otherwise nothing: `expect` is required"),
        ("git", "with `committed`, `refs` or `hooks`: `missing: 0`"),
        ("git", "with `not_committed`: `unwanted: 0`"),
        ("http", "with `cases`: `failed: 0`, no `status`"),
        ("docs", "with `links: true`: `broken_links: 0`"),
        ("job", 'with `until: [COMPLETED]`: `state: = "COMPLETED"`'),
        ("symbol", "with `values` alone: no `missing`, no `violations`"),
        ("document", "with `names`: `missing: 0`"),
        ("tcp", "with `speaks`: `speaks: true`"),
        ("coverage", "nothing: `expect` is required"),
        ("lint", "with `report`: `age: <= 30 d`"),
        ("sarif", "nothing else: `expect` is required"),
    ],
)
def test_what_is_expected_by_default_is_what_the_probe_expects(name: str, sentence: str) -> None:
    assert sentence in page(name, registry.builtin(name)).expected


def test_the_table_says_in_short_what_defaults_depend_on() -> None:
    table = markdown.table(Registry())
    assert "| only with `max_complexity`, `max_lines`, `max_function_lines`, `max_methods` |" in table
    assert "| `documents: >= 1`; more with `assert`, `schema`, `names` |" in table


@EVERY
def test_every_sentence_that_is_derived_is_complete(name: str) -> None:
    def silent(entry: Entry) -> list[str]:
        own = [] if entry.doc or entry.inside else [entry.name]
        return [*own, *(name for inner in entry.inside for name in silent(inner))]

    probe = registry.builtin(name)
    assert [
        each for entry in (*entries.options(probe), *entries.measurements(probe, {})) for each in silent(entry)
    ] == []


def forms(kind: Kind) -> list[Form]:
    own = [kind] if isinstance(kind, Form) else []
    inner = kind.fields.values() if isinstance(kind, Form) else kind.parts
    return [*own, *(form for one in inner for form in forms(one))]


@EVERY
def test_no_field_of_a_nested_option_is_left_out(name: str) -> None:
    text = shown(name)
    for form in forms(kind_of(registry.builtin(name))):
        for key in form.fields:
            assert re.search(rf"^ +{re.escape(key)}: ", text, re.MULTILINE), key


#: What may stand where a family has a word in capitals.
CHOSEN = {"header:NAME": "header:location", "status:NNN": "status:429", "level:NAME": "level:{}"}


@EVERY
def test_a_family_is_declared_as_the_reference_says(name: str) -> None:
    probe = registry.builtin(name)
    made = [trial.made for _, trial in trials.trials(probe)]
    for family in probe.families():
        subject = re.match(r"`subject: (\w+)`", family.when)
        if subject:
            made = [*made, probe(path="x.yaml", subject=subject[1])]  # type: ignore[call-arg]
        for known, measure in family.measures.items():
            names = [CHOSEN.get(known, known).format(level) for level in ("ERROR", "error")]
            found = [one for each in made for at in names if (one := each.declare(at)) is not None]
            assert (measure.type, measure.unit) in {(one.type, one.unit) for one in found}, known
