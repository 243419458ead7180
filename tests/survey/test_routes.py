from __future__ import annotations

import ast

import pytest

from pytest_readiness.survey import routes

HEAD = "from fastapi import Depends, FastAPI, Request\n\napp = FastAPI()\n"


def read(code: str, file: str = "shop/app.py") -> routes.Module:
    name = file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    return routes.read(file, name, ast.parse(code))


def paths(code: str) -> list[str]:
    return read(HEAD + code).paths.get("app", [])


@pytest.mark.parametrize(
    "function",
    [
        '@app.get("/items/{number}")\ndef items(number: int): ...\n',
        '@app.get("/items")\ndef items(page: int): ...\n',
        '@app.get("/items")\ndef items(page: int = Query(...)): ...\n',
        '@app.get("/items")\ndef items(*, page: int): ...\n',
        '@app.get("/items")\ndef items(user: User = Depends(current_user)): ...\n',
        '@app.get("/items")\ndef items(user: Annotated[str, Security(scheme)]): ...\n',
        '@app.get("/items")\ndef items(key: str = Header()): ...\n',
        '@app.get("/items", dependencies=[Depends(check_api_key)])\ndef items(): ...\n',
        '@app.get("/items")\n@login_required\ndef items(): ...\n',
        '@app.get("/logout")\ndef items(): ...\n',
        '@app.get("/cache/clear")\ndef items(): ...\n',
        "@app.get(PATH)\ndef items(): ...\n",
        "@app.get\ndef items(): ...\n",
        '@app.route("/items", methods=["POST"])\ndef items(): ...\n',
        '@app.api_route("/items")\ndef items(): ...\n',
        '@app.websocket("/items")\ndef items(): ...\n',
        '@other.get("/items")\ndef items(): ...\n',
    ],
)
def test_what_needs_more_than_a_get_is_not_asked(function: str) -> None:
    assert paths(function) == []


@pytest.mark.parametrize(
    "function",
    [
        '@app.get("/items")\ndef items(page: int = 1, *, size: int = 10): ...\n',
        '@app.get("/items")\ndef items(request: Request): ...\n',
        '@app.get("/items")\ndef items(store: Store = Depends(get_store)): ...\n',
        '@app.get("/items")\n@cached\ndef items(): ...\n',
        '@app.route("/items")\ndef items(): ...\n',
        '@app.route("/items", methods=["GET", "POST"])\ndef items(): ...\n',
        '@app.api_route("/items", methods=["GET"])\ndef items(): ...\n',
    ],
)
def test_what_can_be_asked_with_nothing_more_is(function: str) -> None:
    assert paths(function) == ["/items"]


@pytest.mark.parametrize("path", ["/authors", "/design-notes", "/restaurants", "/outlets"])
def test_words_that_are_only_alike_do_no_harm(path: str) -> None:
    assert paths(f'@app.get("{path}")\ndef items(): ...\n') == [path]


def test_what_names_mean_that_are_imported() -> None:
    code = "import os.path\nimport shop.stock as stock\nfrom .. import prices\nfrom .orders import router as r\n"
    assert read(code, "shop/web/app.py").imports == {
        "os.path": "os.path",
        "stock": "shop.stock",
        "prices": "shop.prices",
        "r": "shop.web.orders.router",
    }
    assert read("from . import orders\n", "shop/web/__init__.py").imports == {"orders": "shop.web.orders"}


@pytest.mark.parametrize(("code", "name"), [("a.b.c", "a.b.c"), ("a", "a"), ("a().b", ""), ("a[0]", "")])
def test_a_dotted_name(code: str, name: str) -> None:
    assert routes.dotted(ast.parse(code, mode="eval").body) == name


@pytest.mark.parametrize(
    "code", ["app: FastAPI", "a = b = 1", "a[0] = FastAPI()", "def f():\n    return\n", "include_router()"]
)
def test_other_code_says_nothing_of_applications(code: str) -> None:
    assert (read(code).apps, read(code).routers, read(code).includes) == ({}, {}, [])
