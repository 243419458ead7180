from __future__ import annotations

import ast
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import pytest

from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Outcome, Result
from pytest_readiness.probe import Measurements
from pytest_readiness.probes._imports import cache, graph, lexer, quick, source, tree
from pytest_readiness.probes._imports.modules import find
from pytest_readiness.probes._imports.statements import When
from pytest_readiness.probes.import_cycles import ImportCycles
from pytest_readiness.testing import run_probe
from tests.probes.conftest import MakeContext
from tests.probes.cycle_cases import BREAKS, CASES, NONE, Case

USES_B = "from p.b import other\nthing = 1\n"
USES_A = "from p.a import thing\nother = 1\n"


def write(root: Path, files: Mapping[str, str | bytes] | Mapping[str, str]) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = content if isinstance(content, bytes) else content.encode("latin-1" if "latin-1" in content else "utf-8")
        path.write_bytes(data)


def value(result: Result | Measurements, name: str) -> object:
    if isinstance(result, Measurements):
        return result.values[name]
    return result.measurements[name].value


def evidence(result: Result) -> str:
    return "\n".join(f"{each.title}\n{each.text}" for each in result.evidence)


def modules_of(case: Case) -> list[str]:
    return [path.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for path in case.files]


def really_imported(root: Path, module: str) -> bool:
    done = subprocess.run(
        [sys.executable, "-P", "-c", f"import {module}"],
        env={"PYTHONPATH": str(root)},
        capture_output=True,
        check=False,
    )
    return done.returncode == 0


#: In a large project, calls are not followed into other modules.
TOO_FAR = {
    "a function of the other module called while importing",
    "a function called through its module",
    "a function handed on by the package",
}


class TestEachShape:
    @pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
    def test_is_truly_as_the_case_says(self, case: Case, tmp_path: Path) -> None:
        write(tmp_path, case.files)
        failing = [module for module in modules_of(case) if not really_imported(tmp_path, module)]
        assert bool(failing) is (case.truth == BREAKS)

    @pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
    def test_is_found_if_it_is_a_cycle_at_import_time_and_only_then(
        self, case: Case, make_context: MakeContext, tmp_path: Path
    ) -> None:
        write(tmp_path, case.files)
        found = ImportCycles().measure(make_context())
        assert value(found, "cycles") == (0 if case.truth == NONE else 1)
        assert value(found, "modules") == len(case.files)

    @pytest.mark.parametrize("case", [each for each in CASES if each.name not in TOO_FAR], ids=lambda case: case.name)
    def test_is_found_in_a_large_project_too(
        self, case: Case, make_context: MakeContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("pytest_readiness.probes._imports.analysis.SMALL", 0)
        write(tmp_path, case.files)
        assert value(ImportCycles().measure(make_context()), "cycles") == (0 if case.truth == NONE else 1)

    def test_there_are_as_many_shapes_as_promised(self) -> None:
        assert sum(case.truth == BREAKS for case in CASES) >= 18
        assert sum(case.truth == NONE for case in CASES) >= 8
        assert len(CASES) >= 31


class TestWhatIsTold:
    def test_no_cycle_passes(self, tmp_path: Path) -> None:
        write(tmp_path, {"src/p/__init__.py": "", "src/p/a.py": "import p.b\n", "src/p/b.py": ""})
        result = run_probe(ImportCycles(), root=tmp_path)
        assert result.outcome is Outcome.PASSED
        assert (value(result, "modules"), value(result, "imports"), value(result, "largest")) == (3, 1, 0)

    def test_a_cycle_fails_and_names_modules_lines_and_what_to_cut(self, tmp_path: Path) -> None:
        write(tmp_path, {"src/p/__init__.py": "", "src/p/a.py": "\n" + USES_B, "src/p/b.py": USES_A})
        result = run_probe(ImportCycles(), root=tmp_path)
        assert result.outcome is Outcome.FAILED
        assert result.reason == "cycles is 1, expected 0"
        assert value(result, "largest") == 2
        assert evidence(result) == (
            "cycle 1 of 1: 2 modules\n"
            "p.a imports p.b (src/p/a.py:2)\n"
            "p.b imports p.a (src/p/b.py:1)\n"
            "to break it, cut 1 import:\n"
            "  p.a imports p.b (src/p/a.py:2)"
        )

    def test_a_call_that_imports_is_shown_with_the_function(self, tmp_path: Path) -> None:
        write(
            tmp_path,
            {
                "p/__init__.py": "",
                "p/a.py": "from p.b import load\nvalue = load()\nthing = 1\n",
                "p/b.py": "def load():\n    from p.a import thing\n    return thing\n",
            },
        )
        shown = evidence(run_probe(ImportCycles(), root=tmp_path))
        assert "p.a imports p.a (p/a.py:2): calls load(), which imports it at" in shown
        assert "p/b.py:2" in shown

    def test_more_modules_than_are_on_the_way_are_listed(self, tmp_path: Path) -> None:
        names = "abcdefghijklmno"
        files = {
            f"p/{name}.py": f"import p.{after}\nimport p.a\n"
            for name, after in zip(names, names[1:] + "a", strict=True)
        }
        write(tmp_path, {"p/__init__.py": "", **files})
        shown = evidence(run_probe(ImportCycles(), root=tmp_path))
        assert "all modules:\n  p.a, p.b, p.c" in shown

    def test_deferred_and_typing_cycles_are_counted_apart(self, tmp_path: Path) -> None:
        write(
            tmp_path,
            {
                "p/__init__.py": "",
                "p/a.py": "def f():\n    import p.b\n",
                "p/b.py": "import p.a\n",
                "p/c.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import p.d\n",
                "p/d.py": "import p.c\n",
            },
        )
        result = run_probe(ImportCycles(), root=tmp_path)
        assert result.outcome is Outcome.PASSED
        assert (value(result, "deferred_cycles"), value(result, "typing_cycles")) == (1, 1)
        assert "p.a (p/a.py:2) -> p.b (p/b.py:1) -> p.a" in evidence(result)

    def test_many_cycles_are_shown_in_part(self, tmp_path: Path) -> None:
        files = {f"p/m{number}.py": f"import p.m{number}\n" for number in range(30)}
        write(tmp_path, {"p/__init__.py": "", **files})
        result = run_probe(ImportCycles(), root=tmp_path)
        assert value(result, "cycles") == 30
        assert "10 more cycles" in evidence(result)


class TestWhereItLooks:
    def test_at_src_before_the_root(self, make_context: MakeContext, tmp_path: Path) -> None:
        write(tmp_path, {"src/p/__init__.py": "", "tests/test_p.py": "", "setup.py": ""})
        assert value(ImportCycles().measure(make_context()), "modules") == 1

    def test_at_the_root_but_not_at_what_is_installed_or_built(self, make_context: MakeContext, tmp_path: Path) -> None:
        write(
            tmp_path,
            {
                "p/__init__.py": "",
                "p/0001_initial.py": "",
                "p/__pycache__/x.py": "",
                "p/b.pyi": "",
                "one.py": "",
                "not-a-name.py": "",
                "build/x.py": "",
                ".hidden/x.py": "",
                "env2/pyvenv.cfg": "",
                "env2/x.py": "",
                "p/empty/text.txt": "",
            },
        )
        assert value(ImportCycles().measure(make_context()), "modules") == 3

    def test_at_src_itself_if_it_is_a_package(self, make_context: MakeContext, tmp_path: Path) -> None:
        write(tmp_path, {"src/__init__.py": "from src.a import x\n", "src/a.py": "from src import y\nx = 1\n"})
        write(tmp_path, {"src/__init__.py": "from src.a import x\ny = 1\n"})
        assert value(ImportCycles().measure(make_context()), "cycles") == 1

    def test_at_the_packages_named(self, make_context: MakeContext, tmp_path: Path) -> None:
        write(
            tmp_path, {"p/__init__.py": "", "q/a.py": "import q.b", "q/b.py": "import q.a\n", "one.py": "import one\n"}
        )
        found = ImportCycles(packages=("p", "one")).measure(make_context())
        assert (value(found, "modules"), value(found, "cycles")) == (2, 1)

    def test_at_installed_packages_if_named(self, make_context: MakeContext, tmp_path: Path) -> None:
        write(tmp_path, {"p/__init__.py": ""})
        found = ImportCycles(packages=("pluggy",)).measure(make_context())
        assert int(str(value(found, "modules"))) > 3

    def test_a_package_that_is_not_there_is_an_error_with_the_near_name(self, tmp_path: Path) -> None:
        write(tmp_path, {"src/orders/__init__.py": ""})
        result = run_probe(ImportCycles(packages=("order",)), root=tmp_path)
        assert result.outcome is Outcome.ERROR
        assert result.reason == "there is no package 'order' under src/ or the spec's folder; did you mean 'orders'?"

    def test_nothing_at_all_is_an_error(self, tmp_path: Path) -> None:
        result = run_probe(ImportCycles(), root=tmp_path)
        assert result.outcome is Outcome.ERROR
        assert "nothing was looked at" in result.reason

    def test_a_link_back_to_the_top_ends(self, make_context: MakeContext, tmp_path: Path) -> None:
        write(tmp_path, {"p/__init__.py": ""})
        (tmp_path / "p" / "again").symlink_to(tmp_path / "p")
        assert value(ImportCycles().measure(make_context()), "modules") == 1

    def test_a_module_hides_a_folder_without_init(self, make_context: MakeContext, tmp_path: Path) -> None:
        write(tmp_path, {"p/__init__.py": "", "p/a.py": "", "p/a/x.py": "", "p/b.py": "", "p/b/__init__.py": ""})
        assert value(ImportCycles().measure(make_context()), "modules") == 3


class TestAFolderOfTranslations:
    CYCLE: ClassVar = {
        "p/__init__.py": "",
        "p/locale/de/LC_MESSAGES/a.py": "from p.locale.de.LC_MESSAGES import b\n",
        "p/locale/de/LC_MESSAGES/b.py": "from p.locale.de.LC_MESSAGES import a\n",
    }

    def test_holds_no_modules(self, make_context: MakeContext, tmp_path: Path) -> None:
        write(tmp_path, self.CYCLE)
        found = ImportCycles().measure(make_context())
        assert (value(found, "modules"), value(found, "cycles")) == (1, 0)

    @pytest.mark.no_false_green
    @pytest.mark.parametrize("name", ["p/a.py", "p/locale/de/__init__.py"])
    @pytest.mark.parametrize(
        "text",
        [
            "import p.locale.de.LC_MESSAGES.a\n",
            "import p.locale.de.LC_MESSAGES\n",
            "from p.locale.de.LC_MESSAGES import a\n",
            "from p.locale.de import LC_MESSAGES\n",
            "from p.locale.de import (x,  # and\n    LC_MESSAGES as y)\n",
            "import importlib\nimportlib.import_module('p.locale.de.LC_MESSAGES.a')\n",
        ],
    )
    def test_is_an_error_where_modules_are_imported_from_it(self, text: str, name: str, tmp_path: Path) -> None:
        write(tmp_path, {**self.CYCLE, name: text})
        result = run_probe(ImportCycles(), root=tmp_path)
        assert result.outcome is Outcome.ERROR
        assert "imports p.locale.de.LC_MESSAGES, but folders of that name are for translations" in result.reason

    @pytest.mark.no_false_green
    def test_is_an_error_too_when_it_comes_later_than_what_is_kept(self, tmp_path: Path) -> None:
        kept = tmp_path / "kept"
        write(tmp_path, {"p/__init__.py": "", "p/a.py": "from p.de.LC_MESSAGES import b\n", "p/de/fr/x.py": ""})
        assert cache.findings(kept, find(tmp_path, ["p"])).cycles == ()
        (tmp_path / "p" / "de" / "LC_MESSAGES").mkdir()
        with pytest.raises(CannotMeasure, match=r"p\.a imports p\.de\.LC_MESSAGES"):
            cache.findings(kept, find(tmp_path, ["p"]))

    def test_is_no_concern_where_only_a_name_is_the_same(self, make_context: MakeContext, tmp_path: Path) -> None:
        write(
            tmp_path,
            {
                **self.CYCLE,
                "p/names.py": "LC_MESSAGES = 5\n",
                "p/b.py": "from p.names import LC_MESSAGES\nimport p.x\n",
            },
        )
        assert value(ImportCycles().measure(make_context()), "modules") == 3


class TestAModuleThatIsNotThereYet:
    """Generated files such as ``_version.py`` are often missing in a checkout."""

    @pytest.mark.parametrize("where", ["p/__init__.py", "p/a.py"])
    @pytest.mark.parametrize("text", ["", "# _version is made by the build\n"])
    def test_is_no_reason_for_a_cycle(self, where: str, text: str, make_context: MakeContext, tmp_path: Path) -> None:
        write(tmp_path, {"p/__init__.py": "from p import a\n", "p/a.py": ""})
        with (tmp_path / where).open("a") as file:
            file.write(text + "from . import _version\nfrom ..beyond import x\n")
        found = ImportCycles().measure(make_context())
        assert value(found, "cycles") == 0

    def test_is_one_if_the_package_gives_the_name(self, make_context: MakeContext, tmp_path: Path) -> None:
        write(
            tmp_path,
            {"p/__init__.py": "from p import a\nwith open('x') as name, b: y = 1\n", "p/a.py": "from . import name"},
        )
        assert value(ImportCycles().measure(make_context()), "cycles") == 1

    def test_may_be_one_if_the_package_gives_any_name(self, make_context: MakeContext, tmp_path: Path) -> None:
        write(tmp_path, {"p/__init__.py": "from p import a\nglobals().update(x=1)\n", "p/a.py": "from . import x"})
        assert value(ImportCycles().measure(make_context()), "cycles") == 1

    def test_may_be_one_if_the_package_cannot_be_parsed(self, tmp_path: Path) -> None:
        write(tmp_path, {"p/__init__.py": "from p import a\nx y z = 1 2\n", "p/a.py": "from . import z"})
        assert "cycle 1 of 1" in evidence(run_probe(ImportCycles(), root=tmp_path))


class TestIgnore:
    FILES: ClassVar[dict[str, str]] = {"p/__init__.py": "", "p/a.py": USES_B, "p/b.py": USES_A}

    @pytest.mark.parametrize("pattern", ["p.b", "p.?", "p.a -> p.b", "p.* -> p.a"])
    def test_leaves_out_modules_and_imports(self, pattern: str, make_context: MakeContext, tmp_path: Path) -> None:
        write(tmp_path, self.FILES)
        assert value(ImportCycles(ignore=(pattern,)).measure(make_context()), "cycles") == 0

    def test_says_what_matches_nothing(self, tmp_path: Path) -> None:
        write(tmp_path, self.FILES)
        result = run_probe(ImportCycles(ignore=("p.b", "q.*", "p.x -> p.y")), root=tmp_path)
        assert "ignore matches nothing\nq.*\np.x -> p.y" in evidence(result)


BAD: dict[str, tuple[str | bytes, str]] = {
    "p/syntax.py": ("x = (1,\n  2\ny = = 3\n", "p/syntax.py:"),
    "p/null.py": ("x = 1\ny\0 = 2\n", "p/null.py:2:2: source has a null byte"),
    "p/bytes.py": (b"x = 1\n# caf\xe9\n", "p/bytes.py:2:6: byte 0xe9 is not utf-8, and no encoding is declared"),
    "p/cookie.py": ("# coding: no-such\n", "p/cookie.py:1:1: unknown encoding 'no-such'"),
    "p/cookie2.py": ("# coding: no-such\n# ä\n", "p/cookie2.py:1:1: unknown encoding 'no-such'"),
    "p/conflict.py": ("x = 1\n<<<<<<< HEAD\ny = 2\n", "p/conflict.py:2:1: Python 3."),
    "p/deep.py": ("x = " + "(" * 5000 + ")" * 5000, "p/deep.py:1:"),
}


class TestAFileThatIsNoPython:
    @pytest.mark.parametrize("name", BAD)
    def test_is_an_error_that_names_it_and_the_rest_is_shown(self, name: str, tmp_path: Path) -> None:
        content, message = BAD[name]
        write(tmp_path, {"p/__init__.py": "", "p/a.py": USES_B, "p/b.py": USES_A, name: content})
        result = run_probe(ImportCycles(), root=tmp_path)
        assert result.outcome is Outcome.ERROR
        assert message in result.reason
        assert "p.a imports p.b (p/a.py:1)" in evidence(result)

    def test_is_named_with_all_others(self, tmp_path: Path) -> None:
        write(tmp_path, {name: content for name, (content, _message) in BAD.items()})
        reason = run_probe(ImportCycles(), root=tmp_path).reason
        assert reason.startswith(f"{len(BAD)} files are no Python")
        assert all(name in reason for name in BAD)

    @pytest.mark.parametrize("name", ["p/null.py", "p/bytes.py", "p/conflict.py", "p/syntax.py"])
    def test_is_found_in_a_large_project_too(
        self, name: str, tmp_path: Path, make_context: MakeContext, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("pytest_readiness.probes._imports.analysis.SMALL", 0)
        write(tmp_path, {"p/__init__.py": "", name: BAD[name][0]})
        with pytest.raises(CannotMeasure, match=name):
            ImportCycles().measure(make_context())

    def test_a_warning_about_a_file_is_none_of_the_users_run(self, make_context: MakeContext, tmp_path: Path) -> None:
        write(tmp_path, {"p/__init__.py": "x = '\\d'\nassert (x, 'always')\n"})
        assert value(ImportCycles().measure(make_context()), "cycles") == 0


NEWER = {
    "template strings": "name = 'x'\nt = t'hello {name}'\nu = rt'\\d{name}'\n",
    "except without parentheses": "try:\n    x = 1\nexcept ValueError, TypeError:\n    x = 2\n",
    "type statement": "type Pair[T] = tuple[T, T]\ntype Name = str\n",
    "type parameters": "def f[T](x: T) -> T:\n    return x\n\nclass A[T: (int, str)]:\n    pass\n",
}


class TestNewerSyntax:
    @pytest.mark.parametrize("shape", NEWER)
    def test_is_read_whatever_python_runs(self, shape: str, make_context: MakeContext, tmp_path: Path) -> None:
        write(tmp_path, {"p/__init__.py": "", "p/a.py": NEWER[shape] + USES_B, "p/b.py": USES_A})
        assert value(ImportCycles().measure(make_context()), "cycles") == 1

    def test_a_lazy_import_is_deferred(self, make_context: MakeContext, tmp_path: Path) -> None:
        write(tmp_path, {"p/__init__.py": "", "p/a.py": "lazy from p.b import other\nthing = 1\n", "p/b.py": USES_A})
        found = ImportCycles().measure(make_context())
        assert (value(found, "cycles"), value(found, "deferred_cycles")) == (0, 1)


class TestConfirm:
    def test_counts_the_cycles_that_really_break(self, tmp_path: Path) -> None:
        write(
            tmp_path,
            {
                "src/p/__init__.py": "",
                "src/p/a.py": USES_B,
                "src/p/b.py": USES_A,
                "src/p/c.py": "import p.d\n",
                "src/p/d.py": "import p.c\n",
            },
        )
        result = run_probe(ImportCycles(confirm=True), root=tmp_path, timeout=30, expect={"cycles": 2, "broken": 1})
        assert result.outcome is Outcome.PASSED, result.reason

    def test_a_failure_for_another_reason_is_an_error(self, tmp_path: Path) -> None:
        write(
            tmp_path,
            {"p/__init__.py": "import no_such_module_here\n", "p/a.py": "import p.b\n", "p/b.py": "import p.a\n"},
        )
        result = run_probe(ImportCycles(confirm=True), root=tmp_path, timeout=30)
        assert result.outcome is Outcome.ERROR
        assert "No module named 'no_such_module_here' (p/__init__.py:1)" in result.reason

    def test_needs_leave_to_run_commands(self, tmp_path: Path) -> None:
        write(tmp_path, {"p/__init__.py": "", "p/a.py": USES_B, "p/b.py": USES_A})
        result = run_probe(ImportCycles(confirm=True), root=tmp_path, exec_allowed=False)
        assert result.outcome is Outcome.ERROR
        assert "--readiness-no-exec" in result.reason

    def test_no_cycle_needs_none(self, make_context: MakeContext, tmp_path: Path) -> None:
        write(tmp_path, {"p/__init__.py": ""})
        assert value(ImportCycles(confirm=True).measure(make_context(exec_allowed=False)), "broken") == 0

    def test_what_broke_is_in_the_evidence(self, tmp_path: Path) -> None:
        write(tmp_path, {"p/__init__.py": "", "p/a.py": USES_B, "p/b.py": USES_A})
        result = run_probe(ImportCycles(confirm=True), root=tmp_path, timeout=30)
        assert "p.a: ImportError: cannot import name 'thing' from partially initialized module 'p.a'" in evidence(
            result
        )

    def test_without_it_nothing_is_broken_or_whole(self, make_context: MakeContext, tmp_path: Path) -> None:
        write(tmp_path, {"p/__init__.py": ""})
        assert "broken" not in ImportCycles().measure(make_context()).values
        assert "broken" not in ImportCycles().declared()
        assert "broken" in ImportCycles(confirm=True).declared()


class TestCache:
    FILES: ClassVar[dict[str, str]] = {"p/__init__.py": "", "p/a.py": USES_B, "p/b.py": USES_A}

    def test_gives_the_same_again_and_notices_every_change(self, tmp_path: Path) -> None:
        write(tmp_path / "project", self.FILES)
        folder = tmp_path / "cache"
        first = run_probe(ImportCycles(), root=tmp_path / "project", cache=folder)
        again = run_probe(ImportCycles(), root=tmp_path / "project", cache=folder)
        assert (again.measurements, again.evidence) == (first.measurements, first.evidence)
        assert len(list(folder.rglob("*.json"))) == 1
        write(tmp_path / "project", {"p/a.py": USES_B.replace("from p.b", "from c.d")})
        assert value(run_probe(ImportCycles(), root=tmp_path / "project", cache=folder), "cycles") == 0

    def test_a_damaged_one_is_made_anew(self, tmp_path: Path) -> None:
        write(tmp_path / "project", self.FILES)
        folder = tmp_path / "cache"
        run_probe(ImportCycles(), root=tmp_path / "project", cache=folder)
        for kept in folder.rglob("*.json"):
            kept.write_text("{}")
        assert value(run_probe(ImportCycles(), root=tmp_path / "project", cache=folder), "cycles") == 1

    def test_is_used_when_nothing_changed(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        write(tmp_path / "project", self.FILES)
        run_probe(ImportCycles(), root=tmp_path / "project", cache=tmp_path / "cache")
        monkeypatch.setattr("pytest_readiness.probes._imports.analysis.Analysis.findings", None)
        assert value(run_probe(ImportCycles(), root=tmp_path / "project", cache=tmp_path / "cache"), "cycles") == 1


class TestDeadlineAndOptions:
    def test_a_deadline_that_has_passed_is_an_error(self, make_context: MakeContext, tmp_path: Path) -> None:
        write(tmp_path, {"p/__init__.py": ""})
        with pytest.raises(CannotMeasure, match=r"time|deadline"):
            ImportCycles().measure(make_context(seconds=-1))

    def test_a_path_is_no_package(self) -> None:
        with pytest.raises(OptionError, match="'src/p' is no dotted name"):
            ImportCycles(packages=("src/p",))

    def test_touches_say_what_is_read_and_run(self) -> None:
        assert [each.kind for each in ImportCycles(confirm=True).touches()] == ["module", "command"]
        assert [each.what for each in ImportCycles(packages=("a",)).touches()] == ["a"]

    def test_a_secret_in_an_error_is_not_shown(self, tmp_path: Path) -> None:
        write(
            tmp_path,
            {
                "p/__init__.py": "",
                "p/a.py": "import os\nraise SystemError(os.environ['TOKEN'])\nimport p.b\n",
                "p/b.py": USES_A,
            },
        )
        result = run_probe(
            ImportCycles(confirm=True), root=tmp_path, env={"TOKEN": "hush-hush-1"}, secrets=["hush-hush-1"], timeout=30
        )
        assert "hush-hush-1" not in result.reason + evidence(result)
        assert result.outcome is Outcome.ERROR


class TestReading:
    """The three ways to read a file agree; the standard library is the oracle's food."""

    LIBRARY = Path(sysconfig.get_path("stdlib"))

    @pytest.mark.parametrize(
        "text",
        [
            "import a; import b\n",
            "x = 1; import a\n",
            "if x: import a\n",
            "from a \\\n    import b\n",
            "from \\\n    a import b\n",
            "import \\\n    a\n",
            "x = 1 + \\\n    reimport\nimport a\n",
            "class A: from a import b\n",
            "lambda: __import__('a')\n",
            "from importlib import import_module as load\nload('a')\n",
        ],
    )
    def test_quickly_is_left_where_an_import_is_not_in_its_usual_place(self, text: str) -> None:
        assert quick.read(text.encode()) in (None, lexer.read(text.encode()))

    @pytest.mark.parametrize(
        ("text", "modules"),
        [
            ("from a import(b)\n", [b"a"]),
            ("from a import*\n", [b"a"]),
            ("from a import (  # important: import\n    b, import_c)\nimport d\n", [b"a", b"d"]),
            ("# first: import a\nimport b\n", [b"b"]),
            ("important = 1\n_import = reimport\nimport b", [b"b"]),
            ("def f():\n\timport a\n", [b"a"]),
            ('"""\n>>> import a\n"""\nimport b\n', [b"b"]),
            ("from mine import import_module\nimport_module('a')\nimport b\n", [b"mine", b"b"]),
        ],
    )
    def test_quickly_finds_what_is(self, text: str, modules: list[bytes]) -> None:
        found = quick.read(text.encode())
        assert found is not None
        assert [one.module for one in found] == modules
        assert found == lexer.read(text.encode())

    def test_quickly_without_lines_leaves_where_to_count_them(self) -> None:
        data = b'"""Text."""\n\nimport a\n\n\ndef f():\n    from a import b\n'
        uncounted = quick.read(data, lines=False)
        assert uncounted is not None
        assert [quick.line(data, one.line) for one in uncounted] == [3, 7]

    @pytest.mark.parametrize("folder", ["", "asyncio", "email", "multiprocessing", "unittest", "xml/dom", "importlib"])
    def test_agrees_with_the_parser(self, folder: str) -> None:
        compared = 0
        for path in sorted((self.LIBRARY / folder).glob("*.py")):
            data = source.normal(path.read_bytes(), str(path))
            assert isinstance(data, bytes)
            if b"import_module(" in data or b"__import__(" in data:
                continue
            whole = tree.read(data, package=False)
            assert whole is not None
            truth = sorted((one.line, one.module, one.names or (), one.when) for one in whole.statements())
            assert sorted((one.line, one.module, one.names or (), one.when) for one in lexer.read(data)) == truth, path
            quickly = quick.read(data)
            if quickly is not None:
                assert sorted((one.line, one.module, one.names or (), one.when) for one in quickly) == truth, path
            compared += 1
        assert compared > 5

    @pytest.mark.parametrize(
        ("text", "when"),
        [
            ("if x: import a\n", When.IMPORT),
            ("if TYPE_CHECKING: import a\n", When.TYPING),
            ("if (\n    TYPE_CHECKING\n):\n    import a\n", When.TYPING),
            ("if x or TYPE_CHECKING:\n    import a\n", When.IMPORT),
            ("if x:\n    pass\nelif TYPE_CHECKING:\n    import a\n", When.TYPING),
            ("if TYPE_CHECKING:\n    pass\nelif x:\n    import a\n", When.IMPORT),
            ("if not TYPE_CHECKING:\n    pass\nelif x:\n    import a\nelse:\n    pass\n", When.TYPING),
            ("if TYPE_CHECKING or False:\n    import a\n", When.TYPING),
            ("if '__main__' == __name__:\n    import a\n", When.DEFERRED),
            ("if __name__ != '__main__':\n    import a\n", When.IMPORT),
            ("TYPE_CHECKING = True\nif TYPE_CHECKING:\n    import a\n", When.IMPORT),
            ("TC = typing.TYPE_CHECKING\nif TC:\n    import a\n", When.TYPING),
            ("try:\n    pass\nexcept E:\n    pass\nelse:\n    import a\n", When.IMPORT),
            ("for x in y:\n    pass\nelse:\n    import a\n", When.IMPORT),
            ("match x:\n    case 1:\n        import a\n", When.IMPORT),
            ("def f(): import a\n", When.DEFERRED),
            ("def f(a,\n      b): import a\n", When.DEFERRED),
            ("async def f():\n\timport a\n", When.DEFERRED),
            ("class A: import a\n", When.IMPORT),
            ("x = 1; import a\n", When.IMPORT),
            ("import \\\n  a\n", When.IMPORT),
            ("if x[1:2]:\n    import a\n", When.IMPORT),
        ],
    )
    def test_knows_when_an_import_runs(self, text: str, when: When) -> None:
        data = text.encode()
        ast.parse(data)
        whole = tree.read(data, package=False)
        assert whole is not None
        assert [(one.module, one.when) for one in whole.statements()] == [(b"a", when)]
        assert [(one.module, one.when) for one in lexer.read(data)] == [(b"a", when)]
        quickly = quick.read(data)
        assert quickly is None or [(one.module, one.when) for one in quickly] == [(b"a", when)]


class TestGraph:
    def test_the_smallest_cut_of_a_small_component_is_exact(self) -> None:
        ring = {0: [1], 1: [2], 2: [0, 3], 3: [0]}
        cut, proved = graph.smallest_cut(ring)
        assert (len(cut), proved) == (1, True)

    def test_a_large_component_is_cut_and_nothing_is_left(self) -> None:
        many = {node: [(node + 1) % 30, (node * 7 + 3) % 30] for node in range(30)}
        cut, _proved = graph.smallest_cut(many)
        left = {
            node: [other for other in to if (node, other) not in cut and node != other] for node, to in many.items()
        }
        assert graph.components(left) == []

    def test_pairs_prove_a_large_cut(self) -> None:
        star = {0: list(range(1, 20)), **{node: [0] for node in range(1, 20)}}
        cut, proved = graph.smallest_cut(star)
        assert (len(cut), proved) == (19, True)

    def test_a_deep_chain_needs_no_recursion(self) -> None:
        chain = {node: [node + 1] for node in range(50_000)} | {50_000: [0]}
        assert len(graph.components(chain)[0]) == 50_001

    def test_the_shortest_cycle_starts_at_the_lowest_number(self) -> None:
        assert graph.shortest_cycle({1: [2], 2: [3], 3: [1, 4], 4: [5], 5: [1]}) == [1, 2, 3]
