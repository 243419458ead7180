from __future__ import annotations

from pathlib import Path

import pytest

from pytest_readiness.survey.web import App, apps, is_health

from .projects import Files, repository

FASTAPI = "from fastapi import APIRouter, Depends, FastAPI, Request\n\napp = FastAPI()\n"


def of(folder: Path, files: Files) -> list[App]:
    return apps(repository(folder, {"shop/__init__.py": "", **files}))


def paths(folder: Path, code: str) -> tuple[str, ...]:
    (app,) = of(folder, {"shop/app.py": FASTAPI + code})
    return app.paths


def test_an_application_and_its_routes(tmp_path: Path) -> None:
    code = """
@app.get("/items")
def items(): ...
@app.get("/health")
async def health(): ...
@app.post("/orders")
def order(): ...
"""
    assert of(tmp_path, {"shop/app.py": FASTAPI + code}) == [
        App("FastAPI", "shop.app:app", "shop/app.py", ("/health", "/items"))
    ]


ROUTER = """
from fastapi import APIRouter

router = APIRouter(prefix="/orders")


@router.get("/open")
def open_ones(): ...
"""


@pytest.mark.parametrize(
    ("how", "path"),
    [
        ("from shop.orders import router\napp.include_router(router)\n", "/orders/open"),
        ("from shop.orders import router as r\napp.include_router(r, prefix='/v1')\n", "/v1/orders/open"),
        ("from shop import orders\napp.include_router(orders.router, prefix='/v1')\n", "/v1/orders/open"),
        ("import shop.orders\napp.include_router(shop.orders.router)\n", "/orders/open"),
        ("from . import orders\napp.include_router(orders.router)\n", "/orders/open"),
        ("from .orders import router\napp.include_router(router)\n", "/orders/open"),
        ("from ..shop.orders import router\napp.include_router(router)\n", "/orders/open"),
        ("def setup():\n    from shop.orders import router\n    app.include_router(router)\n", "/orders/open"),
        ("from shop.orders import router\napp.include_router(router, prefix=PREFIX)\n", None),
        ("from shop.orders import router\napp.include_router(router, dependencies=[Depends(auth)])\n", None),
        ("from shop.orders import other\napp.include_router(other)\n", None),
        ("from elsewhere import router\napp.include_router(router)\n", None),
        ("include_router(router)\napp.include_router()\n", None),
    ],
)
def test_routers_are_followed_through_imports(tmp_path: Path, how: str, path: str | None) -> None:
    (app,) = of(tmp_path, {"shop/orders.py": ROUTER, "shop/app.py": FASTAPI + how})
    assert app.paths == ((path,) if path else ())


def test_a_router_in_the_same_file_that_includes_another(tmp_path: Path) -> None:
    code = (
        'inner = APIRouter(prefix="/in")\nouter = APIRouter(prefix="/out")\nouter.include_router(inner)\n'
        'inner.include_router(outer)\napp.include_router(outer)\n\n\n@inner.get("")\ndef items(): ...\n'
    )
    assert paths(tmp_path, code) == ("/out/in",)


def test_a_router_that_asks_who_is_there_is_left_alone(tmp_path: Path) -> None:
    code = (
        "router = APIRouter(dependencies=[Depends(current_user)])\napp.include_router(router)\n\n\n"
        '@router.get("/items")\ndef items(): ...\n'
    )
    assert paths(tmp_path, code) == ()


def test_a_blueprint_of_flask_and_a_factory(tmp_path: Path) -> None:
    code = (
        "from flask import Blueprint, Flask\n\n"
        'pages = Blueprint("pages", __name__, url_prefix="/pages")\n\n\n'
        '@pages.route("/about")\ndef about(): ...\n\n\n'
        "def create_app(config=None):\n    app = Flask(__name__)\n    app.register_blueprint(pages)\n\n"
        '    @app.get("/healthz")\n    def healthz(): ...\n\n    return app\n'
    )
    assert of(tmp_path, {"shop/web.py": code}) == [
        App("Flask", "shop.web:create_app()", "shop/web.py", ("/healthz", "/pages/about"))
    ]


@pytest.mark.parametrize("signature", ["config", "*, config", "config, /"])
def test_a_factory_that_needs_something_is_left_alone(tmp_path: Path, signature: str) -> None:
    code = f"from flask import Flask\n\n\ndef create_app({signature}):\n    app = Flask(__name__)\n    return app\n"
    assert of(tmp_path, {"shop/web.py": code}) == []


def test_an_application_whose_every_path_is_guarded_is_left_alone(tmp_path: Path) -> None:
    code = "from fastapi import FastAPI\napp: FastAPI = FastAPI(dependencies=[Depends(verify_token)])\n"
    assert of(tmp_path, {"shop/app.py": code}) == []


def test_an_application_in_a_file_that_cannot_be_imported_is_left_alone(tmp_path: Path) -> None:
    assert of(tmp_path, {"shop/my-app.py": FASTAPI}) == []


def test_so_many_paths_and_those_of_health_first(tmp_path: Path) -> None:
    code = "".join(f'@app.get("/a{number:02}")\ndef f{number}(): ...\n\n\n' for number in range(30))
    found = paths(tmp_path, f'{code}@app.get("/readyz")\ndef ready(): ...\n')
    assert len(found) == 10
    assert found[0] == "/readyz"


@pytest.mark.parametrize(
    "path", ["/health", "/api/v1/health", "/healthz/", "/ready", "/livez", "/ping", "/health-check"]
)
def test_what_monitors_ask(path: str) -> None:
    assert is_health(path)


@pytest.mark.parametrize("path", ["/", "/healthy-food", "/status/history", "/uploads"])
def test_what_they_do_not(path: str) -> None:
    assert not is_health(path)


URLS = (
    "from django.urls import include, path\n\nurlpatterns = [\n"
    '    path("healthz/", views.healthz),\n    path("health/<int:n>/", views.one),\n'
    '    path("ping/", include("shop.ping")),\n    path("admin/", admin.site.urls),\n    path(),\n]\n'
)


def test_an_application_of_django_is_asked_for_its_health(tmp_path: Path) -> None:
    wsgi = "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n"
    asgi = wsgi.replace("wsgi", "asgi")
    files = {"site/__init__.py": "", "site/wsgi.py": wsgi, "site/asgi.py": asgi, "site/urls.py": URLS}
    assert of(tmp_path, files) == [App("Django", "site.asgi:application", "site/asgi.py", ("/healthz/",))]


def test_a_module_called_wsgi_is_not_djangos_by_its_name_alone(tmp_path: Path) -> None:
    assert of(tmp_path, {"shop/wsgi.py": "application = None\n"}) == []
