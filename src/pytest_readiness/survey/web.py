"""Web applications and what can be asked of them, by the syntax tree: FastAPI, Starlette, Flask and Django."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pytest_readiness.survey import routes
from pytest_readiness.survey.repository import Repository
from pytest_readiness.survey.routes import Module, dotted

_HEALTH = re.compile(
    r"/(?:[\w-]+/)*(?:health|healthz|health[_-]?check|livez?|liveness|readyz?|readiness|ping|status|up)/?"
)

#: An application is asked for at most so many paths.
MOST = 10

_Way = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class App:
    """
    An application: ``where`` is ``module:attribute``, with ``()`` behind it where that is a factory.

    ``paths`` are those that can be asked by GET with nothing more, those that tell of its health first.
    """

    kind: str
    where: str
    file: str
    paths: tuple[str, ...]


def is_health(path: str) -> bool:
    """Tell whether *path* is one that monitors ask."""
    return bool(_HEALTH.fullmatch(path))


def apps(repository: Repository) -> list[App]:
    """Return the applications of the project's own code."""
    modules: dict[str, Module] = {}
    for file, tree in repository.sources(*routes.APPS, *routes.ROUTERS):
        name = repository.layout.module(file)
        if name is not None:
            modules[name] = routes.read(file, name, tree)
    found = [_app(module, name, modules) for module in modules.values() for name in sorted(module.apps)]
    return [*found, *_django(repository)]


def _app(module: Module, name: str, modules: Mapping[str, Module]) -> App:
    kind, where = module.apps[name]
    paths = sorted(set(_paths(module, name, modules, frozenset())), key=lambda path: (not is_health(path), path))
    return App(kind, f"{module.name}:{where}", module.file, tuple(paths[:MOST]))


def _paths(module: Module, name: str, modules: Mapping[str, Module], above: _Way) -> Iterator[str]:
    """Yield the paths of the application or router *name*, with those of what it includes."""
    yield from module.paths.get(name, ())
    for including, included, prefix in module.includes:
        there = _meant(module, included, modules) if including == name else None
        if there is None or (there[0].name, there[1]) in above:
            continue
        inner, router = there
        for path in _paths(inner, router, modules, above | {(inner.name, router)}):
            yield f"{prefix}{inner.routers[router]}{path}" or "/"


def _meant(module: Module, said: str, modules: Mapping[str, Module]) -> tuple[Module, str] | None:
    """Return the module and the router in it that *said* means in *module*."""
    if said in module.routers:
        return module, said
    first, _, rest = said.partition(".")
    whole = ".".join(filter(None, (module.imports.get(first, first), rest)))
    there, _, name = whole.rpartition(".")
    return (modules[there], name) if there in modules and name in modules[there].routers else None


# --- Django -------------------------------------------------------------------------------------


def _django(repository: Repository) -> Iterator[App]:
    """Yield the application of each Django project, with the paths in its ``urls.py`` that tell of its health."""
    for file in repository.matching(r".*/[aw]sgi\.py"):
        folder, _, last = file.rpartition("/")
        name, urls = repository.layout.module(file), f"{folder}/urls.py"
        twice = last == "wsgi.py" and f"{folder}/asgi.py" in repository
        if name is None or twice or not re.search(r"\bget_[aw]sgi_application\b", repository.text(file)):
            continue
        paths = sorted(filter(is_health, _django_paths(repository.tree(urls))))
        yield App("Django", f"{name}:application", file, tuple(paths[:MOST]))


def _django_paths(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="path"), args=[ast.Constant(value=str(path)), view, *_]):
                if "<" not in path and not (isinstance(view, ast.Call) and dotted(view.func) == "include"):
                    yield f"/{path}"
