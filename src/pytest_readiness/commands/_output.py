"""Standard output that may be closed at any time by who reads it, as ``head`` does."""

from __future__ import annotations

import contextlib
import os
from typing import TextIO


class Output:
    """
    A stream that takes everything, and nothing any more once its reader has gone.

    What the command has to find out does not depend on somebody listening.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._gone = False
        self.encoding = stream.encoding or "ascii"

    def isatty(self) -> bool:
        """Tell whether a person watches."""
        return self._stream.isatty()

    def write(self, text: str) -> int:
        """Write *text*; characters that the stream's encoding lacks are escaped."""
        if not self._gone:
            try:
                self._stream.write(text.encode(self.encoding, "backslashreplace").decode(self.encoding))
            except BrokenPipeError:
                self._close()
        return len(text)

    def flush(self) -> None:
        """Hand on what was written."""
        if not self._gone:
            try:
                self._stream.flush()
            except BrokenPipeError:
                self._close()

    def _close(self) -> None:
        """Lead the descriptor nowhere, so that the interpreter does not complain at its exit."""
        self._gone = True
        with contextlib.suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)
