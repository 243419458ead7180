"""Logs, metrics, alerts, dashboards, objectives; people and groups."""

from __future__ import annotations

from typing import Any

from pytest_readiness.checklist.proposing.fill import Filling, Found, Maker, place, todo


def logs(found: Found) -> Filling:
    """What log files say."""
    facts = found.facts
    paths = [path for path in facts.paths if path.endswith(".log") or "log" in path.lower()]
    time = facts.first("h", "d", "min", "week")
    options: dict[str, Any] = (
        {"path": paths[0]} if paths and "*" not in paths[0] else {"glob": paths[0] if paths else "logs/**/*.log"}
    )
    expect: dict[str, Any] = {"lines": ">= 1"}
    if found.has("json", "structured", "correlation", "trace"):
        options["json"] = True
        options["fields"] = ["timestamp", "level"]
        if found.has("correlation"):
            options["fields"] = [*options["fields"], "correlation_id"]
        return Filling(options, {**expect, "malformed": 0})
    if time is not None:
        days = int(time.low * 7) if time.unit == "week" else int(time.low)
        options["since"] = f"{days}{'d' if time.unit == 'week' else time.unit}"
    if found.has("secret", "pii", "sensitive", "password", "mask", "redact"):
        options["regex"] = "(?i)(password|secret|token|api[_-]?key)[\"']?\\s*[=:]\\s*[\"']?[^\\s\"'*]{6}"
        return Filling(options, {**expect, "matches": 0})
    if found.has("audit", "authentication", "login", "access"):
        options["regex"] = "(?i)log(ged )?in|auth"
        return Filling(options, {**expect, "matches": ">= 1"})
    if found.has("error", "critical", "exception", "no", "warn"):
        return Filling(options, {**expect, "errors": 0})
    quoted = [text for text in facts.quoted if "/" not in text and " " not in text and "." not in text]
    if quoted:
        return Filling({**options, "regex": f"(?i){quoted[0]}"}, {**expect, "matches": ">= 1"})
    return Filling(options, {**expect, "age": todo("how old the newest line may be, such as <= 24 h")})


def alerts(found: Found) -> Filling:
    """Alerts that are written down."""
    paths = found.facts.ending(".yml", ".yaml")
    options: dict[str, Any] = {
        "glob": paths[0] if paths else "{monitoring,prometheus,alerts,deploy,k8s}/**/*{rule,alert}*.{yml,yaml}",
        "subject": "alerts",
    }
    expect: dict[str, Any] = {"rules": ">= 1", "without_expression": 0}
    if found.has("critical", "severity"):
        options["names"] = {"severities": ["critical"]}
        expect["missing"] = 0
    if found.has("runbook"):
        expect["without_runbook"] = 0
    return Filling(options, expect)


def dashboards(found: Found) -> Filling:
    """Dashboards as files."""
    paths = found.facts.ending(".json")
    options: dict[str, Any] = {
        "glob": paths[0] if paths else "{grafana,monitoring,dashboards}/**/*.json",
        "subject": "dashboard",
    }
    return Filling(options, {"dashboards": ">= 1", "panels": ">= 1", "without_queries": 0})


def prometheus(found: Found) -> Filling:
    """A number that Prometheus knows."""
    facts = found.facts
    share = facts.first("%")
    time = facts.first("ms", "s")
    where = {"url": "${prometheus_url}"}
    if found.has("errorrate", "error", "failure"):
        query = 'sum(rate(http_requests_total{status=~"5.."}[5m])) / sum(rate(http_requests_total[5m])) * 100'
        return Filling(
            {**where, "query": query},
            {"value": share.condition("<=", unit="") if share else todo("how much, such as < 1")},
            place("prometheus_url"),
        )
    if found.has("cachehit", "hit"):
        query = todo("the share of hits, such as 100 * rate(hits[1h]) / (rate(hits[1h]) + rate(misses[1h]))")
        return Filling(
            {**where, "query": query},
            {"value": share.condition(">=", unit="") if share else todo("how much, such as > 80")},
            place("prometheus_url"),
        )
    if found.has("latency", "p95", "p99", "response") or time is not None:
        query = "histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))"
        wanted = (
            f"< {time.low / 1000 if time.unit == 'ms' else time.low:g}"
            if time
            else todo("how fast, in seconds, such as < 0.5")
        )
        return Filling({**where, "query": query}, {"value": wanted}, place("prometheus_url"))
    if found.has("uptime", "available", "health"):
        return Filling(
            {**where, "query": "up", "range": {"last": "1h", "step": "1min"}},
            {"uptime": share.condition(">=") if share else todo("how much, such as >= 99.9 %")},
            place("prometheus_url"),
        )
    return Filling(
        {**where, "query": todo("the question, in PromQL")},
        {"value": todo("what it has to be, such as > 0")},
        place("prometheus_url"),
    )


def slo(found: Found) -> Filling:
    """An objective and what is left of its budget."""
    share = found.facts.first("%")
    objective = f"{share.low:g} %" if share and share.low < 100 else todo("the objective, such as 99.9 %")  # noqa: PLR2004 - percent
    options = {
        "url": "${prometheus_url}",
        "objective": objective,
        "window": "30d",
        "success_ratio": "avg(avg_over_time(up[window]))",
    }
    return Filling(
        {**options, "success_ratio": "avg(avg_over_time(up[[window]]))"},
        {"budget_left": ">= 0 %"},
        place("prometheus_url"),
    )


#: Who has to answer, by words of the question.
_ROLES = {
    "security": "security", "legal": "legal", "product": "product", "customer": "support", "support": "support",
    "oncall": "operations", "operation": "operations", "qa": "quality", "compliance": "compliance",
    "privacy": "compliance", "gdpr": "compliance", "architecture": "architecture", "stakeholder": "management",
    "budget": "management", "cost": "management", "marketing": "marketing",
}  # fmt: skip


def manual(found: Found) -> Filling:
    """A question to whoever can answer it."""
    role = found.item.owner or next(
        (role for word, role in _ROLES.items() if found.has(word)), todo("who has to answer")
    )
    question = " ".join(found.item.text.split())[:200] or todo("what has to be answered with yes")
    return Filling(
        {"role": role, "question": question if question.endswith("?") else f"Is it so: {question}"}, {"attested": True}
    )


def group(found: Found) -> Filling:
    """A whole that stands for its parts; the score that it claims is what it must reach."""
    share = found.facts.first("%")
    ratio = found.facts.ratio
    if share is not None and share.low <= 100:  # noqa: PLR2004 - percent
        return Filling(
            {}, {"score": share.condition(">=", "%") if share.op in {"", ">=", ">"} else f">= {share.low:g} %"}
        )
    if ratio is not None and 0 < ratio[0] <= ratio[1]:
        return Filling({}, {"score": f">= {100 * ratio[0] / ratio[1]:.4g} %"})
    return Filling({}, {"score": ">= 100 %"})


MAKERS: dict[str, Maker] = {
    "logs": logs,
    "alerts": alerts,
    "dashboards": dashboards,
    "prometheus": prometheus,
    "slo": slo,
    "manual": manual,
    "group": group,
}
