from __future__ import annotations

import os
from pathlib import Path

from pytest_readiness import spec
from pytest_readiness.model import Severity
from pytest_readiness.registry import Registry
from pytest_readiness.survey import Found, Section, State
from pytest_readiness.survey import text as module
from pytest_readiness.survey.model import Settled


def one(name: str, section: Section, **more: object) -> Settled:
    keys: dict[str, object] = {"title": "A file is there", "why": "there is a.md", "probe": "file"}
    found = Found(id=name, section=section, **{**keys, "options": {"path": "a.md"}, **more})  # type: ignore[arg-type]
    return Settled(found=found, state=State.HOLDS, expect={"count": 1}, comments=("today: count 1",))


def test_gates_are_grouped_and_each_says_why_it_is_there() -> None:
    written = module.spec(
        "shop",
        [
            one("b", Section.DOCUMENTATION, severity=Severity.HIGH),
            one("a", Section.TESTS, profile="production", needs=("b",), timeout="90s"),
        ],
    )
    assert written == (
        "# yaml-language-server: $schema=readiness.schema.json\n"
        "# Made by readiness init from what is in this repository: thresholds are those that it meets today.\n"
        "# Raise them, take out what does not matter here, and keep the rest.\n"
        "version: 1\n"
        "name: shop\n"
        "enforce: [critical, high, medium]\n"
        "\n"
        "profiles:\n"
        "  production: {}\n"
        "\n"
        "gates:\n"
        "  - group: Tests\n"
        "    gates:\n"
        "      # there is a.md\n"
        "      # today: count 1\n"
        "      - id: a\n"
        "        title: A file is there\n"
        "        severity: medium\n"
        "        probe: file\n"
        "        with: {path: a.md}\n"
        "        expect: {count: 1}\n"
        "        needs: [b]\n"
        '        timeout: "90s"\n'
        "        profiles: [production]\n"
        "\n"
        "  - group: Documentation\n"
        "    gates:\n"
        "      # there is a.md\n"
        "      # today: count 1\n"
        "      - id: b\n"
        "        title: A file is there\n"
        "        probe: file\n"
        "        with: {path: a.md}\n"
        "        expect: {count: 1}\n"
    )


def test_a_strange_name_is_still_a_sound_spec(tmp_path: Path) -> None:
    for name in ("${HOME}", "no", "1.0", "a: b # c", "  ", "käse\x07"):
        path = tmp_path / "readiness.yaml"
        path.write_text(module.spec(name, [one("a", Section.CODE)]), encoding="utf-8")
        assert spec.load(path, registry=Registry(), env=os.environ).name
