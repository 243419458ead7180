"""Addresses of web endpoints, as specs write them: below a variable that names where the service is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pytest_readiness.checklist.proposing.fill import PLACES, place, todo
from pytest_readiness.checklist.proposing.match.facts import Facts

_LOCAL = re.compile(r"https?://(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::\d+)?")
_OPEN = re.compile(r"\{[\w-]*\}|<[^<>]*>|\$\{?\w+\}?|:[a-z_]\w*|\[[A-Z_]+\]")


@dataclass(frozen=True, slots=True)
class Address:
    """A method, a URL as a spec has it, and the variables in it; ``told`` if the text gives it whole."""

    method: str
    url: str
    variables: Mapping[str, str] = field(default_factory=dict)
    told: bool = False

    @property
    def open(self) -> bool:
        """Whether the reader has to fill it in."""
        return self.url.startswith("TODO")


def placed(path: str) -> Address:
    """Return the address at *path* below the base."""
    return Address("", f"${{base_url}}{path}", place("base_url"))


def addresses(facts: Facts) -> list[Address]:
    """Return the addresses that a text names: whole ones first."""
    found = [of(url) for url in facts.urls if url.startswith("http")]
    return [*found, *(of(path, method) for method, path in facts.endpoints)]


def of(url: str, method: str = "") -> Address:
    """Return *url*, or a path, with its host in a variable where it is the machine of whoever wrote it."""
    url = url.strip("'\"").rstrip(".,;")
    local = _LOCAL.match(url)
    rest = url[local.end() :] if local else url
    if _OPEN.search(rest) or ":///" in url:
        return Address(method, todo(f"a real address for {rest}".replace("${", "{").replace("$", "")), {})
    if local:
        host = local[0].replace("0.0.0.0", "localhost")  # noqa: S104 - not bound to, asked
        return Address(method, f"${{base_url}}{rest}", {"base_url": f"${{BASE_URL:-{host}}}"}, told=True)
    if url.startswith("/"):
        return Address(method, f"${{base_url}}{url}", {"base_url": PLACES["base_url"]}, told=True)
    return Address(method, url.replace("$", "$$"), {}, told=True)
