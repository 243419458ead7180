"""What one Python file says of web applications: which there are, their routes, and what includes what."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

#: Classes of applications, by the name they are called with.
APPS = frozenset({"FastAPI", "Flask", "Quart", "Litestar", "Starlette"})
ROUTERS = frozenset({"APIRouter", "Blueprint"})

_GUARDS = re.compile(r"auth|login|user|token|jwt|perm|admin|api_?key|secur|session|require|role|scope", re.IGNORECASE)
#: Types of parameters that no query has to bring.
_GIVEN = frozenset({"Request", "Response", "BackgroundTasks", "HTTPConnection"})
_PARAMETER = re.compile(r"[{<:]")
#: Paths that change something, whatever their method, or ask who is there.
_DOES = re.compile(
    r"(?<![a-z])(?:(?:log|sign)[-_]?(?:in|out|up)|o?auth\d?(?![a-z])|authori[sz]e|token|admin"
    r"|delete|remove|clear|reset|purge|trigger|start|stop|shutdown|restart|reload|run|sync)",
    re.IGNORECASE,
)
_INJECTED = re.compile(r"\b(?:Depends|Security|Header|Cookie)\b")
_REQUIRED = re.compile(r"\(\s*\.\.\.")

_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(slots=True)
class Module:
    """
    What is said in ``file``, whose dotted name is ``name``.

    ``apps`` are the kind of each application and how it is had, ``routers`` the prefix of each router, ``paths`` those
    that can be asked by GET with nothing more, by application or router. ``includes`` are who includes what (a dotted
    name as it is said here) under which prefix, ``imports`` what names mean that are imported.
    """

    file: str
    name: str
    apps: dict[str, tuple[str, str]] = field(default_factory=dict)
    routers: dict[str, str] = field(default_factory=dict)
    paths: dict[str, list[str]] = field(default_factory=dict)
    includes: list[tuple[str, str, str]] = field(default_factory=list)
    imports: dict[str, str] = field(default_factory=dict)


def read(file: str, name: str, tree: ast.Module) -> Module:
    """Return what *tree* says, the file's syntax tree."""
    module = Module(file, name)
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            _assigned(module, node)
        elif isinstance(node, ast.FunctionDef):
            _factory(module, node)
    for inner in ast.walk(tree):
        if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
            for decorator in inner.decorator_list:
                _route(module, inner, decorator)
        elif isinstance(inner, ast.Call):
            _included(module, inner)
        elif isinstance(inner, ast.Import | ast.ImportFrom):
            module.imports |= dict(_imported(module, inner))
    return module


def dotted(node: ast.AST) -> str:
    """Return the dotted name that *node* is, nothing where it is none."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        above = dotted(node.value)
        return f"{above}.{node.attr}" if above else ""
    return ""


def _imported(module: Module, node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
    """Yield the names that *node* brings, and what each means."""
    if isinstance(node, ast.Import):
        yield from ((alias.asname or alias.name, alias.name) for alias in node.names)
        return
    start = node.module or ""
    if node.level:
        above = module.name.split(".")
        up = node.level - module.file.endswith("__init__.py")
        start = ".".join(filter(None, (*above[: len(above) - up], start)))
    yield from ((alias.asname or alias.name, f"{start}.{alias.name}") for alias in node.names)


# --- applications and routers -------------------------------------------------------------------


def _assigned(module: Module, node: ast.Assign | ast.AnnAssign) -> None:
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    if isinstance(target, ast.Name) and isinstance(node.value, ast.Call):
        _made(module, target.id, node.value, target.id)


def _made(module: Module, name: str, call: ast.Call, where: str) -> None:
    """Take what *call* makes under *name*; all that asks who is there is passed over."""
    kind = dotted(call.func).rpartition(".")[2]
    if _is_guarded(call):
        return
    if kind in APPS:
        module.apps[name] = (kind, where)
    elif kind in ROUTERS:
        module.routers[name] = _text(call, "prefix", "url_prefix")


def _factory(module: Module, node: ast.FunctionDef) -> None:
    """Take a function that returns an application and needs nothing for it."""
    needed = len(node.args.args) + len(node.args.posonlyargs) - len(node.args.defaults)
    needed += sum(default is None for default in node.args.kw_defaults)
    inner = list(ast.walk(node))
    returned = {dotted(each.value) for each in inner if isinstance(each, ast.Return) and each.value is not None}
    for each in inner if not needed else ():
        if isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Name) and isinstance(each.value, ast.Call):
            name = each.targets[0].id
            if name in returned and name not in module.apps:
                _made(module, name, each.value, f"{node.name}()")


def _included(module: Module, call: ast.Call) -> None:
    """Take ``app.include_router(router, prefix=...)`` and ``app.register_blueprint(blueprint, url_prefix=...)``."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in {"include_router", "register_blueprint"}:
        return
    said = any(keyword.arg in {"prefix", "url_prefix"} for keyword in call.keywords)
    prefix = _text(call, "prefix", "url_prefix")
    if call.args and not _is_guarded(call) and (prefix or not said):
        module.includes.append((dotted(call.func.value), dotted(call.args[0]), prefix))


def _text(call: ast.Call, *names: str) -> str:
    """Return the literal text of the keyword argument that has one of *names*, nothing if there is none."""
    for keyword in call.keywords:
        if keyword.arg in names and isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, str):
            return keyword.value.value
    return ""


# --- routes -------------------------------------------------------------------------------------


def _route(module: Module, node: _Function, decorator: ast.expr) -> None:
    match decorator:
        case ast.Call(func=ast.Attribute(value=owner, attr=verb), args=[ast.Constant(value=str(path)), *_]):
            others = (one for one in node.decorator_list if one is not decorator)
            if (
                _takes_get(decorator, verb)
                and not _PARAMETER.search(path)
                and not _DOES.search(path)
                and not _is_guarded(decorator)
                and not any(map(_guards, others))
                and _is_open(node)
            ):
                module.paths.setdefault(dotted(owner), []).append(path)


def _takes_get(decorator: ast.Call, verb: str) -> bool:
    methods = [keyword.value for keyword in decorator.keywords if keyword.arg == "methods"]
    if verb in {"route", "api_route"} and methods:
        return "'GET'" in ast.unparse(methods[0])
    return verb in {"get", "route"}


def _guards(node: ast.AST) -> bool:
    return bool(_GUARDS.search(ast.unparse(node)))


def _is_guarded(call: ast.Call) -> bool:
    """Tell whether ``dependencies=[Depends(...)]`` asks who is there."""
    return any(keyword.arg == "dependencies" and _guards(keyword.value) for keyword in call.keywords)


def _is_open(node: _Function) -> bool:
    """Tell whether the function can be called with no query, and asks for nobody's credentials."""
    given = node.args
    arguments = [*given.posonlyargs, *given.args]
    defaults = [*([None] * (len(arguments) - len(given.defaults))), *given.defaults]
    pairs = [*zip(arguments, defaults, strict=True), *zip(given.kwonlyargs, given.kw_defaults, strict=True)]
    return all(_is_given(argument, default) for argument, default in pairs)


def _is_given(argument: ast.arg, default: ast.expr | None) -> bool:
    kind = "" if argument.annotation is None else ast.unparse(argument.annotation)
    value = "" if default is None else ast.unparse(default)
    if _INJECTED.search(f"{kind} {value}"):
        return "Depends" in f"{kind} {value}" and not _GUARDS.search(f"{argument.arg} {kind} {value}")
    return kind.rpartition(".")[2] in _GIVEN or bool(value and not _REQUIRED.search(value))
