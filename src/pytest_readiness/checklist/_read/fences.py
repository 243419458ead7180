"""Code fences: which lines are commands, queries, variables, and what output is expected of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from pytest_readiness.checklist._read import vocabulary as words

SHELLS = words.known("language shells")
QUERIES = words.known("language queries")
PROGRAMS = words.known("language programs")
VARIABLES = words.known("language variables")
OUTPUTS = words.known("language outputs")


class Sort(Enum):
    """What one line of a fence starts."""

    COMMAND = auto()
    VARIABLE = auto()
    LISTING = auto()
    SNIPPET = auto()


@dataclass(slots=True)
class Found:
    """A command, variable, snippet or listing: indexes into the fence's lines, the end included."""

    sort: Sort
    start: int
    end: int
    command: str
    note: str = ""
    expected: list[str] = field(default_factory=list)


_COMMENT = re.compile(r"^\s*(?:#(?!!)|--(?=\s|$)|//|REM\b|::)\s?(.*)$")
_EXPECT = re.compile(
    r"^(?:expected?\b|expects?\b|should\b|must\b|returns?\b|response\b|output\b|result\b|error\b|status:|"
    r"prints?\b|=>|->|→|"
    r"ensure\b|look for\b|total\w*\s+must|erwartet|attendu|esperad|debe|deve|ожида|должн|预期|期待)",
    re.IGNORECASE,
)
_TRAILING = re.compile(r"\s(?:#|--|//)\s+((?:should|expected?|must|returns?|=>|→)\b.*)$", re.IGNORECASE)
_VARIABLE = re.compile(r"^\s*(?:export\s+|set\s+|setx\s+|\$env:)?([A-Za-z_][A-Za-z0-9_]{1,80})\s?=\s?(.*)$")
_LOUD = re.compile(r"^\s*(?:export\s+|set\s+|setx\s+|\$env:)?[A-Z][A-Z0-9_]+\s?=")
_SUBSTITUTED = re.compile(r"^\s*(?:export\s+)?[A-Za-z_]\w*=[\"']?(?:\$\(|`)")
_USED = re.compile(r"\$\{?(\w+)")
_PROMPT = re.compile(r"^\s*(?:\$|>|PS [^>]{0,80}>|\w+@[\w.-]+[:~][^$#]{0,80}[$#]|\w+=[#>])\s+")
_TREE = re.compile(r"[├└│]")
_ROOT = re.compile(r"^\s*[\w.@-]+(?:/[\w.@-]+)*/?\s*(?:#.*)?$")
_BLOCK = re.compile(r"^\s*(?:for|while|until|if|case|function)\b|\{\s*$")
_BLOCK_END = re.compile(r"^\s*(?:done|fi|esac|\})\s*;?\s*(?:$|[|>&])")
_HEREDOC = re.compile(r"<<-?\s*[\"']?(\w{1,40})[\"']?")
_TOOLS = words.known("tools")
_SKIPPED = re.compile(
    r"^\s*(?:(?:cd|pushd|popd|clear|exit|set [+-]\w|true|deactivate|python3? -m venv|git clone|echo(?![^\n]*>))\b"
    r"(?![^\n]*&&)|docker[- ]compose down\b|openssl rand\b)"
)
_STATEMENT = re.compile(
    r"^\s*(?:select|insert|update|delete|create|drop|alter|vacuum|analyze|explain|show|with|grant|revoke|refresh|call|"
    r"begin|commit|set|use|describe|desc|truncate|reindex|\\\w)\b",
    re.IGNORECASE,
)


def found(language: str, lines: Sequence[str]) -> list[Found]:
    """The items of a fence in their order."""
    texts = [line.strip() for line in lines]
    if not any(texts):
        return []
    if any(_TREE.search(line) for line in texts[:40]) and language not in SHELLS:
        return _tree(texts)
    if language in VARIABLES or (not language and _all_variables(texts)):
        return _variables(lines)
    if language in PROGRAMS:
        return _program(texts)
    if language in SHELLS or language in QUERIES:
        return _Commands(lines, query=language in QUERIES).all()
    if not language and _is_shell(texts):
        return _Commands(lines, query=False).all()
    return []


def is_output(language: str, lines: Sequence[str]) -> bool:
    """Whether a fence shows what comes out, not what goes in."""
    return language in OUTPUTS or (not language and not found(language, lines))


def comment(line: str) -> str | None:
    """The text of a comment line."""
    match = _COMMENT.match(line)
    return match[1].strip() if match else None


def _tree(texts: Sequence[str]) -> list[Found]:
    first = next(at for at, text in enumerate(texts) if text)
    if not _TREE.search(texts[first]) and len(texts[first].split()[0]) < 80 and _ROOT.match(texts[first].split(" ")[0]):
        last = max(at for at, text in enumerate(texts) if text)
        return [
            Found(Sort.LISTING, first, last, texts[first].split()[0], expected=[t for t in texts[first + 1 :] if t])
        ]
    return []


def _all_variables(texts: Sequence[str]) -> bool:
    told = [text for text in texts if text and comment(text) is None]
    return bool(told) and all(_LOUD.match(text) for text in told)


def _variables(lines: Sequence[str]) -> list[Found]:
    out: list[Found] = []
    note = ""
    for at, line in enumerate(lines):
        remark = comment(line)
        if remark is not None:
            note = remark
        elif _VARIABLE.match(line):
            out.append(Found(Sort.VARIABLE, at, at, line.strip(), note))
        elif not line.strip():
            note = ""
    return out


def _program(texts: Sequence[str]) -> list[Found]:
    """A snippet is one item, if it does something: a definition alone shows how, and asks for nothing."""
    told = [at for at, text in enumerate(texts) if text and comment(text) is None]
    if not told or all(texts[at].startswith(("class ", "def ", "@", "async def ")) for at in told[:1]):
        return []
    note = next((remark for text in texts if text and (remark := comment(text))), "")
    expected = [remark for text in texts if text and (remark := comment(text)) and _EXPECT.match(remark)]
    code = "\n".join(texts)
    return [Found(Sort.SNIPPET, told[0], told[-1], code, note, expected)]


def _is_shell(texts: Sequence[str]) -> bool:
    for text in texts:
        if not text or comment(text) is not None:
            continue
        if _PROMPT.match(text):
            return True
        first = text.split()[0]
        return first in _TOOLS or first.startswith(("./", "scripts/")) or bool(_LOUD.match(text) and "=" in first)
    return False


class _Commands:
    """Reads a shell session or a script of queries."""

    def __init__(self, lines: Sequence[str], *, query: bool) -> None:
        self.lines = lines
        self.query = query
        self.out: list[Found] = []
        self.note = ""
        self.fresh = False
        self.alternative = False
        self.captured = ""
        self.uses = {name: at for at, line in enumerate(lines) for name in _USED.findall(line)}
        self.prompted = any(_PROMPT.match(line) for line in lines)

    def all(self) -> list[Found]:
        at = 0
        while at < len(self.lines):
            at = self._line(at)
        return self.out

    def _line(self, at: int) -> int:
        line = self.lines[at]
        if not line.strip():
            self.fresh = False
            self.alternative = False
            return at + 1
        remark = comment(line)
        if remark is not None:
            return self._remark(at, remark)
        if self._shows(at):
            return at + 1
        end = self._end(at)
        self._take(at, end)
        return end + 1

    def _remark(self, at: int, remark: str) -> int:
        if re.fullmatch(r"or\b.{0,20}", remark, re.IGNORECASE):
            self.alternative = True
        elif _EXPECT.match(remark) and self.out and not self.fresh:
            rest = remark.partition(":")[2].strip() if ":" in remark else remark
            if rest:
                self.out[-1].expected.append(rest if ":" in remark else remark)
            return self._expected(at)
        else:
            self.note, self.fresh = remark, True
        return at + 1

    def _expected(self, at: int) -> int:
        """Comment lines, or JSON, that follow what is expected."""
        last = self.out[-1]
        last.end = at
        nxt = at + 1
        depth = 0
        while nxt < len(self.lines):
            line = self.lines[nxt]
            remark = comment(line)
            if remark is not None:
                last.expected.append(remark.removeprefix("- ").strip())
            elif line.lstrip().startswith(("{", "[", "}", "]", '"')) or (depth > 0 and line.startswith((" ", "\t"))):
                depth += line.count("{") + line.count("[") - line.count("}") - line.count("]")
                last.expected.append(line.rstrip())
            else:
                break
            last.end = nxt
            nxt += 1
        return nxt

    def _shows(self, at: int) -> bool:
        """A line of output between prompts, or JSON on its own."""
        line = self.lines[at]
        if self.prompted and not _PROMPT.match(line):
            if self.out:
                self.out[-1].expected.append(line.rstrip())
                self.out[-1].end = at
            return True
        if line.lstrip()[:1] in {"{", "[", "}", "]"} and self.out and not self.query:
            self.out[-1].expected.append(line.rstrip())
            self.out[-1].end = at
            return True
        return False

    def _end(self, at: int) -> int:
        """The last line of the command that begins at ``at``."""
        if self.query:
            return self._statement(at)
        end = at
        quotes = _open_quote(self.lines[at], "")
        depth = 1 if _BLOCK.match(self.lines[at]) and not re.search(r";\s*(?:done|fi)\b", self.lines[at]) else 0
        heredoc = _HEREDOC.search(self.lines[at])
        word = heredoc[1] if heredoc else ""
        while end + 1 < len(self.lines):
            line = self.lines[end].rstrip()
            more = line.endswith(("\\", "|", "&&", "`")) or quotes or depth or word
            if not more:
                break
            end += 1
            line = self.lines[end]
            quotes = _open_quote(line, quotes)
            if depth and _BLOCK_END.match(line):
                depth -= 1
            elif depth and _BLOCK.match(line):
                depth += 1
            if word and line.strip() == word:
                word = ""
        return end

    def _statement(self, at: int) -> int:
        if self.lines[at].lstrip().startswith("\\"):
            return at
        end = at
        while end + 1 < len(self.lines) and ";" not in _uncommented(self.lines[end]):
            following = self.lines[end + 1]
            if not following.strip() or (_STATEMENT.match(following) and not following.startswith((" ", "\t"))):
                break
            end += 1
        return end

    def _take(self, at: int, end: int) -> None:
        text = "\n".join(line.rstrip() for line in self.lines[at : end + 1])
        text = _PROMPT.sub("", text)
        if _SUBSTITUTED.match(text):
            self._append(Found(Sort.COMMAND, at, end, text, self.note))
            self.captured = _VARIABLE.match(text)[1] if _VARIABLE.match(text) else ""  # type: ignore[index]
            return
        variable = _VARIABLE.match(text) if not self.query else None
        if (
            variable
            and (_LOUD.match(text) or text.lstrip().startswith(("export", "set ", "$env:")))
            and " " not in text.strip().removeprefix("export ").removeprefix("set ").split("=")[0].strip()
            and self._is_value(variable[2])
        ):
            if not self._used(variable[1], end):
                self._append(Found(Sort.VARIABLE, at, end, text.strip(), self.note))
            return
        if self.captured and f"${self.captured}" in text.replace("{", "") and self.out:
            self.out[-1].end = end
            self.out[-1].command += "\n" + text
            self.captured = ""
            self.fresh = False
            return
        if self.alternative and self.out:
            self.out[-1].end = end
            self.alternative = False
            return
        if not self.query and _SKIPPED.match(text):
            return
        start = at
        if self.query and end > at and self.fresh and at and comment(self.lines[at - 1]) is not None:
            start = at - 1
        self._append(Found(Sort.COMMAND, start, end, text.strip(), self.note, _trailing(text)))

    @staticmethod
    def _is_value(value: str) -> bool:
        """``A=1 command`` runs a command; ``A=1`` sets a variable."""
        rest = _uncommented(value).strip()
        return not rest or rest[0] in "\"'" or " " not in rest

    def _used(self, name: str, end: int) -> bool:
        return self.uses.get(name, -1) > end

    def _append(self, new: Found) -> None:
        if not self.fresh:
            new.note = new.note if self.note and self.out and not self._gap(new.start) else ""
        self.out.append(new)
        self.fresh = False

    def _gap(self, at: int) -> bool:
        return at > 0 and not self.lines[at - 1].strip()


def _trailing(text: str) -> list[str]:
    match = _TRAILING.search(text)
    return [match[1].strip()] if match else []


def _uncommented(line: str) -> str:
    for sign in (" #", " --", "\t#"):
        at = line.find(sign)
        if at >= 0:
            line = line[:at]
    return line


def _open_quote(line: str, quote: str) -> str:
    """The quote that is still open at the end of a line of a shell."""
    at = 0
    while at < len(line):
        sign = line[at]
        if sign == "\\" and quote != "'":
            at += 2
            continue
        if quote:
            if sign == quote:
                quote = ""
        elif sign in "\"'":
            quote = sign
        elif sign == "#" and (at == 0 or line[at - 1] in " \t"):
            break
        at += 1
    return quote
