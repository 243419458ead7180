"""What a document shows in a code fence: a command, a query, a request or a listing, and what came of it."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pytest_readiness.checklist.fill import Filling, Found, Maker, place, todo
from pytest_readiness.checklist.fill.addresses import of
from pytest_readiness.checklist.fill.delivery import exactly, run_of
from pytest_readiness.checklist.match import code as codes

_SHELLY = re.compile(r"\||&&|;|>|<|\$\(|`|\bfor\b|\bwhile\b|\bif\b")
_OPEN = re.compile(r"<[A-Z_a-z -]+>|\[[A-Z_]{2,}\]|\byour[-_]\w+|\$\{?[A-Za-z_]\w*\}?")
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_SAFE = ("--version", "-V", "version", "check", "status", "list", "ps", "show", "get", "describe", "validate", "plan", "test", "inspect", "config", "-n", "--check", "--dry-run", "--help", "-c")  # fmt: skip
_TIMES = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")
_NUMBER = re.compile(r"\b(\d[\d,]*(?:\.\d+)?)\b")


def arguments(line: str) -> list[str]:
    """Return *line* as a list of arguments, empty where only a shell could read it."""
    bare = re.sub(r"\s+#.*$", "", line.replace("\\\n", " ")).strip().rstrip("&").strip()
    if "\n" in bare or _SHELLY.search(re.sub(r"'[^']*'|\"[^\"]*\"", "''", bare)):
        return []
    try:
        return [one.replace("$", "$$") for one in shlex.split(bare)]
    except ValueError:
        return []


def _known(found: Found) -> codes.Known:
    code = found.item.code
    return codes.known("", found.item.text) if code is None else codes.known(code.language, code.command)


def _expected(found: Found) -> tuple[str, ...]:
    return () if found.item.code is None else found.item.code.expected


def command(found: Found) -> Filling:
    """A command as it stands, and the output that is shown for it."""
    line = _known(found).line
    split = arguments(line)
    expect: dict[str, Any] = {"exit_code": 0}
    if not split:
        return Filling(
            {"run": [todo(f"as a list of arguments: {' '.join(line.split())[:80]}")]},
            {"exit_code": 0},
            side_effects=True,
        )
    if split[0] in {"source", ".", "cd", "export"}:
        return Filling(
            {"run": ["python", "-c", "import sys; print(sys.prefix != sys.base_prefix)"]},
            {"exit_code": 0, "stdout": "True"},
        )
    run = [todo(f"a real value for {one}") if _OPEN.search(one) else one for one in run_of(split)]
    shown = [text for text in _expected(found) if text.strip()]
    if len(shown) == 1 and len(shown[0]) <= 60 and not _TIMES.search(shown[0]):  # noqa: PLR2004 - a short answer
        expect["stdout"] = f"contains {shown[0].strip()}"
    return Filling({"run": run}, expect, side_effects=not any(word in split[1:] for word in _SAFE))


@dataclass
class _Curl:
    url: str = ""
    method: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    data: str | None = None
    auth: str | None = None
    insecure: bool = False
    follow: bool = False
    head: bool = False


def _curl(words: Sequence[str]) -> _Curl:
    """Read the arguments of curl (and, as far as they are the same, of wget and HTTPie)."""
    made = _Curl()
    rest = iter(words)
    for word in rest:
        if word in {"-X", "--request"}:
            made.method = next(rest, "GET")
        elif word in {"-H", "--header"}:
            name, _, value = next(rest, "").partition(":")
            made.headers[name.strip()] = value.strip()
        elif word in {"-d", "--data", "--data-raw", "--json", "--data-binary", "-F", "--form"}:
            made.data = next(rest, "")
        elif word in {"-u", "--user"}:
            made.auth = next(rest, "")
        elif word in {
            "-o",
            "-w",
            "--output",
            "--write-out",
            "-m",
            "--max-time",
            "--connect-timeout",
            "--retry",
            "-A",
            "-b",
            "-c",
            "--cacert",
            "-e",
        }:
            next(rest, "")
        elif word in {"-I", "--head"}:
            made.head = True
        elif re.fullmatch(r"-[a-zA-Z]+", word):
            made.insecure |= "k" in word
            made.follow |= "L" in word
            made.head |= "I" in word
        elif word in {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"}:
            made.method = word
        elif not word.startswith("-") and not made.url:
            made.url = word
    return made


def http(found: Found) -> Filling:
    """A request as curl or a document writes it, and what the answer has to hold."""
    line = _known(found).line.replace("\\\n", " ")
    pipes = _pipes(line)
    try:
        words = shlex.split(pipes[0], comments=False)
    except ValueError:
        words = pipes[0].split()
    if (
        not words
        or "://" not in pipes[0]
        and not any(word.startswith(("/", "localhost", "$", "{")) for word in words[1:])
    ):
        return _server(words)
    made = _curl(words[1:] if words[0].lower() not in {"get", "post", "put", "patch", "delete", "head"} else words)
    if made.url.startswith(("localhost", "127.0.0.1")):
        made.url = f"http://{made.url}"
    return _request(made, pipes[1:], _expected(found), words)


def _pipes(line: str) -> list[str]:
    """Return the parts of *line* between pipes that no quote holds."""
    parts, depth, current = [], "", ""
    for sign in line:
        if sign in "'\"" and depth in {"", sign}:
            depth = "" if depth else sign
        if sign == "|" and not depth:
            parts.append(current.strip())
            current = ""
        else:
            current += sign
    return [*parts, current.strip()]


def _server(words: list[str]) -> Filling:
    """A command that starts a server: whether the server answers where it listens."""
    text = " ".join(words)
    port = re.search(r"--port[= ](\d+)|-p (\d+):\d+|-b \S*?:(\d+)|:(\d{4,5})\b", text)
    number = (
        next((one for one in port.groups() if one), "8000")
        if port
        else ("3000" if words[:1] in (["npm"], ["yarn"]) else "8000")
    )
    base = f"${{BASE_URL:-http://localhost:{number}}}"
    return Filling({"url": "${base_url}/"}, {"status": "in 200, 301, 302, 307, 401, 403, 404"}, {"base_url": base})


def _request(made: _Curl, pipes: Sequence[str], expected: Sequence[str], words: list[str]) -> Filling:
    method = made.method.upper() or ("POST" if made.data is not None else "")
    address = of(made.url)
    options: dict[str, Any] = {"url": address.url}
    if method not in {"", "GET"} and not (method == "POST" and made.data is not None):
        options["method"] = method
    origin = next((value for name, value in made.headers.items() if name.lower() == "origin"), None)
    headers = {
        name: value.replace("$", "$$")
        for name, value in made.headers.items()
        if name.lower() not in {"content-type", "origin"}
    }
    if headers:
        options["headers"] = {
            name: todo(f"a real {name}") if _OPEN.search(value) else value for name, value in headers.items()
        }
    if made.auth:
        user, _, password = made.auth.partition(":")
        options["auth"] = (
            {"basic": [user or todo("the user"), todo("the password") if password else ""]}
            if False
            else {"basic": todo("user and password")}
        )
    if made.data is not None:
        options |= _body(made.data)
    if made.insecure:
        options["verify"] = False
    if made.follow:
        options["follow"] = True
    if origin:
        return Filling(
            {"url": address.url, "cors": {"origin": origin}},
            {"status": "in 200, 204, 400, 403, 404", "allowed": "evil" not in origin and "malicious" not in origin},
            address.variables,
        )
    extra, expect = _answer(pipes, expected)
    options |= extra
    reading = method in {"", *_READING}
    wanted = (
        next(
            (
                int(code)
                for text in expected
                for code in re.findall(r"\b([1-5]\d\d)\b", text)
                if code in {"200", "201", "202", "204", "301", "302", "401", "403", "404", "429", "422", "400"}
            ),
            None,
        )
        if not extra
        else None
    )
    expect.setdefault("status", wanted or (200 if reading else "in 200, 201, 202, 204"))
    return Filling(options, expect, address.variables, side_effects=not reading)


def _body(data: str) -> dict[str, Any]:
    try:
        return {"json": json.loads(data)}
    except ValueError:
        return (
            {"json": todo("the body, which the document writes with variables")}
            if "$" in data or "{" in data
            else {"body": data}
        )


def _answer(pipes: Sequence[str], expected: Sequence[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return options and expectations for the body of an answer, by what it is piped into and what is shown."""
    text = "\n".join(expected).strip()
    jq = next(
        (
            re.sub(r"^jq\s+(?:-\w+\s+)*", "", pipe).split(">")[0].strip().strip("'\"")
            for pipe in pipes
            if pipe.startswith("jq")
        ),
        "",
    )
    if jq:
        query = _jmespath(jq)
        if not query:
            return {}, {}
        number = re.fullmatch(r"\d+", text)
        value: Any = int(text) if number else text.strip('"') if text and "\n" not in text and len(text) < 40 else None  # noqa: PLR2004 - one value
        if value is None:
            return {"extract": {"found": query}}, {"found": todo("what it has to be")}
        return {"extract": {"found": query}}, {"found": value}
    grep = next((pipe for pipe in pipes if pipe.startswith("grep")), "")
    if grep:
        wanted = re.findall(r"[A-Za-z][\w-]{3,}", re.sub(r"^grep\s+(?:-\w+\s+)*", "", grep))
        return ({"text": wanted[:5]}, {"missing_texts": 0}) if wanted else ({}, {})
    if text.startswith(("{", "[")):
        return _contains(text)
    fields = re.match(r"(\w+) (?:must|should) be (>=|<=|>|<|=)? ?(\d+)", text)
    if fields:
        return {"extract": {fields[1]: todo(f"where {fields[1]} is in the JSON")}}, {
            fields[1]: f"{fields[2] or '='} {fields[3]}"
        }
    return {}, {}


def _jmespath(jq: str) -> str:
    """Return the JMESPath for the simplest of jq's filters."""
    plain = jq.replace(" ", "")
    if plain in {"length", ".|length"}:
        return "length(@)"
    counted = re.fullmatch(r"\.([\w.]+)\|length", plain)
    if counted:
        return f"length({counted[1]})"
    return plain[1:] if re.fullmatch(r"\.\w+(?:\.\w+|\[\d+\])*", plain) else ""


def _contains(text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what a body has to hold, by the JSON that a document shows; times of day are nobody's promise."""
    bare = re.sub(r"(?m)\s+(?:#|//).*$", "", text)
    try:
        data = json.loads(re.sub(r",?\s*\.\.\.\s*,?", "", bare))
    except ValueError:
        return {"contains": text.replace("$", "$$")}, {"mismatches": 0}
    kept = _lasting(data)
    return ({"contains": kept}, {"mismatches": 0}) if kept else ({}, {})


def _lasting(data: Any) -> Any:
    if isinstance(data, dict):
        return {
            key: kept
            for key, value in data.items()
            if (kept := _lasting(value)) is not None and not _passing(key, value)
        }
    if isinstance(data, list):
        return [kept for value in data if (kept := _lasting(value)) is not None]
    return data.replace("$", "$$") if isinstance(data, str) else data


def _passing(key: str, value: Any) -> bool:
    """Tell whether a value is only that of the day on which the document was written."""
    if isinstance(value, str) and _TIMES.search(value):
        return True
    return key.lower() in {
        "id",
        "uuid",
        "timestamp",
        "created_at",
        "updated_at",
        "uptime",
        "job_id",
        "request_id",
        "token",
        "access_token",
    } or key.lower().endswith("_id")


def sql(found: Found) -> Filling:
    """A query and what it has to find."""
    code = found.item.code
    text = (found.item.text if code is None else code.command).strip()
    where = {"url": "${database_url}"}
    expected = list(_expected(found))
    kind = {"\\dt": "tables", "\\dv": "views", "\\df": "functions", "\\di": "indexes", "\\dx": "extensions"}.get(
        text.split()[0].rstrip("+") if text else ""
    )
    if kind:
        names = [name for line in expected if (name := line.strip(" -*|`")) and re.fullmatch(r"\w+", name)]
        return Filling(
            {**where, kind: names or [todo(f"which {kind}")]},
            {"missing": 0, "objects": f">= {max(1, len(names))}"},
            place("database_url"),
        )
    script = re.match(r"\\i\s+(\S+)|psql\b.*?-f\s+(\S+)|.*<\s*(\S+\.sql)", text)
    if script:
        return Filling(
            {**where, "script_file": next(one for one in script.groups() if one)},
            {"refused": 0, "statements": ">= 1"},
            place("database_url"),
        )
    quoted = re.match(r"(?:psql|mysql|sqlite3)\b.*?-(?:c|e)\s+([\"'])(.+?)\1", text, re.DOTALL)
    query = quoted[2] if quoted else text
    if re.match(r"(?:psql|mysql|mysqladmin|pg_isready|sqlite3|sqlcmd|mariadb|pgcli)\b", query):
        return Filling({**where, "query": "SELECT 1"}, {"connected": True, "scalar": 1}, place("database_url"))
    if query.startswith("\\"):
        return Filling({**where, "query": "SELECT 1"}, {"connected": True, "scalar": 1}, place("database_url"))
    return _query(query, expected, where)


def _query(query: str, expected: Sequence[str], where: dict[str, Any]) -> Filling:
    statement = re.sub(r"(?m)--.*$", "", query).strip()
    statements = [" ".join(one.split()) for one in statement.split(";") if one.strip()]
    first = (statements or [""])[0]
    reading = re.match(r"(?i)(?:select|with|show|explain|values|table)\b", first)
    told = " ".join(expected)
    escaped = first.replace("$", "$$").replace("{", "{")
    if not reading or re.match(r"(?i)select\s+\w+\(\)$", first) or re.match(r"(?i)vacuum", first):
        if re.match(r"(?i)vacuum", first):
            tables = re.findall(r"(?i)vacuum\s+(?:\w+\s+)?(\w+)$", first)
            query_text = (
                "SELECT count(*) FROM pg_stat_user_tables WHERE coalesce(last_vacuum, last_autovacuum) IS NOT NULL"
                + (f" AND relname = '{tables[0]}'" if tables else "")
            )  # noqa: S608 - a name of letters
            return Filling({**where, "query": query_text}, {"scalar": ">= 1"}, place("database_url"))
        return Filling(
            {**where, "script": [one.replace("$", "$$") for one in statements]},
            {"refused": 0, "statements": f">= {max(1, len(statements))}"},
            place("database_url"),
        )
    options = {**where, "query": escaped}
    number = _NUMBER.search(told)
    if re.match(r"(?i)select\s+count\(", first) and first.lower().count(",") == 0 and "group by" not in first.lower():
        return Filling(
            options, {"scalar": int(number[1].replace(",", "")) if number else ">= 1"}, place("database_url")
        )
    if re.search(r"(?i)\b(?:empty|no rows|0 rows)\b", told):
        return Filling(options, {"rows": 0}, place("database_url"))
    return Filling(options, {"rows": ">= 1"}, place("database_url"))


def tests(found: Found) -> Filling:
    """The tests that a command of pytest runs."""
    line = _known(found).line
    words = arguments(line) or line.split()
    select = _selection(words)
    expect: dict[str, Any] = {"failed": 0, "passed": ">= 1"}
    told = " ".join(_expected(found))
    passed = re.search(r"(\d+)(?:/\d+)?\s+(?:tests? )?pass", told)
    if passed:
        expect["passed"] = f">= {passed[1]}"
    return Filling({"select": select}, expect)


def _selection(words: Sequence[str]) -> str:
    paths = [
        word for word in words[1:] if not word.startswith("-") and ("/" in word or word.endswith(".py") or "::" in word)
    ]
    for flag, kind in (("-m", "marker"), ("-k", "keyword")):
        if flag in words[2:] or (flag in words and words[0] == "pytest"):
            index = words.index(flag, 2 if words[:2] == ["python", "-m"] else 0)
            if index + 1 < len(words) and words[index + 1] != "pytest":
                return f"{kind}:{words[index + 1]}"
    if paths:
        path = paths[0].removeprefix("./")
        return f"node:{path}*" if not path.endswith(".py") or "/" in path else f"node:*{path}*"
    return "all"


def package(found: Found) -> Filling:
    """The packages that a command installs."""
    line = _known(found).line
    words = (arguments(line) or line.split())[1:]
    files = [words[index + 1] for index, word in enumerate(words[:-1]) if word in {"-r", "--requirement"}]
    names = [
        word
        for index, word in enumerate(words)
        if re.fullmatch(r"[A-Za-z][\w.-]*(?:\[[\w,]+\])?(?:[<>=~!]=?[\w.*,<>=!]+)?", word)
        and words[index - 1] not in {"-r", "-c", "-i", "--requirement"}
        and word
        not in {
            "install",
            "pip",
            "add",
            "sync",
            "check",
            "list",
            "freeze",
            "show",
            "-m",
            "uv",
            "poetry",
            "lock",
            "compile",
            "env",
            "create",
            "update",
        }
    ]
    options: dict[str, Any] = {}
    if names:
        options["requires"] = names
    if files or not names:
        options["files"] = files or ["requirements.txt"]
    return Filling(options, {"missing": 0, "unsatisfied": 0, "checked": f">= {max(1, len(names))}"})


def env(found: Found) -> Filling:
    """A variable with the value that the document gives it."""
    code = found.item.code
    text = found.item.text if code is None else code.command
    values = re.findall(r"(?m)^\s*(?:export +|set +|-e +)?([A-Za-z_]\w*)\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s#]*)", text)
    if not values:
        named = re.findall(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_?\b", re.sub(r"\b(?:env|printenv|echo|grep)\b", " ", text))
        whole = [name for name in named if len(name) > 2 and not name.endswith("_")]  # noqa: PLR2004 - two letters are options
        if whole and "grep" not in text:
            return Filling({"variables": whole}, {"missing": 0, "required": f">= {len(whole)}"})
        return Filling(
            {
                "variables": [
                    todo(f"which variables{' that begin with ' + named[0] if named else ''}").replace(":", " -")
                ]
            },
            {"missing": 0, "required": ">= 1"},
        )
    rules = {name: _value(name, value.strip("\"'")) for name, value in values}
    return Filling({"variables": rules}, {"missing": 0, "invalid": 0, "required": f">= {len(rules)}"})


def _value(name: str, value: str) -> Any:
    if (
        not value
        or "..." in value
        or "…" in value
        or _OPEN.search(value)
        or re.match(r"(?i)change|your|xxx|<|example|placeholder|secret", value)
    ):
        scheme = re.match(r"([a-z][a-z0-9+]*)://", value)
        return {"pattern": f"{re.escape(scheme[1])}://.+"} if scheme else {"min_length": 1}
    return exactly(name, value)


def logs(found: Found) -> Filling:
    """What a command looks for in a log."""
    line = _known(found).line
    path = re.search(r"[\w./*-]*(?:\.log|logs/[\w./*-]*)\b", line)
    grep = re.search(r"grep\s+(?:-\w+\s+)*(?:\"([^\"]+)\"|'([^']+)'|(\S+))", line)
    options: dict[str, Any] = (
        {"path": path[0]} if path and "*" not in path[0] else {"glob": path[0] if path else todo("which log files")}
    )
    if grep:
        wanted = (grep[1] or grep[2] or grep[3]).replace("\\|", "|")
        options["regex"] = f"(?i){re.escape(wanted) if '|' not in wanted else wanted}"
        gone = re.search(r"(?i)error|exception|critical|fail", wanted)
        return Filling(options, {"lines": ">= 1", "matches": 0 if gone else ">= 1"})
    return Filling(options, {"lines": ">= 1", "errors": 0})


def file(found: Found) -> Filling:
    """The files that a command makes, lists or looks into."""
    line = _known(found).line
    to = re.search(r"[^>]>\s*([\w./-]+\.\w+)", line)
    words = [
        word
        for word in (arguments(line) or line.split())[1:]
        if not word.startswith(("-", ">", "|", "'", '"')) and not re.fullmatch(r"[0-7]{3,4}|[ugoa]*[+-][rwx]+", word)
    ]
    path = to[1] if to else next((word for word in words if "/" in word or "." in word), words[-1] if words else "")
    if not path or path.startswith(("~", "/")):
        return Filling({"path": todo(f"where {path or 'it'} is, seen from here")}, {"count": 1})
    if line.startswith("mkdir") or path.endswith("/") or "." not in path.rsplit("/", 1)[-1]:
        return Filling({"glob": f"{path.rstrip('/')}/**"}, {"count": ">= 1"})
    return Filling({"glob": path} if "*" in path else {"path": path}, {"count": ">= 1", "size": "> 0 B"})


def junit(found: Found) -> Filling:
    """The report that another runner leaves."""
    line = _known(found).line
    code = "" if found.item.code is None else found.item.code.command
    cd = re.search(r"\bcd +([\w./-]+)", code)
    told = " ".join([*_expected(found), found.item.text])
    count = re.search(r"(\d+)(?:/\d+)? (?:\w+ ){0,3}(?:tests?|specs?|pass)", told)
    options: dict[str, Any] = {"glob": f"{cd[1]}/**/*junit*.xml" if cd else "**/*junit*.xml"}
    spec = re.search(r"[\w./-]+\.(?:spec|test)\.[jt]sx?", line)
    if spec:
        options["suites"] = [f"*{spec[0].rsplit('/', 1)[-1]}*"]
    return Filling(options, {"failed": 0, "errors": 0, "passed": f">= {count[1]}" if count else ">= 1"})


def git(found: Found) -> Filling:
    """What a command of git is about: what is committed, the branch, or the state of all."""
    words = (arguments(_known(found).line) or _known(found).line.split())[1:]
    verb = words[0] if words else "status"
    paths = [word for word in words[1:] if not word.startswith("-") and word not in {".", "origin", "main", "master"}]
    if verb == "add" and paths:
        return Filling({"committed": paths}, {"missing": 0})
    if verb in {"push", "pull", "fetch"}:
        return Filling({}, {"ahead": 0, "behind": 0})
    if verb == "tag":
        return Filling({}, {"tagged": True})
    return Filling({}, {"clean": True, "files": ">= 1"})


def redis(found: Found) -> Filling:
    """What a command asks of Redis."""
    keys = re.search(r"(?i)\bkeys\s+[\"']?([^\"'\s]+)", _known(found).line)
    options: dict[str, Any] = {"url": "${redis_url}"}
    expect: dict[str, Any] = {"connected": True, "ping": True}
    if keys:
        options["keys"] = keys[1]
        expect["keys"] = ">= 1"
    return Filling(options, expect, place("redis_url"))


def sarif(found: Found) -> Filling:
    """What a scanner finds."""
    line = _known(found).line
    tool = next((name for name in ("bandit", "gitleaks", "pip-audit") if name in line), None)
    if tool is None:
        return Filling(
            {
                "report": [
                    f"**/*{line.split()[0]}*.sarif"
                    if line.split() and line.split()[0] not in {"npm", "yarn", "docker", "pnpm"}
                    else "**/*.sarif"
                ]
            },
            {"results": 0, "runs": ">= 1"},
        )
    targets = [word for word in (arguments(line) or line.split())[1:] if "/" in word and not word.startswith("-")]
    return Filling(
        {"run": tool, **({"targets": targets} if targets and tool == "bandit" else {})}, {"results": 0, "runs": ">= 1"}
    )


def document(found: Found) -> Filling:
    """A listing of configuration: the file that it is in, or is to go into."""
    paths = [
        *found.facts.ending(".yaml", ".yml", ".json", ".toml"),
        *found.above.ending(".yaml", ".yml", ".json", ".toml"),
    ]
    code = found.item.code
    where: dict[str, Any] = (
        {"path": paths[0]} if paths and "*" not in paths[0] else {"path": todo("which file this belongs into")}
    )
    keys = [] if code is None else re.findall(r"(?m)^\s*\"?([A-Za-z_][\w-]*)\"?\s*[:=]", code.command)
    query = [f"contains(to_string(@), '{key}')" for key in dict.fromkeys(keys)][:3] or [
        todo("a JMESPath query that must be true")
    ]
    return Filling({**where, "assert": query}, {"violations": 0, "documents": ">= 1"})


MAKERS: dict[str, Maker] = {
    "command": command,
    "http": http,
    "sql": sql,
    "tests": tests,
    "package": package,
    "env": env,
    "logs": logs,
    "file": file,
    "junit": junit,
    "git": git,
    "redis": redis,
    "sarif": sarif,
    "document": document,
}
