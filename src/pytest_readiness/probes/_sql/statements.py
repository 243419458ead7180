"""SQL as text: where a statement ends and what kind it is, with quotes and comments told apart."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pytest_readiness.errors import CannotMeasure

#: A statement that begins so only reads.
READING = frozenset({"SELECT", "WITH", "VALUES", "TABLE", "SHOW", "EXPLAIN", "DESCRIBE", "DESC", "PRAGMA"})

#: A statement that begins so changes rows, which every database can take back.
ROWS = READING | {"INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE", "SET"}

#: A statement that begins so ends a transaction, or begins one.
TRANSACTION = frozenset({"BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE", "PREPARE"})

#: Words that have no place in a statement that only reads, where the server takes several in one text.
CHANGING = frozenset(
    """
    ALTER BEGIN BULK CALL COMMIT CREATE DELETE DROP EXEC EXECUTE GRANT INSERT INTO KILL MERGE REVOKE ROLLBACK
    SAVE SHUTDOWN TRUNCATE UPDATE
    """.split()  # noqa: SIM905 - words are easier to read and to change so
)

#: Dialects whose servers undo CREATE, ALTER and DROP with the transaction.
UNDOES_ALL = frozenset({"postgresql", "sqlite", "mssql"})

#: Dialects whose servers refuse a second statement in one text, as they are spoken to here.
ONE_AT_A_TIME = frozenset({"postgresql", "sqlite", "mysql", "mariadb", "oracle"})

#: Longer files of statements are not run.
MOST_BYTES = 4 * 1024 * 1024

_MYSQL = frozenset({"mysql", "mariadb"})
_BODIES = frozenset({"FUNCTION", "PROCEDURE", "TRIGGER"})
_HEAD = 8
_WORD = r"[^\W\d][\w$]*|\d[\w$]*"
_PLAIN = r"(?:[^{0}]++|{0}{0})*+{0}"
_ESCAPED = r"(?:[^{0}\\]++|\\.|{0}{0})*+{0}"
_LINE = r"[^\n]*+"
_NESTED = re.compile(r"/\*|\*/")


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement without its semicolon; ``words`` are those outside quotes and comments, in upper case."""

    text: str
    words: tuple[str, ...]

    @property
    def kind(self) -> str:
        """The first word, which says what the statement does; empty where there is none."""
        return self.words[0] if self.words else ""


def split(sql: str, dialect: str) -> list[Statement]:
    """
    Return the statements in *sql*.

    Raises ``ValueError`` for a quote or comment that is never closed, and for a command to psql.
    """
    found: list[Statement] = []
    words: list[str] = []
    begin = depth = 0
    for start, piece in _tokens(sql, dialect):
        if piece == ";" and not depth:
            _add(found, sql[begin:start], words)
            begin, words = start + 1, []
        elif piece == "\\" and not words and dialect == "postgresql":
            raise ValueError(f"has a command to psql, {_line(sql[start:])!r}, which the server does not know")
        elif piece[0].isalnum() or piece[0] == "_":
            words.append(piece.upper())
            if words[0] == "CREATE" and not _BODIES.isdisjoint(words[:_HEAD]):
                depth = max(0, depth + (words[-1] in {"BEGIN", "CASE"}) - (words[-1] == "END"))
    _add(found, sql[begin:], words)
    return found


def one(sql: str, dialect: str) -> Statement:
    """Return the one statement in *sql*; raises ``ValueError`` if it is none or several."""
    found = split(sql, dialect)
    if len(found) != 1:
        raise ValueError(f"holds {len(found)} statements" if found else "is empty")
    return found[0]


def pyformat(sql: str, dialect: str, parameters: Container[str]) -> str:
    """
    Return *sql* with ``%(name)s`` for each ``:name`` outside quotes and comments.

    Raises ``ValueError`` for a name that is not among *parameters*.
    """
    pieces = list(_tokens(sql, dialect))
    done: list[str] = []
    end = 0
    for (_, before), (start, colon), (place, name) in zip([(-1, " "), *pieces], pieces, pieces[1:], strict=False):
        free = sql[start - 1 : start].isspace() or before in "(,=<>+-*/|[~@&#%^!" or not start
        if colon == ":" and place == start + 1 and (name[0].isalpha() or name[0] == "_") and free:
            if name not in parameters:
                raise ValueError(f"there is no parameter {name}")
            done += [sql[end:start].replace("%", "%%"), f"%({name})s"]
            end = place + len(name)
    return "".join([*done, sql[end:].replace("%", "%%")])


def _add(found: list[Statement], text: str, words: list[str]) -> None:
    if words:
        found.append(Statement(text.strip(), tuple(words)))


def _line(text: str) -> str:
    return text.splitlines()[0][:40]


def _tokens(sql: str, dialect: str) -> Iterator[tuple[int, str]]:
    """Yield words and single characters with their places; quotes, comments and white space are passed over."""
    opening, ends = _grammar(dialect)
    place = 0
    while match := opening.match(sql, place):
        piece, place = match[0], match.end()
        if piece == "/*":
            place = _comment_end(sql, place, nested=dialect == "postgresql")
        elif piece[0] == "$" and len(piece) > 1:
            close = sql.find(piece, place)
            if close < 0:
                raise ValueError(f"has a {piece} that is never closed")
            place = close + len(piece)
        elif piece in ends:
            end = ends[piece].match(sql, place)
            if end is None:
                raise ValueError(f"has a {piece} that is never closed")
            place = end.end()
        elif not piece.isspace():
            yield match.start(), piece


@cache
def _grammar(dialect: str) -> tuple[re.Pattern[str], dict[str, re.Pattern[str]]]:
    """Return what matches the beginning of each token, and for those with an end, what matches up to there."""
    text = _ESCAPED if dialect in _MYSQL else _PLAIN
    ends = {"'": text.format("'"), '"': text.format('"'), "--": _LINE}
    if dialect == "postgresql":
        ends |= {"e'": _ESCAPED.format("'"), "E'": _ESCAPED.format("'")}
    else:
        ends |= {"`": _PLAIN.format("`")}
    if dialect in {"sqlite", "mssql"}:
        ends |= {"[": r"[^\]]*+\]"}
    if dialect in _MYSQL:
        ends |= {"#": _LINE}
    dollar = r"\$(?:[^\W\d]\w*)?\$" if dialect == "postgresql" else r"(?!)"
    opening = "|".join([r"/\*", *map(re.escape, sorted(ends, key=len, reverse=True)), dollar, _WORD, r"\s++", "."])
    return re.compile(opening, re.DOTALL), {key: re.compile(end, re.DOTALL) for key, end in ends.items()}


def _comment_end(sql: str, place: int, *, nested: bool) -> int:
    depth = 1
    while depth:
        mark = _NESTED.search(sql, place)
        if mark is None:
            raise ValueError("has a /* that is never closed")
        depth += (1 if nested else 0) if mark[0] == "/*" else -1
        place = mark.end()
    return place


def check_reads(statement: Statement, dialect: str) -> None:
    """Raise ``ValueError`` if *statement* is not one that only reads, as far as its words tell."""
    if statement.kind not in READING:
        begins = f"begins with {statement.kind}" if statement.kind.isalpha() else "does not begin with SELECT"
        raise ValueError(f"{begins}, so it does not only read: it belongs under `script`, which is rolled back")
    changing = [word for word in statement.words if word in CHANGING]
    if changing and dialect not in ONE_AT_A_TIME:
        raise ValueError(f"holds the word {changing[0]}, so it may not only read: put it in quotes if it is a name")


def check_script(script: list[Statement], dialect: str, *, keep: bool) -> None:
    """Raise ``ValueError`` if a statement ends the transaction it is run in, or could not be taken back by it."""
    for statement in script:
        if statement.kind in TRANSACTION:
            raise ValueError(f"has {statement.kind}: everything is one transaction already")
        if not keep and dialect not in UNDOES_ALL and statement.kind not in ROWS:
            raise ValueError(f"has {statement.kind or statement.text[:20]}, which {dialect} could not take back")
        changing = [word for word in statement.words if word in {"COMMIT", "ROLLBACK", "TRAN", "TRANSACTION"}]
        if changing and dialect not in ONE_AT_A_TIME:
            raise ValueError(f"holds the word {changing[0]}: everything is one transaction already")


def read(path: Path, shown: str, dialect: str, *, keep: bool) -> list[str]:
    """
    Return the statements of a file, without a BEGIN at its beginning and a COMMIT at its end.

    Raises ``CannotMeasure`` for a file that cannot be read or run as one transaction, or holds nothing.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise CannotMeasure(f"{shown} is longer than {MOST_BYTES // 1024 // 1024} MiB")
        found = split(data.decode("utf-8-sig"), dialect)
        if len(found) > 1 and found[0].kind in {"BEGIN", "START"} and found[-1].kind in {"COMMIT", "END"}:
            found = found[1:-1]
        check_script(found, dialect, keep=keep)
    except OSError as error:
        raise CannotMeasure(f"{shown} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise CannotMeasure(f"{shown} is not UTF-8 (byte {error.start})") from None
    except ValueError as error:
        raise CannotMeasure(f"{shown} {error}") from None
    if not found:
        raise CannotMeasure(f"{shown} holds no statement")
    return [statement.text for statement in found]
