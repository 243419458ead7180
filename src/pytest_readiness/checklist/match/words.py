"""
Words as rules compare them: in lower case, in one spelling, without their endings.

The endings are taken off roughly and alike on both sides, in rules and in documents. A stem need not be
a word; it has to be the same for "validate", "validated" and "validation", and another one for "value".
"""

from __future__ import annotations

import re
from functools import lru_cache

from pytest_readiness.checklist.match.languages import dense, english

#: Other spellings and short forms of the same word, by what is written.
ALIASES = {
    "apis": "api", "auth": "authentication", "authn": "authentication", "authz": "authorization", "autoscaler": "hpa",
    "autoscaling": "hpa", "automatic": "automated", "automatically": "automated", "ci": "cicd", "otel": "opentelemetry", "swagger": "openapi", "dlq": "deadletter", "2fa": "secondfactor", "mfa": "secondfactor", "complexity": "complex", "config": "configuration",
    "connectivity": "connection", "containerisation": "container", "containerised": "container",
    "containerization": "container", "containerized": "container", "creds": "credential", "cve": "vulnerability",
    "cves": "vulnerability", "db": "database", "dbs": "database", "deps": "dependency", "doc": "documentation",
    "docs": "documentation", "documented": "documentation",
    "documenting": "documentation", "invalidation": "cacheflush", "invalidate": "cacheflush", "invalidated": "cacheflush", "invalidates": "cacheflush", "env": "environment", "envs": "environment",
    "eslint": "lint", "flake8": "lint", "pylint": "lint", "linter": "lint", "linters": "lint", "linting": "lint",
    "functionality": "functional", "functionalities": "functional", "handler": "handle", "handlers": "handle",
    "healthchecks": "healthcheck", "healthy": "health", "healthz": "healthcheck", "livez": "healthcheck",
    "readyz": "healthcheck", "indices": "index", "infra": "infrastructure", "js": "javascript", "k8s": "kubernetes",
    "kube": "kubernetes", "mem": "memory", "none": "no", "zero": "no", "without": "no", "0": "no", "perf": "performance",
    "postgres": "postgresql", "pg": "postgresql", "playbook": "runbook", "playbooks": "runbook", "prod": "production",
    "qps": "rps", "tps": "rps", "released": "release", "releasing": "release", "repo": "repository", "scanner": "scan",
    "scanners": "scan", "sec": "second", "slas": "sla", "slos": "slo", "ssl": "tls", "staged": "stage", "testing": "test",
    "tested": "test", "used": "use", "using": "use", "utilisation": "usage", "utilization": "usage", "vars": "variable",
    "var": "variable", "vuln": "vulnerability", "vulns": "vulnerability", "ts": "typescript", "min": "minute",
    "mins": "minute", "dockerised": "docker", "dockerized": "docker", "dockerize": "docker", "optimise": "optimize",
    "optimised": "optimize", "optimisation": "optimize", "subnets": "subnet", "mock": "mock", "mocked": "mock",
    "analytics": "analytic", "workers": "worker", "pagerduty": "pager", "prs": "pr", "built": "build", "ran": "run",
    "ios": "ios", "accessibility": "a11y", "accessible": "reachable", "settings": "configuration", "setting": "configuration", "configurable": "adjustable", "profile": "userprofile", "profiles": "userprofile", "logs": "log", "sanitized": "sanitize", "sanitized": "sanitize", "sanitization": "sanitize", "importable": "import", "formats": "fileformat", "authenticated": "authentication", "bugs": "bug", "crashes": "crash", "crashed": "crash", "signin": "login", "signup": "login", "validations": "validation", "healthiness": "health", "deployed": "deploy", "installed": "install", "e-mail": "email", "e-mails": "email", "serverless": "serverless", "signature": "signature", "logger": "log", "loggers": "log", "doesn": "not", "cannot": "not", "can't": "not", "ok": "ok",
}  # fmt: skip

#: Words that would lose an ending that is none.
_KEPT = frozenset({
    "aws", "bus", "cors", "dns", "https", "kubernetes", "os", "redis", "access", "process", "class", "address", "sms",
    "css", "less", "loss", "pass", "business", "readiness", "production", "version", "session", "functional", "service",
    "response", "database", "image", "storage", "usage", "package", "message", "staging", "string", "media", "index",
    "regex", "status", "corpus", "canary", "sentry", "celery", "query", "library", "memory", "summary", "registry",
    "history", "factory", "directory", "release", "repository", "mypy", "snyk", "tls", "series", "alias", "axios",
    "analysis", "basis", "does", "always", "previous", "various", "readme", "cypress", "postgresql", "yes", "gas",
    "compose", "expose", "purpose", "policy", "delivery", "discovery", "recovery", "entry", "retry", "node", "table",
    "able", "stage", "secure", "feature", "module", "role", "file", "type", "rate", "state", "site", "pipeline", "core",
    "template", "private", "update", "create", "delete", "e2e", "cicd", "abtest", "precommit", "typecheck", "signoff",
    "healthcheck", "ratelimit", "readonly", "nonroot", "crossorigin", "oncall", "golive", "multistage", "backup",
    "bluegreen", "featureflag", "loadbalancer", "realtime", "opentelemetry", "stresstest", "loadtest", "openapi",
    "circuitbreaker", "setup", "rollback", "rollout", "multitenant", "deadletter", "errorrate", "failover", "timeout",
    "pentest", "cachehit", "secondfactor",
})  # fmt: skip

#: What plural forms end in that add more than an s.
_PLURALS = ("sses", "ches", "shes", "xes", "zes")
_ENDINGS = (
    "ability", "ibility", "ization", "isation", "ation", "ating", "ator", "ated", "ate", "izing", "ising", "ized",
    "ised", "ize", "ise", "ment", "ing", "ion", "ively", "ive", "ied", "ably", "able", "ed", "e", "y",
)  # fmt: skip

_SHORTEST = 3
_SPLIT = re.compile(r"[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z]+[0-9]*|[^\W_A-Za-z]+")
_WORD = re.compile(r"[^\W_]+")


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Return what all forms of *word* have in common."""
    word = english(word.lower())
    word = _singular(ALIASES.get(word, word))
    if word in _KEPT or len(word) <= _SHORTEST:
        return word
    if word[:-1] in _KEPT or f"{word[:-3]}e" in _KEPT:
        return word[:-1] if word[:-1] in _KEPT else f"{word[:-3]}e"
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            return _bare(word, ending)
    return word


def _bare(word: str, ending: str) -> str:
    """Return *word* without *ending*, as the words that are kept are written."""
    bare = word[: -len(ending)]
    if ending == "y" and bare[-1] in "aeiou":
        return word
    return f"{bare}e" if f"{bare}e" in _KEPT else _undoubled(bare)


def _singular(word: str) -> str:
    if len(word) <= _SHORTEST or word in _KEPT or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        word = f"{word[:-3]}y"
    else:
        word = word[:-2] if word.endswith(_PLURALS) else word[:-1]
    return ALIASES.get(word, word)


def _undoubled(word: str) -> str:
    """Return *word* without the last of two equal consonants, which English doubles before an ending."""
    if len(word) > _SHORTEST and word[-1] == word[-2] and word[-1] not in "aeiousl":
        return word[:-1]
    return word


def parts(name: str) -> list[str]:
    """Return the words that *name* is made of, be it snake_case, kebab-case, camelCase or dotted."""
    found = [part for word in _WORD.findall(name) for part in _cased(word)]
    return found if name.isascii() else [*found, *dense(name)]


def _cased(name: str) -> list[str]:
    """Return *name*, and the words in it where capitals tell them: a brand such as MyTool is known by both."""
    if name.islower() or name.isupper() or name[1:].islower():
        return [name]
    return [name, *(part for part in _SPLIT.findall(name) if len(part) >= _SHORTEST and part != name)]
