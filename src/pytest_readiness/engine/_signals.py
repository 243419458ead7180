"""Signals that end a run in good order."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator


@contextlib.contextmanager
def termination_as_interrupt() -> Iterator[None]:
    """
    Treat SIGTERM and SIGHUP as Ctrl-C, so that a cancelled job or a closed terminal leaves no process behind.

    Only where nobody else has a say in it, and in the main thread, which alone may decide.
    """
    wanted = [number for name in ("SIGTERM", "SIGHUP") if (number := getattr(signal, name, None)) is not None]
    main = threading.current_thread() is threading.main_thread()
    mine = [number for number in wanted if main and signal.getsignal(number) == signal.SIG_DFL]

    def interrupt(number: int, _frame: object) -> None:
        raise KeyboardInterrupt(signal.Signals(number).name)

    for number in mine:
        signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number in mine:
            signal.signal(number, signal.SIG_DFL)
