"""MLflow: is the server there, are the models registered, has anything been run?"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Better, Each, Evidence, Value
from pytest_readiness.options import Query
from pytest_readiness.probe import Context, Measure, Measurements, Probe, Touch, option
from pytest_readiness.probes import _mlflow
from pytest_readiness.probes._http.auth import Auth
from pytest_readiness.probes._http.body import found
from pytest_readiness.probes._http.errors import NotConnected
from pytest_readiness.probes._http.url import parse
from pytest_readiness.probes._mlflow import Api, Model, Run

_LISTED = 20
_SKEW = 60.0
_RUNS = frozenset({"runs", "age", "artifacts"})


@dataclass(frozen=True, kw_only=True)
class Mlflow(Probe):
    """
    Is an MLflow server there, are the models registered, and has anything been run?

    `models` names what has to be registered; with `alias` or `stage`, each of them (all models, where
    none are named) needs a version that carries it. Each value under `tags` has to be carried by at least
    one model. `experiment` is whose runs count, those of all experiments where nothing is said, and `filter`
    which of them, in MLflow's own words. `extract` takes metrics and the like out of the newest run:
    `metrics.rmse`, `params.depth`, `tags.owner`, `status`.

    Fails when nobody takes connections there, when something named is missing, or when what was
    measured is not as expected. A server that refuses a question or that is no MLflow is an error. So is a
    registry without any model where models are asked for, unless the gate says `models: 0`.

    To fix: look at the server's own pages under the same URL.
    """

    measures: ClassVar[Mapping[str, Measure]] = {
        "connected": Measure(bool, "whether an MLflow server answers"),
        "models": Measure(int, "registered models", better=Better.HIGHER),
        "versions": Measure(int, "versions of the models: of those under `models`, else of all", better=Better.HIGHER),
        "missing": Measure(
            int, "models, aliases, stages, values of tags and experiments named that are not there", better=Better.LOWER
        ),
        "runs": Measure(int, "runs of the experiment, those that `filter` lets through", better=Better.HIGHER),
        "age": Measure(float, "time since the newest of these runs began", "s", Better.LOWER),
        "artifacts": Measure(str, "where the experiment keeps its artifacts; of all, where none is named"),
    }
    expect: ClassVar[Mapping[str, Value]] = {"connected": True}
    counter: ClassVar[str | None] = "models"

    url: str = option("Where the server is, without /api.", example="${MLFLOW_TRACKING_URI}")
    models: tuple[str, ...] = option("Models that have to be registered.", (), example=["churn", "forecast"])
    alias: str | None = option("An alias that a version of each of them must have.", None, example="champion")
    stage: str | None = option("A stage that a version of each of them must be in.", None, example="Production")
    tags: Mapping[str, tuple[str, ...]] = option(
        "Tags of models; each value must be there.", factory=dict, example={"domain": ["anomaly", "forecasting"]}
    )
    experiment: str | None = option("The name of the experiment.", None, example="nightly")
    filter: str = option("Which runs count, in MLflow's words.", "", example="attributes.status = 'FINISHED'")
    extract: Mapping[str, Query] = option(
        "Names for what JMESPath finds in the newest run.", factory=dict, example={"rmse": "metrics.rmse"}
    )
    auth: Auth | None = option("Credentials to send.", None)
    headers: Mapping[str, str] = option("Headers to send.", factory=dict)
    ca: str | None = option("A PEM file with the only issuers to trust, relative to the spec's folder.", None)

    def __post_init__(self) -> None:
        _mlflow.check(self.url, self.auth, self.headers)
        for name in ("models", "tags"):
            given = getattr(self, name)
            if "" in given or (name == "tags" and not all(given.values())):
                raise OptionError("something in it is empty", name)
        if taken := sorted({*self.extract} & {*self.measures}):
            raise OptionError(f"{taken[0]} is a measurement of mlflow already; choose another name", "extract")

    def declared(self) -> Mapping[str, Measure]:
        """Return the measurements, those of ``extract`` included."""
        return {
            **self.measures,
            **{name: Measure(object, f"what {it.text} finds") for name, it in self.extract.items()},
        }

    @property
    def _named(self) -> bool:
        """Whether something about models is named, so that it can be missing."""
        return bool(self.models or self.alias or self.stage or self.tags)

    def expected(self) -> Mapping[str, Value]:
        """Return what is expected unless a gate says otherwise, of the options that are given."""
        missing: dict[str, Value] = {"missing": 0} if self._named or self.experiment else {}
        return {**self.expect, **missing, **({"runs": ">= 1"} if self._of_runs else {})}

    @property
    def _of_runs(self) -> bool:
        """Whether an option speaks of runs."""
        return bool(self.experiment or self.filter or self.extract)

    def touches(self) -> Iterator[Touch]:
        """Yield the host, and the filter."""
        origin = parse(self.url).origin
        yield Touch("host", f"{origin.host}:{origin.port}")
        if self.filter:
            yield Touch("query", self.filter)
        if self.ca is not None:
            yield Touch("file", self.ca)

    def measure(self, context: Context) -> Measurements:
        """Ask. Raises ``CannotMeasure`` where there is no whole answer."""
        look = _Look(_mlflow.open_api(context, self.url, self.auth, self.headers, self.ca))
        try:
            if not look.api.experiments(most=1):
                raise CannotMeasure(f"{parse(self.url)} has no experiment at all: is it an MLflow server?")
            look.values["connected"] = True
            look.evidence.append(Evidence("server", f"{parse(self.url)} answers"))
            if self._named or context.asked & {"models", "versions"}:
                look.models(self, versions="versions" in context.asked)
            if self._of_runs or context.asked & _RUNS:
                look.runs(self, context.now)
        except NotConnected as error:
            unknown = {name: str(error) for name in self.declared() if name != "connected"}
            return Measurements({"connected": False}, 1, [Evidence("connection", str(error))], unknown)
        return look.measurements(self)


@dataclass
class _Look:
    """One look at a server, and what it found; ``counts`` are how many things of each kind were looked at."""

    api: Api
    values: dict[str, Value] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)
    bounds: dict[str, tuple[float, float]] = field(default_factory=dict)
    evidence: list[Evidence] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    looked: int = 1

    def models(self, asked: Mlflow, *, versions: bool) -> None:
        """Look at the registered models, and for those that are named."""
        every = {model.name: model for model in self.api.models()}
        self._count("models", len(every))
        if len(every) >= _mlflow.MOST and asked._named:  # noqa: SLF001 - the probe of this very file
            raise CannotMeasure(f"there are {_mlflow.MOST} models or more: too many to look for one")
        if not asked.models and not every:
            self.looked = 0
            self.unknown["models"] = "no model is registered"
        for name in asked.models:
            if name not in every:
                near = difflib.get_close_matches(name, every, 1)
                self.missing.append(f"model {name}{f' (there is {near[0]})' if near else ''}")
        meant = [every[name] for name in asked.models if name in every] if asked.models else list(every.values())
        self.missing += _lacking(meant, asked.alias, asked.stage)
        carried = {pair for model in meant for pair in model.tags.items()}
        wanted = [(name, value) for name, values in asked.tags.items() for value in values]
        self.missing += [f"tag {name}={value}" for name, value in wanted if (name, value) not in carried]
        self.evidence.append(_listed("models", [model.name for model in meant]))
        if versions:
            owners = list(self.api.versions())
            whole = len(owners) < _mlflow.MOST
            count = sum(not asked.models or owner in asked.models for owner in owners)
            self._count("versions", count, whole=whole)

    def runs(self, asked: Mlflow, now: datetime) -> None:
        """Look at the runs of the experiment, or of all."""
        if asked.experiment is None:
            experiments = self.api.experiments()
        elif (one := self.api.experiment(asked.experiment)) is not None:
            experiments = [one]
        else:
            self.missing.append(f"experiment {asked.experiment}")
            self.unknown.update(dict.fromkeys((*_RUNS, *asked.extract), f"there is no experiment {asked.experiment}"))
            return
        places = tuple(dict.fromkeys(one.artifacts for one in experiments if one.artifacts))
        if places:
            self.values["artifacts"] = places[0] if len(places) == 1 else Each(places)
        runs = list(self.api.runs([one.id for one in experiments], asked.filter))
        self._count("runs", len(runs))
        if not runs:
            self.unknown.update(dict.fromkeys(("age", *asked.extract), "there is no run"))
            return
        self._newest(runs[0], asked.extract, now)

    def _newest(self, run: Run, extract: Mapping[str, Query], now: datetime) -> None:
        self.evidence.append(Evidence("newest run", f"{run.data.get('run_id')}: {run.data.get('status')}"))
        if run.began is None:
            self.unknown["age"] = "the newest run has not begun"
        elif (age := now.timestamp() - run.began) > -_SKEW:
            self.values["age"] = max(0.0, age)
        else:
            self.unknown["age"] = "the newest run began in the future, says the server"
        for name, query in extract.items():
            try:
                self.values[name] = found(query.search(run.data))
            except ValueError as error:
                self.unknown[name] = str(error).replace("in the body", "in the newest run")

    def _count(self, name: str, count: int, *, whole: bool | None = None) -> None:
        """Add a count, as uncertain where the list was cut."""
        self.values[name] = count
        if not (count < _mlflow.MOST if whole is None else whole):
            self.bounds[name] = (count, sys.maxsize)

    def measurements(self, asked: Mlflow) -> Measurements:
        """Return what was found."""
        if asked._named or asked.experiment is not None:  # noqa: SLF001 - the probe of this very file
            self.values["missing"] = len(self.missing)
        else:
            self.unknown["missing"] = "nothing is named that could be"
        if self.missing:
            self.evidence.insert(0, _listed("not there", self.missing))
        return Measurements(self.values, self.looked, self.evidence, self.unknown, self.bounds)


def _lacking(models: Sequence[Model], alias: str | None, stage: str | None) -> Iterator[str]:
    for model in models:
        if alias is not None and alias not in model.aliases:
            yield f"alias {alias} of model {model.name}"
        if stage is not None and stage not in model.stages:
            yield f"a version of model {model.name} in stage {stage}"


def _listed(title: str, lines: Sequence[str]) -> Evidence:
    more = [f"and {len(lines) - _LISTED} more"] if len(lines) > _LISTED else []
    return Evidence(title, "\n".join([*lines[:_LISTED], *more]))
