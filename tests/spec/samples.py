"""Probes that the specs in these tests name, and a way to load a spec from a text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

from pytest_readiness import spec
from pytest_readiness.errors import OptionError, SpecError
from pytest_readiness.model import Gate, Spec
from pytest_readiness.options import Duration, Query, Secret
from pytest_readiness.probe import Context, Measure, Measurements, Probe, option
from pytest_readiness.registry import Registry


class Sample(Probe):
    def measure(self, context: Context) -> Measurements:
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class Page(Sample):
    """Does a page answer?"""

    measures: ClassVar[Mapping[str, Measure]] = {
        "status": Measure(int, "the status"),
        "latency": Measure(float, "how long it took", unit="ms", exclusive=True),
        "body": Measure(str, "what it says"),
        "fresh": Measure(bool, "whether it is new"),
    }
    expect: ClassVar[Mapping[str, int]] = {"status": 200}

    url: str = option("Which page.")
    method: Literal["GET", "POST"] = option("How to ask.", "GET")
    port: int = option("Which port.", 80)
    headers: Mapping[str, str] = option("What to send along.", factory=dict)
    token: Secret = option("Who asks.", Secret(""))  # noqa: RUF009
    pause: Duration = option("How long to wait before.", 0.0)  # noqa: RUF009
    extract: Mapping[str, Query] = option("Names and what to find under them.", factory=dict)

    def __post_init__(self) -> None:
        if self.method == "POST" and self.headers:
            raise OptionError("headers do not go with POST", "headers")

    def declared(self) -> Mapping[str, Measure]:
        return {**self.measures, **{name: Measure(object, "extracted") for name in self.extract}}


@dataclass(frozen=True, kw_only=True)
class Lines(Sample):
    """How many lines are covered?"""

    measures: ClassVar[Mapping[str, Measure]] = {
        "line": Measure(float, "lines", unit="%"),
        "branch": Measure(float, "branches", unit="%"),
        "missed": Measure(int, "lines that never ran"),
    }

    include: tuple[str, ...] = option("Which files.", ())


@dataclass(frozen=True, kw_only=True)
class Ask(Sample):
    """Does somebody say so?"""

    measures: ClassVar[Mapping[str, Measure]] = {}

    role: str = option("Who.", "owner")


@dataclass(frozen=True, kw_only=True)
class Moody(Sample):
    """Cannot tell what it measures."""

    measures: ClassVar[Mapping[str, Measure]] = {"mood": Measure(str, "how it is")}

    def declared(self) -> Mapping[str, Measure]:
        raise ZeroDivisionError("not today")


@dataclass(frozen=True, kw_only=True)
class Lost(Sample):
    """Cannot tell what it comes after."""

    measures: ClassVar[Mapping[str, Measure]] = {"there": Measure(bool, "whether")}
    expect: ClassVar[Mapping[str, bool]] = {"there": True}

    def after(self) -> Iterable[str]:
        raise ZeroDivisionError("not today")


@dataclass(frozen=True, kw_only=True)
class Unusable(Sample):
    """Has an option of a type that options cannot have."""

    measures: ClassVar[Mapping[str, Measure]] = {}

    things: set[int] = option("Some numbers.", factory=set)  # noqa: RUF009


REGISTRY = Registry(
    {"page": Page, "lines": Lines, "ask": Ask, "moody": Moody, "lost": Lost, "unusable": Unusable},
    {"absent": "no module 'absent'"},
)

NOTHING = "version: 1\ngates: []\n"
HEAD = "version: 1\ngates:\n"
PAGE = "- {id: page, probe: page, with: {url: http://x}}\n"


def load(folder: Path, text: str, *, profile: str | None = None, env: Mapping[str, str] | None = None) -> Spec:
    path = folder / "readiness.yaml"
    path.write_text(text, "utf-8")
    return spec.load(path, registry=REGISTRY, profile=profile, env=env or {})


def gate(folder: Path, text: str, *, profile: str | None = None, env: Mapping[str, str] | None = None) -> Gate:
    (found,) = load(folder, text, profile=profile, env=env).gates
    return found


def problems(folder: Path, text: str, *, profile: str | None = None, env: Mapping[str, str] | None = None) -> list[str]:
    """Return the problems of *text*, without the folder in front."""
    try:
        load(folder, text, profile=profile, env=env)
    except SpecError as error:
        return [str(problem).replace(f"{folder}/", "") for problem in error.problems]
    return []
