"""Where documents come from: files, a URL, or an application that describes itself."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from urllib.parse import urlsplit

from pytest_readiness.deadline import Deadline
from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.probe import Context
from pytest_readiness.probes import _glob
from pytest_readiness.probes._document import formats
from pytest_readiness.probes._document.loader import RefusedError
from pytest_readiness.probes._http.url import parse

#: The most bytes that are read of one file, and of all files of a gate.
MOST_FILE, MOST_FILES = 10 * 1024 * 1024, 64 * 1024 * 1024

_TYPES = (
    (re.compile(r"[/+]json\b"), "json"),
    (re.compile(r"[/+](?:x-)?yaml\b"), "yaml"),
    (re.compile(r"[/+]toml\b"), "toml"),
)
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_PLAIN = re.compile(r"[\t\x20-\x7e\xa0-\xff]*")
_OURS = frozenset({"connection", "content-length", "transfer-encoding", "host", "upgrade", "expect", "te"})
_OK = 200
_REDIRECTS = 10
#: Prints what the application says of itself; whatever its modules print while they are imported goes to stderr.
_CHILD = """
import importlib, json, os, sys, traceback
out = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)
sys.path[:0] = sys.argv[3:]
try:
    thing = importlib.import_module(sys.argv[1])
    for name in sys.argv[2].split("."):
        thing = getattr(thing, name)
    if not hasattr(thing, "openapi") and callable(thing):
        thing = thing()
    if not callable(getattr(thing, "openapi", None)):
        raise TypeError(f"{type(thing).__name__} has no method openapi()")
    json.dump(thing.openapi(), out)
    out.close()
    code = 0
except BaseException:
    sys.stdout.flush()
    traceback.print_exc()
    code = 1
sys.stderr.flush()
os._exit(code)  # whatever threads the application has started
"""


@dataclass(frozen=True, slots=True)
class Document:
    """One document: where it is from, in words, and what it holds; ``key`` tells it from others, if it is of a file."""

    name: str
    data: object
    key: Hashable = None


def form_of(name: str) -> str | None:
    """Return the format that the end of a file's *name* tells."""
    return formats.SUFFIXES.get(os.path.splitext(name)[1].lower())  # noqa: PTH122 - a name, also that of a URL


def find(context: Context, paths: Sequence[str], pattern: str | None) -> list[Path]:
    """Return the files named or matched. Raises ``CannotMeasure`` for a named one that is not there."""
    if pattern is not None:
        return sorted(_glob.find(context.root, pattern, context.deadline))
    found: list[Path] = []
    for name in dict.fromkeys(paths):
        path = context.path(os.path.expanduser(name))  # noqa: PTH111 - Path.expanduser raises for an unknown user
        if not _glob.is_file(path):
            hint = " (did you mean glob?)" if any(character in name for character in "*?{[") else ""
            what = "is a folder: say glob" if path.is_dir() else f"is not there{hint}"
            raise CannotMeasure(f"{name} {what}")
        found.append(path)
    return found


def read_files(context: Context, files: Sequence[Path], form: str | None) -> Iterator[Document]:
    """Yield the documents of *files*, each file parsed once a run, however many gates ask for it."""
    size = 0
    for path in files:
        if context.deadline.passed:
            raise CannotMeasure(f"the deadline came before {shown(path, context.root)} was read")
        name = shown(path, context.root)
        try:
            stat = path.stat()
        except OSError as error:
            raise CannotMeasure(f"{name} cannot be looked at: {error.strerror}") from None
        size += stat.st_size
        if size > MOST_FILES:
            raise CannotMeasure(f"the files are larger than {MOST_FILES // 1024 // 1024} MiB together")
        as_form = form or form_of(path.name)
        if as_form is None:
            raise CannotMeasure(f"{name}: its name does not tell its format: say format")
        key = ("document", str(path.resolve()), as_form, stat.st_mtime_ns, stat.st_size)
        try:
            documents = context.fact(key, partial(_read, path, as_form))
        except RefusedError as error:
            raise CannotMeasure(f"{name} is not {as_form.upper()}: {error}") from None
        yield from _named(name, documents, key)


def _named(name: str, documents: Sequence[object], key: Hashable = None) -> Iterator[Document]:
    for number, data in enumerate(documents, 1):
        shown_name = name if len(documents) == 1 else f"{name} (document {number})"
        yield Document(shown_name, data, None if key is None else (key, number))


def _read(path: Path, form: str, _deadline: Deadline) -> list[object]:
    try:
        with path.open("rb") as file:
            data = file.read(MOST_FILE + 1)
    except OSError as error:
        raise CannotMeasure(f"{path} cannot be read: {error.strerror}") from None
    if len(data) > MOST_FILE:
        raise CannotMeasure(f"{path} is larger than {MOST_FILE // 1024 // 1024} MiB, the most that is read")
    return formats.read(formats.decoded(data), form)


def check_request(url: str, headers: Mapping[str, str]) -> None:
    """Raise ``OptionError`` where *url* or *headers* cannot be sent."""
    try:
        parse(url)
    except ValueError as error:
        raise OptionError(str(error), "url") from None
    for name, value in headers.items():
        if not _TOKEN.fullmatch(name) or name.lower() in _OURS or not _PLAIN.fullmatch(value):
            raise OptionError(f"{name!r} cannot be sent with this value", "headers")


def host_of(url: str) -> str:
    """Return host and port of *url*."""
    origin = parse(url).origin
    return f"{origin.host}:{origin.port}"


def fetch(context: Context, url: str, headers: Mapping[str, str], form: str | None) -> list[Document]:
    """Return the documents that *url* answers with. Raises ``CannotMeasure`` where the answer is not a 200."""
    from pytest_readiness.probes._http import tls
    from pytest_readiness.probes._http.body import unpacked
    from pytest_readiness.probes._http.client import Client, Exchange, Request, basic, carries_secret
    from pytest_readiness.probes._http.errors import NoAnswer
    from pytest_readiness.probes._http.loop import Loop, early

    target = parse(url)
    for secret in (value for name, value in headers.items() if carries_secret(name)):
        context.keep_secret(secret)
    for login in filter(None, [target.login]):
        for secret in (login, login.partition(":")[2], basic(login).partition(" ")[2]):
            context.keep_secret(secret)
    loop = Loop(early(context.deadline))
    got: list[Exchange] = []
    trust = cache(lambda: tls.context(verify=True, ca=None))
    client = Client(loop, Request("GET", headers), trust=trust, follow=_REDIRECTS)

    async def ask() -> None:
        got.append(await client.fetch(target))

    try:
        loop.run([ask()])
        (exchange,) = got
        body = unpacked(exchange.answer.body, exchange.answer.headers)
    except NoAnswer as error:
        raise CannotMeasure(f"{target}: {error}") from None
    finally:
        client.close()
    if exchange.answer.status != _OK:
        raise CannotMeasure(f"{target} answers {exchange.answer.status}, not 200")
    as_form = form or _form_of_answer(exchange.url, exchange.answer.headers)
    try:
        return list(_named(str(target), formats.read(formats.decoded(body), as_form)))
    except RefusedError as error:
        raise CannotMeasure(f"{target} is not {as_form.upper()}: {error}") from None


def _form_of_answer(url: str, headers: Mapping[str, str]) -> str:
    kind = headers.get("content-type", "").lower()
    told = next((form for pattern, form in _TYPES if pattern.search(kind)), None) or form_of(urlsplit(url).path)
    if told is None:
        raise CannotMeasure(f"{url}: neither its name nor its content type {kind[:60]!r} tells its format: say format")
    return told


def describe(context: Context, app: str) -> list[Document]:
    """
    Return the OpenAPI description that *app* (``module:attribute``) gives of itself, in a process of its own.

    A factory is called first. Raises ``CannotMeasure`` where that fails.
    """
    module, _, attribute = app.partition(":")
    folders = [str(folder) for folder in (context.root, context.root / "src") if folder.is_dir()]
    done = context.run([sys.executable, "-c", _CHILD, module, attribute.removesuffix("()"), *folders], limit=MOST_FILE)
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1][:300]
        error = CannotMeasure(f"{app} could not be asked: {last}")
        if done.stderr.strip():
            error.add_note(done.stderr[-2000:])
        raise error
    if done.truncated:
        raise CannotMeasure(f"{app} says more than {MOST_FILE // 1024 // 1024} MiB of itself")
    try:
        return list(_named(app, formats.read(done.stdout, "json")))
    except RefusedError as error:
        raise CannotMeasure(f"{app}: what openapi() gives is not JSON: {error}") from None


def shown(path: Path, root: Path) -> str:
    """Return *path* as a reader knows it: below *root* where it is."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
