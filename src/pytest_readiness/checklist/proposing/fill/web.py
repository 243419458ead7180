"""Requests: what endpoints answer, who may ask them, how fast."""

from __future__ import annotations

import re
from typing import Any

from pytest_readiness.checklist.proposing.fill import Filling, Found, Maker, place, todo
from pytest_readiness.checklist.proposing.fill.addresses import Address, addresses, placed
from pytest_readiness.checklist.proposing.fill.tests import percentile

_READING = frozenset({"", "GET", "HEAD", "OPTIONS"})
_DONE = "in 200, 201, 202, 204"
_BURST = 1000
#: Statuses that refuse what was sent.
_REFUSED = frozenset({400, 403, 409, 413, 415, 422})


def _first(found: Found, default: str = "") -> Address:
    """Return the address that the item names, the one at *default* below the base, or one to fill in."""
    many = addresses(found.facts) or addresses(found.above)
    if many:
        return many[0]
    return placed(default) if default else Address("", todo("which endpoint"), {})


def _status(found: Found, *, reading: bool, default: int = 200) -> int | str:
    told = found.facts.status
    if len(told) == 1:
        return told[0]
    if len(told) > 1:
        return f"in {', '.join(map(str, told))}"
    return default if reading else _DONE


def http(found: Found) -> Filling:
    """One request, or one to each endpoint that the item names."""
    many = addresses(found.facts)
    if not many and not addresses(found.above):
        return _in_some_answer(found)
    if len(many) > 1 and all(address.method in _READING and not address.open for address in many):
        variables = {name: text for address in many for name, text in address.variables.items()}
        urls = list(dict.fromkeys(address.url for address in many))
        return Filling({"urls": urls}, {"status": _status(found, reading=True), "endpoints": len(urls)}, variables)
    return _ask(found, _first(found))


def _in_some_answer(found: Found) -> Filling:
    """What an answer has to hold, where the item says what but not where."""
    count = next((one for one in found.facts.quantities if not one.unit), None)
    status = _status(found, reading=True)
    options: dict[str, Any] = {"url": todo("which endpoint")}
    if found.facts.status:
        return Filling(options, {"status": status})
    options["extract"] = {"found": todo("where it is in the JSON")}
    return Filling(options, {"status": status, "found": count.condition("") if count else todo("what it has to be")})


def _ask(found: Found, address: Address) -> Filling:
    reading = address.method in _READING
    options: dict[str, Any] = {"url": address.url}
    if address.method not in {"", "GET"}:
        options["method"] = address.method
    expect: dict[str, Any] = {"status": _status(found, reading=reading)}
    time = found.facts.first("ms", "s")
    if time is not None:
        expect["latency"] = time.condition("<=")
    if expect["status"] == 200 and not found.facts.status and not address.told:  # noqa: PLR2004 - a status
        expect["size"] = "> 0 B"
    return Filling(options, expect, address.variables, side_effects=not reading)


def health(found: Found) -> Filling:
    """The address that says whether a service is well."""
    return _ask(found, _first(found, "/health"))


def deployed(found: Found) -> Filling:
    """Whatever was deployed answers where it was deployed to."""
    many = addresses(found.facts)
    if many:
        return _ask(found, many[0])
    name = "staging_url" if found.has("staging") else "frontend_url" if found.has("frontend") else "production_url"
    path = "" if name == "frontend_url" else "/health"
    return Filling({"url": f"${{{name}}}{path}"}, {"status": 200, "size": "> 0 B"}, place(name))


def metrics(found: Found) -> Filling:
    """Metrics as Prometheus reads them."""
    address = _first(found, "/metrics")
    return Filling({"url": address.url, "text": ["# TYPE"]}, {"status": 200, "missing_texts": 0}, address.variables)


def latency(found: Found) -> Filling:
    """How long one request takes."""
    address = _first(found)
    time = found.facts.first("ms", "s")
    share = percentile(found.facts.text)
    wanted = time.condition("<=") if time else todo("how fast it has to be, such as < 500 ms")
    if time is not None and time.high is not None:
        wanted = f"<= {time.high:g} {time.unit}"
    options = {"url": address.url, "samples": 100 if share == "p99" else 20, "warmup": 2}
    return Filling(options, {"status": 200, share or "p95": wanted}, address.variables)


def authentication(found: Found) -> Filling:
    """Nobody gets in without credentials."""
    address = _first(found)
    status = next((code for code in found.facts.status if code in {401, 403}), None)
    case: dict[str, Any] = {"name": "without credentials", "status": status or "in 401, 403"}
    case["url"] = todo("a protected endpoint") if address.open else address.url
    if address.method not in {"", "GET"}:
        case["method"] = address.method
    return Filling({"cases": [case]}, {"failed": 0, "cases": 1}, address.variables)


def turned_down(found: Found) -> Filling:
    """A request with what is not valid, or without a token of its form, is refused."""
    address = _first(found)
    statuses = [code for code in found.facts.status if code in _REFUSED]
    forged = found.has("csrf")
    case: dict[str, Any] = {
        "name": "without a token" if forged else "not valid",
        "url": todo("an endpoint that takes what users send") if address.open else address.url,
        "method": address.method if address.method not in _READING else "POST",
        "status": statuses[0] if statuses else 403 if forged else "in 400, 413, 422",
    }
    if not forged:
        case["json"] = todo("what has to be refused")
    return Filling({"cases": [case]}, {"failed": 0, "cases": 1}, address.variables, side_effects=True)


def rate_limit(found: Found) -> Filling:
    """A burst of requests is turned away."""
    address = _first(found)
    limit = found.facts.first("/s", "/min") or next(
        (one for one in found.facts.quantities if not one.unit and one.low > 1 and one.low not in found.facts.status),
        None,
    )
    burst: int | str = (
        min(int(limit.low * 1.2) + 1, _BURST) if limit else todo("a few requests more than the limit allows")
    )
    return Filling(
        {"url": address.url, "burst": burst}, {"status": "in 200, 429", "status:429": ">= 1"}, address.variables
    )


def cors(found: Found) -> Filling:
    """The right origins are let through, and not every one."""
    address = _first(found)
    origin = next((url for url in found.facts.urls if url.count("/") == 2), None)  # noqa: PLR2004 - a scheme and a host
    options = {
        "url": todo("an endpoint of the API") if address.url == origin else address.url,
        "cors": {"origin": origin or todo("an origin that may ask")},
    }
    return Filling(options, {"status": "in 200, 204", "allowed": True, "allow_origin": "!= *"}, address.variables)


def tls(found: Found) -> Filling:
    """A certificate that is trusted and lasts."""
    url = next((url for url in found.facts.urls if url.startswith("https://")), None)
    days = found.facts.first("d")
    expect = {
        "status": "in 200, 301, 302, 401, 403, 404",
        "tls_days": days.condition(">=", unit="") if days else "> 0",
        "tls_version": "~ TLSv1\\.[23]",
    }
    return Filling({"url": url or todo("the address, beginning with https://")}, expect)


_HEADERS = (
    ("strict-transport-security", ("hsts", "strict", "transport")),
    ("content-security-policy", ("csp",)),
    ("x-frame-options", ("clickjacking", "frame")),
    ("x-content-type-options", ("sniffing", "nosniff")),
    ("cache-control", ("cache-control", "caching")),
    ("content-encoding", ("gzip", "brotli", "compression")),
)


def headers(found: Found) -> Filling:
    """Headers that answers must have."""
    address = _first(found)
    named = [name for name, words in _HEADERS if found.has(*words)]
    wanted = named or ["strict-transport-security", "x-content-type-options"]
    options: dict[str, Any] = {"url": address.url}
    if "content-encoding" in wanted:
        options["headers"] = {"Accept-Encoding": "gzip, br"}
    return Filling(options, {"status": 200, **{f"header:{name}": "~ ." for name in wanted}}, address.variables)


def error_responses(found: Found) -> Filling:
    """A request for what is not there is turned down in the usual form."""
    address = placed("/no-such-endpoint")
    status = next((code for code in found.facts.status if 400 <= code < 500), 404)  # noqa: PLR2004 - statuses
    extract = {"error": todo("where the message is in the JSON, such as error.message")}
    return Filling({"url": address.url, "extract": extract}, {"status": status, "error": "~ ."}, address.variables)


def grafana(_found: Found) -> Filling:
    """Dashboards that Grafana has."""
    options = {"url": "${grafana_url}/api/search?type=dash-db", "extract": {"dashboards": "length(@)"}}
    return Filling(options, {"status": 200, "dashboards": ">= 1"}, place("grafana_url"))


def log_aggregation(found: Found) -> Filling:
    """Logs that arrive where they are gathered."""
    if found.has("elk", "elasticsearch", "kibana", "splunk", "cloudwatch", "datadog"):
        return Filling(
            {
                "url": todo("an address that answers with logs that arrived"),
                "extract": {"entries": todo("how many there are in the JSON")},
            },
            {"status": 200, "entries": ">= 1"},
        )
    options = {"url": "${loki_url}/loki/api/v1/labels", "extract": {"labels": "length(data)"}}
    return Filling(options, {"status": 200, "labels": ">= 1"}, place("loki_url"))


def alertmanager(_found: Found) -> Filling:
    """Alertmanager, and somebody for it to tell."""
    options = {"url": "${alertmanager_url}/api/v2/receivers", "extract": {"receivers": "length(@)"}}
    return Filling(options, {"status": 200, "receivers": ">= 1"}, place("alertmanager_url"))


def pipeline(_found: Found) -> Filling:
    """The last run of the pipeline succeeded."""
    url = todo(
        "the API of the pipeline's last run, such as https://api.github.com/repos/OWNER/NAME/actions/runs?branch=main&per_page=1"
    )
    return Filling(
        {"url": url, "extract": {"conclusion": "workflow_runs[0].conclusion"}}, {"status": 200, "conclusion": "success"}
    )


#: That nobody is to get in from where they are not wanted.
_SHUT = re.compile(
    r"\b(?:closed|blocked|(?:not|never|no longer|isn't|aren't) .*(?:expos|public|reach|access|open))", re.IGNORECASE
)


def tcp(found: Found) -> Filling:
    """Somebody takes connections on a port."""
    for url in found.facts.urls:
        host, _, port = url.split("://", 1)[1].split("/")[0].rpartition("@")[2].partition(":")
        if port.isdigit():
            return Filling({"host": host, "port": int(port)}, {"connected": True})
    port_number = next((int(one.low) for one in found.facts.quantities if not one.unit and 20 < one.low < 65536), None)  # noqa: PLR2004 - ports
    options: dict[str, Any] = {"host": todo("which host"), "port": port_number or todo("which port")}
    if found.has("ldap", "smtp"):
        options["speaks"] = "ldap" if found.has("ldap") else "smtp"
        return Filling(options, {"connected": True, "speaks": True})
    return Filling(options, {"connected": _SHUT.search(found.text) is None})


MAKERS: dict[str, Maker] = {
    "http": http,
    "health": health,
    "deployed": deployed,
    "metrics": metrics,
    "latency": latency,
    "authentication": authentication,
    "turned_down": turned_down,
    "rate_limit": rate_limit,
    "cors": cors,
    "tls": tls,
    "headers": headers,
    "error_responses": error_responses,
    "grafana": grafana,
    "log_aggregation": log_aggregation,
    "alertmanager": alertmanager,
    "pipeline": pipeline,
    "tcp": tcp,
}
