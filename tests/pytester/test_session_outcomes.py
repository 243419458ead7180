"""What the collector makes of tests, with and without xdist."""

from __future__ import annotations

import pytest

from .collecting import facts

BOTH = pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])


@BOTH
def test_each_test_has_the_outcome_of_all_its_phases(pytester: pytest.Pytester, workers: tuple[str, ...]) -> None:
    pytester.makepyfile(
        """
        import pytest

        @pytest.fixture
        def breaks():
            raise RuntimeError

        @pytest.fixture
        def breaks_after():
            yield
            raise RuntimeError

        def test_passes(): pass
        def test_fails(): assert 0
        def test_skips(): pytest.skip()
        @pytest.mark.skip
        def test_skipped(): pass
        @pytest.mark.xfail
        def test_xfails(): assert 0
        @pytest.mark.xfail(run=False)
        def test_never_runs(): assert 0
        @pytest.mark.xfail(strict=False)
        def test_xpasses(): pass
        @pytest.mark.xfail(strict=True)
        def test_xpasses_strictly(): pass
        def test_setup(breaks): pass
        def test_teardown(breaks_after): pass
        def test_fails_and_teardown(breaks_after): assert 0
        """
    )
    found = facts(pytester, *workers)
    assert {nodeid.partition("::")[2]: test["outcome"] for nodeid, test in found["tests"].items()} == {
        "test_passes": "passed",
        "test_fails": "failed",
        "test_skips": "skipped",
        "test_skipped": "skipped",
        "test_xfails": "xfailed",
        "test_never_runs": "xfailed",
        "test_xpasses": "xpassed",
        "test_xpasses_strictly": "failed",
        "test_setup": "error",
        "test_teardown": "error",
        "test_fails_and_teardown": "failed",
    }
    assert found["failed"] == 5
    assert found["broken"] == []
    assert found["coverage"] is None


@BOTH
def test_marks_keywords_and_gates_reach_the_controller(pytester: pytest.Pytester, workers: tuple[str, ...]) -> None:
    pytester.makepyfile(
        test_a="""
        import pytest

        @pytest.mark.readiness("golden-path", "health")
        class TestOrders:
            @pytest.mark.readiness("refunds")
            @pytest.mark.parametrize("x", [1])
            def test_pay(self, x): pass
        """
    )
    (test,) = facts(pytester, *workers)["tests"].values()
    assert test["gates"] == ["golden-path", "health", "refunds"]
    assert test["markers"] == ["parametrize", "readiness"]
    assert {"test_a.py", "TestOrders", "test_pay[1]", "readiness"} <= set(test["keywords"])


@BOTH
def test_a_repeated_test_counts_once_with_its_reruns(pytester: pytest.Pytester, workers: tuple[str, ...]) -> None:
    pytester.makepyfile(
        """
        from pathlib import Path

        def test_flaky():
            tries = Path("tries")
            seen = tries.read_text() if tries.exists() else ""
            tries.write_text(seen + "x")
            assert len(seen) == 2
        """
    )
    (test,) = facts(pytester, "--reruns", "3", *workers)["tests"].values()
    assert (test["outcome"], test["reruns"]) == ("passed", 2)


@BOTH
def test_a_failing_subtest_fails_its_test(pytester: pytest.Pytester, workers: tuple[str, ...]) -> None:
    pytest.importorskip("pytest", "9.0", reason="subtests are part of pytest 9")
    pytester.makepyfile(
        """
        def test_parts(subtests):
            for number in range(3):
                with subtests.test(number=number):
                    assert number != 1
        """
    )
    (test,) = facts(pytester, *workers)["tests"].values()
    assert test["outcome"] == "failed"
    assert test["subtests"] >= 1


@BOTH
def test_a_module_skipped_as_a_whole_is_seen(pytester: pytest.Pytester, workers: tuple[str, ...]) -> None:
    pytester.makepyfile(test_a="import pytest\npytest.skip(allow_module_level=True)", test_b="def test_b(): pass")
    found = facts(pytester, *workers)
    assert {name: test["outcome"] for name, test in found["tests"].items()} == {
        "test_a.py": "skipped",
        "test_b.py::test_b": "passed",
    }
    assert found["broken"] == []


@BOTH
def test_warnings_are_counted(pytester: pytest.Pytester, workers: tuple[str, ...]) -> None:
    pytester.makepyfile("import warnings\ndef test_a(): warnings.warn('old')\ndef test_b(): warnings.warn('older')")
    assert facts(pytester, "-W", "default", *workers)["warnings"] == 2


@BOTH
def test_warnings_are_kept_with_their_category_and_place(pytester: pytest.Pytester, workers: tuple[str, ...]) -> None:
    pytester.makepyfile(
        old="class OldWarning(DeprecationWarning): pass",
        test_a="import warnings, old\ndef test_a(): warnings.warn('gone  soon', old.OldWarning)",
    )
    pytester.makeini("[pytest]\nfilterwarnings = ignore::UserWarning\npythonpath = .\n")
    found = facts(pytester, "-W", "default", *workers)
    kinds = ["old.OldWarning", "DeprecationWarning", "Warning"]
    assert found["warned"] == [{"kinds": kinds, "message": "gone soon", "where": "test_a.py::test_a"}]
    assert found["filters"] == ["ignore::UserWarning", "default"]
    assert found["unknown"] == []


def test_warnings_that_are_switched_off_are_unknown(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("import warnings\ndef test_a(): warnings.warn('old')")
    assert facts(pytester, "-p", "no:warnings")["unknown"] == ["warnings"]


@BOTH
def test_a_collection_error_breaks_the_run(pytester: pytest.Pytester, workers: tuple[str, ...]) -> None:
    pytester.makepyfile(test_a="import nowhere", test_b="def test_b(): pass")
    broken = facts(pytester, "--continue-on-collection-errors", *workers)["broken"]
    assert broken == ["collection error in test_a.py"]


@BOTH
def test_a_stop_before_the_end_breaks_the_run(pytester: pytest.Pytester, workers: tuple[str, ...]) -> None:
    pytester.makepyfile("import pytest\n@pytest.mark.parametrize('n', range(9))\ndef test_a(n): assert n != 1")
    broken = facts(pytester, "-x", *workers)["broken"]
    assert any(reason.startswith("stopped early: ") for reason in broken)
    assert any(reason.endswith("did not run to the end") for reason in broken)


def test_a_crashed_worker_breaks_the_run(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("import os\ndef test_a(): os._exit(1)\ndef test_b(): pass")
    found = facts(pytester, "-n", "1", "--measure", "-p", "no:cov")
    assert "worker gw0 crashed" in found["broken"]
    assert found["tests"]["test_a_crashed_worker_breaks_the_run.py::test_a"]["outcome"] == "failed"
    assert found["coverage"] == "no coverage came back from gw0"


def test_an_interrupt_breaks_the_run(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_a(): pass\ndef test_b(): raise KeyboardInterrupt")
    broken = facts(pytester, apart=True)["broken"]
    assert "1 of 2 tests did not run to the end" in broken


def test_tests_that_were_only_set_up_did_not_pass(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_a(): pass")
    found = facts(pytester, "--setup-only")
    assert found["tests"] == {}
    assert found["broken"] == ["1 of 1 tests did not run to the end"]


def test_with_dist_each_every_worker_counts(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("import os\ndef test_a(): assert os.environ['PYTEST_XDIST_WORKER'] == 'gw0'")
    found = facts(pytester, "--dist", "each", "--tx", "2*popen")
    assert found["broken"] == []
    assert found["failed"] == 1
