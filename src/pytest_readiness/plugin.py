"""
pytest's entry point: options, ini settings, marker, and hooks that only delegate.

It imports nothing but pytest; all else is loaded when gates are asked for.
"""

from __future__ import annotations

import pytest

_IN_INI = "; the ini setting {} does the same"

#: All options, in the order of the help text. None takes an optional value: it would swallow a path.
OPTIONS: dict[str, dict[str, object]] = {
    "--readiness": {
        "action": "store_true",
        "help": "run the tests, then the gates of readiness.yaml, then give a verdict",
    },
    "--readiness-only": {"action": "store_true", "help": "run the gates and no tests"},
    "--readiness-spec": {"metavar": "PATH", "help": "the spec (readiness.yaml)" + _IN_INI.format("readiness_spec")},
    "--readiness-profile": {"metavar": "NAME", "help": "a profile of the spec" + _IN_INI.format("readiness_profile")},
    "--readiness-select": {"metavar": "EXPR", "help": "only some gates: ids, globs, tag:T, group:G, severity:S"},
    "--readiness-report": {
        "action": "append",
        "metavar": "FORMAT:PATH",
        "help": "write a report, json:readiness.json for example; repeatable" + _IN_INI.format("readiness_report"),
    },
    "--readiness-audit": {
        "action": "append",
        "metavar": "CHECKLIST.md",
        "help": "hold the claims of a checklist against the gates; repeatable",
    },
    "--readiness-audit-fail-on": {
        "metavar": "WORDS",
        "help": "what of an audit fails the run (contradicted): confirmed, contradicted, understated, unproven, open, "
        "internal, stated" + _IN_INI.format("readiness_audit_fail_on"),
    },
    "--readiness-jobs": {"type": int, "metavar": "N", "help": "how many gates run at the same time"},
    "--readiness-explain": {"action": "store_true", "help": "list all that the gates would reach for, and run nothing"},
    "--readiness-no-exec": {"action": "store_true", "help": "refuse gates and services that run commands"},
    "--readiness-allow-side-effects": {
        "action": "store_true",
        "help": "let gates with side_effects: true change things",
    },
    "--readiness-as-of": {"metavar": "DATE", "help": "judge waivers and dates as of another day (not available yet)"},
}
INI = {
    "readiness_spec": ("string", "path of the spec, relative to the file of this setting (default: readiness.yaml)"),
    "readiness_profile": ("string", "profile of the spec"),
    "readiness_report": ("linelist", "FORMAT:PATH of each report, relative to the file of this setting"),
    "readiness_audit_fail_on": ("string", "what of an audit fails the run, comma-separated (default: contradicted)"),
    "readiness_cache": ("string", "on or off: keep content-checked analyses between runs (default: on, but off in CI)"),
}
MARKER = "readiness(gate, ...): this test is evidence for the gates of readiness.yaml that have these ids"


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """https://docs.pytest.org/en/stable/reference/reference.html#pytest.hookspec.pytest_addhooks."""
    from pytest_readiness import hooks

    pluginmanager.add_hookspecs(hooks)


def pytest_addoption(parser: pytest.Parser) -> None:
    """https://docs.pytest.org/en/stable/reference/reference.html#pytest.hookspec.pytest_addoption."""
    group = parser.getgroup("readiness", "production readiness")
    for flag, how in OPTIONS.items():
        group.addoption(flag, **how)
    for name, (kind, text) in INI.items():
        parser.addini(name, text, kind)  # type: ignore[arg-type]


def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """https://docs.pytest.org/en/stable/reference/reference.html#pytest.hookspec.pytest_load_initial_conftests."""
    option = early_config.known_args_namespace
    if option.readiness or option.readiness_only:
        from pytest_readiness import _runner

        _runner.prepare(early_config)


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """https://docs.pytest.org/en/stable/reference/reference.html#pytest.hookspec.pytest_cmdline_main."""
    if not config.option.readiness_explain:
        return None
    from pytest_readiness import _runner

    _runner.explain(config)
    return 0


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """https://docs.pytest.org/en/stable/reference/reference.html#pytest.hookspec.pytest_configure."""
    config.addinivalue_line("markers", MARKER)
    option = config.option
    if option.readiness or option.readiness_only:
        from pytest_readiness import _runner

        _runner.install(config)
    elif stray := [flag for flag in OPTIONS if getattr(option, flag[2:].replace("-", "_"))]:
        message = f"{stray[0]} needs --readiness or --readiness-only: no gate would run"
        raise pytest.UsageError(message)
