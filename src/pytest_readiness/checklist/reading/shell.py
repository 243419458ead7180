"""Sessions of a shell and scripts of queries: where each command ends, and what it should give."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pytest_readiness.checklist.reading.code import EXPECT, LOUD, PROMPT, VARIABLE, Found, Sort, comment

_TRAILING = re.compile(r"\s(?:#|--|//)\s+((?:should|expected?|must|returns?|=>|→)\b.*)$", re.IGNORECASE)
_SUBSTITUTED = re.compile(r"^\s*(?:export\s+)?[A-Za-z_]\w*=[\"']?(?:\$\(|`)")
_USED = re.compile(r"\$\{?(\w+)")
_BLOCK = re.compile(r"^\s*(?:for|while|until|if|case|function)\b|\{\s*$")
_BLOCK_END = re.compile(r"^\s*(?:done|fi|esac|\})\s*;?\s*(?:$|[|>&])")
_HEREDOC = re.compile(r"<<-?\s*[\"']?(\w{1,40})[\"']?")
_SKIPPED = re.compile(
    r"^\s*(?:(?:cd|pushd|popd|clear|exit|set [+-]\w|true|deactivate|python3? -m venv|git clone|echo(?![^\n]*>))\b"
    r"(?![^\n]*&&)|docker[- ]compose down\b|openssl rand\b|"
    r"python3? -c [^\n]{0,400}(?:get_random_secret_key|generate_key\(|secrets\.token|uuid4))"
)
_STATEMENT = re.compile(
    r"^\s*(?:select|insert|update|delete|create|drop|alter|vacuum|analyze|explain|show|with|grant|revoke|refresh|call|"
    r"begin|commit|set|use|describe|desc|truncate|reindex|\\\w)\b",
    re.IGNORECASE,
)


class Commands:
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
        self.prompted = any(PROMPT.match(line) for line in lines)

    def all(self) -> list[Found]:
        """Return all that is run, asked or shown, in order."""
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
        elif EXPECT.match(remark) and self.out and not self.fresh:
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
        if self.prompted and not PROMPT.match(line):
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
        text = PROMPT.sub("", text)
        if _SUBSTITUTED.match(text):
            self._append(Found(Sort.COMMAND, at, end, text, self.note))
            self.captured = VARIABLE.match(text)[1] if VARIABLE.match(text) else ""  # type: ignore[index]
            return
        variable = VARIABLE.match(text) if not self.query else None
        if (
            variable
            and (LOUD.match(text) or text.lstrip().startswith(("export", "set ", "$env:")))
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
