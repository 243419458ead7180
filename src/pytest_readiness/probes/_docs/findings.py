"""What is found in documents, of all that a gate may ask for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_readiness import patterns
from pytest_readiness.errors import CannotMeasure
from pytest_readiness.model import Evidence, Value
from pytest_readiness.options import Query
from pytest_readiness.probe import Context
from pytest_readiness.probes import _changes, _dotenv, _glob, _inputs
from pytest_readiness.probes._docs import code, dates, links
from pytest_readiness.probes._docs.markdown import Document, Heading, read
from pytest_readiness.probes._inputs import Input

if TYPE_CHECKING:
    from pytest_readiness.probes._document import sources


class Findings:
    """Collects values, what is unknown, and lines of evidence; each method answers one question."""

    def __init__(self, context: Context, files: Sequence[Input]) -> None:
        self.context = context
        self.files = files
        self.documents: list[Document] = []
        self.values: dict[str, Value] = {}
        self.unknown: dict[str, str] = {}
        self._lines: dict[str, list[str]] = {}
        self._texts: list[str] = []
        self._unmentioned: list[str] = []

    def evidence(self) -> list[Evidence]:
        """Return what stands out, in parts."""
        files = [f"{document.name}: {document.words} words" for document in self.documents]
        return _inputs.present({**self._lines, "documents": files})

    def count(self, name: str, lines: Sequence[str], title: str) -> None:
        """Measure how many *lines* there are, which say what is wrong."""
        self.values[name] = len(lines)
        self._lines[title] = list(lines)

    def read(self) -> None:
        """Take all documents apart."""
        for found in self.files:
            if self.context.deadline.passed:
                raise CannotMeasure(f"the deadline came before {found.name} was read")
            self.documents.append(read(found, self.context))
        self._texts = [" ".join(document.text.split()) for document in self.documents]
        self.values["words"] = _inputs.each(document.words for document in self.documents)
        self.values["sections"] = sum(len(document.headings) for document in self.documents)

    # --- what they say --------------------------------------------------------------------------

    def sections(self, wanted: Sequence[re.Pattern[str]], *, together: bool) -> None:
        """Look for a heading for each of *wanted* that has something below it."""
        lines = [
            f"{prefix}{regex.pattern}{state}"
            for prefix, documents, _ in self._groups(together=together)
            for regex in wanted
            if (state := self._section(regex, [heading for document in documents for heading in document.headings]))
        ]
        if wanted:
            self.count("missing_sections", lines, "sections missing")

    def _section(self, regex: re.Pattern[str], headings: Sequence[Heading]) -> str:
        """Return why there is no section that *regex* finds, empty if there is one."""
        anycase = re.compile(regex.pattern, regex.flags | re.IGNORECASE)
        try:
            hits = patterns.find_all(anycase, [each.text for each in headings], self.context.deadline.cap())
        except (TimeoutError, ValueError) as error:
            raise CannotMeasure(str(error)) from None
        found = [heading for heading, places in zip(headings, hits, strict=True) if places]
        if any(heading.filled for heading in found):
            return ""
        return f" (line {found[0].line}) has nothing in it" if found else " is in no heading"

    def mentions(self, wanted: Sequence[tuple[str, ...]], *, together: bool) -> None:
        """Look for one of each choice of *wanted*, as whole words."""
        lines = [
            f"{prefix}{' or '.join(choice)}"
            for prefix, _, texts in self._groups(together=together)
            for choice in wanted
            if not any(_has(text, said) for text in texts for said in choice)
        ]
        if wanted:
            self.count("missing", lines, "not mentioned")

    def forbidden(self, unwanted: Sequence[str]) -> None:
        """Look for each of *unwanted*, in words too."""
        lines = [
            f"{prefix}{said}"
            for prefix, _, (text,) in self._groups(together=False)
            for said in unwanted
            if " ".join(said.split()) in text
        ]
        if unwanted:
            self.count("forbidden", lines, "mentioned, but should not be")

    def variables(self, path: str) -> None:
        """Look for the name of every variable in the .env file at *path*."""
        found = _dotenv.read(self.context.path(path), path)
        fatal = next((trouble for trouble in found.troubles if trouble.fatal), None)
        if fatal is not None:
            raise CannotMeasure(f"{path}:{fatal}")
        self._mentioned(list(found.values), path)

    def every(self, path: str | None, query: Query | None, glob: str | None) -> None:
        """Look for each name that *query* finds in the document at *path*, or each file that *glob* matches."""
        if glob is not None:
            self._mentioned(sorted(_entries(self.context, glob)), glob)
        elif path is not None and query is not None:
            self._mentioned(_found(self.context, path, query), path)

    def _mentioned(self, names: Sequence[str], source: str) -> None:
        if not names:
            raise CannotMeasure(f"{source} holds no name that could be mentioned")
        self._unmentioned += [name for name in names if not any(_has(text, name) for text in self._texts)]
        self.count("undocumented", self._unmentioned, "mentioned nowhere")

    def _groups(self, *, together: bool) -> list[tuple[str, Sequence[Document], Sequence[str]]]:
        """Return the documents and their texts that are looked at as one, with what to call them."""
        if together:
            return [("", self.documents, self._texts)]
        each = zip(self.documents, self._texts, strict=True)
        return [(f"{document.name}: ", [document], [text]) for document, text in each]

    def dated(self, regex: re.Pattern[str]) -> None:
        """Measure how long ago the date is that each document states where *regex* finds it, the newest of several."""
        self.values["stated_age"] = _inputs.each([self._stated_age(document, regex) for document in self.documents])

    def _stated_age(self, document: Document, regex: re.Pattern[str]) -> float:
        each_line = re.compile(regex.pattern, regex.flags | re.MULTILINE)
        try:
            (hits,) = patterns.find_all(each_line, [document.text], self.context.deadline.cap())
            found = [day for _, text in hits if (day := dates.find(text or ""))]
            age = dates.age(max(found), self.context.now) if found else 0.0
        except (TimeoutError, ValueError) as error:
            raise CannotMeasure(f"{document.name}: {error}") from None
        if not found:
            no_date = f"{hits[0][1]!r:.60} is no date, such as 2025-10-06 or October 6, 2025" if hits else ""
            why = no_date or "nothing matches"
            raise CannotMeasure(f"{document.name} states no date where dated looks for one: {why}")
        self._lines.setdefault("dated", []).append(f"{document.name}: {max(found)}")
        return age

    # --- code, links, ages ----------------------------------------------------------------------

    def code(self, language: str | None, *, compiles: bool) -> None:
        """Count the blocks in *language*, and those of Python that do not compile."""
        blocks = [(document.name, block) for document in self.documents for block in document.blocks]
        self.values["code_blocks"] = sum(language is None or code.is_of(block, language) for _, block in blocks)
        if compiles:
            python = [(name, block) for name, block in blocks if code.is_of(block, "python")]
            faults = [f"{name}, {fault}" for name, block in python if (fault := code.fault(block))]
            if python:
                self.count("broken_code", faults, "code that does not compile")
            else:
                self.unknown["broken_code"] = "there is no block of Python"

    def links(self, ignore: Sequence[re.Pattern[str]], *, web: bool) -> None:
        """Follow the links, those into the web if *web*, but for those that *ignore* finds."""
        kept = [
            (f"{document.name}:{link.line}: ", file, link.target)
            for file, document in zip(self.files, self.documents, strict=True)
            for link in document.links
            if not _any(ignore, link.target)
        ]
        local = [each for each in kept if links.is_local(each[2])]
        wrong = [
            f"{place}{target or '()'} {fault}"
            for place, file, target in local
            if (fault := links.broken(target, file.path, self.context.root, self._linked))
        ]
        far = [(place, url) for place, _, target in kept if web and (url := links.web(target))]
        wrong += self._asked(far)
        self.values["links"] = len(local) + len(far)
        if not local and not far:
            self.unknown["broken_links"] = "there is no link to look at"
        self.count("broken_links", wrong, "broken links")
        if "broken_links" in self.unknown:
            del self.values["broken_links"]

    def _asked(self, far: Sequence[tuple[str, str]]) -> list[str]:
        """Ask the URLs and return what is wrong with them; those not answered in time leave the whole unknown."""
        if not far:
            return []
        from pytest_readiness.probes._docs.weblinks import ask

        asked = ask([url for _, url in far], self.context)
        if asked.unknown:
            url, why = next(iter(asked.unknown.items()))
            self.unknown["broken_links"] = f"{len(asked.unknown)} could not be asked, such as {url}: {why}"
        return [f"{place}{url} {asked.wrong[url]}" for place, url in far if url in asked.wrong]

    def _linked(self, path: Path) -> Document:
        """Return the document at *path*, which a link leads into."""
        if self.context.deadline.passed:
            raise CannotMeasure("the deadline came before all links were followed")
        return read(_inputs.one(str(path), self.context), self.context)

    def ages(self, newer_than: str | None) -> None:
        """Measure how old the newest document is, and how much older than the newest change of *newer_than*."""
        try:
            newest = _changes.newest([file.path for file in self.files], self.context)
            if newer_than is not None:
                self.values["behind"] = _changes.behind(newest, newer_than, self.context)
            self.values["age"] = _inputs.age(self.context, newest)
        except (CannotMeasure, ValueError) as error:
            self.unknown |= {name: str(error) for name in ("age", "behind") if name not in self.values}


def _has(text: str, said: str) -> bool:
    """Whether *said* is in *text*, not as a part of a longer word."""
    words = " ".join(said.split())
    before = r"(?<!\w)" if re.match(r"\w", words) else ""
    after = r"(?!\w)" if re.search(r"\w\Z", words) else ""
    return words in text and re.search(f"{before}{re.escape(words)}{after}", text) is not None


def _any(regexes: Sequence[re.Pattern[str]], target: str) -> bool:
    try:
        return any(patterns.search(regex, target) for regex in regexes)
    except (TimeoutError, ValueError) as error:
        raise CannotMeasure(str(error)) from None


def _entries(context: Context, glob: str) -> Iterator[str]:
    """Yield the names of the files that *glob* matches, or of the folders if it ends in a slash; no suffixes."""
    if not glob.endswith("/"):
        yield from {path.stem for path in _glob.find(context.root, glob, context.deadline)}
        return
    for path in context.root.glob(glob.rstrip("/")):
        if context.deadline.passed:
            raise CannotMeasure(f"the deadline came while looking for {glob}")
        if path.is_dir() and not path.name.startswith((".", "__")):
            yield path.name


def _found(context: Context, path: str, query: Query) -> list[str]:
    """Return the texts that *query* finds in the file at *path*."""
    from jmespath.exceptions import JMESPathError

    from pytest_readiness.probes._document.sources import find, read_files

    names: list[str] = []
    if "://" in path:
        documents = _fetched(context, path)
    else:
        documents = list(read_files(context, find(context, [path], None), None))
    for document in documents:
        try:
            said = query.search(document.data)
        except JMESPathError as error:
            raise CannotMeasure(f"{query.text} cannot be asked of {path}: {error}") from None
        texts = said if isinstance(said, list) else [said]
        if not all(isinstance(text, str) and text.strip() for text in texts):
            raise CannotMeasure(f"{query.text} finds something other than texts in {path}")
        names += texts
    return names


def _fetched(context: Context, url: str) -> list[sources.Document]:
    """Return what *url* answers with; its login, if it has one, is kept secret."""
    from pytest_readiness.probes._document.sources import fetch
    from pytest_readiness.probes._http.url import parse

    try:
        login = parse(url).login
    except ValueError as error:
        raise CannotMeasure(str(error)) from None
    for secret in filter(None, (login, (login or "").partition(":")[2])):
        context.keep_secret(secret)
    return fetch(context, url, {}, None)
