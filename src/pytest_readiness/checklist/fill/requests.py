"""Requests as documents show them: in the words of curl, or as a method and a path; and what comes of them."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pytest_readiness.checklist.fill import Filling, Found, todo
from pytest_readiness.checklist.fill.addresses import of
from pytest_readiness.checklist.fill.lines import OPEN, expected_of, known_of

_READING = frozenset({"GET", "HEAD", "OPTIONS"})


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
    return _request(made, pipes[1:], expected_of(found), words)


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
            name: todo(f"a real {name}") if OPEN.search(value) else value for name, value in headers.items()
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
