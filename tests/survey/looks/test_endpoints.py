from __future__ import annotations

from pathlib import Path

from tests.survey.projects import found, remarks

APP = "from fastapi import FastAPI\n\napp = FastAPI()\n"
HEALTH = '\n\n@app.get("/health")\ndef health(): ...\n'
ITEMS = '\n\n@app.get("/items")\ndef items(): ...\n\n\n@app.get("/prices")\ndef prices(): ...\n'


def test_health_has_a_gate_to_itself_and_comes_first(tmp_path: Path) -> None:
    gates = found("endpoints", tmp_path, {"shop/__init__.py": "", "shop/app.py": APP + ITEMS + HEALTH})
    assert list(gates) == ["health", "endpoints"]
    assert gates["health"].options == {"app": "shop.app:app", "url": "/health"}
    assert gates["endpoints"].options == {"app": "shop.app:app", "urls": ["/items", "/prices"]}
    assert gates["health"].why == "shop/app.py has an application of FastAPI"


def test_several_applications_are_told_apart(tmp_path: Path) -> None:
    files = {"shop/__init__.py": "", "shop/app.py": APP + HEALTH, "shop/admin.py": APP + ITEMS}
    assert list(found("endpoints", tmp_path, files)) == ["endpoints-shop-admin", "health-shop-app"]


def test_an_application_with_nothing_to_ask_is_told(tmp_path: Path) -> None:
    assert remarks("endpoints", tmp_path, {"shop/__init__.py": "", "shop/app.py": APP}) == [
        "shop.app:app (FastAPI) has no path that can be asked by GET with nothing more"
    ]
