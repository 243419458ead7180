"""What single files say, kept from run to run under a hash of their content."""

from __future__ import annotations

from pytest_readiness.probes._imports import lexer
from pytest_readiness.probes._imports.statements import Statement, When

#: Between the fields of a file, between statements, and between the fields of one: in no Python name.
_FIELD, _STATEMENT, _PART = b"\x1d", b"\x1e", b"\x1f"
_NO_NAMES = b"-"
_WHENS = tuple(When)


class Facts:
    """
    Lengths and imports of files that are known to be Python.

    ``keys`` has a hash for each module, of its content and of what else its imports depend on; without
    any, nothing is known and nothing is kept. ``text`` is what ``written`` returned in an earlier run.
    """

    def __init__(self, keys: dict[int, bytes] | None = None, text: bytes = b"") -> None:
        self._keys = keys or {}
        self._kept = (
            {key: kept for key, _, kept in (line.partition(_FIELD) for line in text.split(b"\n"))} if text else {}
        )
        self._learnt: dict[int, bytes] = {}

    def known(self, number: int) -> tuple[int, list[Statement]] | None:
        """Return the length and the imports of module *number*; None if it is not known to be Python."""
        if not self._kept:
            return None
        kept = self._kept.get(self._keys[number])
        if kept is None:
            return None
        self._learnt[number] = kept
        length, *statements = kept.split(_STATEMENT)
        return int(length), list(map(_read, statements))

    def learn(self, number: int, length: int, statements: list[Statement]) -> None:
        """Keep what module *number* says."""
        if self._keys:
            self._learnt[number] = _STATEMENT.join([b"%d" % length, *map(_written, statements)])

    def forget(self, number: int) -> None:
        """Keep nothing of module *number*: it is no Python."""
        self._learnt.pop(number, None)

    def written(self) -> bytes:
        """Return all that is known of the files of this run."""
        return b"\n".join(self._keys[number] + _FIELD + text for number, text in self._learnt.items())


def _written(one: Statement) -> bytes:
    names = lexer.clean_names(one.names) if isinstance(one.names, bytes) else one.names
    listed = _NO_NAMES if names is None else b",".join(names)
    return _PART.join((b"%d" % one.when, one.module, listed, one.function))


def _read(text: bytes) -> Statement:
    when, module, names, function = text.split(_PART)
    return Statement(_WHENS[int(when)], module, None if names == _NO_NAMES else names, 0, function)
