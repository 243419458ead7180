"""Web applications and what can be asked of them, by the syntax tree: FastAPI, Starlette, Flask and Django."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pytest_readiness.survey.repository import Repository

_APPS = {"FastAPI": "FastAPI", "Flask": "Flask", "Quart": "Quart", "Litestar": "Litestar", "Starlette": "Starlette"}
_ROUTERS = frozenset({"APIRouter", "Blueprint"})
_GUARDS = re.compile(r"auth|login|user|token|jwt|perm|admin|api_?key|secur|session|require|role|scope|oauth", re.IGNORECASE)
_HEALTH = re.compile(r"/(?:[\w-]+/)*(?:health|healthz|health[_-]?check|livez?|liveness|readyz?|readiness|ping|status|up)/?")
#: Parameters that no query has to bring.
_GIVEN = frozenset({"Request", "Response", "BackgroundTasks", "WebSocket", "HTTPConnection"})
#: An application is asked for at most so many paths.
MOST = 10


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

    @property
    def health(self) -> tuple[str, ...]:
        """The paths that tell of its health."""
        return tuple(path for path in self.paths if is_health(path))


def is_health(path: str) -> bool:
    """Tell whether *path* is one that monitors ask."""
    return bool(_HEALTH.fullmatch(path))


@dataclass(slots=True)
class _Module:
    """What one file says: applications and routers by name, their paths, and what includes what under which prefix."""

    file: str
    name: str
    tree: ast.Module
    apps: dict[str, tuple[str, str]] = field(default_factory=dict)
    routers: dict[str, str] = field(default_factory=dict)
    paths: dict[str, list[str]] = field(default_factory=dict)
    includes: list[tuple[str, str, str]] = field(default_factory=list)
    imports: dict[str, str] = field(default_factory=dict)


def apps(repository: Repository) -> list[App]:
    """Return the applications of the project's own code."""
    modules: dict[str, _Module] = {}
    for file, tree in repository.sources(*_APPS, *_ROUTERS):
        name = repository.layout.module(file)
        if name is not None:
            modules[name] = _read(_Module(file, name, tree))
    found = [_app(module, name, modules) for module in modules.values() for name in sorted(module.apps)]
    return [*found, *_django(repository)]


def _app(module: _Module, name: str, modules: Mapping[str, _Module]) -> App:
    kind, call = module.apps[name]
    paths = dict.fromkeys(_paths(module, name, modules, frozenset()))
    first = sorted(paths, key=lambda path: (not is_health(path), path))
    return App(kind, f"{module.name}:{call}", module.file, tuple(first[:MOST]))


def _paths(module: _Module, name: str, modules: Mapping[str, _Module], above: frozenset[tuple[str, str]]) -> Iterator[str]:
    """Yield the paths of the application or router *name*, with those of what it includes."""
    yield from module.paths.get(name, ())
    for including, included, prefix in module.includes:
        if including != name:
            continue
        there = _resolved(module, included, modules)
        if there is None or (there[0].name, there[1]) in above:
            continue
        inner, router = there
        own = inner.routers.get(router, "")
        for path in _paths(inner, router, modules, above | {(inner.name, router)}):
            yield f"{prefix}{own}{path}" or "/"


def _resolved(module: _Module, said: str, modules: Mapping[str, _Module]) -> tuple[_Module, str] | None:
    """Return the module and the name in it that *said* means in *module*."""
    first, _, rest = said.partition(".")
    if first in module.routers and not rest:
        return module, first
    whole = ".".join(filter(None, (module.imports.get(first, ""), rest)))
    there, _, name = whole.rpartition(".")
    if there in modules and name in modules[there].routers:
        return modules[there], name
    return None


# --- reading one module -------------------------------------------------------------------------


def _read(module: _Module) -> _Module:
    for node in module.tree.body:
        _import(module, node)
        if isinstance(node, ast.Assign | ast.AnnAssign):
            _assigned(module, node, module.tree.body)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            _factory(module, node)
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for decorator in node.decorator_list:
                _route(module, node, decorator)
        elif isinstance(node, ast.Call):
            _included(module, node)
    return module


def _import(module: _Module, node: ast.stmt) -> None:
    if isinstance(node, ast.ImportFrom):
        above = module.name.split(".")
        if not module.file.endswith("__init__.py"):
            above = above[:-1]
        if node.level:
            above = above[: len(above) - node.level + 1]
            start = ".".join(filter(None, (*above, node.module or "")))
        else:
            start = node.module or ""
        for alias in node.names:
            module.imports[alias.asname or alias.name] = f"{start}.{alias.name}"
    elif isinstance(node, ast.Import):
        for alias in node.names:
            if alias.asname or "." not in alias.name:
                module.imports[alias.asname or alias.name] = alias.name


def _assigned(module: _Module, node: ast.Assign | ast.AnnAssign, _body: list[ast.stmt]) -> None:
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    if isinstance(target, ast.Name) and isinstance(node.value, ast.Call):
        _made(module, target.id, node.value, target.id)


def _made(module: _Module, name: str, call: ast.Call, where: str) -> None:
    kind = dotted(call.func).rpartition(".")[2]
    if _is_guarded(call):
        return
    if kind in _APPS:
        module.apps[name] = (_APPS[kind], where)
    elif kind in _ROUTERS:
        module.routers[name] = _keyword(call, "prefix") or _keyword(call, "url_prefix") or ""


def _factory(module: _Module, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    """Take a function that makes an application and needs nothing for it."""
    needed = len(node.args.args) + len(node.args.posonlyargs) - len(node.args.defaults)
    needed += sum(default is None for default in node.args.kw_defaults)
    if needed or isinstance(node, ast.AsyncFunctionDef):
        return
    returned = {inner.value.id for inner in ast.walk(node) if isinstance(inner, ast.Return) and isinstance(inner.value, ast.Name)}
    for inner in ast.walk(node):
        if isinstance(inner, ast.Assign) and isinstance(inner.targets[0], ast.Name) and isinstance(inner.value, ast.Call):
            name = inner.targets[0].id
            if name in returned and name not in module.apps:
                _made(module, name, inner.value, f"{node.name}()")


def _route(module: _Module, node: ast.FunctionDef | ast.AsyncFunctionDef, decorator: ast.expr) -> None:
    if not isinstance(decorator, ast.Call) or not isinstance(decorator.func, ast.Attribute) or not decorator.args:
        return
    owner, verb = dotted(decorator.func.value), decorator.func.attr
    path = decorator.args[0]
    if not owner or not isinstance(path, ast.Constant) or not isinstance(path.value, str):
        return
    if verb not in {"get", "route", "api_route"} or not _takes_get(decorator, verb):
        return
    others = [one for one in node.decorator_list if one is not decorator]
    if re.search(r"[{<:]", path.value) or _is_guarded(decorator) or any(map(_guards, others)) or not _is_open(node):
        return
    module.paths.setdefault(owner, []).append(path.value)


def _takes_get(decorator: ast.Call, verb: str) -> bool:
    methods = next((keyword.value for keyword in decorator.keywords if keyword.arg == "methods"), None)
    if verb == "get" or methods is None:
        return verb != "api_route" or methods is None
    return "GET" in ast.unparse(methods)


def _guards(node: ast.AST) -> bool:
    return bool(_GUARDS.search(ast.unparse(node)))


def _is_guarded(call: ast.Call) -> bool:
    """Tell whether ``dependencies=[Depends(...)]`` asks who is there."""
    return any(keyword.arg == "dependencies" and _guards(keyword.value) for keyword in call.keywords)


def _is_open(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Tell whether the function can be called with no query, and asks for nobody's credentials."""
    arguments = [*node.args.posonlyargs, *node.args.args]
    defaults = [None] * (len(arguments) - len(node.args.defaults)) + list(node.args.defaults)
    pairs = [*zip(arguments, defaults, strict=True), *zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)]
    return all(_is_given(argument, default) for argument, default in pairs)


def _is_given(argument: ast.arg, default: ast.expr | None) -> bool:
    kind = "" if argument.annotation is None else ast.unparse(argument.annotation)
    said = f"{kind} {'' if default is None else ast.unparse(default)}"
    if re.search(r"Depends|Security|Header|Cookie", said):
        return "Depends" in said and not _GUARDS.search(f"{argument.arg} {said}")
    if kind.rpartition(".")[2] in _GIVEN:
        return True
    needed = default is None or re.search(r"\(\s*\.\.\.", ast.unparse(default))
    return not needed


def _included(module: _Module, call: ast.Call) -> None:
    """Take ``app.include_router(router, prefix=...)`` and ``app.register_blueprint(blueprint, url_prefix=...)``."""
    if isinstance(call.func, ast.Attribute) and call.func.attr in {"include_router", "register_blueprint"} and call.args:
        prefix = next((one.value for one in call.keywords if one.arg in {"prefix", "url_prefix"}), None)
        text = prefix.value if isinstance(prefix, ast.Constant) and isinstance(prefix.value, str) else ""
        if (prefix is None or text) and not _is_guarded(call):
            module.includes.append((dotted(call.func.value), dotted(call.args[0]), text))


def _keyword(call: ast.Call, name: str) -> str | None:
    for keyword in call.keywords:
        if keyword.arg == name and isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, str):
            return keyword.value.value
    return None


def dotted(node: ast.AST) -> str:
    """Return the dotted name that *node* is, nothing where it is none."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        above = dotted(node.value)
        return f"{above}.{node.attr}" if above else ""
    return ""


# --- Django -------------------------------------------------------------------------------------


def _django(repository: Repository) -> Iterator[App]:
    """Yield the application of a Django project, with those paths of its topmost ``urls.py`` that tell of its health."""
    for file in repository.files:
        folder, _, last = file.rpartition("/")
        if last not in {"asgi.py", "wsgi.py"} or "get_asgi_application" not in (text := repository.text(file)) and "get_wsgi_application" not in text:
            continue
        name = repository.layout.module(file)
        urls = f"{folder}/urls.py"
        if name is None or urls not in repository or (last == "wsgi.py" and f"{folder}/asgi.py" in repository):
            continue
        paths = sorted(filter(is_health, _django_paths(repository.tree(urls))))
        yield App("Django", f"{name}:application", file, tuple(paths[:MOST]))


def _django_paths(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=called, args=[ast.Constant(value=str(path)), view, *_]) if dotted(called) == "path":
                if not (isinstance(view, ast.Call) and dotted(view.func) == "include") and "<" not in path:
                    yield f"/{path}"
