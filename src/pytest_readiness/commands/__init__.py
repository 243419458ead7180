"""
The console script ``readiness``: one module a verb, found by its name.

A verb that is a word of Python's own has an underscore behind it in the name of its module.
A verb's module says in its docstring what it is for, adds its options to a parser in ``options`` and
does its work in ``run``, which returns the exit code: pytest's numbers, as everywhere.
"""

from __future__ import annotations

import argparse
import difflib
import importlib
import keyword
import pkgutil
import sys
import traceback
from collections.abc import Sequence
from typing import NoReturn, Protocol, cast

from pytest_readiness.commands._output import Output
from pytest_readiness.errors import ReadinessError, SpecError, UsageError

OK, FAILED, INTERRUPTED, INTERNAL_ERROR, USAGE = 0, 1, 2, 3, 4

#: Verbs that are promised, and what they will do.
RESERVED = {
    "diff": "compare two reports",
    "verify": "check that a report allows a release",
}


class Verb(Protocol):
    """What the module of a verb offers."""

    __doc__: str

    def options(self, parser: argparse.ArgumentParser) -> None:
        """Add the verb's own options."""
        ...

    def run(self, args: argparse.Namespace, output: Output) -> int:
        """Do it, and return the exit code."""
        ...


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``readiness`` with the arguments *argv* and return its exit code."""
    output = Output(sys.stdout)
    code = _guarded(list(sys.argv[1:] if argv is None else argv), output)
    output.flush()
    if output.failed is None:
        return code
    _complain(f"not all could be written to standard output: {output.failed}")
    return code or FAILED


def _guarded(words: list[str], output: Output) -> int:
    """Turn whatever goes wrong into a line for people and an exit code."""
    try:
        return _run(words, output)
    except SpecError as error:
        sys.stderr.write(f"{error}\n")  # a position at the beginning of each line, for editors to jump to
        return USAGE
    except ReadinessError as error:
        _complain(str(error))
        return USAGE
    except KeyboardInterrupt:
        _complain("interrupted")
        return INTERRUPTED
    except Exception:  # noqa: BLE001 - a mistake of ours: its traceback is for whoever reports it
        traceback.print_exc()
        return INTERNAL_ERROR


def verbs() -> tuple[str, ...]:
    """Return the names of the verbs, sorted."""
    names = (module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))
    return tuple(sorted(name.removesuffix("_") for name in names))


def _run(words: list[str], output: Output) -> int:
    first = words[0] if words else ""
    if first in {"-h", "--help"}:
        output.write(_overview())
        return OK
    if first == "--version":
        from importlib.metadata import version

        output.write(f"readiness {version('pytest-readiness')}\n")
        return OK
    verb = _verb(first)
    parser = _Parser(prog=f"readiness {first}", description=verb.__doc__, allow_abbrev=False)
    verb.options(parser)
    try:
        args = parser.parse_args(words[1:])
    except SystemExit:  # after --help
        return OK
    return verb.run(args, output)


def _verb(name: str) -> Verb:
    if name in verbs():
        module = f"{name}_" if keyword.iskeyword(name) else name
        return cast("Verb", importlib.import_module(f"{__name__}.{module}"))
    if name in RESERVED:
        raise UsageError(f"readiness {name} ({RESERVED[name]}) is not available yet")
    near = difflib.get_close_matches(name, [*verbs(), *RESERVED], 1)
    meant = f"did you mean {near[0]}?" if near else f"there is {', '.join(verbs())}"
    raise UsageError(
        f"there is no command {name!r}: {meant}" if name else f"which command? There is {', '.join(verbs())}"
    )


def _overview() -> str:
    lines = [f"  {name:<9} {(_verb(name).__doc__ or '').splitlines()[0]}" for name in verbs()]
    return "\n".join(
        [
            "usage: readiness COMMAND [OPTIONS]",
            "",
            "Judges the gates of readiness.yaml without pytest. `readiness COMMAND --help` lists the options.",
            "",
            *lines,
            "",
            "exit codes: 0 READY, 1 NOT READY, 2 interrupted, 3 internal error, 4 spec or usage error",
            "",
        ]
    )


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line instead of ending the process."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (see {self.prog} --help)")


def _complain(message: str) -> None:
    sys.stderr.write(f"readiness: {message}\n")
