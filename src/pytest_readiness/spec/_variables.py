"""``${NAME}``: the profile's variable, the spec's, then the environment's; put in once, never looked at again."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pytest_readiness.errors import OptionError
from pytest_readiness.options import FromVariable, Path, fill
from pytest_readiness.redact import logins, looks_secret
from pytest_readiness.spec._places import Map, Refused, Seq

#: What a text that needs a look has in it: a reference, or a password.
PUT_IN = re.compile(r"[$=]|://[^/]*@")
CONTAINERS = frozenset({Map, Seq})

_ONLY_UNDER_WITH = "${{{}}} is known only while gates run: use it under 'with' of a gate"

LookUp = Callable[[str], str]
#: Called with the path, the message, and whether it is only that a variable is not defined.
Reporter = Callable[[Path, str, bool], None]


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable that a spec defines: its text, and how to report what is wrong with it."""

    text: str
    report: Callable[[str], None]


class UndefinedError(OptionError):
    """A variable has no value anywhere."""


class SpoiledError(OptionError):
    """A variable cannot be used because of its own definition, which has been reported."""


class Unfilled(FromVariable, Refused):
    """A text whose references could not be replaced, which has been reported."""

    __slots__ = ()


class Variables:
    """
    The variables of one load, each worked out at its first use.

    A definition that names its own variable means the one it hides: ``URL: ${URL:-http://localhost}``
    is the environment's ``URL``, with a default. ``secrets`` are the values of those whose names look secret.
    """

    def __init__(self, layers: tuple[Mapping[str, Variable], ...], env: Mapping[str, str]) -> None:
        self.layers = layers
        self.env = env
        self.secrets: set[str] = set()
        self._known: dict[tuple[int, str], str] = {}
        self._spoiled: set[tuple[int, str]] = set()
        self._open: list[tuple[int, str]] = []

    def look_up(self, inside: str) -> str:
        """Return the value of ``NAME`` or ``NAME:-default``; raises ``UndefinedError`` or ``SpoiledError``."""
        return self._look_up(inside, 0)

    def defined(self, name: str) -> bool:
        """Tell whether *name* has a value anywhere."""
        return name in self.env or any(name in layer for layer in self.layers)

    def _look_up(self, inside: str, first: int) -> str:
        name, has_default, default = inside.partition(":-")
        value = self._value(name, first)
        if value is None or (has_default and not value):
            if value is None and "." in name:
                raise OptionError(_ONLY_UNDER_WITH.format(name))
            if not has_default:
                raise UndefinedError(
                    f"variable {name} is not defined: not in the profile, in 'vars' or in the environment"
                )
            value = default
        if value and looks_secret(name):
            self.secrets.add(value)
        return value

    def _value(self, name: str, first: int) -> str | None:
        for layer in range(first, len(self.layers)):
            if name in self.layers[layer]:
                return self._defined(layer, name)
        return self.env.get(name)

    def _defined(self, layer: int, name: str) -> str:
        at = (layer, name)
        if at in self._known:
            return self._known[at]
        if at in self._spoiled:
            raise SpoiledError(f"variable {name} cannot be used")
        variable = self.layers[layer][name]
        self._open.append(at)
        try:
            self._check_circle(at)
            value = fill(variable.text, lambda inside: self._inside(inside, layer, name))
        except OptionError as error:
            self._spoiled.add(at)
            if not isinstance(error, SpoiledError):
                variable.report(error.message)
            raise SpoiledError(f"variable {name} cannot be used") from None
        finally:
            self._open.pop()
        self._known[at] = str(value)
        return str(value)

    def _check_circle(self, at: tuple[int, str]) -> None:
        if self._open.count(at) > 1:
            circle = [step for _, step in self._open[self._open.index(at) :]]
            raise OptionError(f"variables refer to each other in a circle: {' -> '.join(circle)}")

    def _inside(self, inside: str, layer: int, name: str) -> str:
        wanted = inside.partition(":-")[0]
        if "." in wanted:
            raise OptionError(_ONLY_UNDER_WITH.format(wanted))
        return self._look_up(inside, layer + 1 if wanted == name else 0)

    def fill(self, node: object, report: Reporter, look_up: LookUp | None = None, dollar: str = "$") -> object:
        """
        Return *node* with all references in its texts replaced; itself where there are none.

        ``report(path, message, undefined)`` is called for what cannot be replaced; the text stays as it is.
        *look_up* is asked in place of ``Variables.look_up``; *dollar* is what stands for ``$$``.
        """
        return _Filling(self, report, look_up or self.look_up, dollar).fill(node, ())


class _Filling:
    """One go through a part of the spec; what has no reference in it is not copied."""

    def __init__(self, variables: Variables, report: Reporter, look_up: LookUp, dollar: str) -> None:
        self.secrets = variables.secrets
        self.report = report
        self.look_up = look_up
        self.dollar = dollar

    def fill(self, node: object, path: Path) -> object:
        if isinstance(node, str):
            return self.text(node, path) if PUT_IN.search(node) else node
        if isinstance(node, Map):
            return self.map(node, path)
        return self.seq(node, path) if isinstance(node, Seq) else node

    def text(self, text: str, path: Path) -> str:
        try:
            filled = fill(text, self.look_up, self.dollar) if "$" in text else text
        except SpoiledError:
            return Unfilled(text)
        except OptionError as error:
            self.report(path, error.message, isinstance(error, UndefinedError))
            return Unfilled(text)
        self.secrets.update(logins(filled))
        return filled

    def map(self, node: Map, path: Path) -> Map:
        changed: Map | None = None
        for key, value in node.items():
            if value.__class__ not in CONTAINERS and (not isinstance(value, str) or not PUT_IN.search(value)):
                continue
            filled = self.fill(value, (*path, key))
            if filled is not value:
                if changed is None:
                    changed = node.copy()
                changed[key] = filled
        return node if changed is None else changed

    def seq(self, node: Seq, path: Path) -> Seq:
        changed: Seq | None = None
        for index, value in enumerate(node):
            filled = self.fill(value, (*path, index))
            if filled is not value:
                if changed is None:
                    changed = Seq()
                    changed.extend(node)
                    changed.at = node.at
                changed[index] = filled
        return node if changed is None else changed
