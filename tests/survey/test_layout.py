from __future__ import annotations

import pytest

from pytest_readiness.survey.layout import Layout


def test_packages_below_src() -> None:
    layout = Layout.of(["src/shop/__init__.py", "src/shop/app.py", "tests/test_app.py", "setup.py"])
    assert (layout.base, layout.packages, layout.modules) == ("src/", ("shop",), ())
    assert layout.paths == ("src/shop",)
    assert layout.sources == ("src/shop/__init__.py", "src/shop/app.py")
    assert layout.tests == ("tests/test_app.py",)


def test_packages_and_modules_at_the_top() -> None:
    layout = Layout.of(
        ["shop/__init__.py", "run.py", "setup.py", "conftest.py", "test_run.py", "__main__.py", "my-script.py"]
    )
    assert (layout.base, layout.names) == ("", ("shop", "run"))
    assert layout.paths == ("shop", "run.py")


def test_a_folder_without_init_counts_where_there_is_no_other() -> None:
    assert Layout.of(["app/main.py", "scripts/x.py", "migrations/env.py"]).packages == ("app",)
    assert Layout.of(["app/main.py", "shop/__init__.py"]).packages == ("shop",)


def test_src_that_is_a_package_itself_is_no_base() -> None:
    layout = Layout.of(["src/__init__.py", "src/app.py"])
    assert (layout.base, layout.packages) == ("", ("src",))


def test_tests_inside_of_a_package_are_no_sources() -> None:
    layout = Layout.of(
        ["shop/__init__.py", "shop/tests/helpers.py", "shop/tests.py", "shop/app_test.py", "shop/conftest.py"]
    )
    assert layout.sources == ("shop/__init__.py",)
    assert set(layout.tests) == {"shop/app_test.py", "shop/tests.py"}


def test_a_folder_with_packages_in_it_looks_like_a_project_of_its_own() -> None:
    layout = Layout.of(["backend/app/__init__.py", "web/index.js", "examples/one/__init__.py"])
    assert layout.elsewhere == ("backend",)
    assert Layout.of(["shop/__init__.py", "shop/web/__init__.py"]).elsewhere == ()


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("src/shop/app.py", "shop.app"),
        ("src/shop/__init__.py", "shop"),
        ("src/shop/my-script.py", None),
        ("scripts/run.py", None),
    ],
)
def test_the_dotted_name_of_a_file(file: str, name: str | None) -> None:
    assert Layout.of(["src/shop/__init__.py"]).module(file) == name
