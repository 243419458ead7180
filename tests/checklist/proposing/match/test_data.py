from __future__ import annotations

from importlib.resources.abc import Traversable

import pytest
import yaml

from pytest_readiness.checklist.proposing.match import data
from pytest_readiness.checklist.proposing.match.words import ALIASES, stem


def files() -> list[Traversable]:
    here = [file for file in data.folder().iterdir() if file.name.endswith(".yaml")]
    return [*here, *(data.folder() / "rules").iterdir()]


class Strict(yaml.SafeLoader):
    """A loader that takes no key twice, which would silently drop the first."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = True) -> dict[object, object]:  # noqa: FBT002
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        assert len(keys) == len(set(map(str, keys))), f"{node.start_mark}: a key is there twice"
        return super().construct_mapping(node, deep=deep)


@pytest.mark.parametrize("file", files(), ids=lambda file: file.name)
def test_no_key_is_there_twice(file: Traversable) -> None:
    text = file.read_text(encoding="utf-8")
    assert yaml.load(text, Loader=Strict)


def test_what_is_read_is_read_once() -> None:
    assert data.load("vocabulary.yaml") is data.load("vocabulary.yaml")


def test_no_alias_leads_to_an_alias() -> None:
    assert [word for word, known in ALIASES.items() if ALIASES.get(known, known) != known] == []


def test_an_alias_has_the_stem_of_what_it_stands_for() -> None:
    assert {word: stem(word) for word in ALIASES} == {word: stem(known) for word, known in ALIASES.items()}
