"""What a Dockerfile builds: its stages, what they are built on, and as whom the result runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pytest_readiness.probes._dockerfile.parser import DockerfileError, Instruction, assignments, expand

_FROM_WORDS = (1, 3)
_ROOT = frozenset({"root", "containeradministrator"})


@dataclass(slots=True)
class Stage:
    """
    One stage: ``base`` is the image it is built on, ``parent`` the earlier stage instead of one.

    ``unknown`` are variables in the base that have no value. ``variables`` are those in force at its end.
    """

    line: int
    name: str
    base: str
    parent: int | None
    unknown: Sequence[str]
    instructions: list[Instruction] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Used:
    """An image that is used, where, and the variables in its name that have no value."""

    line: int
    name: str
    unknown: Sequence[str]

    @property
    def pinned(self) -> bool:
        """Whether it has a tag other than latest, or a digest."""
        tag = self.name.rpartition("/")[2].partition("@")[0].partition(":")[2]
        return not self.unknown and (self.digest or tag not in {"", "latest"})

    @property
    def digest(self) -> bool:
        """Whether it has a digest, so that it is the same for ever."""
        return not self.unknown and "@" in self.name


class Build:
    """
    The stages of a Dockerfile, of which *target* is built; the last one if it is None.

    *given* are build arguments. Raises ``DockerfileError``.
    """

    def __init__(self, instructions: Sequence[Instruction], given: Mapping[str, str], target: str | None) -> None:
        self.stages: list[Stage] = []
        self._given = given
        self._defaults: dict[str, str] = {}
        for made in instructions:
            if made.name == "FROM":
                self._begin(made)
            elif self.stages:
                self._add(made)
            elif made.name == "ARG":
                self._defaults.update(self._arguments(made, self._defaults))
            else:
                raise DockerfileError(f"line {made.line}: {made.name} stands before the first FROM")
        if not self.stages:
            raise DockerfileError("there is no FROM in it")
        self.target = len(self.stages) - 1 if target is None else self._stage(target)

    def _arguments(self, made: Instruction, known: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        for name, default in assignments(made):
            if made.name == "ARG" and name in self._given:
                yield name, self._given[name]
            elif default is not None:
                value, unknown = expand(default, known)
                if not unknown:
                    yield name, value
            elif self.stages and name in self._defaults:
                yield name, self._defaults[name]

    def _begin(self, made: Instruction) -> None:
        if len(made.words) not in _FROM_WORDS or (len(made.words) > 1 and made.words[1].upper() != "AS"):
            raise DockerfileError(f"line {made.line}: FROM takes an image, or an image AS a name")
        base, unknown = expand(made.words[0], self._defaults)
        name = made.words[2].lower() if len(made.words) > 1 else ""
        parent = next((i for i in reversed(range(len(self.stages))) if self.stages[i].name == base.lower() != ""), None)
        inherited = dict(self.stages[parent].variables) if parent is not None else {}
        self.stages.append(Stage(made.line, name, base, parent, unknown, variables=inherited))

    def _add(self, made: Instruction) -> None:
        stage = self.stages[-1]
        stage.instructions.append(made)
        if made.name in {"ARG", "ENV"} and not made.triggered:
            stage.variables.update(self._arguments(made, stage.variables))

    def _stage(self, name: str) -> int:
        found = self._earlier(name, len(self.stages))
        if found is None:
            known = ", ".join(filter(None, (stage.name for stage in self.stages))) or "none with a name"
            raise DockerfileError(f"there is no stage {name!r} to build; there is {known}")
        return found

    def _earlier(self, name: str, before: int) -> int | None:
        """Return the stage that *name*, or a number, means in a stage *before* which it must be."""
        if name.isdecimal():
            return int(name) if int(name) < before else None
        return next((i for i in reversed(range(before)) if self.stages[i].name == name.lower()), None)

    # --- what is asked ------------------------------------------------------------------------

    def chain(self) -> list[Stage]:
        """Return the target and the stages it is built on, one upon the other, the target first."""
        found: list[Stage] = []
        number: int | None = self.target
        while number is not None:
            found.append(self.stages[number])
            number = self.stages[number].parent
        return found

    def needed(self) -> list[Stage]:
        """Return the stages that building the target builds, in order."""
        waiting, known = [self.target], {self.target}
        while waiting:
            number = waiting.pop()
            stage = self.stages[number]
            others = [stage.parent, *(self._earlier(name, number) for _, name, _ in _sources(stage))]
            new = {other for other in others if other is not None} - known
            known |= new
            waiting += new
        return [self.stages[number] for number in sorted(known)]

    def images(self) -> list[Used]:
        """Return all images that are used: built on, copied from, mounted."""
        found: list[Used] = []
        for number, stage in enumerate(self.stages):
            if stage.parent is None and stage.base.lower() != "scratch":
                found.append(Used(stage.line, stage.base, stage.unknown))
            for line, name, unknown in _sources(stage):
                if self._earlier(name, number) is None and name.lower() not in {"scratch", ""}:
                    found.append(Used(line, name, unknown))
        return found

    def _last(self, name: str) -> tuple[Stage, Instruction] | None:
        """Return the instruction called *name* that is in force in the end, with its stage."""
        for stage in self.chain():
            for made in reversed(stage.instructions):
                if made.name == name and not made.triggered:
                    return stage, made
        return None

    def user(self) -> tuple[str | None, Sequence[str]]:
        """Return as whom the image runs, None where it is not said, and variables in it that have no value."""
        found = self._last("USER")
        return (None, ()) if found is None else expand(found[1].words[0], found[0].variables)

    def checked(self) -> bool:
        """Whether a health check is in force."""
        found = self._last("HEALTHCHECK")
        return found is not None and found[1].words[0].upper() != "NONE"


def is_root(user: str) -> bool:
    """Return whether *user* (``name:group`` or ``uid:gid``) is root."""
    name = user.partition(":")[0].strip().lower()
    return name in _ROOT or (name.isdecimal() and int(name) == 0)


def _sources(stage: Stage) -> Iterator[tuple[int, str, Sequence[str]]]:
    """Yield the line, the name and the unknown variables of all that *stage* copies or mounts from elsewhere."""
    for made in stage.instructions:
        names = [made.flag("from")] if made.name == "COPY" else []
        if made.name == "RUN":
            mounts = (value.split(",") for key, value in made.flags if key == "mount")
            names += [part.partition("=")[2] for mount in mounts for part in mount if part.startswith("from=")]
        for name in names:
            if name:
                yield made.line, *expand(name, stage.variables)
