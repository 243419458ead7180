"""Which variables of the environment code reads, by its syntax tree; values are of no interest."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pytest_readiness.survey.repository import Repository
from pytest_readiness.survey.routes import dotted

#: Variables that a shell or the system sets.
_SYSTEM = frozenset(
    {
        "PATH",
        "HOME",
        "USER",
        "PWD",
        "SHELL",
        "LANG",
        "TERM",
        "TMPDIR",
        "TMP",
        "TEMP",
        "CI",
        "EDITOR",
        "DISPLAY",
        "APPDATA",
    }
)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ENVIRON = frozenset({"environ", "os.environ"})
_GETENV = frozenset({"getenv", "os.getenv", "environ.get", "os.environ.get"})


@dataclass(slots=True)
class Variables:
    """
    Names of variables: ``required`` are those without which the code raises, ``read`` those that it asks for.

    ``optional`` have a default somewhere. ``places`` is the first file that reads each. ``settings`` tells whether
    there is a settings class.
    """

    required: set[str] = field(default_factory=set)
    read: set[str] = field(default_factory=set)
    optional: set[str] = field(default_factory=set)
    places: dict[str, str] = field(default_factory=dict)
    settings: bool = False


def variables(repository: Repository) -> Variables:
    """Return the variables that the project's own code reads."""
    found = Variables()
    settings: dict[str, tuple[str, ast.ClassDef]] = {}
    for file, tree in repository.sources("environ", "getenv", "BaseSettings"):
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                settings.setdefault(node.name, (file, node))
        _of_code(tree, file, found)
    for file, node in _settings_classes(settings):
        found.settings = True
        for name in _fields(node, settings):
            _add(found.required, name, file, found)
    found.required -= found.optional | _SYSTEM
    found.read -= found.optional | found.required | _SYSTEM
    return found


def _add(names: set[str], name: str, file: str, found: Variables) -> None:
    if _NAME.fullmatch(name):
        names.add(name)
        found.places.setdefault(name, file)


# --- os.environ and os.getenv -------------------------------------------------------------------


def _of_code(tree: ast.Module, file: str, found: Variables) -> None:
    guarded = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.Try)
        for part in node.body
        for inner in ast.walk(part)
    }
    chosen = {
        id(node.values[0]) for node in ast.walk(tree) if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or)
    }
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(value=place, slice=ast.Constant(value=str(name)), ctx=ast.Load()) if (
                dotted(place) in _ENVIRON
            ):
                _add(found.optional if id(node) in guarded else found.required, name, file, found)
            case ast.Call(func=called, args=[ast.Constant(value=str(name)), *rest]) if dotted(called) in _GETENV:
                plain = not rest and not node.keywords and id(node) not in chosen
                _add(found.read if plain else found.optional, name, file, found)
            case ast.Compare(left=ast.Constant(value=str(name)), comparators=[place]) if dotted(place) in _ENVIRON:
                found.optional.add(name)


# --- settings classes of Pydantic ---------------------------------------------------------------


def _settings_classes(classes: Mapping[str, tuple[str, ast.ClassDef]]) -> Iterator[tuple[str, ast.ClassDef]]:
    """Yield the classes that have ``BaseSettings`` among their bases, near or far."""
    for file, node in classes.values():
        if _is_settings(node, classes, frozenset()):
            yield file, node


def _is_settings(node: ast.ClassDef, classes: Mapping[str, tuple[str, ast.ClassDef]], above: frozenset[str]) -> bool:
    for base in node.bases:
        name = dotted(base).rpartition(".")[2]
        if name == "BaseSettings":
            return True
        if name in classes and name not in above and _is_settings(classes[name][1], classes, above | {name}):
            return True
    return False


def _fields(node: ast.ClassDef, classes: Mapping[str, tuple[str, ast.ClassDef]]) -> Iterator[str]:
    """Yield the variables of the fields without a default."""
    prefix = _prefix(node)
    for part in node.body:
        if not isinstance(part, ast.AnnAssign) or not isinstance(part.target, ast.Name):
            continue
        name, kind = part.target.id, ast.unparse(part.annotation)
        if name.startswith("_") or name == "model_config" or "ClassVar" in kind or kind in classes:
            continue
        known = _alias(part.value)
        if _has_default(part.value):
            continue
        yield known if known is not None else f"{prefix}{name}".upper()


def _prefix(node: ast.ClassDef) -> str:
    """Return what ``env_prefix`` says, in ``model_config`` or in ``class Config``."""
    for inner in ast.walk(node):
        match inner:
            case ast.keyword(arg="env_prefix", value=ast.Constant(value=str(prefix))):
                return prefix
            case ast.Assign(targets=[ast.Name(id="env_prefix")], value=ast.Constant(value=str(prefix))):
                return prefix
    return ""


def _has_default(value: ast.expr | None) -> bool:
    if value is None or (isinstance(value, ast.Constant) and value.value is ...):
        return False
    if isinstance(value, ast.Call) and dotted(value.func).rpartition(".")[2] == "Field":
        if any(keyword.arg in {"default", "default_factory"} for keyword in value.keywords):
            return True
        return bool(value.args) and not (isinstance(value.args[0], ast.Constant) and value.args[0].value is ...)
    return True


def _alias(value: ast.expr | None) -> str | None:
    """Return the variable that ``Field(validation_alias=...)`` names."""
    if not isinstance(value, ast.Call):
        return None
    for keyword in value.keywords:
        match keyword:
            case ast.keyword(arg="validation_alias" | "alias" | "env", value=ast.Constant(value=str(name))):
                return name
    return None
