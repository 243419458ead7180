"""The tree of groups and gates, walked: every gate with what its groups hand down to it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pytest_readiness.condition import parse
from pytest_readiness.errors import ConditionError
from pytest_readiness.judge import GROUP_MEASURES, typed
from pytest_readiness.model import Expectation, Group, Severity
from pytest_readiness.options import Key, Path, found
from pytest_readiness.spec._files import Files, Source
from pytest_readiness.spec._forms import GROUP
from pytest_readiness.spec._places import Map, Place, Refused, Seq
from pytest_readiness.spec._problems import Node
from pytest_readiness.spec._scene import PROFILES_REASON, Scene, condition_of

#: Keys of gates and groups that name things: variables cannot be used there.
NAMES = frozenset(
    {"id", "group", "of", "probe", "needs", "uses", "tags", "profiles", "severity", "scope", "claimed", "source"}
)
#: Keys whose values add up from group to gate; of the others the nearest wins.
ADDED = ("tags", "needs", "uses")

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_ALIASES = {"P0": "critical", "P1": "high", "P2": "medium", "P3": "low"}


@dataclass(frozen=True, slots=True)
class Heading:
    """What groups hand down: their titles, values of keys, and why nothing below applies, if so."""

    path: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    outside: str | None = None


@dataclass(slots=True)
class Draft:
    """A gate as it is written, before it is read; ``file`` is the number of the file it is in."""

    id: str | None
    node: Node
    heading: Heading
    file: int


@dataclass(frozen=True, slots=True)
class Of:
    """What a group says of gates that stand elsewhere: one selection, and where it says so."""

    group: tuple[str, ...]
    index: int
    text: str
    node: Node


def severity_of(word: str) -> Severity:
    """Return the severity that *word* means."""
    return Severity(_ALIASES.get(word, word))


def merged(values: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is handed down from *values*, with what is said nearer in *own*."""
    result = {**values, **own}
    if "profiles" in own:
        result[PROFILES_REASON] = own.get("reason")
    for key in ADDED:
        if key in values and key in own:
            result[key] = tuple(dict.fromkeys((*values[key], *own[key])))
    return result


class Walk:
    """Walks the files in order; gates and groups are in ``drafts`` and ``groups`` afterwards."""

    def __init__(self, scene: Scene, files: Files) -> None:
        self.scene = scene
        self.files = files
        self.drafts: list[Draft] = []
        self.groups: dict[tuple[str, ...], Group] = {}
        self.of: list[Of] = []
        self._ids: dict[str, Draft] = {}
        self._said: dict[tuple[tuple[str, ...], str], Place] = {}

    def file(self, source: Source) -> None:
        """Walk the gates of one file."""
        gates = source.data.get("gates")
        if isinstance(gates, Seq):
            self._items(gates, Heading(), "gates", source)

    def _items(self, items: Seq, heading: Heading, path: str, source: Source) -> None:
        for index, item in enumerate(items):
            place, title = items.at[index], f"{path}[{index}]"
            if not isinstance(item, Map):
                if not isinstance(item, Refused):
                    self.scene.problems.add(place, title, f"expected a gate or a group, found {found(item)}")
            elif "group" in item or ("gates" in item and "probe" not in item):
                self._group(item, place, heading, title, source)
            else:
                self._gate(item, place, heading, title, source)

    # --- groups ---

    def _group(self, item: Map, place: Place, heading: Heading, title: str, source: Source) -> None:
        node = Node(item, place, title, self.scene.problems)
        node.report_sure(node.fill(self.scene.variables, names=NAMES, skip="gates"))
        wrong: list[tuple[Path, str]] = []
        made = GROUP.read(node.data, (), wrong)
        node.report_all(wrong)
        self.scene.check(made, node)
        if "gates" not in node.data and "of" not in node.data:
            node.report((), "'gates' is missing: The gates and groups under it.")
        name = made.get("group", "")
        if not name.strip() and "group" in made:
            node.report(("group",), "a group needs a heading")
        outside = self.scene.outside(made, node)
        values = merged(heading.values, made)
        below = Heading((*heading.path, name), values, heading.outside or outside)
        self._heading(below, self._expectations(made, node), node)
        of = enumerate(made.get("of", ()))
        self.of += [Of(below.path, index, text, node) for index, text in of if "${" not in text]
        if isinstance(made.get("gates"), Seq):
            self._items(made["gates"], below, f"{title}.gates", source)

    def _heading(self, below: Heading, expected: Mapping[str, Expectation], node: Node) -> None:
        """Note the group; two of the same heading at the same place are one, and expect what both do."""
        known = self.groups.get(below.path)
        before = {wanted.measurement: wanted for wanted in known.expectations} if known else {}
        for name, wanted in expected.items():
            where = node.problems.position(self._said.setdefault((below.path, name), node.place))
            if before.setdefault(name, wanted) != wanted:
                node.report(("expect", name), f"the group at {where} has another expectation of its {name}")
        self.groups[below.path] = Group(
            path=below.path,
            severity=known.severity if known else severity_of(below.values.get("severity", "high")),
            expectations=tuple(before.values()),
            enforce_from=below.values.get("enforce_from", known.enforce_from if known else None),
            position=known.position if known else node.problems.position(node.place),
        )

    def _expectations(self, made: Mapping[str, Any], node: Node) -> dict[str, Expectation]:
        """Return what the group itself is expected to come to, by name."""
        expected = {}
        for name, raw in made.get("expect", {}).items():
            if name not in GROUP_MEASURES:
                near = node.problems.near(name, tuple(GROUP_MEASURES))
                node.report(("expect", Key(name)), f"a group has {', '.join(GROUP_MEASURES)}{near}")
                continue
            kind, unit = typed(name)
            try:
                condition = condition_of(raw, kind)
                parse(condition, kind, unit)
                expected[name] = Expectation(name, condition)
            except ConditionError as error:
                node.report(("expect", name), str(error))
        return expected

    # --- gates ---

    def _gate(self, item: Map, place: Place, heading: Heading, title: str, source: Source) -> None:
        node = Node(item, place, title, self.scene.problems)
        name = self._id(node)
        if name is not None:
            node.title = f"gates.{name}"
        draft = Draft(name, node, heading, source.number)
        known = None if name is None else self._ids.get(name)
        if known is None:
            self.drafts.append(draft)
            if name is not None:
                self._ids[name] = draft
        elif known.file in self.files.reach[source.number]:
            self._override(known, draft)
        else:
            where = node.problems.position(known.node.place)
            node.report(("id",) if "id" in item else ("title",), f"duplicate id {name!r}: the gate at {where} has it")
            draft.id = None
            self.drafts.append(draft)

    def _override(self, known: Draft, draft: Draft) -> None:
        """Let a gate of the including file say anew what an included one says; it keeps its place and group."""
        node = draft.node
        if draft.heading.path:
            where = node.problems.position(known.node.place)
            message = f"this overrides the gate at {where}, which keeps its group: write it outside of groups"
            node.report(("id",), message)
        data = Map()
        own = node.data
        for key, value, at in (*known.node.data.entries(), *own.entries()):
            data.put(key, value, at)
        known.node = Node(data, node.place, node.title, node.problems)

    def _id(self, node: Node) -> str | None:
        """Return the gate's id: the one given, or made of the title."""
        given = node.data.get("id")
        if given is None and "id" not in node.data:
            title = node.data.get("title")
            made = slug(title) if isinstance(title, str) else ""
            if not made and not isinstance(title, Refused):
                node.report((), "'id' is missing: a gate has an id, or a title that one can be made of")
            return made or None
        text = str(given) if isinstance(given, str) or type(given) is int else None
        if text is not None and "${" not in text and not isinstance(given, Refused) and not _ID.fullmatch(text):
            node.report(("id",), "an id has letters, digits, '-', '_' and '.' only, at most 100, and no sign in front")
        return text if text and _ID.fullmatch(text) else None


def slug(title: str) -> str:
    """Return an id made of *title*: its words in lower case, joined by ``-``."""
    return "-".join(re.findall(r"[a-z0-9]+", title.lower()))[:100].strip("-")


def in_words(name: str) -> str:
    """Return the id *name* as a title."""
    words = re.sub(r"[-_.]+", " ", name).strip()
    return words[:1].upper() + words[1:]
