"""Options that do not go together, and numbers that are out of bounds."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pytest_readiness.errors import OptionError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

#: The most redirects that are followed unless more are asked for.
REDIRECTS = 10

_BODY = ("extract", "contains", "text", "schema")
_SENT = ("method", "body", "json", "auth")
_APART: Mapping[str, tuple[str, ...]] = {
    "cases": ("urls", "foreach", "cors", "burst", "samples", "warmup", "secret", *_SENT, *_BODY),
    "cors": ("foreach", "burst", *_SENT, *_BODY, "follow"),
    "burst": ("urls", "foreach", "samples", "warmup", *_BODY),
    "app": ("verify", "ca", "follow"),
}
_BOUNDS = {"samples": (1, 100_000), "warmup": (0, 100_000), "jobs": (1, 1000), "burst": (2, 1000)}


def check(options: DataclassInstance) -> None:
    """Raise ``OptionError`` for the first of *options* that cannot be with another, or be at all."""
    given = {field.name for field in dataclasses.fields(options) if _given(options, field)}
    for name, others in _APART.items():
        for other in others:
            if name in given and other in given:
                raise OptionError(f"`{name}` and `{other}` do not go together", name)
    for name, (least, most) in _BOUNDS.items():
        value = getattr(options, name)
        if value is not None and not least <= value <= most:
            raise OptionError(f"{value} is not between {least} and {most}", name)
    follow = int(getattr(options, "follow"))  # noqa: B009 - as for the others
    if not 0 <= follow <= 2 * REDIRECTS:
        raise OptionError(f"{follow} is not between 0 and {2 * REDIRECTS}", "follow")


def _given(options: DataclassInstance, field: dataclasses.Field[Any]) -> bool:
    """Tell whether an option was given: whether it is not what it is by default."""
    default = field.default if field.default_factory is dataclasses.MISSING else field.default_factory()
    return bool(getattr(options, field.name) != default)
