"""What narrows a run, and what is the project's own configuration."""

from __future__ import annotations

import pytest

from .collecting import facts


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makepyfile(
        **{
            "tests/test_a": "import pytest\ndef test_a(): pass\n@pytest.mark.slow\ndef test_slow(): pass",
            "tests/deep/test_b": "def test_b(): pass",
        }
    )
    pytester.makeini("[pytest]\nmarkers = slow\ntestpaths = tests\n")
    return pytester


@pytest.mark.parametrize(
    "args",
    [
        (),
        ("tests",),
        ("./tests/",),
        (".",),
        ("--ff",),
        ("--nf",),
        ("-q", "--durations", "3"),
        ("-k", ""),
        ("-n", "2"),
        ("-p", "no:cacheprovider"),
    ],
)
def test_the_whole_run_is_not_narrowed(project: pytest.Pytester, args: tuple[str, ...]) -> None:
    found = facts(project, *args)
    assert found["narrowed"] == []
    assert len(found["tests"]) == 3
    assert found["broken"] == []


@pytest.mark.parametrize(
    ("args", "narrowed"),
    [
        (("-k", "test_a"), ["-k test_a"]),
        (("-qk", "test_a or test_b"), ["-k 'test_a or test_b'"]),
        (("-m", "not slow"), ["-m 'not slow'"]),
        (("--deselect", "tests/test_a.py::test_a"), ["--deselect tests/test_a.py::test_a"]),
        (("--ignore=tests/deep",), ["--ignore tests/deep"]),
        (("--ignore-glob", "*deep*"), ["--ignore-glob '*deep*'"]),
        (("--lf",), ["--lf"]),
        (("--sw",), ["--sw"]),
        (("tests/deep",), ["tests/deep"]),
        (("tests/test_a.py::test_a",), ["tests/test_a.py::test_a"]),
        (("tests/test_a.py", "tests"), ["tests", "tests/test_a.py"]),
        (("tests/deep", "-k", "b"), ["-k b", "tests/deep"]),
        (("-o", "python_files=test_a*"), ["-o 'python_files=test_a*'"]),
        (("-n", "2", "-k", "test_a"), ["-k test_a"]),
    ],
)
def test_a_selection_on_the_command_line_narrows(
    project: pytest.Pytester, args: tuple[str, ...], narrowed: list[str]
) -> None:
    found = facts(project, *args)
    assert found["narrowed"] == narrowed
    assert found["configured"] == []


def test_a_selection_in_the_environment_narrows(project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_ADDOPTS", "-m 'not slow'")
    assert facts(project)["narrowed"] == ["-m 'not slow'"]


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
def test_a_selection_in_the_configuration_is_the_whole_and_is_told(
    project: pytest.Pytester, workers: tuple[str, ...]
) -> None:
    project.makeini("[pytest]\nmarkers = slow\ntestpaths = tests\naddopts = -m 'not slow' --ignore=tests/deep\n")
    found = facts(project, *workers)
    assert found["narrowed"] == []
    assert found["configured"] == ["--ignore tests/deep", "-m 'not slow'"]
    assert found["deselected"] == 1
    assert len(found["tests"]) == 1


def test_the_command_line_wins_over_the_configuration(project: pytest.Pytester) -> None:
    project.makeini("[pytest]\nmarkers = slow\ntestpaths = tests\naddopts = -m 'not slow'\n")
    found = facts(project, "-m", "slow")
    assert (found["narrowed"], found["configured"]) == (["-m slow"], [])


def test_a_path_in_the_configuration_is_the_whole(project: pytest.Pytester) -> None:
    project.makeini("[pytest]\nmarkers = slow\naddopts = tests/deep\n")
    found = facts(project)
    assert (found["narrowed"], len(found["tests"])) == ([], 1)


def test_configuration_replaced_on_the_command_line_narrows(project: pytest.Pytester) -> None:
    found = facts(project, "-o", "addopts=-k test_b")
    assert found["narrowed"] == ["-k test_b", "-o 'addopts=-k test_b'"]


def test_without_test_paths_the_root_is_the_whole(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_a="def test_a(): pass")
    pytester.makeini("[pytest]")
    assert facts(pytester)["narrowed"] == []
    assert facts(pytester, "test_a.py")["narrowed"] == ["test_a.py"]


def test_from_a_folder_below_only_that_folder_is_seen(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(project.path))
    monkeypatch.chdir(project.path / "tests" / "deep")
    assert facts(project)["narrowed"] == ["tests/deep"]
