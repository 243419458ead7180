from __future__ import annotations

from pathlib import Path

import pytest

from pytest_readiness.survey.variables import Variables, variables

from .projects import repository


def of(folder: Path, *texts: str) -> Variables:
    files = {f"shop/m{number}.py": text for number, text in enumerate(texts)}
    return variables(repository(folder, {"shop/__init__.py": "", **files}))


@pytest.mark.parametrize(
    "code",
    [
        'import os\nos.environ["SHOP_KEY"]\n',
        'from os import environ\nKEY = environ["SHOP_KEY"]\n',
        'import os\n\n\ndef key() -> str:\n    return os.environ["SHOP_KEY"].strip()\n',
    ],
)
def test_a_variable_without_which_the_code_raises_is_required(tmp_path: Path, code: str) -> None:
    found = of(tmp_path, code)
    assert found.required == {"SHOP_KEY"}
    assert found.places == {"SHOP_KEY": "shop/m0.py"}
    assert not found.settings


@pytest.mark.parametrize(
    "code",
    [
        'import os\nos.environ["SHOP_KEY"] = "x"\n',
        'import os\ndel os.environ["SHOP_KEY"]\n',
        "import os\nos.environ[NAME]\n",
        'import os\nos.environ["PATH"]\n',
        'import os\nos.getenv("SHOP_KEY", "x")\n',
        'import os\nos.environ.get("SHOP_KEY", default="x")\n',
        'import os\nos.getenv("SHOP_KEY") or "x"\n',
        'import os\ntry:\n    os.environ["SHOP_KEY"]\nexcept KeyError:\n    pass\n',
        'import os\nif "SHOP_KEY" in os.environ:\n    os.environ["SHOP_KEY"]\n',
        'import os\nos.environ["SHOP_KEY"]\nos.getenv("SHOP_KEY", "x")\n',
        'config["SHOP_KEY"]  # like os.environ\n',
        'import os\nos.environ["not a name"]\n',
    ],
)
def test_a_variable_that_the_code_can_do_without_is_not(tmp_path: Path, code: str) -> None:
    found = of(tmp_path, code)
    assert (found.required, found.read) == (set(), set())


def test_a_variable_that_is_only_asked_for_is_read(tmp_path: Path) -> None:
    found = of(tmp_path, 'import os\nos.getenv("SHOP_KEY")\nos.environ.get("SHOP_URL")\n')
    assert (found.required, found.read) == (set(), {"SHOP_KEY", "SHOP_URL"})


SETTINGS = "from pydantic_settings import BaseSettings, SettingsConfigDict\nfrom pydantic import Field\n"


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("    key: str\n    url: str = 'x'\n", {"KEY"}),
        ('    model_config = SettingsConfigDict(env_prefix="shop_")\n    key: str\n', {"SHOP_KEY"}),
        ('    key: str\n\n    class Config:\n        env_prefix = "SHOP_"\n', {"SHOP_KEY"}),
        ("    key: str = ...\n    url: str = Field(...)\n    far: int = Field(ge=1)\n", {"KEY", "URL", "FAR"}),
        (
            "    key: str = Field('x')\n    url: str = Field(default='x')\n    all: list = Field(default_factory=x)\n",
            set(),
        ),
        (
            '    key: str = Field(validation_alias="THE_KEY")\n    url: str = Field(..., env="THE_URL")\n',
            {"THE_KEY", "THE_URL"},
        ),
        ("    key: str = Field(validation_alias=NAME)\n", {"KEY"}),
        ("    _key: str\n    kinds: ClassVar[int]\n    model_config: dict\n    other: Other\n    self.x: int\n", set()),
        ("    def key(self) -> str: ...\n", set()),
    ],
)
def test_fields_of_settings_without_a_default_are_required(tmp_path: Path, body: str, names: set[str]) -> None:
    found = of(tmp_path, f"{SETTINGS}class Other:\n    pass\n\n\nclass Settings(BaseSettings):\n{body}")
    assert found.required == names
    assert found.settings


def test_settings_may_have_their_base_from_another_file(tmp_path: Path) -> None:
    base = f"{SETTINGS}class Base(BaseSettings):\n    key: str\n"
    found = of(tmp_path, base, "# no BaseSettings here\nclass Shop(other.Base):\n    url: str\n")
    assert found.required == {"KEY", "URL"}


def test_classes_that_inherit_in_a_circle_are_no_settings(tmp_path: Path) -> None:
    found = of(tmp_path, "# BaseSettings\nclass A(B):\n    key: str\n\n\nclass B(A):\n    url: str\n")
    assert found.required == set()
