"""Which parts of the project may import which."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pytest_readiness.errors import CannotMeasure, MissingExtra, OptionError
from pytest_readiness.model import Better, Value
from pytest_readiness.probe import Context, Measure, Measurements, Probe, Touch, option
from pytest_readiness.probes import _inputs
from pytest_readiness.probes._contracts import gone
from pytest_readiness.probes._imports import modules as project

_CHILD = (sys.executable, "-P", "-m", "pytest_readiness.probes._contracts.child")
_LIMIT = 64 * 1024 * 1024
_NOTES = 4000


@dataclass(frozen=True, kw_only=True)
class Forbidden:
    """Imports that may not be: ``from`` some modules (and all in them) ``to`` others, directly or through others."""

    from_: tuple[str, ...] = option("The modules that may not import; * stands for one part of a name.")
    to: tuple[str, ...] = option("What they may not import; packages of others, too, and modules long gone.")
    indirect: bool = option("Also through other modules.", default=True)


@dataclass(frozen=True, kw_only=True)
class ImportContract(Probe):
    """
    Do imports go only where they may?

    On import-linter's engine; the code is read, not imported. ``layers`` import downwards only, ``forbidden``
    says what may not import what, ``independent`` modules do not import one another, all of this through other
    modules, too. ``crossing`` counts imports between the packages in ``across``. ``config`` names the file with
    the project's own contracts instead.

    Fails when a contract is broken. A package that is not there, a file that cannot be parsed, and a contract
    that could not be broken are errors; so are modules that the engine passes over, unless ``unseen`` is allowed.

    To fix: turn the imports round that the evidence lists, or move what is imported to a lower layer.
    """

    measures = {
        "contracts": Measure(int, "contracts checked", better=Better.HIGHER),
        "broken": Measure(int, "contracts that are broken", better=Better.LOWER),
        "violations": Measure(int, "chains of imports that break them", better=Better.LOWER),
        "crossing": Measure(int, "imports between different packages in across", better=Better.LOWER),
        "modules": Measure(int, "modules of the project looked at"),
        "unseen": Measure(
            int, "modules passed over, since a folder above them has no __init__.py", better=Better.LOWER
        ),
    }
    expect = {"broken": 0, "unseen": 0}
    counter = "modules"
    extra = "architecture"

    packages: tuple[str, ...] = option(
        "Packages, under src/ or the spec's folder, those inside others too; those that are named below, if left out.",
        (),
    )
    layers: tuple[str, ...] = option(
        "From high to low; `a | b` are beside each other and independent, `a : b` are only beside each other, "
        "and (a) need not be there.",
        (),
        example=["shop.web", "shop.billing | shop.stock", "shop.models"],
    )
    forbidden: tuple[Forbidden, ...] = option("Imports that may not be.", ())
    independent: tuple[str, ...] = option("Modules that do not import one another; `shop.services.*` are all.", ())
    across: str | None = option("A package between whose parts imports are counted.", None)
    ignore: tuple[str, ...] = option("Imports that are allowed all the same, as `shop.a -> shop.b`.", ())
    type_checking: bool = option("Count imports under `if TYPE_CHECKING`, too.", default=True)
    config: str | None = option("The file with import-linter's contracts, such as pyproject.toml.", None)

    def __post_init__(self) -> None:
        own = bool(self.layers or self.forbidden or self.independent or self.across)
        if own == (self.config is not None):
            raise OptionError("give layers, forbidden, independent or across, or else config")
        if self.config is not None and (self.packages or self.ignore):
            raise OptionError("says everything itself: without packages and ignore", "config")
        if len(self.layers) == 1 and not {"|", ":"} & set(self.layers[0]):
            raise OptionError("one layer alone cannot be broken", "layers")
        if len(self.independent) == 1 and "*" not in self.independent[0]:
            raise OptionError("one module alone is always independent", "independent")
        self._check_names()

    def _check_names(self) -> None:
        for name in ("packages", "layers", "independent", "ignore"):
            if not all(text.strip() for text in getattr(self, name)):
                raise OptionError("an entry may not be empty", name)
        for text in self.ignore:
            if " -> " not in text:
                raise OptionError(f"{text!r} is not like `shop.a -> shop.b`", "ignore")
        if any(not each.from_ or not each.to for each in self.forbidden):
            raise OptionError("from and to name at least one module each", "forbidden")

    def expected(self) -> dict[str, Value]:
        """Return the default expectations: nothing broken where there are contracts, and nothing passed over."""
        return dict(self.expect) if self.config or self._contracts(()) else {"unseen": 0}

    def touches(self) -> Iterable[Touch]:
        """Yield the packages, or the configuration."""
        yield Touch("command", "python, with import-linter")
        if self.config is not None:
            yield Touch("file", self.config)
        yield from (Touch("module", package) for package in self._packages())

    def measure(self, context: Context) -> Measurements:
        """Let import-linter check, and look at what it does not see."""
        if importlib.util.find_spec("importlinter") is None:
            raise MissingExtra("import-linter", "architecture")
        packages = self._inside(context)
        there = project.find(context.root, packages) if self.config is None else None
        lost = gone.absent(there, [to for each in self.forbidden for to in each.to], packages) if there else []
        answer = self._ask(context, packages, frozenset(lost))
        there = there or project.find(context.root, answer["packages"])
        seen = set(answer["modules"])
        known = [name.decode() for name, path in zip(there.names, there.paths, strict=True) if path]
        unseen = [name for name in known if name not in seen]
        contracts: list[dict[str, Any]] = answer["contracts"]
        for each in self.forbidden if lost else ():
            chains = gone.imports(there, each.from_, [to for to in each.to if to in lost], context)
            contracts.append({"name": "modules that are gone", "kept": not chains, "chains": chains})
        values: dict[str, Value] = {
            "contracts": len(contracts),
            "broken": sum(not each["kept"] for each in contracts),
            "violations": sum(max(len(each["chains"]), not each["kept"]) for each in contracts),
            "modules": len(known) - len(unseen),
            "unseen": len(unseen),
        }
        if answer["crossing"] is not None:
            values["crossing"] = len(answer["crossing"])
        unknown = {} if answer["crossing"] is not None else {"crossing": "give across"}
        evidence = _inputs.present(
            {
                "contracts": [f"{each['name']}: {'kept' if each['kept'] else 'broken'}" for each in contracts],
                **{f"breaks {each['name']}": each["chains"] for each in contracts},
                f"between the parts of {self.across}": answer["crossing"] or (),
                "passed over, no __init__.py above": unseen,
            }
        )
        looked_at = int(str(values["modules"])) if contracts or self.across else 0
        return Measurements(values, looked_at=looked_at, evidence=evidence, unknown=unknown)

    def _packages(self) -> tuple[str, ...]:
        """Return the packages that were named, or those at the top of what was named."""
        named = [text.strip(" ()") for layer in self.layers for text in layer.replace("|", ":").split(":")]
        named += [*self.independent, *(name for each in self.forbidden for name in each.from_)]
        named += [self.across] if self.across else []
        return self.packages or tuple(dict.fromkeys(name.partition(".")[0] for name in named))

    def _inside(self, context: Context) -> tuple[str, ...]:
        """Return the packages, with those of the project that may not be imported."""
        if self.packages:
            return self.packages
        targets = dict.fromkeys(name.partition(".")[0] for each in self.forbidden for name in each.to)
        places = project.roots(context.root)
        own = [name for name in targets if any((place / name).is_dir() for place in places)]
        return tuple(dict.fromkeys((*self._packages(), *own)))

    def _contracts(self, lost: Iterable[str]) -> list[dict[str, object]]:
        """Return the contracts as import-linter has them in its configuration."""
        found: list[dict[str, object]] = []
        if self.layers:
            found.append({"name": "layers", "type": "layers", "layers": list(self.layers)})
        for each in self.forbidden:
            to = [name for name in each.to if name not in lost]
            name = f"{', '.join(each.from_)} may not import {', '.join(to)}"
            modules = {"source_modules": list(each.from_), "forbidden_modules": to}
            if to:
                indirect = {"allow_indirect_imports": str(not each.indirect)}
                found.append({"name": name, "type": "forbidden", **modules, **indirect})
        if self.independent:
            found.append({"name": "independence", "type": "independence", "modules": list(self.independent)})
        return [{**each, "ignore_imports": list(self.ignore)} if self.ignore else each for each in found]

    def _ask(self, context: Context, packages: tuple[str, ...], lost: frozenset[str]) -> Mapping[str, Any]:
        if self.config is not None and not context.path(self.config).is_file():
            raise CannotMeasure(f"there is no {self.config}")
        asked = {
            "roots": [str(place) for place in project.roots(context.root)],
            "packages": project.outermost(context.root, packages),
            "contracts": self._contracts(lost),
            "config": self.config,
            "across": self.across,
            "type_checking": self.type_checking,
        }
        done = context.run(_CHILD, stdin=json.dumps(asked), limit=_LIMIT)
        try:
            answer: Mapping[str, Any] = json.loads(done.stdout)
        except ValueError:
            answer = {"error": f"import-linter's interpreter ended with exit code {done.returncode} and no answer"}
        if "error" in answer:
            error = CannotMeasure(f"import-linter: {answer['error']}")
            if done.stderr.strip():
                error.add_note(done.stderr.strip()[-_NOTES:])
            raise error
        return answer
