from pathlib import Path

from ml_pipeline import settings


def test_comments_at_the_end_of_a_line_are_no_value(tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_text("# all of it\nQT_CLM_DRIFT_HOURS=12   # twice a day\nQT_CLM_ENABLED=true # yes\n", encoding="utf-8")
    loaded = settings.load(file)
    assert (loaded.drift_hours, loaded.enabled) == (12, True)


def test_what_is_not_said_has_a_default(tmp_path: Path) -> None:
    assert settings.load(tmp_path / "nothing") == settings.Settings(storage=Path("data/models"))
