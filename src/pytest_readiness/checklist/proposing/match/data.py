"""The files of data beside this one, each read once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

import yaml

#: The quicker of the loaders, where PyYAML has been built with it. Both make plain values only.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def folder() -> Traversable:
    """Return the folder of the data."""
    return resources.files("pytest_readiness.checklist.proposing.match")


def parse(text: str) -> Any:
    """Return what *text*, in YAML, holds."""
    return yaml.load(text, Loader=_LOADER)  # noqa: S506 - a safe loader, see above


@cache
def load(name: str) -> Mapping[str, Any]:
    """Return what the file called *name* holds."""
    data = parse((folder() / name).read_text(encoding="utf-8"))
    assert isinstance(data, dict)
    return data


def words(key: str) -> frozenset[str]:
    """Return one of the lists of words in the vocabulary."""
    return frozenset(load("vocabulary.yaml")[key].split())
