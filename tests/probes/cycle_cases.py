"""
Little projects with and without import cycles, as data.

A test imports every module of each one first, in a fresh interpreter: BREAKS says that one of these imports fails
at least, WORKS that none does though the modules import each other, NONE that they don't at import time.
"""

from __future__ import annotations

from typing import NamedTuple

BREAKS, WORKS, NONE = "breaks", "works", "none"


class Case(NamedTuple):
    name: str
    truth: str
    files: dict[str, str]


def case(name: str, truth: str, **files: str) -> Case:
    """Make a case; ``p__a`` is the file p/a.py, ``p`` is p/__init__.py."""
    paths = {}
    for key, text in files.items():
        if key == "p":
            paths["p/__init__.py"] = text
        elif key.endswith("_init"):
            paths[key.removesuffix("_init").replace("__", "/") + "/__init__.py"] = text
        else:
            paths[key.replace("__", "/") + ".py"] = text
    return Case(name, truth, paths)


USES_A = "from p.a import thing\nother = 1\n"

CASES = [
    # --- at least one order of imports fails ---
    case("two names", BREAKS, p="", p__a="from p.b import other\nthing = 1\n", p__b=USES_A),
    case("relative", BREAKS, p="", p__a="from .b import other\nthing = 1\n", p__b="from .a import thing\nother = 1\n"),
    case(
        "three in a ring",
        BREAKS,
        p="",
        p__a="from p.b import b\na = 1\n",
        p__b="from p.c import c\nb = 1\n",
        p__c="from p.a import a\nc = 1\n",
    ),
    case("an attribute used at once", BREAKS, p="", p__a="import p.b\nx = p.b.y\n", p__b="import p.a\ny = p.a.x\n"),
    case(
        "the package's own name before it is bound",
        BREAKS,
        p="from p.a import thing\nversion = 1\n",
        p__a="from p import version\nthing = 1\n",
    ),
    case(
        "an implied parent package",
        BREAKS,
        q_init="",
        q__core="import q.ext.thing\nCore = 1\n",
        q__ext_init="from q.core import Core\n",
        q__ext__thing="",
    ),
    case(
        "the else of TYPE_CHECKING",
        BREAKS,
        p="",
        p__a="from p.b import other\nthing = 1\n",
        p__b="from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from typing import Any as thing\n"
        "else:\n    from p.a import thing\nother = 1\n",
    ),
    case(
        "not TYPE_CHECKING",
        BREAKS,
        p="",
        p__a="from p.b import other\nthing = 1\n",
        p__b="import typing\nif not typing.TYPE_CHECKING:\n    from p.a import thing\nother = 1\n",
    ),
    case(
        "importlib with a constant",
        BREAKS,
        p="",
        p__a="import importlib\nother = importlib.import_module('p.b').other\nthing = 1\n",
        p__b=USES_A,
    ),
    case(
        "importlib, relative and renamed",
        BREAKS,
        p="",
        p__a="from importlib import import_module as load\nother = load('.b', __package__).other\nthing = 1\n",
        p__b=USES_A,
    ),
    case(
        "the built-in __import__",
        BREAKS,
        p="",
        p__a="other = __import__('p.b', fromlist=['other']).other\nthing = 1\n",
        p__b=USES_A,
    ),
    case(
        "a function called while importing",
        BREAKS,
        p="",
        p__a="def load():\n    from p.b import other\n    return other\n\nvalue = load()\nthing = 1\n",
        p__b=USES_A,
    ),
    case(
        "a constructor called while importing",
        BREAKS,
        p="",
        p__a="class Loader:\n    def __init__(self):\n        from p.b import other\n\nLOADER = Loader()\nthing = 1\n",
        p__b=USES_A,
    ),
    case(
        "a decorator that imports",
        BREAKS,
        p="",
        p__a="def deco(f):\n    from p.b import other\n    return f\n\n@deco\ndef g():\n    pass\n\nthing = 1\n",
        p__b=USES_A,
    ),
    case(
        "a function of the other module called while importing",
        BREAKS,
        p="",
        p__a="from p.b import load\nvalue = load()\nthing = 1\n",
        p__b="def load():\n    from p.a import thing\n    return thing\n",
    ),
    case("a module that imports itself", BREAKS, p="", p__a="from p.a import thing\nthing = 1\n"),
    case("in a class body", BREAKS, p="", p__a="class A:\n    from p.b import other\nthing = 1\n", p__b=USES_A),
    case(
        "in try",
        BREAKS,
        p="",
        p__a="try:\n    from p.b import other\nexcept KeyError:\n    other = None\nthing = 1\n",
        p__b=USES_A,
    ),
    case("behind a semicolon", BREAKS, p="", p__a="x = 1; from p.b import other\nthing = 1\n", p__b=USES_A),
    case(
        "over several lines", BREAKS, p="", p__a="from p.b \\\n    import (\n  other, # )\n)\nthing = 1\n", p__b=USES_A
    ),
    case(
        "a module behind a comment in parentheses",
        BREAKS,
        p="",
        p__a="from p import (  # b)\n    # more\n    b,\n)\nx = b.other\nthing = 1\n",
        p__b=USES_A,
    ),
    case(
        "without __init__.py",
        BREAKS,
        n__a="from n.b import other\nthing = 1\n",
        n__b="from n.a import thing\nother = 1\n",
    ),
    case("across packages", BREAKS, p="", p__a="from q.b import other\nthing = 1\n", q_init="", q__b=USES_A),
    case("plain modules", BREAKS, one="from two import b\na = 1\n", two="from one import a\nb = 1\n"),
    case("a star before the names", BREAKS, p="", p__a="from p.b import *\nx = other\nthing = 1\n", p__b=USES_A),
    case(
        "a sibling that needs the package",
        BREAKS,
        p="from .a import thing\nname = 1\n",
        p__a="from . import b\nthing = 1\n",
        p__b="from . import name\n",
    ),
    case(
        "a name that is a module and something else",
        BREAKS,
        p="from .tool import tool\nfrom .user import user\n",
        p__tool="from p.user import user\ntool = 1\n",
        p__user="from p import tool\nuser = tool + 1\n",
    ),
    case(
        "in a declared encoding",
        BREAKS,
        p="",
        p__a="# -*- coding: latin-1 -*-\nname = 'é'\nfrom p.b import other\nthing = 1\n",
        p__b=USES_A,
    ),
    case(
        "behind if False's else",
        BREAKS,
        p="",
        p__a="if False:\n    pass\nelse:\n    from p.b import other\nthing = 1\n",
        p__b=USES_A,
    ),
    case(
        "a static method called while importing",
        BREAKS,
        p="",
        p__a="class C:\n    @staticmethod\n    def m():\n        from p.b import other\n\nC.m()\nthing = 1\n",
        p__b=USES_A,
    ),
    case(
        "an inherited constructor",
        BREAKS,
        p="",
        p__a="class B:\n    def __init__(self):\n        self.load()\n\n    def load(self):\n"
        "        from p.b import other\n\nclass C(B):\n    pass\n\nC()\nthing = 1\n",
        p__b=USES_A,
    ),
    case(
        "a function inside a function",
        BREAKS,
        p="",
        p__a="def f():\n    def g():\n        from p.b import other\n    g()\n\nf()\nthing = 1\n",
        p__b=USES_A,
    ),
    case(
        "a function called through its module",
        BREAKS,
        p="",
        p__a="import p.b\nimport json as p_b\nfrom p import b\nb.load()\np_b.dumps(1)\nthing = 1\n",
        p__b="def load():\n    from p.a import thing\n    return thing\n",
    ),
    case(
        "a function handed on by the package",
        BREAKS,
        p="from p.b import load\n",
        p__a="from p import load\nload()\nthing = 1\n",
        p__b="def load():\n    from p.a import thing\n    return thing\n",
    ),
    case(
        "a default value",
        BREAKS,
        p="",
        p__a="from importlib import import_module\ndef f(x, *, y=import_module('p.b').other):\n    pass\nthing = 1\n",
        p__b=USES_A,
    ),
    case(
        "importlib, relative to a package named",
        BREAKS,
        p="",
        p__a="import importlib\nother = importlib.import_module('.b', package='p').other\nthing = 1\n",
        p__b=USES_A,
    ),
    case(
        "importlib, relative to the own name",
        BREAKS,
        p="",
        p__a="import importlib as il\nother = il.import_module('..b', __name__).other\nthing = 1\n",
        p__b=USES_A,
    ),
    case(
        "importlib, below the own package",
        BREAKS,
        p="",
        p__a="import importlib\nother = importlib.import_module(f'{__package__}.b').other\nthing = 1\n",
        p__b=USES_A,
    ),
    case(
        "the built-in __import__, relative",
        BREAKS,
        p="",
        p__a="other = __import__('b', globals(), None, ['other'], 1).other\nthing = 1\n",
        p__b=USES_A,
    ),
    # --- every order works, though modules import each other while being imported ---
    case("plain imports used later", WORKS, p="", p__a="import p.b\n", p__b="import p.a\n"),
    case("siblings used later", WORKS, p="", p__a="from . import b\n", p__b="from . import a\n"),
    case("names bound before the import", WORKS, p="x = 1\nfrom p import a\n", p__a="from p import x\n"),
    case(
        "names bound in other ways before the import",
        WORKS,
        p="import json as tool\ntry:\n    x = y = 1\nexcept OSError as z:\n    pass\nfor w in (1,):\n    v = w\nif v:\n"
        "    u = 1\nelse:\n    u = 2\nfrom p import a\n",
        p__a="from p import tool, x, y, w, v, u\n",
    ),
    case(
        "names from a star", WORKS, p="from p.s import *\nfrom p import a\n", p__s="x = 1\n", p__a="from p import x\n"
    ),
    case(
        "a failed import that is caught",
        WORKS,
        p="",
        p__a="try:\n    from p.b import other\nexcept ImportError:\n    other = None\nthing = 1\n",
        p__b="try:\n    from p.a import thing\nexcept ImportError:\n    thing = None\nother = 1\n",
    ),
    case("a module that imports itself, harmlessly", WORKS, p="", p__a="import p.a\n"),
    # --- no cycle at import time ---
    case(
        "inside a function",
        NONE,
        p="",
        p__a="def f():\n    from p.b import other\n    return other\nthing = 1\n",
        p__b=USES_A,
    ),
    case("inside a lambda", NONE, p="", p__a="f = lambda: __import__('p.b')\nthing = 1\n", p__b=USES_A),
    case(
        "for type checkers",
        NONE,
        p="",
        p__a="from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from p.b import other\nthing = 1\n",
        p__b=USES_A,
    ),
    case(
        "for type checkers, renamed",
        NONE,
        p="",
        p__a="from typing import TYPE_CHECKING as TC\nif TC:\n    from p.b import other\nthing = 1\n",
        p__b=USES_A,
    ),
    case(
        "for type checkers, by attribute",
        NONE,
        p="",
        p__a="import typing as t\nif t.TYPE_CHECKING and True:\n    from p.b import other\nthing = 1\n",
        p__b=USES_A,
    ),
    case(
        "for type checkers, in the old ways",
        NONE,
        p="",
        p__a="MYPY = False\nif MYPY:\n    from p.b import other\nif False:\n    from p.b import other\nthing = 1\n",
        p__b=USES_A,
    ),
    case(
        "for type checkers, turned round",
        NONE,
        p="",
        p__a="from typing import TYPE_CHECKING\nif not TYPE_CHECKING:\n    x = 1\nelse:\n    from p.b import other\n"
        "thing = 1\n",
        p__b=USES_A,
    ),
    case(
        "when run as a script",
        NONE,
        p="",
        p__a="thing = 1\nif __name__ == '__main__':\n    from p.b import other\n",
        p__b=USES_A,
    ),
    case(
        "a lazy package",
        NONE,
        p="def __getattr__(name):\n    if name == 'thing':\n        from p.a import thing\n        return thing\n"
        "    raise AttributeError(name)\n",
        p__a="import p\nthing = 1\n",
    ),
    case(
        "a sibling of the package's own module",
        NONE,
        p="from . import a\n",
        p__a="from . import b\n",
        p__b="thing = 1\n",
    ),
    case("in a docstring", NONE, p="", p__a='"""\nfrom p.b import other\n"""\nthing = 1\n', p__b=USES_A),
    case(
        "in other texts and comments",
        NONE,
        p="",
        p__a="# import p.b\nx = 'a: import p.b'; y = r'''\n'\n\"\"\"\nimport p.b\n'''\nthing = 1\n",
        p__b=USES_A,
    ),
    case(
        "a nested function's import",
        NONE,
        p="",
        p__a="def f(\n    x,\n) -> None:\n    '''Text\nat the left\n'''\n    if x:\n        import p.b\nthing = f\n",
        p__b="from p.a import thing\nother = 1\n",
    ),
    case(
        "a package that only goes down",
        NONE,
        p="from p.s import x\n",
        p__s_init="from p.s.t import x\n",
        p__s__t="x = 1\n",
    ),
]
