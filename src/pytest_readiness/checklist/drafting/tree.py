"""The groups and gates that a checklist becomes: headings and parents are groups, all else are gates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from pytest_readiness import todo
from pytest_readiness.checklist.drafting.sound import for_a_person, literal
from pytest_readiness.checklist.drafting.summing import severities
from pytest_readiness.checklist.model import Confidence, Document, Item, Kind, Proposal, Status
from pytest_readiness.checklist.pairing import ids, key
from pytest_readiness.model import Severity

#: How deep groups are nested at the most; what is deeper stays in the last one.
DEEPEST = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A gate that is to be written: ``item`` is the index of what it is made of, ``keys`` are those of a spec."""

    item: int
    id: str
    keys: Mapping[str, object]
    comments: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Branch:
    """A group that is to be written: its heading, what its gates share, and what is in it, in order."""

    title: str
    severity: Severity | None = None
    children: list[Branch | Draft] = field(default_factory=list)

    def drafts(self) -> Iterator[tuple[tuple[str, ...], Draft]]:
        """Yield every gate below, with the headings between this group and it."""
        for child in self.children:
            if isinstance(child, Draft):
                yield (), child
            else:
                yield from (((child.title, *path), draft) for path, draft in child.drafts())


def share(branch: Branch) -> None:
    """Say once, at the group, what all gates in *branch* say of their severity; and so in each group below."""
    said: set[object] = set()
    for child in branch.children:
        if isinstance(child, Branch):
            share(child)
            said.add(str(child.severity) if child.severity else None)
        else:
            said.add(child.keys.get("severity"))
    if branch.severity is None and branch.title and len(said) == 1 and (only := said.pop()):
        branch.severity = Severity(str(only))
        branch.children = [
            replace(child, keys={name: value for name, value in child.keys.items() if name != "severity"})
            if isinstance(child, Draft)
            else child
            for child in branch.children
        ]


def grow(
    document: Document,
    proposals: Sequence[Proposal],
    *,
    source: str,
    only: Iterable[int] | None = None,
    taken: Iterable[str] = (),
) -> Branch:
    """
    Return the groups and gates for *document*, or for the items in *only*.

    *source* is the checklist's path as the spec shall name it; no gate gets an id that is *taken*.
    """
    return _Tree(document, proposals, source, None if only is None else frozenset(only), taken).grow()


class _Tree:
    def __init__(
        self,
        document: Document,
        proposals: Sequence[Proposal],
        source: str,
        only: frozenset[int] | None,
        taken: Iterable[str],
    ) -> None:
        self.document = document
        self.proposals = proposals
        self.source = source
        self.only = only
        self.names = ids(document.items, taken)
        self.parents = {item.parent for item in document.items if item.parent is not None}
        self.root = Branch("")
        self.index: dict[tuple[str, ...], Branch] = {(): self.root}
        self.paths: dict[int, tuple[str, ...]] = {}
        self.above = self._common()
        self.overall = {
            stated.item
            for stated in document.stated
            if stated.item is not None and not stated.section and not stated.goal
        }

    def grow(self) -> Branch:
        for index, item in enumerate(self.document.items):
            self.paths[index] = self._path(index, item)
        for index, item in enumerate(self.document.items):
            draft = self._draft(index, item)
            if draft is not None and (self.only is None or index in self.only):
                self._branch(self.paths[index]).children.append(draft)
        return self.root

    def _common(self) -> int:
        """Return 1 if everything stands below the document's title, which would be a group around all."""
        title = (self.document.title,)
        return int(all(item.section[:1] == title for item in self.document.items))

    def _path(self, index: int, item: Item) -> tuple[str, ...]:
        """Return the headings of the group that *item* goes into; a parent opens one of its own."""
        parent = None if item.parent is None else self.document.items[item.parent]
        if parent is None or parent.kind is Kind.HEADING:
            path = tuple(_heading(title) for title in item.section[self.above :])
        else:
            assert item.parent is not None
            path = self.paths.get(item.parent, ())
        if item.kind is Kind.HEADING or index in self.parents:
            path = (*path, _heading(item.text)) if len(path) < DEEPEST else path
        return path

    def _branch(self, path: tuple[str, ...]) -> Branch:
        known = tuple(map(key, path))
        if known not in self.index:
            branch = self.index[known] = Branch(path[-1], self._severities.get(known))
            self._branch(path[:-1]).children.append(branch)
        return self.index[known]

    @cached_property
    def _severities(self) -> Mapping[tuple[str, ...], Severity]:
        return {
            tuple(map(key, self.paths[index])): item.severity
            for index, item in enumerate(self.document.items)
            if item.severity is not None and (item.kind is Kind.HEADING or index in self.parents)
        }

    # --- one gate ---

    def _draft(self, index: int, item: Item) -> Draft | None:
        proposal = self._proposal(index, item)
        if proposal is None:
            return None
        keys: dict[str, object] = {"id": self.names[index], "title": literal(item.text) or literal(item.raw)}
        keys |= self._policy(item)
        keys["probe"] = proposal.probe
        if proposal.options:
            keys["with"] = proposal.options
        if proposal.expect:
            keys["expect"] = proposal.expect
        if deferred := _deferral(item):
            keys["deferred"] = deferred
        if claimed := CLAIMED.get(item.status):
            keys["claimed"] = claimed
        keys["source"] = f"{self.source}:{item.line}"
        return Draft(
            item=index,
            id=self.names[index],
            keys=keys,
            comments=tuple(_comments(item, proposal)),
            variables=proposal.variables,
        )

    def _proposal(self, index: int, item: Item) -> Proposal | None:
        """Return what is proposed for an item; a group needs no gate of its own, one with nothing in it does."""
        proposal = self.proposals[index]
        if proposal.probe != "group":
            return proposal
        if index in self.parents or item.kind is Kind.HEADING:
            return None
        if index in self.overall:
            return Proposal(
                item=index,
                probe="checklist",
                options={"path": self.source},
                confidence=Confidence.MEDIUM,
                words=proposal.words,
            )
        return self._summing(index, proposal) or for_a_person(item, proposal, proposal.words)

    def _summing(self, index: int, proposal: Proposal) -> Proposal | None:
        """Return a gate that sums up those of the severities that an item speaks of, if there are some of each."""
        wanted = severities(self.document.items[index].text)
        if not wanted or not self._severities_of_others.issuperset(wanted):
            return None
        alone = self.only is None and len(self._sums) == 1
        if not alone and (self._severity(index) or Severity.HIGH) in {one for sum_ in self._sums for one in sum_}:
            return None  # another that sums up others might wait for this one, and this one for it
        return Proposal(
            item=index,
            probe="gates",
            options={"of": [f"severity:{severity}" for severity in wanted]},
            confidence=Confidence.MEDIUM,
            words=proposal.words,
        )

    @cached_property
    def _sums(self) -> list[tuple[Severity, ...]]:
        """What the items that may sum up others speak of, one for each: they are judged as groups."""
        groups = (self.document.items[one.item] for one in self.proposals if one.probe == "group")
        return [wanted for item in groups if (wanted := severities(item.text))]

    @cached_property
    def _severities_of_others(self) -> frozenset[Severity | None]:
        """The severities of the gates that are written and sum up nothing."""
        return frozenset(
            self._severity(index)
            for index, proposal in enumerate(self.proposals)
            if proposal.probe != "group" and (self.only is None or index in self.only)
        )

    def _severity(self, index: int) -> Severity | None:
        """Return what an item says of its severity, or what its group does."""
        item = self.document.items[index]
        if item.severity is None and item.optional:
            return Severity.LOW
        return item.severity or self._inherited(item)

    def _policy(self, item: Item) -> Iterator[tuple[str, object]]:
        severity = Severity.LOW if item.optional and item.severity is None else item.severity
        if severity is not None and severity is not self._inherited(item):
            yield "severity", str(severity)
        if item.phase:
            yield "tags", [_tag(item.phase)]
        if item.owner:
            yield "owner", literal(item.owner)
        if item.due is not None and item.status is not Status.DEFERRED:
            yield "enforce_from", item.due

    def _inherited(self, item: Item) -> Severity | None:
        """Return the severity that the group of *item* hands down."""
        parent = item.parent
        while parent is not None:
            above = self.document.items[parent]
            if above.severity is not None:
                return above.severity
            parent = above.parent
        return None


#: What a gate says is claimed, by what the checklist says.
CLAIMED = {
    Status.DONE: "done",
    Status.OPEN: "open",
    Status.DEFERRED: "open",
    Status.FALSE_POSITIVE: "done",
}


def _deferral(item: Item) -> dict[str, object] | None:
    if item.status is not Status.DEFERRED:
        return None
    deferral: dict[str, object] = {"reason": literal(item.reason) or todo.TODO, "until": item.due or todo.TODO}
    if item.severity is Severity.CRITICAL:
        deferral["approved_by"] = todo.TODO
    return deferral


def _comments(item: Item, proposal: Proposal) -> Iterator[str]:
    """Yield how sure the proposal is, the words it rests on, and what the spec has no key for."""
    rests = f": {', '.join(proposal.words)}" if proposal.words else ""
    other = f"; or {proposal.second}" if proposal.second else ""
    yield f"{proposal.confidence}{rests}{other}"
    if item.condition:
        yield f"only {item.condition}"
    if item.optional:
        yield "optional"
    if item.status in {Status.NOT_APPLICABLE, Status.FALSE_POSITIVE}:
        yield f"the checklist says: {item.because or item.status}"


def unfilled(draft: Draft) -> bool:
    """Tell whether something in *draft* is still to be filled in."""
    defaults = [text.partition(":-")[2].rstrip("}") for text in draft.variables.values()]
    return next(todo.find([draft.keys, defaults]), None) is not None


def _tag(phase: str) -> str:
    return "-".join(key(phase).split()) or "phase"


def _heading(text: str) -> str:
    """Return *text* as a group's heading, in which variables cannot be used."""
    return " ".join(text.replace("${", "$ {").split()) or "..."
