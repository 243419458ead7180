"""Standard output that may be closed at any time by who reads it, as ``head`` does, or be full."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import TextIO


class Output:
    """
    A stream that takes everything, and passes nothing on any more once that has failed.

    What a command has to find out does not depend on somebody listening. ``failed`` is the reason
    why something could not be written, unless it is that the reader has gone, who knows it.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._open = True
        self.encoding = stream.encoding or "ascii"
        self.failed: str | None = None

    def isatty(self) -> bool:
        """Tell whether a person watches."""
        return self._stream.isatty()

    def write(self, text: str) -> int:
        """Write *text*; characters that the stream's encoding lacks are escaped."""
        if self._open:
            with self._closing():
                self._stream.write(text.encode(self.encoding, "backslashreplace").decode(self.encoding))
        return len(text)

    def flush(self) -> None:
        """Pass on what was written."""
        if self._open:
            with self._closing():
                self._stream.flush()

    @contextlib.contextmanager
    def _closing(self) -> Iterator[None]:
        """Close the stream if writing fails; its descriptor leads nowhere then, so that the exit is quiet."""
        try:
            yield
        except OSError as error:
            self._open = False
            if not isinstance(error, BrokenPipeError):
                self.failed = error.strerror or str(error)
            with contextlib.suppress(OSError, ValueError):
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, self._stream.fileno())
                os.close(nowhere)
