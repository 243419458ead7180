"""The values of a survey: what is found, what is only told, and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pytest_readiness.model import Severity


class Section(StrEnum):
    """The groups of the spec, in their order."""

    TESTS = "Tests"
    CODE = "Code"
    CONFIGURATION = "Configuration"
    RUNTIME = "Runtime"
    CONTAINERS = "Containers"
    DELIVERY = "Delivery"
    DATA = "Data"
    DOCUMENTATION = "Documentation"
    REPOSITORY = "Repository"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """
    A gate that something in the repository speaks for; ``why`` says what, and in which file.

    ``musts`` are expected whatever today's values are, ``keeps`` only if they hold today, and each of ``ratchets``
    gets today's value as its threshold, but none that is stricter than ``enough`` says. ``profile`` is the only one
    in which the gate is judged. ``here`` is true where the answer depends on this machine more than on the repository.
    """

    id: str
    section: Section
    title: str
    why: str
    probe: str
    options: Mapping[str, object] = field(default_factory=dict)
    musts: Mapping[str, object] = field(default_factory=dict)
    keeps: Mapping[str, object] = field(default_factory=dict)
    ratchets: tuple[str, ...] = ()
    enough: Mapping[str, int] = field(default_factory=dict)
    severity: Severity = Severity.MEDIUM
    needs: tuple[str, ...] = ()
    timeout: str | None = None
    profile: str | None = None
    here: bool = False


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that no gate comes of, for the summary."""

    text: str


class State(StrEnum):
    """What is known of a gate that is written."""

    HOLDS = "holds"
    FIX_FIRST = "fix first"
    NOT_MEASURED = "not measured"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """
    A gate as it is written: ``expect`` is all of it, ``comments`` say what is known beside why it is there.

    ``reason`` is why it has to be fixed, or could not be measured.
    """

    found: Found
    state: State
    expect: Mapping[str, object]
    comments: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A gate that is not written, and why not."""

    found: Found
    reason: str
