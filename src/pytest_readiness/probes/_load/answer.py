"""One answer at a time, read as it comes: only its status and its end matter."""

from __future__ import annotations

import re

from pytest_readiness.probes._http.errors import NoAnswer
from pytest_readiness.probes._http.wire import MOST_HEAD

_MOST_LINE = 1024
_SIZE = re.compile(rb"[0-9A-Fa-f]{1,15}")
_OK = 200
_BODILESS = frozenset({204, 304})


class Reading:
    """
    Reads one answer; ``begun`` is whether any byte of it has come, ``status`` 0 until it is known.

    ``reusable`` says, when the answer is complete, whether the connection can carry another request.
    """

    __slots__ = ("_broken_off", "_chunked", "_head", "_held", "_left", "_until_end", "begun", "reusable", "status")

    def __init__(self, *, head: bool) -> None:
        self._head = head
        self._held = bytearray()
        self.restart()

    def restart(self) -> None:
        """Be ready for the next answer."""
        self._held.clear()
        self._chunked = self._until_end = self._broken_off = self.begun = False
        self._left = -1  # how many bytes of the body are to come; -1 while the headers are
        self.reusable = True
        self.status = 0

    def feed(self, data: bytes) -> bool:
        """Take the next bytes, and return whether the answer is complete. Raises ``NoAnswer`` where it is garbled."""
        self.begun = True
        self._held += data
        if self._left < 0 and not self._headers():
            return False
        if self._until_end:
            self._held.clear()
            return False
        if self._chunked:
            return self._chunks()
        if len(self._held) > self._left:
            raise NoAnswer("more came than the answer's length says")
        self._left -= len(self._held)
        self._held.clear()
        return self._left == 0

    def end(self) -> bool:
        """Return whether the answer is complete now that the connection has ended."""
        self.reusable = False
        return self._until_end

    def _headers(self) -> bool:
        held = self._held
        while (end := held.find(b"\r\n\r\n")) >= 0:
            head = bytes(held[:end]).lower()
            del held[: end + 4]
            if not (head[:7] == b"http/1." and head[8:9] == b" " and head[9:12].isdigit()):
                raise NoAnswer(f"it does not speak HTTP/1.1; it says {head[:40]!r}")
            self.status = int(head[9:12])
            if self.status >= _OK:
                self._body(head)
                return True
        if len(held) > MOST_HEAD or not b"HTTP/".startswith(bytes(held[:5])):
            raise NoAnswer(f"it does not speak HTTP/1.1; it says {bytes(held[:40])!r}")
        return False

    def _body(self, head: bytes) -> None:
        connection = _value(head, b"connection")
        self.reusable = b"close" not in connection and (head[7:8] == b"1" or b"keep-alive" in connection)
        if self._head or self.status in _BODILESS:
            self._left = 0
        elif coding := _value(head, b"transfer-encoding"):
            if coding != b"chunked":
                raise NoAnswer(f"its transfer coding {coding[:40]!r} is not one that can be read")
            self._chunked, self._left = True, 0
        elif length := _value(head, b"content-length"):
            if not length.isdigit() or len(length) > 18:  # noqa: PLR2004 - more digits than any length has
                raise NoAnswer(f"its Content-Length is not a number: {length[:40]!r}")
            self._left = int(length)
        else:
            self._until_end, self._left = True, 0

    def _chunks(self) -> bool:
        """Walk over the chunks that have come; ``_left`` is what is to come of the data of one."""
        held = self._held
        while True:
            gone = min(max(self._left, 0), len(held))
            del held[:gone]
            self._left -= gone
            if self._left > 0:
                return False
            if self._broken_off:
                if not b"\r\n".startswith(bytes(held[:2])):
                    raise NoAnswer("its chunks are garbled: one is longer than it says")
                if len(held) < len(b"\r\n"):
                    return False
                del held[:2]
                self._broken_off = False
            if (end := held.find(b"\r\n")) < 0:
                if len(held) > _MOST_LINE:
                    raise NoAnswer("its chunks are garbled: a line does not end")
                return False
            size = bytes(held[:end]).partition(b";")[0].strip()
            if _SIZE.fullmatch(size) is None:
                raise NoAnswer(f"its chunks are garbled: {size[:20]!r} is not a size")
            self._left = int(size, 16)
            if not self._left:
                return self._trailers(end)
            self._broken_off = True
            del held[: end + 2]

    def _trailers(self, start: int) -> bool:
        """Return whether the end has come: what may follow the last chunk are trailers, and then an empty line."""
        end = self._held.find(b"\r\n\r\n", start)
        if end < 0:
            if len(self._held) > MOST_HEAD:
                raise NoAnswer("its trailers do not end")
            return False
        if len(self._held) > end + 4:
            raise NoAnswer("more came than the answer's chunks say")
        self._held.clear()
        return True


def _value(head: bytes, name: bytes) -> bytes:
    """Return the value of a header in *head*, which is in lower case; empty where it is not there."""
    start = head.find(b"\r\n" + name + b":")
    if start < 0:
        return b""
    start += len(name) + 3
    end = head.find(b"\r\n", start)
    return head[start : end if end >= 0 else len(head)].strip()
