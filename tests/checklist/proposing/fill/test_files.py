from __future__ import annotations

from typing import Any

import pytest

from tests.checklist.proposed import box, proposals, proposed


@pytest.mark.parametrize(
    ("text", "options", "expect"),
    [
        ("`src/shop/cart.py` exists", {"path": "src/shop/cart.py"}, {"size": "> 0 B", "count": 1}),
        ("`cart.py` - the cart", {"glob": "**/cart.py"}, {"count": ">= 1"}),
        ("`src/a.py` and `src/b.py` are there", {"paths": ["src/a.py", "src/b.py"]}, {"missing": 0}),
        ("12 service files in `src/shop/`", {"glob": "src/shop/**/*"}, {"count": 12}),
        (
            "`src/shop/cart.py` (~300 lines)",
            {"path": "src/shop/cart.py"},
            {"lines": "300 ± 10%", "size": "> 0 B", "count": 1},
        ),
        ("Model file `models/a.onnx` of 2-5 MB", {"path": "models/a.onnx"}, {"size": "2..5 MB", "count": 1}),
        ("Old file `shop/legacy.py` removed", {"glob": "shop/legacy.py"}, {"count": 0}),
        ("`~/.shop/key` file exists", {"path": "TODO: where ~/.shop/key is, seen from here"}, {"count": ">= 1"}),
    ],
)
def test_file(text: str, options: dict[str, Any], expect: dict[str, Any]) -> None:
    proposal = proposed(text)
    assert (proposal.probe, proposal.options, proposal.expect) == ("file", options, expect)


def test_the_mark_of_a_package_is_in_the_folder_that_was_named_before() -> None:
    _, mark = proposals(box("Created `src/shop/` structure"), box("`__init__.py` - package"))
    assert mark.options == {"path": "src/shop/__init__.py"}
    assert str(proposed("`__init__.py` - package").options["path"]).startswith("TODO: ")


def test_definitions_are_counted_in_the_schema_of_the_parent() -> None:
    _, tables = proposals(box("Database schema (schema.sql, 90 lines)"), box("3 tables defined", parent=0))
    assert tables.options["glob"] == "**/schema.sql"
    assert tables.expect == {"matches": 3}


@pytest.mark.parametrize(
    ("text", "path"),
    [("`.env` has an encoding problem", ".env"), ("`.env.example` created with all variables", ".env.example")],
)
def test_dotenv(text: str, path: str) -> None:
    proposal = proposed(text)
    assert proposal.probe == "dotenv"
    assert (proposal.options, proposal.expect) == ({"path": path}, {"problems": 0, "keys": ">= 1"})


def test_files_of_several_kinds_are_looked_for_by_name() -> None:
    parent, *_ = proposals(box("2 files (~80 lines)"), box("pages.py", parent=0), box("shop.css", parent=0))
    assert parent.options == {"glob": "**/{pages.py,shop.css}"}


def test_files_with_folders_are_looked_for_there() -> None:
    parent, *_ = proposals(box("2 files (~80 lines)"), box("src/pages.py", parent=0), box("src/shop.css", parent=0))
    assert parent.options == {"paths": ["src/pages.py", "src/shop.css"]}


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("Integration test suites (4 files, ~90 lines)", {"glob": "tests/integration/**/test_*.py"}),
        ("`src/*.py` files present", {"glob": "src/*.py"}),
        ("Python cache cleared", {"glob": "**/__pycache__/*.pyc"}),
        ("No placeholder text such as `lorem` left", {"glob": "TODO: which files", "regex": "lorem"}),
    ],
)
def test_where_files_are_looked_for(text: str, options: dict[str, Any]) -> None:
    assert proposed(text).options == options


def test_files_may_be_in_the_folder_that_is_named_above() -> None:
    assert proposed("12 service files", "Folder `src/shop/`").options == {"glob": "src/shop/**/*"}


class TestWhatMustBeGoneFromAFile:
    @pytest.mark.no_false_green
    @pytest.mark.parametrize(
        ("text", "options"),
        [
            ("Remove `legacy_tax()` from `shop/cart.py`", {"path": "shop/cart.py", "not_regex": r"\blegacy_tax\b"}),
            ("Delete `OLD_FLAG` from settings.py", {"glob": "**/settings.py", "not_regex": r"\bOLD_FLAG\b"}),
            ("Drop `a -> b` from `shop/cart.py`", {"path": "shop/cart.py", "not_regex": r"a\ \->\ b"}),
        ],
    )
    def test_is_looked_for_in_the_file_which_stays(self, text: str, options: dict[str, str]) -> None:
        proposal = proposed(text)
        assert proposal.probe == "file"
        assert proposal.options == options
        assert proposal.expect == {"forbidden": 0, "count": ">= 1"}

    @pytest.mark.no_false_green
    def test_is_asked_for_where_it_is_not_quoted(self) -> None:
        proposal = proposed("Remove the debug routes from shop/app.py")
        assert proposal.options["path"] == "shop/app.py"
        assert str(proposal.options["not_regex"]).startswith("TODO")

    @pytest.mark.no_false_green
    def test_is_looked_for_in_files_that_the_reader_names_where_the_item_names_none(self) -> None:
        proposal = proposed("Remove LEGACY_PRICES")
        assert str(proposal.options["glob"]).startswith("TODO")
        assert proposal.options["not_regex"] == r"\bLEGACY_PRICES\b"

    def test_is_the_file_itself_where_nothing_is_taken_from_it(self) -> None:
        assert proposed("Remove `shop/old.py`").expect == {"count": 0}

    @pytest.mark.no_false_green
    @pytest.mark.parametrize("text", ["`OLD_PRICES_KEY` - no longer used", "Old environment variables removed"])
    def test_is_no_variable_that_has_to_be_set(self, text: str) -> None:
        proposal = proposed(text)
        assert proposal.probe == "file"
        assert proposal.expect == {"forbidden": 0, "count": ">= 1"}
