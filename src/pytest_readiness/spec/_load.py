"""The road from a file to a Spec."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pytest_readiness.errors import Problem, UsageError
from pytest_readiness.memory import no_collections
from pytest_readiness.model import Gate, Severity, Spec
from pytest_readiness.options import MANY_PROBLEMS, Key
from pytest_readiness.options import Path as Way
from pytest_readiness.plan import check_needs
from pytest_readiness.redact import Redactor, looks_secret
from pytest_readiness.registry import Registry
from pytest_readiness.selection import pick
from pytest_readiness.spec._captures import Captures, in_reading_order
from pytest_readiness.spec._drafts import Draft, Walk, severity_of
from pytest_readiness.spec._files import Files, Source
from pytest_readiness.spec._forms import SPEC, TARGET
from pytest_readiness.spec._gates import read_gate
from pytest_readiness.spec._places import MOST_PROBLEMS, Map
from pytest_readiness.spec._probes import Probes
from pytest_readiness.spec._problems import Node, Problems, locate
from pytest_readiness.spec._scene import Scene
from pytest_readiness.spec._services import read_services
from pytest_readiness.spec._variables import Variable, Variables

_TEXTS = ("name", "target", "timeout")


def load(path: Path, *, registry: Registry, profile: str | None = None, env: Mapping[str, str]) -> Spec:
    """
    Return the spec in the file at *path*, with what it includes, for *profile*.

    *env* is where ``${NAME}`` looks last. Raises ``SpecError`` with all problems.
    """
    with no_collections():
        return _Load(path, registry, profile, env).spec()


def label(path: Path) -> str:
    """Return the name of *path* in messages and positions: from the current folder, if it is below that."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


class _Load:
    def __init__(self, path: Path, registry: Registry, profile: str | None, env: Mapping[str, str]) -> None:
        self.path = path
        self.registry = registry
        self.profile = profile
        self.env = env
        self.problems = Problems()
        self.files = Files(self.problems)
        self.redactor = Redactor()
        self.redactor.learn(env)

    def spec(self) -> Spec:
        """Read everything; raise all problems, or return the spec."""
        main = self.files.load(self.path, label(self.path))
        if main is None:
            raise self.problems.error(self.redactor)
        tops = [_Top(source, self.problems, main=source is main) for source in self.files.sources]
        scene, policy = self._scene(tops)
        walk = Walk(scene, self.files)
        for source in self.files.sources:
            walk.file(source)
        known = tuple(self._gates(walk.drafts, scene))
        if not self.problems.many:
            self._check_needs(known, walk.drafts)
            self._gather(walk, known)
        for secret in scene.variables.secrets:
            self.redactor.add(secret)
        if self.problems:
            raise self.problems.error(self.redactor)
        return Spec(
            path=self.path,
            root=self.path.parent,
            gates=known,
            groups=tuple(walk.groups.values()),
            services=scene.services,
            profile=self.profile,
            profiles=scene.profiles,
            sha256=self.files.sha256,
            secrets=frozenset(scene.variables.secrets),
            **policy,
        )

    def _scene(self, tops: list[_Top]) -> tuple[Scene, dict[str, Any]]:
        """Return what gates are read against, and the policy of the whole."""
        profiles = tuple(dict.fromkeys(name for top in tops for name in top.made.get("profiles", {})))
        layers: tuple[dict[str, Variable], dict[str, Variable]] = ({}, {})
        for top in tops:  # included files come first: those that include them win
            layers[0].update(top.profile_variables(self.profile))
            layers[1].update(top.variables())
        variables = Variables(layers, self.env)
        for layer in layers:
            variables.secrets.update(each.text for name, each in layer.items() if hidden(name, each.text))
        main = tops[-1]
        if self.profile is not None and self.profile not in profiles:
            main.node.report(
                ("profiles",), f"there is no profile {self.profile!r}{self.problems.near(self.profile, profiles)}"
            )
        main.fill(variables)
        services = read_services([(top.node.data, top.node.place) for top in tops], variables, self.problems)
        names = tuple(dict.fromkeys(name for top in tops for name in top.made.get("services", {})))
        scene = Scene(variables, self.profile, profiles, services, names, Probes(self.registry), self.problems)
        return scene, main.policy(self.profile, self.path)

    def _gates(self, drafts: list[Draft], scene: Scene) -> Iterator[Gate]:
        """Yield the gates, up to the one that has the last problem that is wanted."""
        captures = Captures({draft.id: draft.heading.path for draft in drafts if draft.id is not None}, scene)
        for name in scene.service_names:
            if name in captures.ids:
                self._clash(name, drafts)
        for draft in in_reading_order(drafts):
            gate = read_gate(draft, scene, captures)
            if gate is not None:
                captures.add(gate)
            if self.problems.many:
                break
        yield from (captures.gates[draft.id] for draft in drafts if draft.id in captures.gates)

    def _gather(self, walk: Walk, gates: tuple[Gate, ...]) -> None:
        """Give groups the gates that stand elsewhere and count in them."""
        for of in walk.of:
            try:
                picked = pick(gates, of.text)
            except UsageError as error:
                of.node.report(("of", of.index), str(error))
                continue
            group = walk.groups[of.group]
            walk.groups[of.group] = replace(group, of=group.of | picked)

    def _clash(self, name: str, drafts: list[Draft]) -> None:
        draft = next(draft for draft in drafts if draft.id == name)
        way = ("id",) if "id" in draft.node.data else ("title",)
        draft.node.report(
            way, f"there is a service {name!r} too, and ${{{name}.…}} cannot mean both: rename one of them"
        )

    def _check_needs(self, gates: tuple[Gate, ...], drafts: list[Draft]) -> None:
        problems = check_needs(gates)[:MOST_PROBLEMS]
        if len(problems) > MANY_PROBLEMS:
            self.problems.take(replace(problem, path=f"gates.{problem.path}") for problem in problems)
        elif problems:
            nodes = {draft.id: draft.node for draft in drafts if draft.id}
            self.problems.take(self._at_the_need(problem, nodes) for problem in problems)

    def _at_the_need(self, problem: Problem, nodes: Mapping[str, Node]) -> Problem:
        """Return *problem* at the very need it is about, where that is written at the gate itself."""
        name = problem.path.removesuffix(".needs")
        node = nodes[name]
        where = problem.position
        if "needs" in node.data:
            needs = node.data["needs"]
            listed = needs if isinstance(needs, list) else [needs]
            index = next((i for i, need in enumerate(listed) if repr(str(need)) in problem.message), None)
            way: Way = ("needs",) if index is None else ("needs", index)
            where = self.problems.position(locate(node.data, node.place, way)[0])
        return Problem(where, f"gates.{name}.needs", problem.message)


def hidden(name: str, text: str) -> bool:
    """Tell whether *text*, the definition of variable *name*, is a secret itself."""
    return bool(text) and "$" not in text and looks_secret(name)


class _Top:
    """What one file says outside of its gates."""

    def __init__(self, source: Source, problems: Problems, *, main: bool) -> None:
        self.node = Node(source.data, source.start, "", problems)
        found: list[tuple[Way, str]] = []
        # Texts that variables are put into are read again afterwards.
        early = Map()
        for key, value, at in source.data.entries():
            if key not in _TEXTS or not main:
                early.put(key, value, at)
        self.made = SPEC.read(early, (), found)
        self.node.report_all(found)
        if main and "version" not in source.data:
            self.node.report((), "'version' is missing: begin with 'version: 1'")
        if main and "gates" not in source.data and "include" not in source.data:
            self.node.report((), "'gates' is missing: the gates and groups")

    def variables(self) -> dict[str, Variable]:
        """Return the variables of the spec."""
        return self._variables(self.made.get("vars", {}), ("vars",))

    def profile_variables(self, profile: str | None) -> dict[str, Variable]:
        """Return the variables of *profile*."""
        chosen = self.made.get("profiles", {}).get(profile)
        return {} if chosen is None else self._variables(chosen.vars, ("profiles", str(profile), "vars"))

    def _variables(self, texts: Mapping[str, str], way: Way) -> dict[str, Variable]:
        for name in texts:
            if not name.replace("-", "_").isidentifier() or not name.isascii():
                self.node.report((*way, Key(name)), "the name of a variable has letters, digits, _ and - only")
        return {
            name: Variable(text, lambda message, name=name: self.node.report((*way, name), message))  # type: ignore[misc]
            for name, text in texts.items()
        }

    def fill(self, variables: Variables) -> None:
        """Put the variables into the texts of the whole."""
        for key in _TEXTS:
            if key in self.node.data:
                self.node.report_sure(self.node.fill_below(key, variables))

    def policy(self, profile: str | None, path: Path) -> dict[str, Any]:
        """Return name, target, enforce and timeout, with what *profile* says of them."""
        late = Map()
        for key, value, at in self.node.data.entries():
            if key in _TEXTS:
                late.put(key, value, at)
        found: list[tuple[Way, str]] = []
        made = SPEC.read(late, (), found)
        self.node.report_all(found)
        chosen = self.made.get("profiles", {}).get(profile)
        enforce = self.made.get("enforce")
        target = made.get("target")
        if chosen is not None:
            enforce = enforce if chosen.enforce is None else chosen.enforce
            target = target if chosen.target is None else self._target(chosen.target, ("profiles", str(profile)))
        everything = tuple(Severity)
        return {
            "name": made.get("name") or path.resolve().parent.name,
            "target": target,
            "enforce": frozenset(everything if enforce is None else map(severity_of, enforce)),
            "timeout": made.get("timeout"),
        }

    def _target(self, raw: object, way: Way) -> float | None:
        found: list[tuple[Way, str]] = []
        made = TARGET.convert(raw, (*way, "target"), found)
        self.node.report_all(found)
        return made if isinstance(made, float) else None
