"""What queries find in several documents, put together so that none can hide behind the others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pytest_readiness.errors import CannotMeasure
from pytest_readiness.model import Each, Scalar, Value
from pytest_readiness.options import Query
from pytest_readiness.probes._document.sources import Document


def ask(query: Query, document: Document, what: str) -> object:
    """Return what *query* finds in *document*; *what* names the query in the error."""
    from jmespath.exceptions import JMESPathError

    try:
        return query.search(document.data)
    except (JMESPathError, RecursionError) as error:
        said = " ".join(str(error).split())[:200]
        raise CannotMeasure(f"{what}: {document.name}: {said}") from None


def is_true(found: object) -> bool:
    """Whether JMESPath takes *found* for true: not null, not false, not empty."""
    return found is not None and found is not False and found not in ("", [], {})


@dataclass(frozen=True, slots=True)
class Extracted:
    """One value, and a line for each document where they differ."""

    value: Value
    lines: Sequence[str] = ()


def extract(name: str, query: Query, documents: Sequence[Document], *, everywhere: bool) -> Extracted:
    """
    Return what *query* finds: in every document, an ``Each`` where they differ; else, all that is found, as one list.

    Raises ``ValueError`` where it finds nothing, or nothing that can be measured.
    """
    found: list[tuple[str, Value]] = []
    for document in documents:
        data = ask(query, document, f"extract {name}")
        if data is not None:
            found.append((document.name, _measured(data, query, document)))
        elif everywhere:
            raise ValueError(f"{document.name}: {query.text} finds nothing")
    if not found:
        raise ValueError(f"{query.text} finds nothing in any of {len(documents)} documents")
    if everywhere:
        value = _one(_different(value for _, value in found))
        lines = [f"{where}: {value}" for where, value in found] if isinstance(value, Each) else []
        return Extracted(value, lines)
    items = [item for _, value in found for item in (value if isinstance(value, tuple) else (value,))]
    return Extracted(tuple(item for item in _different(items) if not isinstance(item, tuple)))


def _different(values: Iterable[Value]) -> list[Value]:
    """Return the different values, in their order; true is not 1."""
    return [value for _, value in dict.fromkeys((type(value), value) for value in values)]


def _one(values: Sequence[Value]) -> Value:
    if len(values) == 1:
        return values[0]
    scalars: list[Scalar] = [value for value in values if not isinstance(value, tuple)]
    if len(scalars) != len(values):
        raise ValueError("the documents hold different lists")
    return Each(scalars)


def _measured(data: object, query: Query, document: Document) -> Value:
    if isinstance(data, bool | int | float | str):
        return data
    if isinstance(data, list) and all(item is None or isinstance(item, bool | int | float | str) for item in data):
        return tuple(data)
    kind = "an object" if isinstance(data, dict) else "a list of objects or lists"
    raise ValueError(f"{document.name}: {query.text} finds {kind}; let it end at single values")


def broken(assertions: Sequence[Query], documents: Sequence[Document], *, everywhere: bool) -> list[str]:
    """Return a line for each assertion and document that it does not hold for; or, for each that holds for none."""
    lines: list[str] = []
    for query in assertions:
        failing = [one.name for one in documents if not is_true(ask(query, one, "assert"))]
        if everywhere:
            lines += (f"{name}: {query.text}" for name in failing)
        elif len(failing) == len(documents):
            lines.append(f"in none of {len(documents)} documents: {query.text}")
    return lines
