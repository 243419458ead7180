"""Blocks of Python in documents: do they compile? Nothing is run."""

from __future__ import annotations

import ast
import doctest
import re
import threading
import warnings

from pytest_readiness.probes._docs.markdown import Block

#: The names that Python goes by in documents.
PYTHON = frozenset({"python", "py", "python3", "py3", "pycon", "python-repl"})

_PROMPT = re.compile(r"^\s*>>> ?", re.MULTILINE)
_quiet = threading.Lock()


def is_of(block: Block, language: str) -> bool:
    """Whether *block* is in *language*, under any of its names."""
    wanted = language.lower()
    return block.language in PYTHON if wanted in PYTHON else block.language == wanted


def fault(block: Block) -> str | None:
    """Return what keeps *block* from being Python, None if nothing does; of a session at the prompt, its input."""
    try:
        if _PROMPT.search(block.text):
            for example in doctest.DocTestParser().get_examples(block.text):
                _parse(example.source)
        else:
            _parse(block.text)
    except SyntaxError as error:
        return f"line {block.line + (error.lineno or 1) - 1}: {error.msg}"
    except (ValueError, RecursionError, MemoryError) as error:
        return f"line {block.line}: {str(error) or 'too deeply nested'}"
    return None


def _parse(source: str) -> None:
    # Warnings are about taste; the lock is there because their filters belong to the whole process.
    with _quiet, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        compile(source, "<document>", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
