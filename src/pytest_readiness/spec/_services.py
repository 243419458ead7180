"""The services of a spec."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from pytest_readiness.errors import OptionError
from pytest_readiness.model import Ready, Service
from pytest_readiness.options import Path
from pytest_readiness.spec._forms import SERVICE
from pytest_readiness.spec._places import Map, Place
from pytest_readiness.spec._problems import Node, Problems
from pytest_readiness.spec._variables import Variables

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")

#: What a gate may ask of a service, and what stands for it until the service runs.
PLAUSIBLE = {"url": "http://127.0.0.1:8000", "host": "127.0.0.1", "port": "8000", "pid": "1"}


def read_services(sources: list[tuple[Map, Place]], variables: Variables, problems: Problems) -> dict[str, Service]:
    """Return the services of all files, by name; a file read later (it includes the others) wins."""
    services: dict[str, Service] = {}
    for data, start in sources:
        listed = data.get("services")
        if not isinstance(listed, Map):
            continue
        for name, value in listed.items():
            place = listed.place(name) or start
            if not _NAME.fullmatch(name):
                message = "the name of a service has letters, digits, _ and - only"
                problems.add(listed.place(name, of_key=True) or start, f"services.{name}", message)
            if isinstance(value, Map):
                service = _service(name, Node(value, place, f"services.{name}", problems), variables)
                if service is not None:
                    services[name] = service
            else:
                problems.add(place, f"services.{name}", "expected a mapping with command and ready")
    return services


def _service(name: str, node: Node, variables: Variables) -> Service | None:
    node.report_sure(node.fill(variables, _look_up(variables.look_up), "$$"))
    found: list[tuple[Path, str]] = []
    made = SERVICE.read(node.data, (), found)
    ready = made.get("ready")
    if ready is not None:
        _check_ready(ready, found)
    node.report_all(found)
    if "command" not in made or ready is None:
        return None
    return Service(
        name=name,
        command=made["command"],
        ready=Ready(ready.http, ready.tcp, ready.log, ready.within),
        env=made.get("env", {}),
        cwd=made["cwd"].replace("$$", "$") if "cwd" in made else None,
        source=node.problems.position(node.place),
    )


def _look_up(variable: Callable[[str], str]) -> Callable[[str], str]:
    """Leave ``${port}`` for the one who starts the service, and keep every other ``$`` from being read again."""

    def look_up(inside: str) -> str:
        if inside == "port":
            return "${port}"
        if "." in inside.partition(":-")[0]:
            raise OptionError(f"${{{inside}}} cannot be used here: a service does not know the others")
        return variable(inside).replace("$", "$$")

    return look_up


def _check_ready(ready: Any, found: list[tuple[Path, str]]) -> None:
    given = [name for name in ("http", "tcp", "log") if getattr(ready, name) is not None]
    if len(given) != 1:
        said = f"found {' and '.join(given)}" if given else "found none"
        found.append((("ready",), f"expected exactly one of http, tcp and log, {said}"))
    elif given == ["http"] and not re.match(r"https?://[^/]", ready.http):
        found.append((("ready", "http"), "expected an address such as http://127.0.0.1:${port}/health"))
    elif given == ["tcp"] and not re.fullmatch(r"[^\s]+:(?:[0-9]{1,5}|\$\{port\})", ready.tcp):
        found.append((("ready", "tcp"), "expected HOST:PORT such as 127.0.0.1:${port}"))
    elif given == ["log"]:
        try:
            re.compile(ready.log.replace("${port}", "1").replace("$$", "$"))
        except (re.error, RecursionError, OverflowError) as error:
            found.append((("ready", "log"), f"not a regular expression: {error}"))
    if ready.within == 0:
        found.append((("ready", "within"), "expected more than 0"))
