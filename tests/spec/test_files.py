from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from pytest_readiness import spec
from pytest_readiness.errors import SpecError
from pytest_readiness.spec import _files

from .samples import HEAD, NOTHING, REGISTRY, load, problems

ASK = "- {id: %s, probe: ask}\n"


def write(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        path = folder / (name.replace("__", "/") + ".yaml")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")


def ids(folder: Path, text: str) -> list[str]:
    return [gate.id for gate in load(folder, text).gates]


def test_included_gates_come_first_in_the_order_of_inclusion(tmp_path: Path) -> None:
    write(
        tmp_path,
        a="gates:\n" + ASK % "a",
        ops__b="include: [c.yaml]\ngates:\n" + ASK % "b",
        ops__c="gates:\n" + ASK % "c",
    )
    assert ids(tmp_path, "include: [a.yaml, ops/b.yaml]\n" + HEAD + ASK % "own") == ["a", "c", "b", "own"]


def test_a_spec_may_consist_of_what_it_includes(tmp_path: Path) -> None:
    write(tmp_path, a=HEAD + ASK % "a")
    assert ids(tmp_path, "version: 1\ninclude: a.yaml\n") == ["a"]


def test_what_two_files_include_is_there_once(tmp_path: Path) -> None:
    write(tmp_path, a="include: [c.yaml]\ngates: []\n", b="include: [c.yaml]\ngates: []\n", c="gates:\n" + ASK % "c")
    assert ids(tmp_path, "include: [a.yaml, b.yaml]\n" + HEAD + ASK % "own") == ["c", "own"]


def test_files_that_include_each_other_are_told_as_a_circle(tmp_path: Path) -> None:
    write(tmp_path, a="include: [b.yaml]\ngates: []\n", b="include: [readiness.yaml]\ngates: []\n")
    assert problems(tmp_path, "include: [a.yaml]\n" + NOTHING) == [
        (
            "b.yaml:1:11: include[0]: files include each other in a circle: "
            "readiness.yaml -> a.yaml -> b.yaml -> readiness.yaml"
        )
    ]


def test_problems_name_the_file_they_are_in_the_main_file_first(tmp_path: Path) -> None:
    write(tmp_path, ops__a="gates:\n- {id: a, probe: aks}\n")
    assert problems(tmp_path, "include: [ops/a.yaml]\n" + HEAD + "- {id: b, probe: aks}\n") == [
        "readiness.yaml:4:18: gates.b.probe: unknown probe 'aks', did you mean 'ask'?",
        "ops/a.yaml:2:18: gates.a.probe: unknown probe 'aks', did you mean 'ask'?",
    ]


@pytest.mark.parametrize(
    ("include", "problem"),
    [
        ("[nowhere.yaml]", "1:11: include[0]: there is no file 'nowhere.yaml' beside 'readiness.yaml'"),
        ("[/etc/passwd]", "1:11: include[0]: expected a path relative to this file, found an absolute one"),
        ("['${A}.yaml']", "1:11: include[0]: variables cannot be used here"),
        ("[a, {b: c}]", "1:14: include[1]: expected the path of a file, relative to this one"),
        ("['a\\0b']", "1:11: include[0]: there is no file 'a\\\\0b' beside 'readiness.yaml'"),
        ('["a\\0b"]', "1:11: include[0]: expected the path of a file, relative to this one"),
        (f"[{'x' * 300}]", f"1:11: include[0]: there is no file '{'x' * 300}' beside 'readiness.yaml'"),
        ('""', "1:10: include[0]: expected the path of a file, relative to this one"),
    ],
)
def test_what_cannot_be_included_is_told(tmp_path: Path, include: str, problem: str) -> None:
    found = problems(tmp_path, f"include: {include}\n{NOTHING}")
    assert f"readiness.yaml:{problem}" in found


def test_the_including_file_wins_over_variables_profiles_and_services(tmp_path: Path) -> None:
    service = "services: {api: {command: [%s], ready: {tcp: 'x:1'}}, %s: {command: [x], ready: {tcp: 'x:1'}}}\n"
    write(
        tmp_path,
        a="name: theirs\ntarget: 10%\nenforce: [low]\nvars: {A: theirs, B: theirs}\n"
        "profiles: {prod: {vars: {B: theirs}}, test: {}}\n" + service % ("theirs", "other") + "gates: []\n",
    )
    text = (
        "include: [a.yaml]\nvars: {A: ours}\nprofiles: {prod: {vars: {C: ours}}}\n"
        + service % ("ours", "mine")
        + HEAD
        + '- {id: x, probe: ask, with: {role: "${A} ${B} ${C}"}}\n'
    )
    found = load(tmp_path, text, profile="prod")
    assert getattr(found.gates[0].options, "role", None) == "ours theirs ours"
    assert (found.name, found.target, len(found.enforce)) == (tmp_path.name, None, 4)
    assert found.services["api"].command == ("ours",)
    assert set(found.services) == {"api", "other", "mine"}
    assert found.profiles == ("prod", "test")


def test_an_included_gate_is_overridden_key_by_key_and_keeps_its_place(tmp_path: Path) -> None:
    write(
        tmp_path,
        a="gates:\n- group: Theirs\n  severity: low\n  gates:\n"
        "  - {id: page, probe: page, with: {url: http://theirs}, owner: them}\n" + "  " + ASK % "after",
    )
    text = "include: [a.yaml]\n" + HEAD + "- {id: page, severity: critical, with: {url: http://ours, prot: 1}}\n"
    (problem,) = problems(tmp_path, text)
    assert problem.startswith("readiness.yaml:4:59: gates.page.with.prot: unknown key 'prot', did you mean 'port'?")
    found = load(tmp_path, text.replace(", prot: 1", "")).gates
    assert [gate.id for gate in found] == ["page", "after"]
    assert (found[0].severity, found[0].owner, found[0].group) == ("critical", "them", ("Theirs",))
    assert getattr(found[0].options, "url", None) == "http://ours"
    assert found[0].position.line == 4


def test_an_override_inside_a_group_is_refused(tmp_path: Path) -> None:
    write(tmp_path, a="gates:\n" + ASK % "a")
    text = "include: [a.yaml]\n" + HEAD + "- group: Ours\n  gates:\n  - {id: a, severity: low}\n"
    (problem,) = problems(tmp_path, text)
    assert problem == (
        "readiness.yaml:6:10: gates.a.id: this overrides the gate at a.yaml:2:3, which keeps its group: "
        "write it outside of groups"
    )


def test_two_included_files_cannot_have_the_same_id(tmp_path: Path) -> None:
    write(tmp_path, a="gates:\n" + ASK % "x", b="gates:\n" + ASK % "x")
    (problem,) = problems(tmp_path, "include: [a.yaml, b.yaml]\n" + NOTHING)
    assert problem == "b.yaml:2:8: gates.x.id: duplicate id 'x': the gate at a.yaml:2:3 has it"


def test_the_sum_of_one_file_is_that_of_its_bytes_and_changes_with_any_included_one(tmp_path: Path) -> None:
    text = HEAD + ASK % "x"
    assert load(tmp_path, text).sha256 == hashlib.sha256(text.encode()).hexdigest()
    write(tmp_path, a="gates: []\n")
    first = load(tmp_path, "include: [a.yaml]\n" + text).sha256
    write(tmp_path, a="gates: []\n\n")
    assert load(tmp_path, "include: [a.yaml]\n" + text).sha256 != first


def told(path: Path) -> list[str]:
    with pytest.raises(SpecError) as caught:
        spec.load(path, registry=REGISTRY, env={})
    return [str(problem).replace(f"{path.parent}/", "") for problem in caught.value.problems]


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert told(tmp_path / "readiness.yaml") == ["readiness.yaml:1:1: cannot be read: No such file or directory"]


def test_a_folder_and_a_device_are_no_files(tmp_path: Path) -> None:
    assert told(tmp_path) == [f"{tmp_path.name}:1:1: this is not a file"]
    os.mkfifo(tmp_path / "pipe.yaml")
    assert told(tmp_path / "pipe.yaml") == ["pipe.yaml:1:1: this is not a file"]
    assert "cannot be the name of a file" in told(Path("a\0b"))[0]


def test_a_file_that_does_not_tell_its_size_is_read_whole() -> None:
    path = Path("/proc/self/mountinfo")
    if not path.exists():
        pytest.skip("there is no /proc")
    assert _files._bytes(path, 0, 10**6) == path.read_bytes()


def test_an_empty_file_is_told(tmp_path: Path) -> None:
    for text in ("", "\n\n", "\ufeff"):
        assert problems(tmp_path, text) == [
            "readiness.yaml:1:1: the file is empty: a spec begins with 'version: 1' and has 'gates:'"
        ]


def test_a_byte_order_mark_is_no_problem(tmp_path: Path) -> None:
    assert ids(tmp_path, "\ufeff" + HEAD + ASK % "x") == ["x"]


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ("a: ü\nb: ü".encode() + b"\xe9x", "2:5: byte 12 of the file (0xE9) is not UTF-8: save the file as UTF-8"),
        (b"\xef\xbb\xbfa: \xff", "1:4: byte 7 of the file (0xFF) is not UTF-8: save the file as UTF-8"),
        ("version: 1".encode("utf-16"), "1:1: byte 1 of the file (0xFF) is not UTF-8: save the file as UTF-8"),
    ],
)
def test_a_file_that_is_not_utf_8_is_told_with_the_byte(tmp_path: Path, raw: bytes, problem: str) -> None:
    path = tmp_path / "readiness.yaml"
    path.write_bytes(raw)
    assert told(path) == [f"readiness.yaml:{problem}"]


def test_files_larger_than_the_limit_are_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "readiness.yaml"
    with path.open("wb") as file:
        file.truncate(2**40)
    assert told(path) == ["readiness.yaml:1:1: larger than 10 MiB, all included files counted"]
    write(tmp_path, a="gates: []\n" + "#" * 2**20)
    monkeypatch.setattr(_files, "LARGEST", 2**20)
    (problem,) = problems(tmp_path, "include: [a.yaml]\n" + NOTHING)
    assert problem == "a.yaml:1:1: larger than 1 MiB, all included files counted"


def test_too_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_files, "MOST_FILES", 2)
    write(tmp_path, a="gates: []", b="gates: []")
    (problem,) = problems(tmp_path, "include: [a.yaml, b.yaml]\n" + NOTHING)
    assert problem == "readiness.yaml:1:19: include[1]: more than 2 files are included"


def test_an_included_file_that_cannot_be_read_leaves_the_others_to_be_told_of(tmp_path: Path) -> None:
    write(tmp_path, a="a: b: c\n")
    found = problems(tmp_path, "include: [a.yaml]\n" + HEAD + "- {id: x, probe: aks}\n")
    assert [problem.split(": ")[0] for problem in found] == ["readiness.yaml:4:18", "a.yaml:1:5"]
