"""Requests as documents show them: in the words of curl, or as a method and a path; and what comes of them."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pytest_readiness.checklist.proposing.fill import PLACES, Filling, Found, todo
from pytest_readiness.checklist.proposing.fill.addresses import Address, of
from pytest_readiness.checklist.proposing.fill.lines import OPEN, expected_of, known_of
from pytest_readiness.checklist.proposing.match.facts import KNOWN_STATUS

_READING = frozenset({"GET", "HEAD", "OPTIONS"})


_SHORT = 40
_TIMES = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")


@dataclass
class _Curl:
    url: str = ""
    method: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    data: str | None = None
    auth: str | None = None
    insecure: bool = False
    follow: bool = False


#: Options of curl that take a value which says nothing of the request.
_PASSED_OVER = frozenset(
    [
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
        "--user-agent",
    ]
)
_DATA = frozenset(["-d", "--data", "--data-raw", "--json", "--data-binary", "-F", "--form"])
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"})


def _curl(words: Sequence[str]) -> _Curl:
    """Read the arguments of curl (and, as far as they are the same, of wget and HTTPie)."""
    made = _Curl()
    rest = iter(words)
    for word in rest:
        if word in _PASSED_OVER or word in _DATA or word in {"-X", "--request", "-H", "--header", "-u", "--user"}:
            _valued(made, word, next(rest, ""))
        elif re.fullmatch(r"-[a-zA-Z]+", word):
            made.insecure |= "k" in word
            made.follow |= "L" in word
            made.method = "HEAD" if "I" in word else made.method
        elif word in _METHODS or word == "--head":
            made.method = word.removeprefix("--").upper()
        elif not word.startswith("-") and not made.url:
            made.url = word
    return made


def _valued(made: _Curl, option: str, value: str) -> None:
    """Note in *made* an option that takes a value."""
    if option in {"-X", "--request"}:
        made.method = value.upper()
    elif option in {"-H", "--header"}:
        name, _, content = value.partition(":")
        made.headers[name.strip()] = content.strip()
    elif option in _DATA:
        made.data = value
    elif option in {"-u", "--user"}:
        made.auth = value


def http(found: Found) -> Filling:
    """A request as curl or a document writes it, and what the answer has to hold."""
    line = _whole_request(found)
    pipes = _pipes(line)
    try:
        words = shlex.split(pipes[0], comments=False)
    except ValueError:
        words = pipes[0].split()
    if not words or (
        "://" not in pipes[0] and not any(word.startswith(("/", "localhost", "$", "{")) for word in words[1:])
    ):
        return _server(words)
    made = _curl(words[1:] if words[0].lower() not in {"get", "post", "put", "patch", "delete", "head"} else words)
    if made.url.startswith(("localhost", "127.0.0.1")):
        made.url = f"http://{made.url}"
    return _request(made, pipes[1:], expected_of(found))


def _whole_request(found: Found) -> str:
    """Return the request with all its lines, where it is the first command: bodies go over several."""
    code = found.item.code
    line = known_of(found).line.replace("\\\n", " ")
    if code is None or not line.startswith("curl") or "curl" not in code.command:
        return line
    whole = code.command[code.command.index("curl") :].replace("\\\n", " ")
    return whole if whole.count("curl ") == 1 and "\ndone" not in whole else line


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
    port = re.search(r"--port[= ](\d+)|-p (\d+):\d+|-b \S*?:(\d+)|:(\d{4,5})\b", " ".join(words))
    given = next((one for one in port.groups() if one), "") if port else ""
    base = f"${{BASE_URL:-http://localhost:{given}}}" if given else PLACES["base_url"]
    return Filling({"url": "${base_url}/"}, {"status": "in 200, 301, 302, 307, 401, 403, 404"}, {"base_url": base})


def _request(made: _Curl, pipes: Sequence[str], expected: Sequence[str]) -> Filling:
    method = made.method or ("POST" if made.data is not None else "")
    address = of(made.url)
    origin = next((value for name, value in made.headers.items() if name.lower() == "origin"), None)
    if origin:
        return _preflight(address, origin)
    extra, expect = _answer(pipes, expected)
    reading = method in {"", *_READING}
    told = None if extra else _status(expected)
    expect.setdefault("status", told or (200 if reading else "in 200, 201, 202, 204"))
    return Filling(
        {"url": address.url, **_asked(made, method), **extra}, expect, address.variables, side_effects=not reading
    )


def _preflight(address: Address, origin: str) -> Filling:
    """Return whether a page of *origin* may ask; one that is called evil may not."""
    allowed = not re.search(r"evil|malicious|attacker|hack", origin)
    options = {"url": address.url, "cors": {"origin": origin}}
    return Filling(options, {"status": "in 200, 204, 400, 403, 404", "allowed": allowed}, address.variables)


def _asked(made: _Curl, method: str) -> dict[str, Any]:
    """Return the options for what is sent."""
    options: dict[str, Any] = {}
    if method not in {"", "GET"} and not (method == "POST" and made.data is not None):
        options["method"] = method
    headers = {
        name: todo(f"a real {name}") if OPEN.search(value) else value.replace("$", "$$")
        for name, value in made.headers.items()
        if name.lower() != "content-type" and re.fullmatch(r"[\w-]+", name)
    }
    if headers:
        options["headers"] = headers
    if made.auth:
        options["auth"] = {"basic": todo("user and password")}
    if made.data is not None:
        options |= _body(made.data)
    return options | ({"verify": False} if made.insecure else {}) | ({"follow": True} if made.follow else {})


def _status(expected: Sequence[str]) -> int | None:
    """Return the status that is shown, None if none is."""
    codes = (int(code) for text in expected for code in re.findall(r"\b([1-5]\d\d)\b", text))
    return next((code for code in codes if code in KNOWN_STATUS), None)


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
    for pipe in pipes:
        program, _, rest = pipe.partition(" ")
        bare = re.sub(r"^(?:-\w+\s+)*", "", rest)
        if program == "jq":
            return _picked(bare.split(">")[0].strip().strip("'\""), text)
        if program == "grep":
            wanted = re.findall(r"[A-Za-z][\w-]{3,}", bare)[:5]
            return ({"text": wanted}, {"missing_texts": 0}) if wanted else ({}, {})
    if text.startswith(("{", "[")):
        return _contains(text)
    bound = re.match(r"(\w+) (?:must|should) be (>=|<=|>|<|=)? ?(\d+)", text)
    if bound:
        where = todo(f"where {bound[1]} is in the JSON")
        return {"extract": {bound[1]: where}}, {bound[1]: f"{bound[2] or '='} {bound[3]}"}
    return {}, {}


def _picked(jq: str, text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what jq picks out of the body, and the one value that *text* shows for it."""
    query = _jmespath(jq)
    if not query:
        return {}, {}
    one = text if "\n" not in text and 0 < len(text) < _SHORT else ""
    value: Any = int(one) if one.isdigit() else one.strip('"') or todo("what it has to be")
    return {"extract": {"found": query}}, {"found": value}


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
