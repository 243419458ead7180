from __future__ import annotations

from typing import Any

import pytest

from tests.checklist.proposed import listed, proposed


@pytest.mark.parametrize(
    ("text", "probe", "options", "expect"),
    [
        ("No circular imports", "import_cycles", {}, {"cycles": 0, "modules": ">= 1"}),
        (
            "No circular imports in `shop.billing`",
            "import_cycles",
            {"packages": ["shop"]},
            {"cycles": 0, "modules": ">= 1"},
        ),
        (
            "`shop/api/pages.py` has no import errors",
            "imports",
            {"modules": ["shop.api.pages"]},
            {"failed": 0, "modules": ">= 1"},
        ),
        (
            "Absolute imports: 17 cross-package imports",
            "import_contract",
            {"across": "TODO: which package"},
            {"crossing": "<= 17"},
        ),
        ("mypy is clean in strict mode", "types", {"strict": True}, {"errors": 0, "files": ">= 1"}),
        ("0 TypeScript errors", "types", {"tool": "tsc"}, {"errors": 0, "files": ">= 1"}),
        ("Pyright reports nothing", "types", {"tool": "pyright"}, {"errors": 0, "files": ">= 1"}),
        ("No syntax errors", "syntax", {}, {"errors": 0, "files": ">= 1"}),
        ("Ruff is clean", "lint", {}, {"problems": 0, "files": ">= 1"}),
        ("No print statements", "lint", {"select": ["T20"]}, {"problems": 0, "files": ">= 1"}),
        ("ESLint is clean", "lint", {"report": ["**/eslint*.json"]}, {"problems": 0}),
        ("Code formatted with black", "format", {"tool": "black"}, {"unformatted": 0, "files": ">= 1"}),
        (
            "Cyclomatic complexity < 12",
            "complexity",
            {"max_complexity": 12},
            {"over_complexity": 0, "functions": ">= 1"},
        ),
        ("No large files, at most 400 lines", "complexity", {"max_lines": 400}, {"over_lines": 0, "files": ">= 1"}),
        ("Code duplication below 5%", "duplication", {}, {"percent": "< 5 %", "files": ">= 1"}),
        ("Docstring coverage of 90%", "docstrings", {}, {"percent": ">= 90 %", "definitions": ">= 1"}),
        ("New method `Cart.total()`", "symbol", {"symbols": ["Cart.total"]}, {"missing": 0, "found": ">= 1"}),
        (
            "Cache TTL of 15 minutes",
            "symbol",
            {"values": {"ttl": "TODO: the constant, such as CACHE_TTL"}},
            {"ttl": 900},
        ),
        (
            "Protocol-based design",
            "symbol",
            {"symbols": [{"where": {"base": "typing.Protocol"}}]},
            {"missing": 0, "matches": ">= 1"},
        ),
        ("Bandit is clean", "sarif", {"run": "bandit"}, {"results": 0, "runs": ">= 1"}),
        ("No hardcoded passwords", "sarif", {"run": "gitleaks"}, {"results": 0, "runs": ">= 1"}),
        ("SQL injection prevention", "sarif", {"run": "ruff", "args": ["S608"]}, {"results": 0, "files": ">= 1"}),
        ("Security scan: no critical findings", "sarif", {"report": ["**/*.sarif"]}, {"error": 0, "runs": ">= 1"}),
    ],
)
def test_code(text: str, probe: str, options: dict[str, Any], expect: dict[str, Any]) -> None:
    proposal = proposed(text)
    assert (proposal.probe, proposal.options, proposal.expect) == (probe, options, expect)


def test_less_duplication_is_measured_against_an_earlier_commit() -> None:
    proposal = proposed("Reduced code duplication by ~20%")
    assert str(proposal.options["since"]).startswith("TODO: ")
    assert proposal.expect == {"reduction": ">= 20 %"}


def test_layers_are_for_the_reader_to_name() -> None:
    assert len(listed(proposed("Layered architecture"), "layers")) == 2


def test_a_module_whose_folder_is_not_told_is_for_the_reader_to_name() -> None:
    (only,) = listed(proposed("`pages.py` imports without import errors"), "modules")
    assert only == "TODO: the dotted name of pages.py"


@pytest.mark.parametrize(
    ("text", "probe", "options"),
    [
        ("No import errors in `src/shop/`", "imports", {"packages": ["shop"]}),
        ("Import errors fixed", "imports", {"packages": ["TODO: which package"]}),
        ("Updated `src/shop/cart.py` imports, clean architecture", "import_contract", None),
        ("Type error in `src/cart.py` fixed", "types", {"paths": ["src/cart.py"]}),
        ("Type error in `cart.py` fixed", "types", {"paths": ["TODO: where cart.py is"]}),
        ("Lint is clean in `src/shop/`", "lint", {"paths": ["src/shop/"]}),
        ("Complex functions in `cart.py` refactored", "complexity", None),
        ("Code consolidation into a common package", "duplication", {"since": "TODO: a commit or tag from before"}),
        ("Abstract base class in `src/cart.py`", "symbol", None),
    ],
)
def test_the_place_is_the_one_that_is_named(text: str, probe: str, options: dict[str, Any] | None) -> None:
    proposal = proposed(text)
    assert proposal.probe == probe
    assert options is None or proposal.options == options


@pytest.mark.no_false_green
def test_no_limit_is_made_up() -> None:
    assert str(proposed("Low cyclomatic complexity").options["max_complexity"]).startswith("TODO: ")


def test_what_is_replaced_need_not_be_there() -> None:
    assert proposed("Replaced `old_total()` with `new_total()`").options["symbols"] == ["new_total"]
