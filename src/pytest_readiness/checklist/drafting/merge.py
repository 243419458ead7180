"""
A checklist imported again, into the spec that an earlier import wrote and that people have edited since.

Works on the text of the spec: nothing is changed but what the checklist says anew (``claimed``, ``source``) and what
is added; comments, order, probes and expectations stay as they were made.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import yaml

from pytest_readiness.checklist.drafting import write
from pytest_readiness.checklist.drafting.emit import scalar
from pytest_readiness.checklist.drafting.tree import CLAIMED, Branch, Draft, grow
from pytest_readiness.checklist.model import Document, Proposal
from pytest_readiness.checklist.pairing import Pairing, key, pair
from pytest_readiness.errors import UsageError
from pytest_readiness.model import Gate

VANISHED = "# vanished: "


@dataclass(frozen=True, slots=True)
class Merged:
    """The spec's new text, and what became of it: gates added, changed, and of items that are no longer there."""

    text: str
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    vanished: tuple[str, ...] = ()


def merge(
    old: str, gates: Sequence[Gate], document: Document, proposals: Sequence[Proposal], *, source: str, file: str
) -> Merged:
    """
    Return the spec *old*, whose *gates* were loaded from *file* and what it includes, with *document* merged in.

    *source* is the checklist's path as the spec names it. Raises ``UsageError`` where the text has no place for more.
    """
    pairing = pair(document, gates)
    text = _Text(old)
    own = {gate.id: gate for gate in gates if gate.position.file == file}
    changed = [gate.id for gate, line in _paired(pairing, own) if _retell(text, gate, document, line, source)]
    lost = [gate for gate in pairing.lost if gate.id in own]
    for gate in lost:
        text.mark(gate, f"{VANISHED}{gate.source} no longer says this")
    missing = [index for index in range(len(document.items)) if index not in pairing.gates]
    root = grow(document, proposals, source=source, only=missing, taken=[gate.id for gate in gates])
    added = [draft.id for _, draft in root.drafts()]
    text.add(root)
    text.define(write.all_variables(root))
    return Merged(text.merged(), tuple(added), tuple(changed), tuple(gate.id for gate in lost))


def _paired(pairing: Pairing, own: Mapping[str, Gate]) -> Iterator[tuple[Gate, int]]:
    for index, gates in pairing.gates.items():
        yield from ((gate, index) for gate in gates if gate.id in own)


def _retell(text: _Text, gate: Gate, document: Document, index: int, source: str) -> bool:
    """Let *gate* say what the checklist says of its item now; tell whether that is something new."""
    item = document.items[index]
    text.unmark(gate)
    told = text.set(gate, "claimed", CLAIMED.get(item.status), gate.claimed)
    if gate.source is not None:
        text.set(gate, "source", f"{source}:{item.line}", gate.source)
    return told


#: What makes the lines of something new, given the indent that stands in front of each.
_Lines = Callable[[str], Iterable[str]]

#: Comes last of what is put in at one place: it belongs to what follows there.
_LAST = 1


@dataclass(frozen=True, slots=True)
class _Edit:
    """
    Replace the characters from ``start`` to ``end``.

    Of what is put in at one place, the least ``order`` comes first: what is deeper in the tree ends
    before what it is in.
    """

    start: int
    end: int
    text: str
    order: int = 0

    def rank(self) -> tuple[int, bool, int]:
        return self.start, self.end > self.start, self.order


class _Text:
    """The text of a spec, its YAML nodes by their place, and the edits that are to be made."""

    def __init__(self, text: str) -> None:
        self.newline = "\r\n" if "\r\n" in text else "\n"
        self.text = text = text if text.endswith(("\n", "\r")) else text + self.newline
        self.starts = [0, *(match.end() for match in re.finditer(r"\r\n|[\n\r\x85\u2028\u2029]", text))]
        self.edits: list[_Edit] = []
        root = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        assert isinstance(root, yaml.MappingNode)
        self.root = root
        self.gates: dict[tuple[int, int], yaml.MappingNode] = {}
        self.lists: dict[tuple[str, ...], yaml.SequenceNode] = {}
        self._walk(_value(root, "gates"), ())

    def merged(self) -> str:
        """Return the text with all edits made."""
        made, at = [], 0
        for edit in sorted(self.edits, key=_Edit.rank):
            made += [self.text[at : edit.start], edit.text]
            at = edit.end
        return "".join((*made, self.text[at:]))

    def _walk(self, node: yaml.Node | None, path: tuple[str, ...]) -> None:
        if not isinstance(node, yaml.SequenceNode):
            return
        if path not in self.lists or self.lists[path].flow_style:
            self.lists[path] = node
        for item in node.value:
            if not isinstance(item, yaml.MappingNode):
                continue
            group, below = _value(item, "group"), _value(item, "gates")
            if group is not None and below is not None:
                self._walk(below, (*path, key(str(group.value))))
            else:
                self.gates[item.start_mark.line + 1, item.start_mark.column + 1] = item

    def _node(self, gate: Gate) -> yaml.MappingNode | None:
        return self.gates.get((gate.position.line, gate.position.column))

    def _at(self, mark: yaml.Mark) -> int:
        return self.starts[mark.line] + mark.column

    # --- what a gate says ---

    def set(self, gate: Gate, name: str, value: str | None, was: str | None) -> bool:
        """Set the key *name* of *gate* to *value*, or take it away; tell whether that changes anything."""
        node = self._node(gate)
        if node is None or value == was:
            return False
        known = _value(node, name)
        if known is None:
            self._insert(node, f"{name}: {scalar(value, flow=bool(node.flow_style))}")
        elif value is None:
            self._drop(node, name)
        else:
            self._replace(known, scalar(value, flow=True))
        return True

    def _replace(self, node: yaml.Node, text: str) -> None:
        self.edits.append(_Edit(self._at(node.start_mark), self._at(node.end_mark), text))

    def _insert(self, node: yaml.MappingNode, entry: str) -> None:
        first = self._at(node.start_mark)
        if node.flow_style:
            self.edits.append(_Edit(first + 1, first + 1, f"{entry}, "))
        else:
            self._put(self._end(node), node.start_mark.column, [" " * node.start_mark.column + entry])

    def _drop(self, node: yaml.MappingNode, name: str) -> None:
        """Take the line of *name* away; between brackets it has none of its own, and only its value goes."""
        for known, value in node.value:
            if known.value != name:
                continue
            start, end = self._at(known.start_mark), self._at(value.end_mark)
            if node.flow_style:
                follows = re.compile(r"[ ]*,[ ]*").match(self.text, end)
                before = re.compile(r",[ ]*$").search(self.text, self._at(node.start_mark), start)
                start, end = (start, follows.end()) if follows else (before.start() if before else start, end)
            elif node.start_mark.line != known.start_mark.line:
                start, end = self.starts[known.start_mark.line], self._line_after(value.end_mark.line)
            else:  # beside the dash: the next key comes up to it
                following = node.value[1][0].start_mark if len(node.value) > 1 else value.end_mark
                end = self._at(following)
            self.edits.append(_Edit(start, end, ""))

    # --- marks of what has gone ---

    def mark(self, gate: Gate, comment: str) -> None:
        """Put *comment* above *gate*, unless a mark is there."""
        node = self._node(gate)
        if node is None or self._marked(gate) is not None:
            return
        at = self.starts[node.start_mark.line]
        indent = re.compile(r"[ ]*").match(self.text, at)
        assert indent is not None
        self.edits.append(_Edit(at, at, f"{indent[0]}{comment}{self.newline}", _LAST))

    def unmark(self, gate: Gate) -> None:
        """Take the mark above *gate* away."""
        line = self._marked(gate)
        if line is not None:
            self.edits.append(_Edit(self.starts[line], self._line_after(line), ""))

    def _marked(self, gate: Gate) -> int | None:
        """Return the number of the comment line above *gate* that marks it as vanished."""
        line = gate.position.line - 2
        while line >= 0 and (text := self._line(line).strip()).startswith("#"):
            if text.startswith(VANISHED):
                return line
            line -= 1
        return None

    # --- what is new ---

    def add(self, root: Branch) -> None:
        """Add all that is below *root*, each to its group where there is one."""
        if not root.children:
            return
        listed = self.lists.get(())
        if listed is None:
            raise UsageError("the spec has no list of gates to add to: write 'gates:' with a list below it")
        if not listed.flow_style:
            self._add(root, ())
        elif listed.value:
            line = listed.start_mark.line + 1
            raise UsageError(f"line {line} of the spec has gates in [ ]: write them as a list with dashes first")
        else:
            self._replace(listed, self.newline.join(["", *write.lines(root, "  ")]))

    def _add(self, branch: Branch, path: tuple[str, ...]) -> None:
        """Add what is in *branch* to the list at *path*, or to the lists below it."""
        listed = self.lists[path]
        for child in branch.children:
            if isinstance(child, Draft):
                self._append(listed, partial(write.draft_lines, child))
                continue
            below = (*path, key(child.title))
            if below in self.lists and not self.lists[below].flow_style:
                self._add(child, below)
            else:  # a new group; where there is one with its gates in [ ], both are read as one
                self._append(listed, partial(write.branch_lines, child, branch))

    def _append(self, listed: yaml.SequenceNode, lines: _Lines) -> None:
        column = listed.start_mark.column
        self._put(self._end(listed), column, lines(" " * column))

    def _put(self, at: int, column: int, lines: Iterable[str]) -> None:
        """Put *lines*, which begin at *column*, in at *at*, where a line begins."""
        self.edits.append(_Edit(at, at, "".join(line + self.newline for line in lines), -column))

    def define(self, variables: Mapping[str, str]) -> None:
        """Add those *variables* that the spec does not define."""
        known = _value(self.root, "vars")
        defined = {str(name.value) for name, _ in known.value} if isinstance(known, yaml.MappingNode) else set()
        new = {name: text for name, text in variables.items() if name not in defined}
        if not new:
            return
        if isinstance(known, yaml.MappingNode):
            for name, text in new.items():
                self._insert(known, f"{scalar(name)}: {scalar(text, flow=True)}")
            return
        first = next(name for name, _ in self.root.value if name.value == "gates")
        at = self.starts[first.start_mark.line]
        lines = ["vars:", *(f"  {scalar(name)}: {scalar(text)}" for name, text in new.items()), ""]
        self.edits.append(_Edit(at, at, self.newline.join((*lines, ""))))

    # --- lines ---

    def _line(self, number: int) -> str:
        return self.text[self.starts[number] : self._line_after(number)]

    def _line_after(self, number: int) -> int:
        return self.starts[number + 1] if number + 1 < len(self.starts) else len(self.text)

    def _end(self, node: yaml.Node) -> int:
        """Return where the line after the last one of *node* begins: a block ends before what follows it."""
        return self._line_after(_last(node))


def _last(node: yaml.Node) -> int:
    """Return the number of the last line that *node* has something on."""
    if not isinstance(node, yaml.CollectionNode) or node.flow_style or not node.value:
        end = node.end_mark
        return int(end.line if end.column or end.line == node.start_mark.line else end.line - 1)
    last = node.value[-1]
    return _last(last[1] if isinstance(last, tuple) else last)


def _value(node: yaml.Node, name: str) -> yaml.Node | None:
    """Return what stands under *name* in a mapping; None if nothing does."""
    if isinstance(node, yaml.MappingNode):
        for known, value in node.value:
            if known.value == name:
                return value if isinstance(value, yaml.Node) else None
    return None
