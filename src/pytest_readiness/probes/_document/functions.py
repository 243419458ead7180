"""JMESPath with three more functions, for the ready-made subjects."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import jmespath
from jmespath import functions

_DEFAULT = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*:?-([^{}]*)\}")


class _Functions(functions.Functions):  # type: ignore[misc]
    """``entries(object)``, ``distinct(texts)`` and ``image_tag(text)``."""

    @functions.signature({"types": ["array-string"]})  # type: ignore[untyped-decorator]
    def _func_distinct(self, texts: list[str]) -> list[str]:
        """Return the different texts, in their order."""
        return list(dict.fromkeys(texts))

    @functions.signature({"types": ["object", "null"]})  # type: ignore[untyped-decorator]
    def _func_entries(self, given: Mapping[str, object] | None) -> list[dict[str, object]]:
        """Return what an object holds as a list, each with its ``key`` and ``value``."""
        return [{"key": key, "value": value} for key, value in (given or {}).items()]

    @functions.signature({"types": ["string", "null"]})  # type: ignore[untyped-decorator]
    def _func_image_tag(self, image: str | None) -> str | None:
        """
        Return the tag of an image, ``latest`` where it has none, its digest where it has one.

        ``${NAME:-default}`` stands for the default, as it does to Compose.
        """
        return None if image is None else image_tag(_DEFAULT.sub(r"\1", image))


def image_tag(image: str) -> str:
    """Return the tag of *image*, ``latest`` where it has none, its digest where it has one."""
    name, at, digest = image.partition("@")
    if at:
        return digest
    return name.rpartition("/")[2].partition(":")[2] or "latest"


@cache
def _options() -> Any:
    return jmespath.Options(custom_functions=_Functions())


def search(query: str, data: object) -> Any:
    """Return what *query* finds in *data*, None where it finds nothing."""
    return jmespath.search(query, data, options=_options())
