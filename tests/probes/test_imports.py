from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Outcome, Result
from pytest_readiness.probes.imports import Imports
from pytest_readiness.testing import run_probe
from tests.probes.conftest import MakeContext


def write(root: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def counted(result: Result) -> tuple[object, object]:
    return result.measurements["modules"].value, result.measurements["failed"].value


def evidence(result: Result) -> str:
    return "\n".join(each.text for each in result.evidence)


def test_modules_that_can_be_imported_pass(tmp_path: Path) -> None:
    write(tmp_path, {"src/orders/__init__.py": "import orders.tax\n", "src/orders/tax.py": "", "script.py": ""})
    result = run_probe(Imports(modules=("orders", "orders.tax", "script", "json")), root=tmp_path, timeout=30)
    assert result.outcome is Outcome.PASSED
    assert counted(result) == (4, 0)


FAILING = {
    "a missing dependency": ("import no_such_thing\n", "ModuleNotFoundError: No module named 'no_such_thing' (m.py:1)"),
    "an error": ("x = 1\n\n1 / 0\n", "ZeroDivisionError: division by zero (m.py:3)"),
    "a syntax error": ("x = 1\ny = = 2\n", "SyntaxError: invalid syntax (m.py:2)"),
    "sys.exit": ("import sys\nsys.exit()\n", "it calls sys.exit() while it is being imported (m.py:2)"),
    "sys.exit with a code": ("import sys\nsys.exit(0)\n", "it calls sys.exit(0) while it is being imported"),
    "the end of the interpreter": ("import os\nos._exit(0)\n", "it ended the interpreter with exit code 0"),
    "a signal": ("import os\nos.kill(os.getpid(), 9)\n", "it ended the interpreter with exit code -9"),
    "KeyboardInterrupt": ("raise KeyboardInterrupt\n", "KeyboardInterrupt (m.py:1)"),
    "an error of several lines": ("raise ValueError('one\\ntwo')\n", "m: two (m.py:1)"),
}


@pytest.mark.parametrize("shape", FAILING)
def test_a_module_that_fails_is_named_with_its_error_and_line(shape: str, tmp_path: Path) -> None:
    text, told = FAILING[shape]
    write(tmp_path, {"m.py": text})
    result = run_probe(Imports(modules=("m",)), root=tmp_path, timeout=30)
    assert result.outcome is Outcome.FAILED
    assert counted(result) == (1, 1)
    assert told in evidence(result)


def test_a_module_that_does_not_exist_fails(tmp_path: Path) -> None:
    result = run_probe(Imports(modules=("json", "no.such.module")), root=tmp_path, timeout=30)
    assert counted(result) == (2, 1)
    assert "no.such.module: ModuleNotFoundError: No module named 'no'" in evidence(result)


def test_what_a_module_prints_or_leaves_running_does_no_harm(tmp_path: Path) -> None:
    loud = "import sys, threading, time\nprint('[\"lie\", null, null]' * 9999)\nprint('x', file=sys.stderr)\n"
    write(tmp_path, {"m.py": loud + "threading.Thread(target=time.sleep, args=(60,)).start()\n"})
    assert run_probe(Imports(modules=("m",)), root=tmp_path, timeout=30).outcome is Outcome.PASSED


def test_a_module_that_hangs_fails_and_the_others_are_still_imported(tmp_path: Path) -> None:
    write(tmp_path, {"slow.py": "import time\ntime.sleep(60)\n", "quick.py": ""})
    result = run_probe(Imports(modules=("slow", "quick"), within=1.0), root=tmp_path, timeout=30)
    assert counted(result) == (2, 1)
    assert evidence(result) == "slow: not imported after 1 s"


def test_the_gates_own_deadline_is_an_error_that_names_what_is_left(make_context: MakeContext, tmp_path: Path) -> None:
    names = tuple(f"slow{number}" for number in range(20))
    write(tmp_path, {f"{name}.py": "import time\ntime.sleep(60)\n" for name in names})
    with pytest.raises(CannotMeasure, match=r"the time was over before 20 of 20 modules .* and 17 more"):
        Imports(modules=names).measure(make_context(seconds=0.5))


def test_a_package_is_imported_with_all_below_but_not_run(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "src/p/__init__.py": "",
            "src/p/__main__.py": "1 / 0\n",
            "src/p/0001_initial.py": "1 / 0\n",
            "src/p/n/m.py": "import p.n\n",
            "src/p/bad.py": "1 / 0\n",
        },
    )
    result = run_probe(Imports(packages=("p",)), root=tmp_path, timeout=30)
    assert counted(result) == (3, 1)
    assert evidence(result) == "p.bad: ZeroDivisionError: division by zero (src/p/bad.py:1)"


def test_each_module_is_imported_first(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "from b import y\nx = 1\n", "b.py": "from a import x\ny = 1\n"})
    result = run_probe(Imports(modules=("a", "b", "a")), root=tmp_path, timeout=30)
    assert counted(result) == (2, 2)


def test_nothing_is_written_into_the_project(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": ""})
    run_probe(Imports(modules=("a",)), root=tmp_path, timeout=30)
    assert [path.name for path in tmp_path.iterdir()] == ["a.py"]


def test_the_environment_is_the_gates(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "import os\nos.environ['NEEDED']\nimport there\n", "elsewhere/there.py": ""})
    env = {"NEEDED": "1", "PYTHONPATH": str(tmp_path / "elsewhere")}
    assert run_probe(Imports(modules=("a",)), root=tmp_path, env=env, timeout=30).outcome is Outcome.PASSED
    assert run_probe(Imports(modules=("a",)), root=tmp_path, env={}, timeout=30).outcome is Outcome.FAILED


def test_a_package_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    result = run_probe(Imports(packages=("no_such_package",)), root=tmp_path)
    assert result.outcome is Outcome.ERROR
    assert result.reason == "there is no package 'no_such_package' under the spec's folder"


def test_a_package_with_no_module_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, {"p/__main__.py": ""})
    result = run_probe(Imports(packages=("p",)), root=tmp_path)
    assert result.outcome is Outcome.ERROR
    assert result.reason == "looked at nothing: there is no module in p"


def test_leave_to_run_commands_is_needed(tmp_path: Path) -> None:
    result = run_probe(Imports(modules=("json",)), root=tmp_path, exec_allowed=False)
    assert result.outcome is Outcome.ERROR
    assert "--readiness-no-exec" in result.reason


def test_a_secret_in_an_error_is_not_shown(tmp_path: Path) -> None:
    write(tmp_path, {"m.py": "import os\nraise ValueError(os.environ['TOKEN'])\n"})
    result = run_probe(
        Imports(modules=("m",)), root=tmp_path, env={"TOKEN": "hush-hush-1"}, secrets=["hush-hush-1"], timeout=30
    )
    assert result.outcome is Outcome.FAILED
    assert "hush-hush-1" not in evidence(result)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "says nothing to import"),
        ({"modules": ("a/b.py",)}, "'a/b.py' is no dotted name"),
        ({"packages": ("a..b",)}, "'a..b' is no dotted name"),
        ({"modules": ("a",), "within": 0.0}, "longer than 0 s"),
    ],
)
def test_options_that_mean_nothing_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        Imports(**options)  # type: ignore[arg-type]


def test_touches_name_the_modules() -> None:
    assert [each.what for each in Imports(modules=("a",), packages=("b",)).touches()] == ["a", "b"]
