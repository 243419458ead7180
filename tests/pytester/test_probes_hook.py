"""Probes of a project's own conftest.py and of installed packages."""

from __future__ import annotations

import pytest

from tests.pytester.projects import CONFTEST, PASSES, Project

PROBE = CONFTEST.replace('return {"fake": Fake}', "return {NAME: Fake}")


def package(project: Project, module: str, entry: str) -> None:
    """Lay a package beside the project as if it were installed, with an entry point."""
    project.write("site/thirdparty.py", module)
    project.write("site/thirdparty-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: thirdparty\nVersion: 1.0\n")
    project.write("site/thirdparty-1.0.dist-info/entry_points.txt", f"[pytest_readiness]\n{entry}\n")
    project.pytester.syspathinsert(project.path / "site")
    project.pytester._monkeypatch.setenv("PYTHONPATH", str(project.path / "site"))


def test_a_conftest_brings_probes(project: Project) -> None:
    project.gates(PASSES)
    assert project.run().exit_code == 0


@pytest.mark.parametrize("entry", ["third = thirdparty", "other = thirdparty:Fake"])
def test_an_installed_package_brings_probes(project: Project, entry: str) -> None:
    package(project, PROBE.replace("NAME", "'other'"), entry)
    project.write("conftest.py", "")
    project.gates("- {id: good, probe: other}")
    ran = project.run()
    assert ran.exit_code == 0, ran.err


def test_a_package_that_cannot_be_loaded_does_no_harm_to_others(project: Project) -> None:
    package(project, "import nowhere\n", "third = thirdparty")
    project.gates(PASSES)
    assert project.run().exit_code == 0


def test_a_gate_whose_package_cannot_be_loaded_says_so(project: Project) -> None:
    package(project, "import nowhere\n", "third = thirdparty")
    project.gates(PASSES, "- {id: x, probe: third}")
    ran = project.run()
    assert ran.exit_code != 0
    assert "nowhere" in ran.out + ran.err
    assert "Traceback" not in ran.out + ran.err


@pytest.mark.parametrize(
    ("hook", "message"),
    [
        ("raise RuntimeError('oh')", "a pytest_readiness_probes hook failed: RuntimeError: oh"),
        ("return {'http': Fake}", "probe 'http'"),
    ],
)
def test_a_hook_that_cannot_be_used_is_a_usage_error(project: Project, hook: str, message: str) -> None:
    project.write("conftest.py", CONFTEST.replace('return {"fake": Fake}', hook))
    project.gates(PASSES)
    ran = project.run()
    assert ran.exit_code == 4
    assert message in ran.err
    assert "Traceback" not in ran.err
