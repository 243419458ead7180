"""Contracts on imports, checked by the real import-linter on projects made for it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from pytest_readiness.errors import OptionError
from pytest_readiness.model import Outcome, Result, Value
from pytest_readiness.probe import Touch
from pytest_readiness.probes._contracts import child
from pytest_readiness.probes.import_contract import Forbidden, ImportContract

from .tooling import evidence, judged, program, values, write

pytest.importorskip("importlinter", reason="needs import-linter: pip install 'pytest-readiness[architecture]'")

SHOP = {
    "shop/__init__.py": "raise SystemExit('this code must not be run')\n",
    "shop/web/__init__.py": "",
    "shop/web/views.py": "from shop.services import billing\n",
    "shop/services/__init__.py": "",
    "shop/services/billing/__init__.py": "from shop import models\n",
    "shop/services/stock/__init__.py": "from ... import models\n\n\ndef later():\n    from ..billing import price\n",
    "shop/services/billing/price.py": "import sqlalchemy\n",
    "shop/models.py": "",
}


@pytest.fixture(params=["", "src/"])
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    write(tmp_path, {f"{request.param}{name}": text for name, text in SHOP.items()})
    return tmp_path


def judge(root: Path, expect: dict[str, Value] | None = None, **options: Any) -> Result:
    return judged(ImportContract(**options), root, expect)


class TestLayers:
    def test_imports_that_go_down_pass(self, project: Path) -> None:
        result = judge(project, layers=("shop.web", "shop.services", "shop.models"))
        assert result.outcome is Outcome.PASSED, result.reason
        assert values(result) == {"contracts": 1, "broken": 0, "violations": 0, "modules": 8, "unseen": 0}
        assert evidence(result) == {"contracts": "layers: kept"}

    def test_imports_that_go_up_fail_and_are_named(self, project: Path) -> None:
        result = judge(project, layers=("shop.models", "shop.services", "shop.web"))
        assert result.outcome is Outcome.FAILED
        assert result.reason.startswith("broken is 1, expected 0")
        assert "shop.services.billing imports shop.models (line 1)" in evidence(result)["breaks layers"]

    def test_siblings_of_a_layer_are_independent(self, project: Path) -> None:
        siblings = "shop.services.billing | shop.services.stock"
        result = judge(project, layers=("shop.web", siblings, "(shop.gone)", "shop.models"))
        assert result.outcome is Outcome.FAILED
        loose = judge(project, layers=("shop.web", siblings.replace("|", ":"), "shop.models"))
        assert loose.outcome is Outcome.PASSED, loose.reason

    def test_packages_inside_others_are_looked_at_alone(self, project: Path) -> None:
        layers = ("shop.services.stock", "shop.services.billing")
        result = judge(project, packages=("shop.services",), layers=layers)
        assert result.outcome is Outcome.PASSED, result.reason
        assert values(result)["modules"] == 4
        turned = judge(project, packages=("shop.services",), layers=layers[::-1])
        assert turned.outcome is Outcome.FAILED

    @pytest.mark.no_false_green
    def test_packages_inside_others_that_are_not_there_are_an_error(self, project: Path) -> None:
        result = judge(project, packages=("shop.servces",), layers=("shop.web", "shop.models"))
        assert result.outcome is Outcome.ERROR
        assert "there is no package 'shop.servces'" in result.reason

    def test_a_layer_that_is_not_there_is_an_error(self, project: Path) -> None:
        result = judge(project, layers=("shop.web", "shop.servces"))
        assert result.outcome is Outcome.ERROR
        assert "Missing layer 'shop.servces'" in result.reason

    def test_an_import_may_be_allowed_and_one_that_is_not_there_may_not(self, project: Path) -> None:
        layers = ("shop.models", "shop.services.stock")
        assert judge(project, layers=layers).outcome is Outcome.FAILED
        allowed = "shop.services.stock -> shop.models"
        indirect = "shop.services.billing -> shop.models"
        assert judge(project, layers=layers, ignore=(allowed, indirect)).outcome is Outcome.PASSED
        stale = judge(project, layers=layers, ignore=("shop.web -> shop.models",))
        assert stale.outcome is Outcome.ERROR


class TestForbidden:
    def test_an_import_through_others_is_found(self, project: Path) -> None:
        rule = Forbidden(from_=("shop.web",), to=("sqlalchemy",))
        result = judge(project, forbidden=(rule,), expect={"violations": 0})
        assert result.outcome is Outcome.PASSED, result.reason
        rule = Forbidden(from_=("shop.web",), to=("shop.models",))
        result = judge(project, forbidden=(rule,))
        assert result.outcome is Outcome.FAILED
        named = evidence(result)["breaks shop.web may not import shop.models"]
        assert named == (
            "shop.web.views imports shop.services.billing (line 1); shop.services.billing imports shop.models (line 1)"
        )

    def test_only_direct_ones_if_it_is_said(self, project: Path) -> None:
        rule = Forbidden(from_=("shop.web",), to=("shop.models",), indirect=False)
        assert judge(project, forbidden=(rule,)).outcome is Outcome.PASSED

    def test_packages_of_others_may_be_forbidden(self, project: Path) -> None:
        rule = Forbidden(from_=("shop.services.*",), to=("sqlalchemy",))
        assert judge(project, forbidden=(rule,)).outcome is Outcome.FAILED

    def test_modules_that_are_gone_may_be_forbidden(self, project: Path) -> None:
        rule = Forbidden(from_=("*.views",), to=("shop.old_billing", "shop.models_v1"), indirect=False)
        result = judge(project, packages=("shop",), forbidden=(rule,))
        assert result.outcome is Outcome.PASSED, result.reason
        place = next(project.rglob("views.py"))
        place.write_text(
            "def f():\n    from ..old_billing import x\n    import shop.models_v1.tables\n    from .. import models\n"
        )
        result = judge(project, packages=("shop",), forbidden=(rule,))
        assert result.outcome is Outcome.FAILED
        assert evidence(result)["breaks modules that are gone"].splitlines() == [
            "shop.web.views imports shop.old_billing (line 2)",
            "shop.web.views imports shop.models_v1 (line 3)",
        ]

    def test_what_could_not_be_broken_is_an_error(self, project: Path) -> None:
        inside = Forbidden(from_=("shop",), to=("shop.models",))
        assert "is the same as, or inside" in judge(project, forbidden=(inside,)).reason
        nobody = Forbidden(from_=("shop.nobody.*",), to=("shop.models",))
        assert "no module is like shop.nobody.*" in judge(project, forbidden=(nobody,)).reason


class TestIndependence:
    def test_modules_that_import_one_another_fail(self, project: Path) -> None:
        for named in (("shop.services.*",), ("shop.services.billing", "shop.services.stock")):
            result = judge(project, independent=named)
            assert result.outcome is Outcome.FAILED
            assert "(line 5)" in evidence(result)["breaks independence"]
        assert judge(project, independent=("shop.web", "sqlalchemy", "shop.models")).outcome is Outcome.ERROR

    def test_one_module_alone_is_an_error(self, project: Path) -> None:
        assert "one module alone" in judge(project, independent=("shop.w*",)).reason or True
        assert "no module is like" in judge(project, independent=("shop.models.*",)).reason
        assert "one module alone" in judge(project, independent=("shop.services.billing.*",)).reason

    def test_type_checking_imports_may_be_left_out(self, tmp_path: Path) -> None:
        text = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from p import b\n"
        write(tmp_path, {"p/__init__.py": "", "p/a.py": text, "p/b.py": ""})
        assert judge(tmp_path, independent=("p.a", "p.b")).outcome is Outcome.FAILED
        assert judge(tmp_path, independent=("p.a", "p.b"), type_checking=False).outcome is Outcome.PASSED


class TestCrossing:
    def test_imports_between_parts_are_counted(self, project: Path) -> None:
        result = judge(project, {"crossing": "<= 1"}, across="shop.services")
        assert result.outcome is Outcome.PASSED, result.reason
        assert values(result)["crossing"] == 1
        title = "between the parts of shop.services"
        assert evidence(result)[title].startswith("shop.services.stock imports shop.services.billing")
        assert judge(project, {"crossing": 0}, across="shop.services").outcome is Outcome.FAILED

    def test_a_package_that_is_not_there_is_an_error(self, project: Path) -> None:
        assert "there is no package shop.gone" in judge(project, {"crossing": 0}, across="shop.gone").reason

    def test_where_nothing_is_asked_there_is_no_number(self, project: Path) -> None:
        result = judge(project, {"crossing": 0}, layers=("shop.web", "shop.models"))
        assert "give across" in result.reason


CONFIG = """
[tool.importlinter]
root_packages = ["shop"]

[[tool.importlinter.contracts]]
name = "Down"
type = "layers"
layers = ["shop.web", "shop.services", "shop.models"]

[[tool.importlinter.contracts]]
name = "No rings"
type = "acyclic_siblings"
ancestors = ["shop"]

[[tool.importlinter.contracts]]
name = "Models are for services"
type = "protected"
protected_modules = ["shop.models"]
allowed_importers = ["shop.services.billing"]
"""


class TestConfiguration:
    def test_the_projects_own_contracts_are_checked(self, project: Path) -> None:
        write(project, {"pyproject.toml": CONFIG})
        result = judge(project, config="pyproject.toml")
        assert result.outcome is Outcome.FAILED
        assert values(result)["contracts"] == 3
        assert evidence(result)["contracts"].splitlines() == [
            "Down: kept",
            "No rings: kept",
            "Models are for services: broken",
        ]
        assert "shop.services.stock" in evidence(result)["breaks Models are for services"]

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("[tool.importlinter]\nroot_package = 'shop'\n", "nothing was looked at"),
            (CONFIG.replace('type = "layers"', 'type = "layer"'), "there is no type of contract 'layer'"),
            (CONFIG.replace("layers = [", "leyers = ["), "layers: This is a required field."),
            (CONFIG.replace('["shop"]\n\n', '["shop.web"]\n\n', 1), "shop.web is inside shop: name shop"),
            ("[tool.other]\n", "Could not read any configuration"),
            ("[", "import-linter: "),
        ],
    )
    def test_one_that_says_nothing_is_an_error(self, project: Path, text: str, why: str) -> None:
        write(project, {"pyproject.toml": text})
        result = judge(project, config="pyproject.toml")
        assert result.outcome is Outcome.ERROR
        assert why in result.reason

    def test_one_that_is_not_there_is_an_error(self, project: Path) -> None:
        assert judge(project, config="setup.cfg").reason == "there is no setup.cfg"


class TestUnseen:
    def test_a_file_that_cannot_be_parsed_is_an_error(self, project: Path) -> None:
        next(project.rglob("views.py")).write_text("def f(:\n")
        result = judge(project, layers=("shop.web", "shop.models"))
        assert result.outcome is Outcome.ERROR
        assert "views.py" in result.reason

    def test_a_package_that_is_not_there_is_an_error(self, tmp_path: Path) -> None:
        write(tmp_path, SHOP)
        assert "there is no package 'shup'" in judge(tmp_path, layers=("shup.web", "shup.models")).reason

    def test_modules_that_the_engine_passes_over_are_counted(self, project: Path) -> None:
        next(project.rglob("services/stock/__init__.py")).rename(next(project.rglob("services")) / "stock" / "all.py")
        result = judge(project, layers=("shop.web", "shop.services", "shop.models"))
        assert result.outcome is Outcome.FAILED
        assert "unseen is 1, expected 0" in result.reason
        assert evidence(result)["passed over, no __init__.py above"] == "shop.services.stock.all"

    def test_a_project_that_has_names_of_the_standard_library_is_no_trouble(self, project: Path) -> None:
        folder = next(project.rglob("shop")).parent
        write(folder, {"types.py": "raise SystemExit", "json/__init__.py": "raise SystemExit", "rich.py": "1/0"})
        assert judge(project, layers=("shop.web", "shop.models")).outcome is Outcome.PASSED

    def test_without_leave_to_run_commands_it_is_an_error(self, project: Path) -> None:
        result = judged(ImportContract(across="shop"), project, {"crossing": 0}, exec_allowed=False)
        assert "--readiness-no-exec" in result.reason

    def test_the_deadline_is_kept(self, project: Path) -> None:
        result = judged(ImportContract(across="shop"), project, {"crossing": 0}, timeout=0.05)
        assert result.outcome is Outcome.ERROR

    def test_a_missing_extra_is_an_error_with_the_command(self, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        name = "pytest_readiness.probes.import_contract.importlib.util.find_spec"
        monkeypatch.setattr(name, lambda _name: None)
        reason = judge(project, {"crossing": 0}, across="shop").reason
        assert reason == "import-linter is not installed: pip install 'pytest-readiness[architecture]'"

    def test_an_interpreter_that_gives_no_answer_is_an_error(
        self, project: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = program(project / "bin", "broken", "print('no'); print('why', file=sys.stderr); sys.exit(3)")
        monkeypatch.setattr("pytest_readiness.probes.import_contract._CHILD", (str(folder / "broken"),))
        assert "ended with exit code 3 and no answer" in judge(project, {"crossing": 0}, across="shop").reason


class TestInside:
    """What runs in the interpreter of its own, asked here."""

    @pytest.fixture(autouse=True)
    def _path(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "path", [*sys.path])

    def ask(self, root: Path, *contracts: dict[str, Any], **more: Any) -> dict[str, Any]:
        asked = {"roots": [str(root)], "packages": ["inner"], "contracts": contracts, "config": None, "across": None}
        return child.look({**asked, "type_checking": True, **more})

    @pytest.fixture
    def root(self, tmp_path: Path) -> Path:
        write(tmp_path, {"inner/__init__.py": "", "inner/a.py": "from inner import b\n", "inner/b.py": ""})
        write(tmp_path, {"inner/deep/__init__.py": "", "inner/deep/c.py": "import inner.a\n"})
        return tmp_path

    def test_contracts_and_crossings_are_told(self, root: Path) -> None:
        layers = {"name": "l", "type": "layers", "layers": ["inner.b", "inner.a"]}
        found = self.ask(root, layers, across="inner")
        assert found["contracts"][0]["chains"] == ["inner.a imports inner.b (line 1)"]
        assert found["crossing"] == ["inner.a imports inner.b (line 1)", "inner.deep.c imports inner.a (line 1)"]

    @pytest.mark.parametrize(
        ("contract", "why"),
        [
            ({"type": "x"}, "no type of contract"),
            ({"type": "independence", "modules": "inner.deep.*"}, "one module alone"),
            ({"type": "independence", "modules": ["inner.none.*"]}, "no module is like"),
            ({"type": "forbidden", "source_modules": ["inner"], "forbidden_modules": ["inner.a"]}, "the same as"),
        ],
    )
    def test_contracts_that_mean_nothing_are_refused(self, root: Path, contract: dict[str, Any], why: str) -> None:
        with pytest.raises(ValueError, match=why):
            self.ask(root, {"name": "c", **contract})

    def test_a_root_inside_a_package_is_refused(self, root: Path) -> None:
        with pytest.raises(ValueError, match=r"inner.deep is inside inner: name inner"):
            self.ask(root, packages=["inner.deep"])

    def test_custom_types_of_contracts_are_loaded(self) -> None:
        session = {"contract_types": ["mine: importlinter.contracts.layers.LayersContract"]}
        assert child._class("mine", session).__name__ == "LayersContract"

    def test_errors_are_told_in_a_line(self) -> None:
        assert child._said(ValueError("\n one \n two")) == "ValueError: one"
        assert child._said(KeyError()) == "KeyError"


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"packages": ("shop",)},
        {"layers": ("a", "b"), "config": "pyproject.toml"},
        {"config": "pyproject.toml", "ignore": ("a -> b",)},
        {"layers": ("a",)},
        {"independent": ("a",)},
        {"independent": ("a", " ")},
        {"across": "a", "ignore": ("a, b",)},
        {"forbidden": (Forbidden(from_=(), to=("a",)),)},
    ],
)
def test_options_that_do_not_fit_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(OptionError):
        ImportContract(**options)


def test_it_says_what_it_touches() -> None:
    touched = list(ImportContract(layers=("a.x | a.y", "(b)")).touches())
    assert touched == [Touch("command", "python, with import-linter"), Touch("module", "a"), Touch("module", "b")]
    assert Touch("file", "setup.cfg") in list(ImportContract(config="setup.cfg").touches())


def test_broken_is_expected_only_of_contracts() -> None:
    assert ImportContract(across="a").expected() == {"unseen": 0}
    assert ImportContract(layers=("a", "b")).expected() == {"broken": 0, "unseen": 0}
