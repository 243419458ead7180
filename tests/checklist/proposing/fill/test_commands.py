from __future__ import annotations

from typing import Any

import pytest

from tests.checklist.proposed import listed, proposed


@pytest.mark.parametrize(
    ("text", "run"),
    [
        ("Docker image builds", ["docker", "build", "."]),
        ("Frontend build succeeds", ["npm", "run", "build"]),
        ("Run `scripts/seed.sh`", ["bash", "scripts/seed.sh"]),
        ("Run `scripts/seed.py --all`", ["python", "scripts/seed.py", "--all"]),
        ("Rollback tried with `make rollback`", ["make", "rollback"]),
        ("Terraform is valid", ["terraform", "validate"]),
    ],
)
def test_command(text: str, run: list[str]) -> None:
    proposal = proposed(text)
    assert (proposal.probe, proposal.options["run"]) == ("command", run)
    assert proposal.expect["exit_code"] == 0


def test_workers_answer() -> None:
    assert proposed("Celery workers are up").expect == {"exit_code": 0, "stdout": "contains pong"}


def test_a_bad_start_fails() -> None:
    assert proposed("Service refuses to start without its key").expect == {"exit_code": "!= 0"}


def test_a_resource_of_a_provider_is_asked_of_its_own_program() -> None:
    run = listed(proposed("DynamoDB table created"), "run")
    assert run[0] == "aws"
    assert str(run[1]).startswith("TODO: ")


@pytest.mark.parametrize(
    ("text", "options", "expect"),
    [
        ("Pre-commit hooks installed", {"hooks": ["pre-commit"]}, {"missing": 0, "hooks": ">= 1"}),
        (
            "`.env` not committed to git",
            {"not_committed": [".env"], "allow": [".env.example"]},
            {"unwanted": 0, "secrets": 0, "files": ">= 1"},
        ),
        ("Python bytecode not in git", {"not_committed": ["*.pyc", "__pycache__"]}, {"unwanted": 0, "files": ">= 1"}),
        ("Git: `src/cart.py` committed", {"committed": ["src/cart.py"]}, {"missing": 0}),
        ("Release tagged in git", {}, {"tagged": True}),
        ("Git repository size below 200 MB", {}, {"size": "< 200 MB", "files": ">= 1"}),
        ("No CRLF line endings in the repository", {}, {"crlf": 0, "files": ">= 1"}),
        ("Branch merged to main", {}, {"clean": True, "behind": 0}),
        ("Working tree clean", {}, {"clean": True, "untracked": 0}),
    ],
)
def test_git(text: str, options: dict[str, Any], expect: dict[str, Any]) -> None:
    proposal = proposed(text)
    assert (proposal.probe, proposal.options, proposal.expect) == ("git", options, expect)


def test_git_that_is_slow_is_timed() -> None:
    assert proposed("git status has no timeout after 10 seconds").expect == {"duration": "< 10 s", "files": ">= 1"}


def test_a_revert_is_tried() -> None:
    assert proposed("Commit can be reverted in git").expect == {"revert_clean": True}


def test_added_lines_are_counted() -> None:
    assert proposed("Git: 800 lines added in commits").expect == {"added": ">= 800"}


@pytest.mark.parametrize(
    ("section", "expect"),
    [
        ("Files that should NOT be committed", {"unwanted": 0, "files": ">= 1"}),
        ("Files to be committed", {"missing": 0}),
    ],
)
def test_what_a_list_of_files_wants_is_in_its_heading(section: str, expect: dict[str, Any]) -> None:
    proposal = proposed("`data/` folder", section, "Large files")
    assert (proposal.probe, proposal.expect) == ("git", expect)


@pytest.mark.parametrize(
    ("text", "run"),
    [
        ("compose build works", ["docker", "compose", "build"]),
        ("Build passes", ["TODO: the command that builds, word by word"]),
        ("Message queue worker running", ["TODO: a command that asks the workers, word by word"]),
        ("DNS record set", ["dig", "+short", "TODO: the name"]),
    ],
)
def test_what_is_not_told_is_for_the_reader_to_say(text: str, run: list[str]) -> None:
    assert proposed(text).options["run"] == run


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("All 4 containers running", ">= 4"),
        ("Containers: 3/3 healthy", ">= 3"),
        ("All containers running", "TODO: how many run"),
    ],
)
def test_containers_that_run_are_counted(text: str, lines: str) -> None:
    proposal = proposed(text)
    assert (proposal.probe, proposal.expect) == ("command", {"exit_code": 0, "lines": lines})


def test_the_size_of_an_image_is_in_bytes() -> None:
    proposal = proposed("Docker image size stays below 500 MB")
    assert (proposal.probe, proposal.expect) == ("command", {"exit_code": 0, "number": "< 500000000"})
