"""JSON Schema: which parts of a document do not fit, told without their values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import jsonschema
import referencing
import referencing.exceptions
import referencing.jsonschema
from jsonschema import validators

from pytest_readiness import patterns
from pytest_readiness.errors import CannotMeasure
from pytest_readiness.probe import Context
from pytest_readiness.probes._document import sources

#: How many errors are counted at the most.
MOST = 1000

_SAFE_WORDS = frozenset({"required", "additionalProperties", "dependentRequired", "unevaluatedProperties"})


class Schema:
    """
    A JSON Schema that documents are held against.

    *uri* is where it came from; what its ``$ref`` names relative to that is got by *retrieve*. Raises
    ``CannotMeasure`` if it is no schema.
    """

    def __init__(self, schema: object, uri: str, retrieve: Callable[[str], object]) -> None:
        if not isinstance(schema, dict):
            raise CannotMeasure("the schema is no JSON Schema: it is not a mapping")
        cls = validators.validator_for(schema, default=jsonschema.Draft202012Validator)
        try:
            cls.check_schema(schema)
        except jsonschema.SchemaError as error:
            raise CannotMeasure(f"the schema is no JSON Schema: {error.json_path}: {error.message[:200]}") from None
        specification = referencing.jsonschema.specification_with(
            str(schema.get("$schema", "")), default=referencing.jsonschema.DRAFT202012
        )

        def get(wanted: str) -> referencing.Resource[Any]:
            try:
                return specification.create_resource(retrieve(wanted))
            except CannotMeasure as error:
                self._why = str(error)
                raise

        self._why = ""
        known: referencing.Registry[Any] = referencing.Registry(retrieve=get)  # type: ignore[call-arg]
        registry = known.with_resource(uri, specification.create_resource(schema))
        extend: Callable[..., Callable[..., Any]] = validators.extend
        bounded = extend(cls, {"pattern": _pattern, "patternProperties": _pattern_properties})
        self._validator = bounded({"$ref": uri}, registry=registry)

    def errors(self, document: object) -> Iterator[str]:
        """Yield a line for each part of *document* that does not fit."""
        try:
            for count, error in enumerate(self._validator.iter_errors(document)):
                if count == MOST:
                    return
                yield f"{error.json_path}: {_told(error)}"
        except referencing.exceptions.Unresolvable as error:
            raise CannotMeasure(self._why or f"the schema refers to {error.ref!r}, which is not there") from None
        except RecursionError:
            raise CannotMeasure("the schema refers to itself without end") from None


def _told(error: jsonschema.ValidationError) -> str:
    """Say what is wrong, without the value, which may be a secret."""
    if error.validator in _SAFE_WORDS:
        return error.message[:200]
    return f"does not fit {error.validator}: {_short(error.validator_value)}"


def _short(value: object) -> str:
    if isinstance(value, Mapping):
        return "{...}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(_short, value[:5])) + (", ..." if len(value) > 5 else "")  # noqa: PLR2004 - one line
    return str(value)[:80]


def _found(pattern: str, text: str) -> bool:
    try:
        return patterns.search(patterns.compiled(pattern), text)
    except (ValueError, TimeoutError) as error:
        raise CannotMeasure(f"the schema's pattern {pattern[:80]!r} cannot be used: {error}") from None


def _pattern(_validator: Any, pattern: str, instance: object, _schema: object) -> Iterator[jsonschema.ValidationError]:
    if isinstance(instance, str) and not _found(pattern, instance):
        yield jsonschema.ValidationError(f"does not match {pattern!r}")


def _pattern_properties(
    validator: Any, wanted: Mapping[str, object], instance: object, _schema: object
) -> Iterator[jsonschema.ValidationError]:
    if isinstance(instance, dict):
        for pattern, subschema in wanted.items():
            for key, value in instance.items():
                if _found(pattern, key):
                    yield from validator.descend(value, subschema, path=key, schema_path=pattern)


def load(schema: str | Mapping[str, object], context: Context) -> Schema:
    """Return the schema in the file called *schema*, or *schema* itself; ``$ref`` may name files beside it."""
    if not isinstance(schema, str):
        return Schema(dict(schema), "urn:schema", _nowhere)
    (path,) = sources.find(context, [schema], None)
    uri = path.resolve().as_uri()

    def retrieve(wanted: str) -> object:
        parts = urlsplit(wanted)
        if parts.scheme != "file":
            return _nowhere(wanted)
        (there,) = sources.find(context, [unquote(parts.path)], None)
        return _one(context, there)

    return Schema(_one(context, path), uri, retrieve)


def _one(context: Context, path: Path) -> object:
    """Return the one document in the file at *path*."""
    documents = list(sources.read_files(context, [path], sources.form_of(path.name) or "json"))
    if len(documents) != 1:
        raise CannotMeasure(f"{sources.shown(path, context.root)} holds {len(documents)} documents, not one schema")
    return documents[0].data


def _nowhere(wanted: str) -> object:
    raise CannotMeasure(f"the schema refers to {wanted[:200]}, and only files beside it are read")
