"""What definitions may be asked to be like."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

from pytest_readiness.errors import OptionError
from pytest_readiness.parsing import insist
from pytest_readiness.probe import option
from pytest_readiness.probes._symbol.facts import Definition, Facts, Function, matches

_ABSTRACT = ("abstractmethod", "abstractproperty")


@dataclass(frozen=True, kw_only=True)
class Traits:
    """Traits of a definition; those not named don't matter."""

    kind: Literal["class", "function", "method", "constant"] | None = option("What it is.", None)
    base: tuple[str, ...] = option("A base class that it names itself; of several, any.", (), example="typing.Protocol")
    decorator: tuple[str, ...] = option("A decorator that it has; of several, any.", (), example="shared_task")
    async_: bool | None = option("Whether it is an async function.", None)
    abstract: bool | None = option("Whether it is an abstract method, or a class with one of its own.", None)
    signature: str | None = option(
        "Its parameters, with defaults where there are any; annotations are compared where they are given here.",
        None,
        example="(self, model_dir=None)",
    )
    annotated: str | None = option(
        "A pattern that the annotation of each parameter, but self and cls, must match.", None, example="*Protocol*"
    )
    calls: tuple[str, ...] = option("What is called somewhere inside, all of them.", (), example="event_bus.subscribe")
    never_calls: tuple[str, ...] = option("What is called nowhere inside.", (), example="*Service")
    docstring: bool | None = option("Whether it has a docstring.", None)

    def __post_init__(self) -> None:
        if self.signature is not None:
            try:
                _wanted(self.signature)
            except (SyntaxError, ValueError):
                raise OptionError("is not a signature such as (self, name, *, flag=False)", "signature") from None
        for name in ("base", "decorator", "calls", "never_calls"):
            if not all(getattr(self, name)):
                raise OptionError("an empty name cannot be looked for", name)

    def lacks(self, one: Definition, facts: Facts) -> str | None:
        """Return what *one* is not as it should be, None if it is."""
        return next(filter(None, self._all(one, facts)), None)

    def _all(self, one: Definition, facts: Facts) -> list[str | None]:
        return [
            f"is a {one.kind}, not a {self.kind}" if self.kind not in {None, one.kind} else None,
            _any("base", self.base, one.bases),
            _any("decorator", self.decorator, one.decorators),
            _is("async", self.async_, isinstance(one.node, ast.AsyncFunctionDef)),
            _is("abstract", self.abstract, _abstract(one)),
            None if self.signature is None else _differs(self.signature, one),
            None if self.annotated is None else _other_annotation(self.annotated, one),
            self._calls(one, facts),
            _is("documented", self.docstring, _documented(one)),
        ]

    def _calls(self, one: Definition, facts: Facts) -> str | None:
        if not self.calls and not self.never_calls:
            return None
        called = set() if one.node is None else set(facts.calls_in(one.node))
        for pattern in self.calls:
            if not any(matches(pattern, name) for name in called):
                return f"does not call {pattern}"
        for pattern in self.never_calls:
            bad = sorted(name for name in called if matches(pattern, name))
            if bad:
                return f"calls {bad[0]}"
        return None


def _any(what: str, wanted: tuple[str, ...], there: tuple[str, ...]) -> str | None:
    if not wanted or any(matches(pattern, name) for pattern in wanted for name in there):
        return None
    return f"has no {what} {' or '.join(wanted)}"


def _is(what: str, wanted: bool | None, found: bool) -> str | None:  # noqa: FBT001 - a fact beside a wish
    return None if wanted is None or wanted == found else f"is {'not ' if wanted else ''}{what}"


def _abstract(one: Definition) -> bool:
    if isinstance(one.node, ast.ClassDef):
        inside = [part for part in one.node.body if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)]
        names = [ast.unparse(decorator) for part in inside for decorator in part.decorator_list]
    else:
        names = list(one.decorators)
    return any(matches(abstract, name) for abstract in _ABSTRACT for name in names)


def _documented(one: Definition) -> bool:
    documentable = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    return isinstance(one.node, documentable) and ast.get_docstring(one.node) is not None


# --- signatures -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Parameter:
    """One parameter; ``kind`` tells it from others of the name, ``default`` and ``annotation`` are source text."""

    kind: str
    name: str
    annotation: str | None
    default: str | None

    def fits(self, wanted: _Parameter) -> bool:
        return (
            (self.kind, self.name) == (wanted.kind, wanted.name)
            and wanted.annotation in {None, self.annotation}
            and (wanted.default == self.default or (wanted.default == "..." and self.default is not None))
        )


def _wanted(signature: str) -> Function:
    (made,) = insist(lambda: ast.parse(f"def wanted{signature}: ...")).body
    assert isinstance(made, ast.FunctionDef)
    sound = isinstance(made.body[0], ast.Expr)  # not so if there was a colon in it, and more after that
    if not sound:
        raise ValueError(signature)
    return made


def parameters(function: Function) -> list[_Parameter]:
    """Return the parameters of *function* in order."""
    args = function.args
    plain = [("positional", one) for one in args.posonlyargs] + [("", one) for one in args.args]
    defaults = [None] * (len(plain) - len(args.defaults)) + [ast.unparse(one) for one in args.defaults]
    found = [_parameter(kind, one, default) for (kind, one), default in zip(plain, defaults, strict=True)]
    if args.vararg:
        found.append(_parameter("*", args.vararg, None))
    for one, given in zip(args.kwonlyargs, args.kw_defaults, strict=True):
        found.append(_parameter("keyword", one, None if given is None else ast.unparse(given)))
    if args.kwarg:
        found.append(_parameter("**", args.kwarg, None))
    return found


def _parameter(kind: str, one: ast.arg, default: str | None) -> _Parameter:
    return _Parameter(kind, one.arg, ast.unparse(one.annotation) if one.annotation else None, default)


def _differs(signature: str, one: Definition) -> str | None:
    if not isinstance(one.node, ast.FunctionDef | ast.AsyncFunctionDef):
        return f"is a {one.kind} and has no signature"
    wanted, found = _wanted(signature), one.node
    same_returns = wanted.returns is None or (
        found.returns is not None and ast.unparse(wanted.returns) == ast.unparse(found.returns)
    )
    ours, theirs = parameters(found), parameters(wanted)
    if len(ours) == len(theirs) and all(map(_Parameter.fits, ours, theirs)) and same_returns:
        return None
    return (
        f"has the parameters {_shown(found)}, not {signature}"
        if same_returns
        else f"returns something else than {signature}"
    )


def _shown(function: Function) -> str:
    """Return the parameters without the values of defaults, which may be secrets."""
    stars = {"*": "*", "**": "**"}
    texts = [
        f"{stars.get(one.kind, '')}{one.name}" + ("" if one.default is None else "=...") for one in parameters(function)
    ]
    return f"({', '.join(texts)})"


def _other_annotation(pattern: str, one: Definition) -> str | None:
    if not isinstance(one.node, ast.FunctionDef | ast.AsyncFunctionDef):
        return f"is a {one.kind} and has no parameters"
    own = parameters(one.node)
    static = any(matches("staticmethod", name) for name in one.decorators)
    if one.kind == "method" and not static:
        own = own[1:]
    bad = [
        each.name for each in own if each.annotation is None or not fnmatchcase(each.annotation.strip("'\""), pattern)
    ]
    return f"has parameters that are not annotated as {pattern}: {', '.join(bad)}" if bad else None
