"""Dockerfiles: what they build on, what they copy, and as whom the image runs."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar

from pytest_readiness import patterns
from pytest_readiness.deadline import Deadline
from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Better, Each, Evidence, Scalar, Value
from pytest_readiness.probe import Context, Measure, Measurements, Probe, Touch, option
from pytest_readiness.probes import _glob
from pytest_readiness.probes._dockerfile.context import absent, copied, ignored
from pytest_readiness.probes._dockerfile.image import Build, is_root
from pytest_readiness.probes._dockerfile.parser import DockerfileError, Instruction, parse

_MOST = 1024 * 1024
_LISTED = 20
_LAYERS = frozenset({"ADD", "COPY", "RUN"})
_INSTALLS = re.compile(
    r"\bpip3? install\b[^&|;\n]* (?:-r|--requirement)\b|\b(?:uv sync|uv pip install\b[^&|;\n]* -r\b|poetry install"
    r"|pipenv install|npm (?:ci|install|i)\b|yarn install|pnpm (?:install|i)\b|bundle install|composer install"
    r"|go mod download|cargo fetch)"
)


@dataclass(frozen=True, kw_only=True)
class Dockerfile(Probe):
    """
    Does a Dockerfile build what may go to production?

    It is parsed as BuildKit does it, and nothing is built. ``user``, ``healthcheck`` and ``layers`` are those
    of the stage that is built in the end, and of the stages it is built on. ``copies`` are files and
    folders that have to get from the build context into it, in any stage that it needs, past what
    ``.dockerignore`` keeps out. What base images bring is not seen: ``non_root`` and ``healthcheck`` are true
    only where the Dockerfile says so itself. Where there are several files, each has to be as expected.

    Fails when the Dockerfile is not as expected. One that is not there or cannot be parsed is an error.

    To fix: change the lines that the evidence names.
    """

    measures: ClassVar[Mapping[str, Measure]] = {
        "files": Measure(int, "Dockerfiles looked at", better=Better.HIGHER),
        "stages": Measure(int, "stages; two and more are a multi-stage build", better=Better.HIGHER),
        "instructions": Measure(int, "instructions of all stages", better=Better.LOWER),
        "layers": Measure(int, "RUN, COPY and ADD that end up in the image", better=Better.LOWER),
        "images": Measure(int, "images that are built on, copied from or mounted"),
        "unpinned": Measure(int, "of those, with no tag or latest, and no digest", better=Better.LOWER),
        "undigested": Measure(int, "of those, without a digest, so that they may change", better=Better.LOWER),
        "user": Measure(str, "as whom the image runs, if a USER says it"),
        "non_root": Measure(bool, "whether a USER other than root is said", better=Better.HIGHER),
        "healthcheck": Measure(bool, "whether there is a HEALTHCHECK other than NONE", better=Better.HIGHER),
        "late_installs": Measure(
            int, "dependencies installed after the whole context was copied, so never from cache", better=Better.LOWER
        ),
        "missing": Measure(int, "copies that do not get into the image", better=Better.LOWER),
        "matches": Measure(int, "places where regex matches, comments left out"),
    }
    expect: ClassVar[Mapping[str, Value]] = {"files": ">= 1"}
    counter: ClassVar[str | None] = "files"

    path: str = option("The Dockerfile, relative to the spec's folder.", "Dockerfile", example="docker/Dockerfile")
    glob: str | None = option("A pattern instead, with *, ?, [a-z], {a,b} and **.", None, example="**/Dockerfile")
    context: str = option("The folder that is the build context.", ".")
    target: str | None = option("The stage to build, by name or number from 0; the last if left out.", None)
    args: Mapping[str, str] = option("Build arguments.", factory=dict, example={"PYTHON": "3.12"})
    copies: tuple[str, ...] = option(
        "Files and folders of the context that have to get into the image.", (), example=["src/orders"]
    )
    regex: re.Pattern[str] | None = option("What to look for in the instructions.", None, example="--network=none")

    def __post_init__(self) -> None:
        for name in ("path", "glob", "context", "copies"):
            given = getattr(self, name)
            texts = given if isinstance(given, tuple) else (given,)
            if any(text is not None and (not text.strip() or "\0" in text) for text in texts):
                raise OptionError("may not be empty", name)
        if self.glob is not None and self.path != "Dockerfile":
            raise OptionError("say either path or glob")
        if self.regex is not None and self.regex.search("") is not None:
            raise OptionError("matches the empty text, so it would match everywhere", "regex")

    def expected(self) -> Mapping[str, Value]:
        """Return the default expectations: all copies are made, and a regex matches somewhere."""
        missing: dict[str, Value] = {"missing": 0} if self.copies else {}
        matches: dict[str, Value] = {"matches": ">= 1"} if self.regex is not None else {}
        return {**self.expect, **missing, **matches}

    def touches(self) -> Iterable[Touch]:
        """Yield the Dockerfile, and the context where it is looked into."""
        yield Touch("file", self.path if self.glob is None else self.glob)
        if self.copies:
            yield Touch("file", self.context)

    def measure(self, context: Context) -> Measurements:
        """Parse each Dockerfile and look at what it builds."""
        files = self._find(context)
        rows: list[tuple[dict[str, Value], dict[str, str]]] = []
        evidence: list[Evidence] = []
        for path in files:
            name = path.relative_to(context.root).as_posix() if path.is_relative_to(context.root) else str(path)
            values, unknown, lines = self._look(path, name, context)
            rows.append((values, unknown))
            evidence.append(Evidence(name, "\n".join(lines)))
        every, unknown = _together(rows)
        return Measurements({"files": len(files), **every}, looked_at=len(files), evidence=evidence, unknown=unknown)

    def _find(self, context: Context) -> list[Path]:
        if self.glob is not None:
            return sorted(_glob.find(context.root, self.glob, context.deadline))
        path = context.path(os.path.expanduser(self.path))  # noqa: PTH111 - Path.expanduser raises for an unknown user
        if not _glob.is_file(path):
            raise CannotMeasure(f"{self.path} is {'a folder' if path.is_dir() else 'not there'}")
        return [path]

    def _look(self, path: Path, name: str, context: Context) -> tuple[dict[str, Value], dict[str, str], list[str]]:
        """Return the measurements of one Dockerfile, why others are unknown, and what a reader should know."""
        if context.deadline.passed:
            raise CannotMeasure(f"the deadline came before {name} was read")
        try:
            stat = path.stat()
            key = ("dockerfile", str(path), stat.st_mtime_ns, stat.st_size)
            instructions = context.fact(key, partial(_read, path))
            build = Build(instructions, self.args, self.target)
        except OSError as error:
            raise CannotMeasure(f"{name} cannot be read: {error.strerror}") from None
        except DockerfileError as error:
            raise CannotMeasure(f"{name}: {error}") from None
        values, unknown, lines = _facts(build)
        values["instructions"] = len(instructions)
        if self.copies:
            lines += self._copies(build, path, context, values)
        if self.regex is not None:
            lines += self._matches(self.regex, instructions, context, values)
        return values, unknown, lines

    def _copies(self, build: Build, path: Path, context: Context, values: dict[str, Value]) -> Iterator[str]:
        folder = context.path(self.context)
        if not folder.is_dir():
            raise CannotMeasure(f"the build context {self.context} is not a folder")
        keeps_out = ignored(path, folder)
        stages = build.needed()
        reasons = {wanted: absent(wanted, stages, folder, keeps_out, context.deadline) for wanted in self.copies}
        values["missing"] = sum(reason is not None for reason in reasons.values())
        yield from (f"missing: {wanted}: {reason}" for wanted, reason in reasons.items() if reason is not None)

    @staticmethod
    def _matches(
        regex: re.Pattern[str], instructions: Sequence[Instruction], context: Context, values: dict[str, Value]
    ) -> Iterator[str]:
        each_line = re.compile(regex.pattern, regex.flags | re.MULTILINE)
        try:
            found = patterns.find_all(each_line, [made.text for made in instructions], context.deadline.cap())
        except (TimeoutError, ValueError) as error:
            raise CannotMeasure(str(error)) from None
        values["matches"] = sum(map(len, found))
        for made, hits in zip(instructions, found, strict=True):
            if hits:
                yield f"line {made.line}: {made.name} matches"


def _read(path: Path, _deadline: Deadline) -> list[Instruction]:
    with path.open("rb") as file:
        data = file.read(_MOST + 1)
    if len(data) > _MOST:
        raise DockerfileError(f"it is larger than {_MOST // 1024} KiB, the most that is read")
    try:
        return parse(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DockerfileError(f"line {line}: the byte 0x{data[error.start]:02x} is not UTF-8") from None


def _facts(build: Build) -> tuple[dict[str, Value], dict[str, str], list[str]]:
    images = build.images()
    values: dict[str, Value] = {
        "stages": len(build.stages),
        "layers": sum(made.name in _LAYERS for stage in build.chain() for made in stage.instructions),
        "images": len(images),
        "unpinned": sum(not image.pinned for image in images),
        "undigested": sum(not image.digest for image in images),
        "healthcheck": build.checked(),
    }
    lines = [
        f"line {image.line}: {_named(image.name, image.unknown)} is not pinned" for image in images if not image.pinned
    ]
    late = list(_late_installs(build))
    values["late_installs"] = len(late)
    lines += (f"line {line}: dependencies are installed after the whole context was copied" for line in late)
    unknown: dict[str, str] = {}
    user, lacking = build.user()
    if user is None:
        values["non_root"] = False
        unknown["user"] = "no USER is said, so it is that of the base image"
        lines.append("no USER is said")
    elif lacking or not user:
        why = f"USER depends on {', '.join(lacking)}, which has no value: say it under args"
        unknown |= {"user": why, "non_root": why}
    else:
        values |= {"user": user, "non_root": not is_root(user)}
        lines.append(f"runs as {user}")
    return values, unknown, lines[:_LISTED]


def _named(name: str, unknown: Sequence[str]) -> str:
    return f"{name or 'an image'} ({', '.join(unknown)} has no value)" if unknown else name


def _late_installs(build: Build) -> Iterator[int]:
    """Yield the lines that install dependencies where any change of any file has made the cache useless."""
    for stage in build.needed():
        whole = False
        for made in stage.instructions:
            if made.name == "RUN" and whole and _INSTALLS.search(made.text):
                yield made.line
            elif made.name in {"COPY", "ADD"}:
                whole = whole or any(source in {"", "*"} for source, _ in copied([stage], [made]))


def _together(rows: Sequence[tuple[dict[str, Value], dict[str, str]]]) -> tuple[dict[str, Value], dict[str, str]]:
    """Return the measurements of all files, an ``Each`` where they differ; unknown of one is unknown."""
    unknown = {name: why for _, reasons in rows for name, why in reasons.items()}
    values: dict[str, Value] = {}
    for name in dict.fromkeys(name for row, _ in rows for name in row if name not in unknown):
        different = list(dict.fromkeys(row[name] for row, _ in rows))
        scalars: list[Scalar] = [value for value in different if not isinstance(value, tuple)]
        values[name] = different[0] if len(different) == 1 else Each(scalars)
    return values, unknown
