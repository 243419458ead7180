"""
MLflow's REST API: models, versions, experiments and runs, page by page.

Formats: https://mlflow.org/docs/latest/rest-api.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.probe import Context
from pytest_readiness.probes._http.ask import ask, json_of
from pytest_readiness.probes._http.auth import Auth, check_headers, keep_secrets, sets
from pytest_readiness.probes._http.body import printable
from pytest_readiness.probes._http.client import Request
from pytest_readiness.probes._http.url import Target, parse

#: More of anything than this is not listed; so many come in a page.
MOST, PAGE = 10_000, 200

_SHORT = 200
_GOOD = 200


class Refused(CannotMeasure):
    """The server refused a question; ``code`` is its own word for why, or the HTTP status."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Model:
    """A registered model, and what its newest versions carry."""

    name: str
    tags: Mapping[str, str]
    aliases: frozenset[str]
    stages: frozenset[str]


@dataclass(frozen=True, slots=True)
class Experiment:
    """An experiment: its number, its name, and where it keeps artifacts."""

    id: str
    name: str
    artifacts: str | None


@dataclass(frozen=True, slots=True)
class Run:
    """A run: when it began, in seconds since 1970, and all there is to know of it, its metrics and the like by name."""

    began: float | None
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Api:
    """
    A server that speaks MLflow's API, asked within the deadline of *context*.

    Raises ``Refused`` where it refuses a question, and ``CannotMeasure`` for whatever is no whole answer.
    Lists end after ``MOST`` items; whoever asks has to look at how many there were.
    """

    context: Context
    base: Target
    headers: Mapping[str, str]
    auth: Auth | None
    ca: str | None

    def models(self) -> Iterator[Model]:
        """Yield all registered models."""
        for item in self._pages("registered-models/search", "registered_models", {}):
            stages = {str(each.get("current_stage")) for each in _each(item, "latest_versions")}
            aliases = {str(each.get("alias")) for each in _each(item, "aliases")}
            yield Model(_text(item, "name"), _pairs(item, "tags"), frozenset(aliases), frozenset(stages))

    def versions(self) -> Iterator[str]:
        """Yield the name of the model of each version of a model."""
        for item in self._pages("model-versions/search", "model_versions", {}):
            yield _text(item, "name")

    def experiments(self, most: int | None = None) -> list[Experiment]:
        """Return the experiments that are not deleted."""
        items = self._pages("experiments/search", "experiments", {}, post=True, most=most)
        return [_experiment(item) for item in items]

    def experiment(self, name: str) -> Experiment | None:
        """Return the experiment called *name*, None if there is no such."""
        try:
            data = self._ask(f"experiments/get-by-name?{urlencode({'experiment_name': name})}")
        except Refused as error:
            if error.code == "RESOURCE_DOES_NOT_EXIST":
                return None
            raise
        found = data.get("experiment")
        if not isinstance(found, dict):
            raise self._strange("there is no experiment in it")
        return None if found.get("lifecycle_stage") == "deleted" else _experiment(found)

    def runs(self, experiments: list[str], condition: str) -> Iterator[Run]:
        """Yield the runs of *experiments* for which *condition* holds, the newest first."""
        asked = {"experiment_ids": experiments, "filter": condition, "order_by": ["attributes.start_time DESC"]}
        for item in self._pages("runs/search", "runs", asked, post=True):
            yield _run(item)

    def _pages(
        self, path: str, key: str, asked: Mapping[str, object], *, post: bool = False, most: int | None = None
    ) -> Iterator[Mapping[str, object]]:
        token, count = "", 0
        most = MOST if most is None else most
        while count < most:
            question = {**asked, "max_results": min(PAGE, most), **({"page_token": token} if token else {})}
            data = self._ask(path, question) if post else self._ask(f"{path}?{urlencode(question)}")
            items = data.get(key, [])
            if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
                raise self._strange(f"{key} is no list")
            if not items and key not in data and set(data) - {"next_page_token"}:
                raise self._strange(f"there is no {key} in it")
            count += len(items)
            yield from items
            following = str(data.get("next_page_token") or "")
            if not following:
                return
            if following == token:
                raise self._strange("its pages do not end")
            token = following

    def _ask(self, path: str, body: Mapping[str, object] | None = None) -> Mapping[str, object]:
        sent = {"Accept": "application/json", **self.headers}
        authorization = None if self.auth is None else self.auth.header()
        request = Request("GET", sent, None, authorization)
        if body is not None:
            sent["Content-Type"] = "application/json"
            request = Request("POST", sent, json.dumps(body).encode(), authorization)
        target = Target.of(self.base.origin, f"{self.base.path.rstrip('/')}/api/2.0/mlflow/{path}", self.base.login)
        exchange = ask(self.context, target, request, ca=self.ca)
        status = exchange.answer.status
        try:
            data = json_of(exchange)
        except CannotMeasure:
            if status == _GOOD:
                raise
            data = {}
        if status != _GOOD:
            told = data if isinstance(data, dict) else {}
            code = str(told.get("error_code") or status)
            said = printable(f"{code} {told.get('message') or exchange.answer.phrase}").strip()[:_SHORT]
            raise Refused(f"{self.base} refused {path.partition('?')[0]}: {said}", code)
        if not isinstance(data, dict):
            raise self._strange("it is no object")
        return data

    def _strange(self, what: str) -> CannotMeasure:
        return CannotMeasure(f"{self.base} does not answer as MLflow does: {what}")


def _each(item: Mapping[str, object], key: str) -> list[Mapping[str, object]]:
    found = item.get(key) or []
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _pairs(item: Mapping[str, object], key: str) -> dict[str, str]:
    return {str(each.get("key")): str(each.get("value")) for each in _each(item, key)}


def _text(item: Mapping[str, object], key: str) -> str:
    found = item.get(key)
    if not isinstance(found, str):
        raise CannotMeasure(f"the server does not answer as MLflow does: something has no {key}")
    return found


def _experiment(item: Mapping[str, object]) -> Experiment:
    place = item.get("artifact_location")
    return Experiment(_text(item, "experiment_id"), _text(item, "name"), place if isinstance(place, str) else None)


def _run(item: Mapping[str, object]) -> Run:
    info, data = item.get("info"), item.get("data")
    if not isinstance(info, dict):
        raise CannotMeasure("the server does not answer as MLflow does: a run has no info")
    found = data if isinstance(data, dict) else {}
    metrics = {str(each.get("key")): each.get("value") for each in _each(found, "metrics")}
    told = {**info, "metrics": metrics, "params": _pairs(found, "params"), "tags": _pairs(found, "tags")}
    began = info.get("start_time")
    return Run(float(began) / 1000 if isinstance(began, int | float | str) else None, told)


def check(url: str, auth: Auth | None, headers: Mapping[str, str]) -> Target:
    """Return the server's place; refuses with ``OptionError`` what cannot be asked."""
    try:
        target = parse(url)
    except ValueError as error:
        raise OptionError(str(error), "url") from None
    if "?" in target.path or "/api/2.0" in target.path:
        raise OptionError("say where the server is, without /api/2.0 or a query: http://HOST:5000", "url")
    if target.login is not None and (auth is not None or sets(headers, "authorization")):
        raise OptionError(f"{target} has a login of its own; say it there or under `auth`, once", "url")
    check_headers(headers, auth)
    return target


def open_api(context: Context, url: str, auth: Auth | None, headers: Mapping[str, str], ca: str | None) -> Api:
    """Return the server at *url*, its credentials hidden."""
    target = parse(url)
    keep_secrets(context, [target], auth, headers)
    return Api(context, target, headers, auth, ca)
