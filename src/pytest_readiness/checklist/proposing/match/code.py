"""Which probe shows what a command, a query or a listing shows, by how it begins."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pytest_readiness.checklist.proposing.match.data import load

_REQUEST = re.compile(r"(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) +(?:https?://|/|\$|\{)\S*")
_SETTING = re.compile(r"(?:export +|set +)?[A-Z][A-Z0-9_]*=\S*")
_BEFORE = re.compile(r"(?:[A-Z_][A-Z0-9_]*=(?:\"[^\"]*\"|'[^']*'|\S*) +)+(?=\S)")
_INSIDE = re.compile(
    r"(?:docker|podman)(?:[ -]compose)?(?: +-f +\S+)* +(?:exec|run --rm)(?: +-[a-zA-Z-]+(?:=\S+)?(?: +(?=-))?)*"
    r" +\S+ +(?=[a-z])"
    r"|kubectl +exec +(?:-\S+ +(?:\S+ +(?=-))?)*\S+ +(?:-\S+ +\S+ +)*-- +"
)
_CHANGE = re.compile(r"(?:cd|pushd|set -\w+|source \S+|\. \S+) ?[^&;|]*(?:&&|;) *")
_CAUGHT = re.compile(r"^(?:export +|set +)?[A-Za-z_]\w*=\$\((?=[a-z])")
_PROMPT = re.compile(r"^(?:\$|>|>>>|#!?|%|\w+[=#]>) +(?=[a-zA-Z./\\])")
_SHELL = frozenset(
    {"", "bash", "sh", "shell", "console", "zsh", "powershell", "ps1", "cmd", "text", "bat", "fish", "terminal"}
)
_IMPORT = re.compile(r"(?:import|from) +[a-zA-Z_]")
_LOG_FILE = re.compile(r"\.log\b|\blogs?[/.]|\blogs?$")
_SCRIPT = re.compile(r"^(test|lint|build|format|types?):.*$")
#: Statements that only import, or print what was imported.
_MORE = re.compile(r"(?:import [\w., ]+?|from [\w.]+ import [\w, ]+?|print\(.*?\))(?=;|['\"]?$|\s*$)")
#: A program that is not known, all alone or with options.
_PROGRAM = re.compile(r"(?:[a-z][a-z0-9]*(?:-[a-z0-9]+)+|[a-z][\w-]*(?= +--?[a-z]))(?: +-.*)?")
_DOTENV = re.compile(r"^(?:cat|less|head) +\S*\.env\S* *\| *e?grep\b|^e?grep .*[A-Z]{2,}.* \S*\.env\S*$")
_PIPED_LOG = re.compile(r"\blogs?\b")


@dataclass(frozen=True, slots=True)
class Known:
    """A command of one line, without what only runs another, and the probe for it; empty if it is not known."""

    line: str
    probe: str


@cache
def _table() -> tuple[dict[str, str], int, tuple[str, ...]]:
    data = load("commands.yaml")
    table = {str(begin).strip(): probe for probe, begins in data["commands"].items() for begin in begins}
    longest = max(len(begin.split()) for begin in table)
    return table, longest, tuple(f"{run} " for run in data["runs"])


_QUERIES = {"sql": "sql", "postgresql": "sql", "psql": "sql", "plpgsql": "sql", "mysql": "sql", "promql": "prometheus"}
_PYTHON = frozenset({"python", "py", "pycon"})
_SETTINGS = frozenset({"env", "dotenv", "ini", "properties"})


def known(language: str, command: str) -> Known:
    """Return what is known of a piece of code."""
    lines = [line for line in _lines(command) if line]
    probe = _by_language(language, lines) if lines else ""
    if probe or not lines:
        return Known(command.strip(), probe)
    found = [one for one in map(line_of, lines) if one.probe]
    telling = next((one for one in found if one.probe not in {"command", "env"}), None)
    if telling is not None or found:
        return telling or found[0]
    run = _bare(lines[0])
    is_program = language in _SHELL and _PROGRAM.fullmatch(run) is not None
    return Known(run, "command") if is_program else Known(lines[0], "")


def _by_language(language: str, lines: list[str]) -> str:
    """Return the probe for code in *language*, empty where its lines have to tell."""
    if language in _PYTHON:
        return "imports" if all(_IMPORT.match(line) for line in lines) else "command"
    if language in _SETTINGS and all(_SETTING.match(line) for line in lines):
        return "env"
    return _QUERIES.get(language) or _LISTINGS.get(language, "")


_LISTINGS = {
    "yaml": "document", "yml": "document", "json": "document", "toml": "document", "dockerfile": "dockerfile",
    "xml": "document", "nginx": "file", "hcl": "document", "jsonc": "document", "http": "http",
}  # fmt: skip


def _lines(command: str) -> list[str]:
    joined = re.sub(r"\s*\\\n\s*", " ", command)
    return [
        _PROMPT.sub("", line.strip())
        for line in joined.splitlines()
        if not line.strip().startswith(("# ", "//", "--", "#!"))
    ]


def line_of(line: str) -> Known:
    """Return what is known of one line as a shell has it."""
    if _REQUEST.match(line):
        return Known(line, "http")
    if _SETTING.fullmatch(line.split(" #", maxsplit=1)[0].strip()):
        return Known(line, "env")
    line = _bare(line)
    probe = _by_beginning(line)
    if probe == "imports" and _MORE.sub("", line.partition("-c")[2]).strip(" ;'\""):
        probe = "command"
    if probe in {"command", "http", ""} and "|" in line and _PIPED_LOG.search(line.split("|", 1)[0]):
        probe = "logs" if re.search(r"\|\s*grep", line) else probe
    if (
        probe == "env"
        and line.startswith(("env", "set"))
        and "=" not in line
        and "|" not in line
        and line not in {"env", "printenv"}
    ):
        return Known(line, "command" if " " in line else "")
    if probe == "logs" and line.startswith("grep") and not _LOG_FILE.search(line):
        probe = "file"
    if probe == "file" and _DOTENV.search(line):
        probe = "env"
    if probe in {"command", "docs", "http"} and re.search(r"[^>]> *(?!/)[\w./-]+\.\w+$", line):
        probe = "file"
    return Known(line, probe)


def _bare(line: str) -> str:
    """Return *line* without what comes before the command that matters."""
    runs = _table()[2]
    for _ in range(6):
        before = line
        line = _CAUGHT.sub("", line)
        line = _INSIDE.sub("", _CHANGE.sub("", _BEFORE.sub("", line, count=1), count=1), count=1)
        begin = next((run for run in runs if line.startswith(run)), None)
        if begin is not None:
            line = line[len(begin) :].lstrip()
            line = re.sub(r"^(?:-{1,2}[\w-]+(?:=\S+)? +)+", "", line)
        if line == before:
            return line
    return line


def _by_beginning(line: str) -> str:
    table, longest, _ = _table()
    words = line.replace('"', "").replace("'", "").split()
    if not words:
        return ""
    if words[0].startswith("\\"):
        return "sql"
    if len(words) > 2 and words[0].startswith("python") and words[1] == "-m":  # noqa: PLR2004
        as_module = _by_beginning(" ".join(words[2:]))
        if as_module not in {"", "command"}:
            return as_module
    if words[0].rsplit("/", 1)[-1] in {"python", "python3", "pip", "pip3", "pytest"}:
        words[0] = words[0].rsplit("/", 1)[-1]
    begins = [_SCRIPT.sub(r"\1", word) for word in words] if ":" in line else words
    for length in range(min(longest, len(words)), 0, -1):
        probe = table.get(" ".join(begins[:length]))
        if probe is not None:
            return _refined(probe, words)
    if words[0].startswith(("./", "bin/", "scripts/")) or words[0].endswith((".sh", ".py")):
        return "command"
    return ""


def _refined(probe: str, words: list[str]) -> str:
    """Return the probe where options further on decide."""
    if probe == "command" and words[0] == "docker" and words[1:2] == ["run"] and {"-p", "--publish"} & set(words):
        return "http"
    if probe in {"tests", "junit"} and any(word.startswith("--cov") or word.endswith(":coverage") for word in words):
        return "coverage"
    if probe == "tests" and any(word.startswith("--benchmark") for word in words):
        return "benchmark"
    if probe == "command" and words[0].startswith("python") and len(words) > 1 and _is_test(words[1]):
        return "tests"
    return probe


def _is_test(path: str) -> bool:
    name = path.rsplit("/", 1)[-1]
    return name.startswith("test_") and name.endswith(".py") and "scripts/" not in path
