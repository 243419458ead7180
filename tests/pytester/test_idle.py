"""Installed, but not asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.pytester.projects import Project


def test_importing_the_plugin_loads_nothing_beyond_pytest_and_itself() -> None:
    code = (
        "import sys, pytest; before = set(sys.modules); import pytest_readiness.plugin; "
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["pytest_readiness", "pytest_readiness.plugin"]


@pytest.mark.usefixtures("unmeasured")
def test_a_run_that_does_not_ask_loads_only_the_hooks_besides(project: Project) -> None:
    project.write("conftest.py", "")
    project.write(
        "test_it.py",
        "import sys\n\n\ndef test_one():\n"
        "    ours = {name for name in sys.modules if name.startswith('pytest_readiness')}\n"
        "    assert ours == {'pytest_readiness', 'pytest_readiness.plugin', 'pytest_readiness.hooks'}\n"
        "    assert not {'yaml', 'coverage', 'jsonschema', 'jmespath'} & set(sys.modules)\n",
    )
    ran = project.run("-p", "no:pytest_cov", "-p", "no:hypothesispytest", "-p", "no:ctrf", readiness=False)
    assert ran.exit_code == 0, ran.out


def test_a_conftest_that_brings_probes_does_no_harm(project: Project) -> None:
    assert project.run(readiness=False).exit_code == 0
