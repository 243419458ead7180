"""What drivers return for a cell, as JSON has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta
from decimal import Decimal

from pytest_readiness.model import Value


def plain(value: object) -> object:
    """
    Return *value* as JSON has it.

    Times become ISO 8601 texts, spans of time become seconds, bytes become hexadecimal digits.
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    if isinstance(value, Sequence | set | frozenset):
        return [plain(item) for item in value]
    return _scalar(value)


def _scalar(value: object) -> object:
    if isinstance(value, Decimal):
        whole = value.is_finite() and value == value.to_integral_value()
        return int(value) if whole else float(value)
    if isinstance(value, timedelta):
        return value.total_seconds()
    return value.isoformat() if isinstance(value, date | time) else str(value)


def flat(value: object) -> Value:
    """Return *value* if it is one value or a flat list; raises ``ValueError`` for something with parts."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        if any(isinstance(item, list | dict) for item in value):
            raise ValueError("is something with parts: take one value out of it")
        return tuple(value)
    if isinstance(value, Mapping):
        raise ValueError("is something with parts: take one value out of it")  # noqa: TRY004 - a value, not a type, is wrong
    return value  # type: ignore[return-value]
