"""Gates: each key read, variables put in, options made, expectations held against what is measured."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from pytest_readiness import options
from pytest_readiness.condition import parse
from pytest_readiness.errors import ConditionError, OptionError
from pytest_readiness.model import Deferral, Expectation, Gate, Retry, Severity, Waiver
from pytest_readiness.options import Path
from pytest_readiness.probe import Probe
from pytest_readiness.spec._captures import Captures, tries
from pytest_readiness.spec._drafts import NAMES, Draft, in_words, merged, severity_of
from pytest_readiness.spec._forms import GATE
from pytest_readiness.spec._places import Map
from pytest_readiness.spec._probes import Broken, Known
from pytest_readiness.spec._problems import Node
from pytest_readiness.spec._scene import Scene, condition_of
from pytest_readiness.spec._services import PLAUSIBLE
from pytest_readiness.spec._todo import to_do, unfilled
from pytest_readiness.todo import concerns

#: What to write for probes that people expect to be there.
_ADVICE = {
    **dict.fromkeys(("composite", "all", "group"), "write a group, which has an outcome and a score of its gates"),
    **dict.fromkeys(("audit", "scan", "security", "vulnerabilities"), "sarif reads what scanners find, or runs one"),
    **dict.fromkeys(("pytest", "unittest"), "tests judges this very run, junit what others have left"),
    **dict.fromkeys(("shell", "script", "exec", "run"), "command runs a program"),
    **dict.fromkeys(("health", "endpoint", "api", "url"), "http asks a URL"),
    **dict.fromkeys(("database", "db", "postgres", "postgresql"), "sql asks a database"),
}

_Bound = tuple[object, Mapping[str, object] | None]


def read_gate(draft: Draft, scene: Scene, captures: Captures) -> Gate | None:
    """
    Return the gate that *draft* describes; None if it has no id.

    *captures* are the gates that were read before.

    With problems reported, the gate is good for nothing but checking what others need of it.
    """
    node, heading = draft.node, draft.heading
    undefined = node.fill(scene.variables, names=NAMES, skip="with")
    own = _own_values(node, scene, to_do(node))
    values = merged(heading.values, own)
    outside = heading.outside or scene.outside(own, node) or scene.elsewhere(values)
    if outside is None:
        node.report_sure(undefined)
    severity = severity_of(values.get("severity", "high"))
    _check_policy(own, severity, node)
    known = _probe(own.get("probe"), node, scene)
    needs = () if draft.id is None else _needs(draft.id, own, values, captures)
    binding = _Binding(values.get("uses", ()), needs, scene, captures)
    made, binds = _options(own.get("with"), known, binding, node, asked=outside is None)
    todo = to_do(node)
    expectations, exclusive = _expectations(own.get("expect"), known, made, node, todo)
    if todo and known is not None:
        made, binds, expectations, exclusive = unfilled(todo), None, (), False
    if draft.id is None:
        return None
    return Gate(
        id=draft.id,
        title=own.get("title") or in_words(draft.id),
        probe=own.get("probe", ""),
        options=made,
        expectations=expectations,
        group=heading.path,
        severity=severity,
        weight=values.get("weight", 1.0),
        needs=needs,
        uses=values.get("uses", ()),
        tags=frozenset(values.get("tags", ())),
        owner=values.get("owner"),
        links=own.get("links", ()),
        impact=own.get("impact"),
        fix=own.get("fix"),
        blocking=own.get("blocking", False),
        exclusive=exclusive or own.get("exclusive", False),
        inapplicable=outside,
        enforce_from=values.get("enforce_from"),
        waiver=_waiver(own.get("waiver")),
        deferral=_deferral(own.get("deferred")),
        retry=None if todo else _retry(values.get("retry")),
        timeout=values.get("timeout", 60.0),
        scope=values.get("scope", ()),
        claimed=own.get("claimed"),
        source=own.get("source"),
        binds=binds,
        position=scene.problems.position(node.place),
    )


def _own_values(node: Node, scene: Scene, todo: dict[Path, str]) -> dict[str, Any]:
    found: list[tuple[Path, str]] = []
    own = GATE.read(node.data, (), found)
    if found:
        node.report_all(each for each in found if not concerns(each[0], todo))
    scene.check(own, node)
    return own


def _check_policy(own: Mapping[str, Any], severity: Severity, node: Node) -> None:
    waiver, deferred = own.get("waiver"), own.get("deferred")
    for key, permission in (("waiver", waiver), ("deferred", deferred)):
        for name in ("reason", "owner", "approved_by"):
            said = getattr(permission, name, None)
            if said is not None and not said.strip():
                node.report((key, name), "is empty")
    if deferred is None:
        return
    if waiver is not None:
        node.report(("deferred",), "a gate is waived or deferred, not both")
    if deferred.approved_by is None and (own.get("blocking") or severity is Severity.CRITICAL):
        what = "blocking" if own.get("blocking") else "critical"
        node.report(("deferred",), f"'approved_by' is missing: a {what} gate is not put off without it")


# --- probe and options --------------------------------------------------------------------------


def _probe(name: str | None, node: Node, scene: Scene) -> Known | Broken | None:
    if name is None:
        return None
    known = scene.probes.get(name)
    if known is None:
        node.report(("probe",), f"unknown probe {name!r}{_meant(name, scene)}")
    return known


def _meant(name: str, scene: Scene) -> str:
    """Return the near name of probe *name*; where there is none, it may be in a package that cannot be loaded."""
    registry = scene.probes.registry
    if name.lower() in _ADVICE:
        return f": {_ADVICE[name.lower()]}"
    hint = scene.problems.near(name, registry.names())
    if "did you mean" in hint or not registry.broken:
        return hint
    broken = "; ".join(f"{entry!r} could not be loaded: {why}" for entry, why in registry.broken.items())
    return f"{hint}; {broken}"


def _options(
    given: Map | None, known: Known | Broken | None, binding: _Binding, node: Node, *, asked: bool
) -> tuple[object, Mapping[str, object] | None]:
    """Return the probe with its options, and the options as they are bound anew while gates run."""
    variables = binding.scene.variables
    if given is None:
        if "with" in node.data:  # reported: it is no mapping
            return None, None
        given = Map()
    else:
        undefined = node.fill_below("with", variables, binding.plausible)
        if asked:
            node.report_sure(undefined)
        elif undefined:
            return None, None
    if not isinstance(known, Known):
        return known, None
    filled = node.data.get("with")
    made, found = _made(filled if isinstance(filled, Map) else given, given, known, binding)
    if made is options.FAILED:
        below = ("with",) if "with" in node.data else ()
        todo = to_do(node)
        node.report_all([each for each in found if not concerns((*below, *each[0]), todo)], below)
        return None, None
    if binding.choices and given.get("shell") is True:
        # The answer of some server, say; a shell would carry out whatever is in it.
        advice = "what a gate has measured is not put into a shell's command: write 'run' as a list, without a shell"
        node.report_all([(("shell",), advice)], ("with",))
    variables.secrets.update(options.secrets(made) if known.kind.secret else ())
    bound = variables.fill(given, _nothing, binding.later, "$$") if binding.used else None
    return made, bound if isinstance(bound, Map) else None


def _made(filled: Map, given: Map, known: Known, binding: _Binding) -> tuple[Any, list[tuple[Path, str]]]:
    """Return the options made of *filled*, and what is wrong with them where nothing that may be captured fits."""
    first: list[tuple[Path, str]] = []
    made = known.kind.convert(filled, (), first)
    if made is not options.FAILED or not binding.choices:
        return made, first
    for values in itertools.islice(tries(binding.choices), 1, None):
        binding.standing = values
        again = binding.scene.variables.fill(given, _nothing, binding.plausible)
        made = known.kind.convert(again, (), [])
        if made is not options.FAILED:
            return made, []
    return options.FAILED, first


def _nothing(_path: Path, _message: str, _undefined: bool) -> None:  # noqa: FBT001 - the shape of a reporter
    """Say nothing: the first time through has reported it."""


class _Binding:
    """
    ``${api.url}``, ``${login.token}``: checked and given a plausible value when the spec is read, the real one later.

    ``choices`` is what may stand for each thing captured from a gate, ``standing`` what does now.
    """

    def __init__(self, uses: tuple[str, ...], needs: tuple[str, ...], scene: Scene, captures: Captures) -> None:
        self.uses = uses
        self.needs = needs
        self.scene = scene
        self.captures = captures
        self.choices: dict[str, tuple[str, ...]] = {}
        self.standing: Mapping[str, str] = {}
        self.used = False

    def plausible(self, inside: str) -> str:
        """Return the variable's value, or what could be that of a service or a gate."""
        name, dot, what = inside.partition(":-")[0].rpartition(".")
        if not dot:
            return self.scene.variables.look_up(inside)
        if name in self.captures.ids and name not in self.scene.service_names:
            return self._captured(name, what, inside)
        if name not in self.scene.service_names:
            kind = "service" if what in PLAUSIBLE else "gate or service"
            names = (*self.scene.service_names, *(() if what in PLAUSIBLE else self.captures.ids))
            raise OptionError(f"there is no {kind} {name!r}{self.scene.problems.near(name, names)}")
        if what not in PLAUSIBLE:
            raise OptionError(f"a service has {', '.join(PLAUSIBLE)}, found {what!r}")
        if name not in self.uses:
            raise OptionError(f"the gate does not use service {name!r}: add it to 'uses'")
        self.used = True
        return PLAUSIBLE[what]

    def _captured(self, name: str, what: str, inside: str) -> str:
        if ":-" in inside:
            raise OptionError("what a gate measures has no default: unmeasured, it is an error")
        choices = self.captures.choices(name, what, self.needs)
        self.choices[inside] = choices
        self.used = True
        return self.standing.get(inside, choices[0])

    def later(self, inside: str) -> str:
        """Return the variable's value, kept from being looked at again; the reference to something that runs stays."""
        name = inside.partition(":-")[0]
        return f"${{{name}}}" if "." in name else self.scene.variables.look_up(inside).replace("$", "$$")


# --- expectations -------------------------------------------------------------------------------


def _expectations(
    given: Map | None, known: Known | Broken | None, made: object, node: Node, todo: dict[Path, str]
) -> tuple[tuple[Expectation, ...], bool]:
    """Return what is expected, the probe's defaults first, and whether a measurement wants to be alone."""
    if not isinstance(known, Known):
        return (), False
    instance = made if isinstance(made, Probe) else None
    given = given or Map()
    expected = [default for default in known.expected(instance) if default.measurement not in given]
    for name, raw in given.items():
        try:
            measure = known.declare(name, instance)
            if measure is not None:
                condition = condition_of(raw, measure.type)
                parse(condition, measure.type, measure.unit)
                expected.append(Expectation(name, condition))
            elif known.fixed or instance is not None:
                names = (
                    *known.names(instance),
                    *(each for family in known.probe.families() for each in family.measures),
                )
                message = f"unknown measurement {name!r}{node.problems.near(name, names)}"
                node.report(("expect", options.Key(name)), message)
        except ConditionError as error:
            if not concerns(("expect", name), todo):
                node.report(("expect", name), str(error))
    expected += [each for each in known.presumed(instance) if each.measurement not in given]
    if not known.expected(instance) and not given and (names := known.names(instance)):
        node.report((), f"'expect' is missing: {known.name} measures {', '.join(names)}, and expects nothing by itself")
    return tuple(expected), known.alone(expected, instance)


# --- the rest -----------------------------------------------------------------------------------


def _needs(gate: str, own: Mapping[str, Any], values: Mapping[str, Any], captures: Captures) -> tuple[str, ...]:
    """Return what the gate needs; a gate does not wait for itself where its group needs it."""
    own_needs = own.get("needs", ())
    wanted = (need for need in values.get("needs", ()) if need != gate or need in own_needs)
    return tuple(dict.fromkeys(name for need in wanted for name in captures.meant(need, gate)))


def _waiver(form: Any) -> Waiver | None:
    return None if form is None else Waiver(form.reason, form.owner, form.approved_by, form.expires)


def _deferral(form: Any) -> Deferral | None:
    return None if form is None else Deferral(form.reason, form.until, form.approved_by)


def _retry(form: Any) -> Retry | None:
    return None if form is None else Retry(form.within, form.every)
