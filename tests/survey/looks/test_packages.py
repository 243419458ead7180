from __future__ import annotations

from pathlib import Path

from tests.survey.projects import found, remarks


def test_packages_compile_can_be_imported_and_have_no_cycles(tmp_path: Path) -> None:
    gates = found("packages", tmp_path, {"src/shop/__init__.py": "", "src/shop/app.py": ""})
    assert gates["syntax"].options == {"paths": ["src/shop"]}
    assert gates["import-cycles"].options == {"packages": ["shop"]}
    assert gates["imports"].options == {"packages": ["shop"]}
    assert gates["syntax"].why == "the code is in src/shop"


def test_one_module_has_no_cycles_to_look_for(tmp_path: Path) -> None:
    assert sorted(found("packages", tmp_path, {"shop.py": ""})) == ["imports", "syntax"]


def test_a_project_inside_of_the_folder_is_pointed_at(tmp_path: Path) -> None:
    files = {"backend/app/__init__.py": "", "backend/app/main.py": ""}
    assert remarks("packages", tmp_path, files) == ["backend/ looks like a project of its own: readiness init backend"]


def test_a_heap_of_scripts_is_no_package(tmp_path: Path) -> None:
    files = {f"script{number}.py": "" for number in range(30)}
    assert found("packages", tmp_path, files) == {}
    assert remarks("packages", tmp_path, files) == [
        "30 packages and modules are at the top: no gates on their imports were made"
    ]
