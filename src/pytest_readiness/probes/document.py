"""Documents: YAML, JSON, TOML and INI, asked with JMESPath, held against a schema, or known by their subject."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Better, Evidence, Value
from pytest_readiness.options import Query
from pytest_readiness.probe import Context, Family, Measure, Measurements, Probe, Touch, option
from pytest_readiness.probes import _inputs
from pytest_readiness.probes._document import answers, sources, subject
from pytest_readiness.probes._document.schema import Schema, load
from pytest_readiness.probes._document.sources import Document as Read
from pytest_readiness.probes._document.subject import listed
from pytest_readiness.redact import looks_secret

_SOURCES = ("path", "paths", "glob", "url", "app")
_APP = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*(\(\))?")


@dataclass(frozen=True, kw_only=True)
class Document(Probe):
    """
    Does a configuration, a manifest, a report or an API description say what it should?

    Documents are read from files, from a URL, or from an application that describes itself. A YAML file
    may hold several. ``extract`` gives measurements of your own, ``assert`` names what must be true,
    ``schema`` is a JSON Schema, and ``subject`` knows what is worth measuring in Kubernetes manifests,
    Compose files, workflows, alert rules, dashboards and OpenAPI descriptions. ``where`` chooses among
    the documents. By default every document counts: an expectation has to hold for each of them, and a query
    that finds nothing in one of them is an error. A subject looks at all documents together.

    ``extract`` by itself asserts nothing: ``expect`` has to say what each name should be. Where that is zero, say
    what it is zero of: ``length(@)`` of an object counts its keys, so that an error such as ``{}`` would pass for
    an empty list; ``schema: {type: array}`` beside it keeps it from doing so.

    Fails when a value is not as expected, an assertion is not true, a document does not fit the schema
    or a name is missing. A file that is not there or cannot be read is an error that names it.

    To fix: correct the file at the place that the evidence names.
    """

    measures: ClassVar[Mapping[str, Measure]] = {
        "documents": Measure(int, "documents looked at", better=Better.HIGHER),
        "violations": Measure(int, "assertions that do not hold, counted for each document", better=Better.LOWER),
        "schema_errors": Measure(int, "parts of the documents that do not fit the schema", better=Better.LOWER),
        "missing": Measure(int, "names that the subject lacks", better=Better.LOWER),
        "age": Measure(float, "time since the oldest of the files was changed", unit="s", better=Better.LOWER),
    }
    expect: ClassVar[Mapping[str, Value]] = {"documents": ">= 1"}
    counter: ClassVar[str | None] = "documents"

    path: str | None = option("One file; relative paths start at the spec's folder.", None, example="config.yaml")
    paths: tuple[str, ...] = option("Several files, all of which must be there.", ())
    glob: str | None = option("A pattern with *, ?, [a-z], {a,b} and **.", None, example="k8s/**/*.yaml")
    url: str | None = option("A URL to get one from, following redirects.", None, example="${api.url}/openapi.json")
    headers: Mapping[str, str] = option("Headers to send to the URL.", factory=dict)
    app: str | None = option(
        "An application, module:attribute, whose openapi() is called in a process of its own.", None, example="shop:app"
    )
    format: Literal["yaml", "json", "jsonc", "toml", "ini"] | None = option(
        "The format, where the end of the name does not tell it; jsonc is JSON with comments.", None
    )
    where: Query | None = option("Only documents of which this is true.", None, example="kind == 'Deployment'")
    for_: Literal["every", "any", "together"] = option(
        "What extract and assert are about: every document; any of them (extract then gives a list of all that "
        "is found); or all together, as one list of documents.",
        "every",
    )
    extract: Mapping[str, Query] = option(
        "Names of your own for what JMESPath queries find.", factory=dict, example={"replicas": "spec.replicas"}
    )
    assert_: tuple[Query, ...] = option(
        "JMESPath queries that must be true, as JMESPath has it: null, false and what is empty ('', [], {}) "
        "are not, 0 is.",
        (),
        example=["length(jobs) > `0`"],
    )
    schema: str | Mapping[str, object] | None = option(
        "The file of a JSON Schema, or the schema itself.", None, example="schemas/metrics.schema.json"
    )
    subject: str | None = option(
        "What the documents are: " + ", ".join(subject.available()) + ".", None, example="workflow"
    )
    names: tuple[str, ...] | Mapping[str, tuple[str, ...]] = option(
        "Whole names, or patterns with *, that the subject must have; by kind, or else of its first kind. The "
        "measurements say which kinds there are, and for which of them part of a name will do.",
        (),
        example={"jobs": ["test"], "steps": ["pytest"]},
    )

    def __post_init__(self) -> None:
        self._check_source()
        self._check_subject()
        for name in self.extract:
            if name in self._measured():
                raise OptionError(f"{name!r} is measured already; choose another name", "extract")
        if self.schema == "":
            raise OptionError("names no file", "schema")

    def _check_source(self) -> None:
        given = [name for name in _SOURCES if getattr(self, name) not in {None, ()}]
        if len(given) != 1:
            raise OptionError(f"give exactly one of {', '.join(_SOURCES)}, not {' and '.join(given) or 'none'}")
        for text in self._places():
            if not text.strip() or "\0" in text:
                raise OptionError("may not be empty", given[0])
        if self.app is not None and not _APP.fullmatch(self.app):
            raise OptionError(f"{self.app!r} is not module:attribute", "app")
        if self.headers and self.url is None:
            raise OptionError("are for a url", "headers")
        if self.url is not None:
            sources.check_request(self.url, self.headers)

    def _check_subject(self) -> None:
        if self.subject is None:
            if self.names:
                raise OptionError("needs a subject, which knows where names are", "names")
            return
        known = subject.available()
        if self.subject not in known:
            raise OptionError(f"{self.subject!r} is none of {', '.join(known)}", "subject")
        kinds = tuple(subject.load(self.subject).names)
        for kind, names in self._wanted().items():
            if kind not in kinds:
                raise OptionError(f"{self.subject} knows names of {', '.join(kinds)}, not of {kind}", "names")
            if not names or not all(names):
                raise OptionError("an empty name cannot be looked for", "names")

    def _places(self) -> tuple[str, ...]:
        single = (self.path, self.glob, self.url, self.app)
        return (*self.paths, *(text for text in single if text is not None))

    def _wanted(self) -> Mapping[str, tuple[str, ...]]:
        """Return the names to look for, by kind; those without one are of the subject's first."""
        if isinstance(self.names, Mapping):
            return self.names
        assert self.subject is not None
        return {next(iter(subject.load(self.subject).names)): self.names} if self.names else {}

    def _measured(self) -> Mapping[str, Measure]:
        rules = subject.load(self.subject).rules if self.subject is not None else {}
        return {**self.measures, **{name: rule.measure for name, rule in rules.items()}}

    @classmethod
    def families(cls) -> Iterable[Family]:
        """Yield what each subject measures."""
        yield from (subject.family(name) for name in subject.available())

    def declared(self) -> Mapping[str, Measure]:
        """Return the measurements, those of the subject and of ``extract`` included."""
        named = {name: Measure(object, f"what {query.text} finds") for name, query in self.extract.items()}
        return {**self._measured(), **named}

    def expected(self) -> Mapping[str, Value]:
        """Return the default expectations: nothing wrong, of what was asked for."""
        asked = {"violations": self.assert_, "schema_errors": self.schema is not None, "missing": self.names}
        return {**self.expect, **{name: 0 for name, given in asked.items() if given}}

    def touches(self) -> Iterable[Touch]:
        """Yield the files, the host or the application, the schema, and the queries."""
        if self.url is not None:
            yield Touch("host", sources.host_of(self.url))
        elif self.app is not None:
            yield Touch("command", f"python: {self.app}.openapi()")
        else:
            yield from (Touch("file", text) for text in self._places())
        if isinstance(self.schema, str):
            yield Touch("file", self.schema)
        queries = [*self.extract.values(), *self.assert_, *([self.where] if self.where else [])]
        yield from (Touch("query", query.text) for query in queries)

    def measure(self, context: Context) -> Measurements:
        """Read the documents, then ask them."""
        documents, files = self._read(context)
        values: dict[str, Value] = {"documents": len(documents)}
        if not documents:
            nothing = "was found" if self.where is None else f"of which {self.where.text} is true"
            why = {"documents": f"none {nothing}, at {', '.join(self._places())}"}
            return Measurements(values, looked_at=0, evidence=[Evidence("documents", f"none {nothing}")], unknown=why)
        evidence = [Evidence("documents", listed([one.name for one in documents]))]
        unknown: dict[str, str] = {}
        try:
            values |= {"age": _inputs.age(context, min(map(_changed, files)))} if files else {}
        except ValueError as error:
            unknown["age"] = str(error)
        unknown |= {} if files else {"age": "it is in no file"}
        evidence += self._hold_against_schema(context, documents, values)
        evidence += self._ask(context, documents, values, unknown)
        evidence += self._look(context, documents, values, unknown)
        return Measurements(values, looked_at=len(documents), evidence=evidence, unknown=unknown)

    def _read(self, context: Context) -> tuple[list[Read], list[Path]]:
        """Return the documents, and the files that they are in, if they are in files."""
        files: list[Path] = []
        if self.url is not None:
            documents = sources.fetch(context, self.url, self.headers, self.format)
        elif self.app is not None:
            documents = sources.describe(context, self.app)
        else:
            named = self.paths or ((self.path,) if self.path is not None else ())
            files = sources.find(context, named, self.glob)
            documents = list(sources.read_files(context, files, self.format))
        if self.where is None:
            return documents, files
        return [one for one in documents if answers.is_true(answers.ask(self.where, one, "where"))], files

    def _hold_against_schema(
        self, context: Context, documents: Sequence[Read], values: dict[str, Value]
    ) -> Iterator[Evidence]:
        if self.schema is None:
            return
        schema: Schema = load(self.schema, context)
        lines: list[str] = []
        for one in documents:
            if context.deadline.passed:
                raise CannotMeasure(f"the deadline came before {one.name} was held against the schema")
            lines += (f"{one.name}: {line}" for line in schema.errors(one.data))
        values["schema_errors"] = len(lines)
        if lines:
            yield Evidence("does not fit the schema", listed(lines))

    def _ask(
        self, context: Context, documents: Sequence[Read], values: dict[str, Value], unknown: dict[str, str]
    ) -> Iterator[Evidence]:
        """Add to *values* what the queries find; yield where it differs, and what is not true."""
        if self.for_ == "together":
            documents = [Read("all documents", [one.data for one in documents])]
        everywhere = self.for_ != "any"
        for name, query in self.extract.items():
            try:
                found = answers.extract(name, query, documents, everywhere=everywhere)
            except ValueError as error:
                unknown[name] = str(error)
                continue
            values[name] = found.value
            if looks_secret(name):
                _keep_secret(found.value, context)
            if found.lines:
                yield Evidence(f"{name}, by document", listed(found.lines))
        if self.assert_:
            lines = answers.broken(self.assert_, documents, everywhere=everywhere)
            values["violations"] = len(lines)
            if lines:
                yield Evidence("not true", listed(lines))

    def _look(
        self, context: Context, documents: Sequence[Read], values: dict[str, Value], unknown: dict[str, str]
    ) -> Iterator[Evidence]:
        """Add to *values* what the subject finds; yield what was counted, and what is missing."""
        if self.subject is None:
            return
        known = subject.load(self.subject)
        seen = _seen(context, known, documents)
        values.update(seen.values)
        unknown.update(seen.unknown)
        if self.names:
            missing = subject.missing(known, seen, self._wanted())
            values["missing"] = len(missing)
            if missing:
                yield Evidence("missing", listed(missing))
        for name, lines in seen.shown.items():
            yield Evidence(name.replace("_", " "), listed(lines))


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError as error:
        raise CannotMeasure(f"{path} cannot be looked at: {error.strerror}") from None


def _keep_secret(value: Value, context: Context) -> None:
    for one in value if isinstance(value, tuple) else (value,):
        if isinstance(one, str):
            context.keep_secret(one)


def _seen(context: Context, known: subject.Subject, documents: Sequence[Read]) -> subject.Seen:
    """Return what the subject finds, worked out once a run for the same documents of the same files."""
    data = [one.data for one in documents]
    if any(one.key is None for one in documents):
        return subject.look(known, data)
    key = ("subject", known.name, tuple(one.key for one in documents))
    return context.fact(key, lambda _deadline: subject.look(known, data))
