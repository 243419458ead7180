"""Git: real repositories, made for each test, in every state that matters."""

from __future__ import annotations

import dataclasses
import os
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pytest_readiness.deadline import Deadline
from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Outcome, Result, Value
from pytest_readiness.options import convert
from pytest_readiness.probe import Touch
from pytest_readiness.probes._git import repository as repository_module
from pytest_readiness.probes._git.look import Look
from pytest_readiness.probes._git.repository import Repository
from pytest_readiness.probes._git.secret_files import looks_secret
from pytest_readiness.probes._git.status import Status
from pytest_readiness.probes.git import Git
from pytest_readiness.testing import fake_context, run_probe

WHEN = datetime(2026, 11, 20, 10, tzinfo=UTC)
DAYS_AFTER = datetime(2026, 11, 22, 10, tzinfo=UTC)
ENV = {
    "PATH": os.environ.get("PATH", os.defpath),
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_SYSTEM": "/dev/null",
    **{f"GIT_{who}_NAME": "Test" for who in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{who}_EMAIL": "test@example.org" for who in ("AUTHOR", "COMMITTER")},
}


class Repo:
    """A repository to try things in; each commit is a minute younger than the one before."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.now = WHEN
        top.mkdir(exist_ok=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *args: str) -> str:
        dates = {f"GIT_{who}_DATE": self.now.isoformat() for who in ("AUTHOR", "COMMITTER")}
        done = subprocess.run(
            ["git", *args], cwd=self.top, env={**ENV, **dates}, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def write(self, **files: str) -> None:
        for name, text in files.items():
            path = self.top / name.replace("__", "/").replace("_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def commit(self, message: str = "change", **files: str) -> str:
        self.write(**files)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        self.now += timedelta(minutes=1)
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo(tmp_path / "repo")


def judged(
    repo: Repo | Path,
    expect: Mapping[str, Value] | None = None,
    *,
    env: Mapping[str, str] | None = None,
    now: datetime = DAYS_AFTER,
    exec_allowed: bool = True,
    timeout: float = 20.0,
    **options: Any,
) -> Result:
    problems: list[Any] = []
    probe = convert(Git, options, problems)
    assert probe is not None, problems
    return run_probe(
        probe,
        root=repo.top if isinstance(repo, Repo) else repo,
        expect=expect,
        env={**ENV, **(env or {})},
        now=now,
        exec_allowed=exec_allowed,
        timeout=timeout,
    )


def said(result: Result, title: str) -> str:
    return next(item.text for item in result.evidence if item.title == title)


def why(result: Result, name: str) -> str:
    """Return why *name* was not measured."""
    (held,) = (held for held in result.expectations if held.measurement == name)
    assert held.held is None
    return held.why.partition(f"{name} was not measured: ")[2]


class TestState:
    def test_of_a_repository_in_which_all_is_committed_is_clean(self, repo: Repo) -> None:
        commit = repo.commit(a_txt="x")
        wanted: dict[str, Value] = {
            "clean": True,
            "changed": 0,
            "untracked": 0,
            "files": 1,
            "branch": "main",
            "commit": commit,
            "locked": False,
            "shallow": False,
            "duration": "< 20 s",
            "age": "2 d",
        }
        result = judged(repo, wanted)
        assert result.outcome is Outcome.PASSED, result.reason
        assert said(result, "repository") == f"{repo.top}: main at {commit[:12]}"

    def test_of_one_with_changes_is_not_clean_and_says_what_is_changed(self, repo: Repo) -> None:
        repo.commit(a_txt="x", b_txt="long enough to be seen as moved", c_txt="z")
        repo.git("mv", "b.txt", "moved here.txt")
        repo.write(a_txt="y", new_txt="", sub__deep_txt="")
        result = judged(repo, {"clean": True, "changed": 3, "untracked": 2})
        assert result.outcome is Outcome.FAILED
        assert result.reason == "clean is false, expected true"
        assert said(result, "changed") == "a.txt\nmoved here.txt\nb.txt"
        assert said(result, "untracked") == "new.txt\nsub/"

    def test_of_one_in_the_middle_of_a_merge_is_not_clean(self, repo: Repo) -> None:
        repo.commit(a_txt="x")
        repo.git("checkout", "-q", "-b", "side")
        repo.commit(a_txt="y")
        repo.git("checkout", "-q", "main")
        repo.commit(a_txt="z")
        with pytest.raises(subprocess.CalledProcessError):
            repo.git("merge", "-q", "side")
        result = judged(repo, {"clean": False, "changed": 1})
        assert result.outcome is Outcome.PASSED, result.reason
        assert said(result, "changed") == "a.txt"

    def test_is_that_of_the_whole_repository_wherever_the_spec_is(self, repo: Repo) -> None:
        repo.commit(sub__a_txt="x")
        repo.write(b_txt="")
        assert judged(repo.top / "sub", {"untracked": 1}).outcome is Outcome.PASSED
        assert judged(repo.top.parent, {"untracked": 1}, path="repo/sub").outcome is Outcome.PASSED

    def test_does_not_look_where_a_hook_of_git_says(self, repo: Repo, tmp_path: Path) -> None:
        repo.commit(a_txt="x")
        other = Repo(tmp_path / "other")
        env = {"GIT_DIR": str(other.top / ".git"), "GIT_INDEX_FILE": str(other.top / ".git/index")}
        assert judged(repo, {"files": 1, "clean": True}, env=env).outcome is Outcome.PASSED

    def test_hides_nothing_that_the_settings_hide(self, repo: Repo) -> None:
        repo.commit(a_txt="x")
        repo.git("config", "status.showUntrackedFiles", "no")
        repo.write(b_txt="")
        assert judged(repo, {"clean": False}).outcome is Outcome.PASSED

    @pytest.mark.parametrize("how", ["--assume-unchanged", "--skip-worktree"])
    def test_that_git_was_told_not_to_see_is_not_known(self, repo: Repo, how: str) -> None:
        repo.commit(a_txt="x", b_txt="y")
        repo.git("update-index", how, "a.txt")
        repo.write(a_txt="changed")
        result = judged(repo, {"clean": True, "changed": 0}, committed="a.txt")
        assert result.outcome is Outcome.ERROR
        assert why(result, "clean").startswith("git was told not to look for changes in a.txt")
        assert said(result, "missing") == "a.txt: git was told not to look whether it is changed"
        repo.write(b_txt="changed")
        assert judged(repo, {"clean": True}).outcome is Outcome.FAILED

    def test_with_a_lock_says_so(self, repo: Repo) -> None:
        repo.commit(a_txt="x")
        (repo.top / ".git/index.lock").touch()
        assert judged(repo, {"locked": False, "clean": True}).reason == "locked is true, expected false"

    def test_of_a_head_on_no_branch_has_no_branch(self, repo: Repo) -> None:
        repo.git("checkout", "-q", "--detach", repo.commit(a_txt="x"))
        assert "branch was not measured: HEAD is on no branch" in judged(repo, {"branch": "main"}).reason

    def test_from_the_future_has_no_age(self, repo: Repo) -> None:
        repo.commit(a_txt="x")
        assert "in the future" in judged(repo, {"age": "< 1 d"}, now=WHEN - timedelta(days=1)).reason

    def test_runs_nothing_that_the_repository_brings_along(self, repo: Repo, tmp_path: Path) -> None:
        repo.commit(a_txt="x")
        trap = tmp_path / "trap"
        trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
        trap.chmod(0o755)
        repo.git("config", "core.fsmonitor", str(trap))
        repo.git("config", "core.pager", str(trap))
        repo.git("config", "diff.external", str(trap))
        asked: dict[str, Value] = {"clean": True, "commits": 1, "tagged": False, "secrets": 0, "crlf": 0}
        assert judged(repo, asked).outcome is Outcome.PASSED
        assert not (tmp_path / "sprung").exists()


class TestNothing:
    def test_in_a_repository_without_files_is_an_error(self, repo: Repo) -> None:
        result = judged(repo, {"clean": True})
        assert result.outcome is Outcome.ERROR
        assert f"nothing was looked at: there is no file in the repository {repo.top}" in result.reason

    def test_is_known_before_the_first_commit(self, repo: Repo) -> None:
        repo.write(a_txt="x")
        repo.git("add", "a.txt")
        asked: dict[str, Value] = dict.fromkeys(("age", "tag", "commits", "largest", "commit", "ahead"), 1)
        asked["age"] = "< 1 d"
        asked["largest"] = "< 1 MiB"
        result = judged(repo, asked, committed="a.txt", upstream="main")
        assert result.outcome is Outcome.ERROR
        assert why(result, "age") == why(result, "ahead") == why(result, "tag") == "there is no commit yet"
        assert why(result, "largest") == "there is no file in HEAD"
        assert said(result, "missing") == "a.txt: not committed"

    def test_outside_a_repository_is_an_error(self, tmp_path: Path) -> None:
        result = judged(tmp_path, {"clean": False}, env={"GIT_CEILING_DIRECTORIES": str(tmp_path.parent)})
        assert result.outcome is Outcome.ERROR
        assert result.reason == f"{tmp_path} is not in a git repository"

    def test_in_a_folder_that_is_not_there_is_an_error(self, tmp_path: Path) -> None:
        assert "there is no folder" in judged(tmp_path, {"clean": False}, path="nothing").reason

    def test_in_a_repository_of_somebody_else_is_an_error_that_says_what_to_do(self, repo: Repo) -> None:
        repo.commit(a_txt="x")
        result = judged(repo, {"clean": True}, env={"GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"})
        assert result.outcome is Outcome.ERROR
        assert f"git config --global --add safe.directory {repo.top}" in result.reason

    def test_in_a_bare_repository_is_an_error(self, repo: Repo) -> None:
        result = judged(repo.top / ".git", {"clean": True})
        assert result.outcome is Outcome.ERROR
        assert "is a repository without files" in result.reason

    def test_in_a_broken_repository_is_an_error(self, repo: Repo) -> None:
        (repo.top / ".git/config").write_text("[core\n")
        result = judged(repo, {"clean": True})
        assert result.outcome is Outcome.ERROR
        assert "git cannot look at" in result.reason

    def test_with_a_broken_index_is_an_error(self, repo: Repo) -> None:
        repo.commit(a_txt="x")
        (repo.top / ".git/index").write_text("nonsense")
        result = judged(repo, {"clean": True})
        assert result.outcome is Outcome.ERROR
        assert "git status failed" in result.reason

    def test_with_a_missing_object_is_an_error(self, repo: Repo) -> None:
        commit = repo.commit(a_txt="x")
        blob = repo.git("rev-parse", f"{commit}^{{tree}}")
        (repo.top / ".git/objects" / blob[:2] / blob[2:]).unlink()
        assert judged(repo, {"largest": "< 1 MiB"}).outcome is Outcome.ERROR

    def test_without_git_is_an_error(self, repo: Repo, tmp_path: Path) -> None:
        assert "git is not there" in judged(repo, {"clean": True}, env={"PATH": str(tmp_path)}).reason

    def test_is_run_where_commands_are_not_allowed(self, repo: Repo) -> None:
        assert "switched off" in judged(repo, {"clean": True}, exec_allowed=False).reason

    def test_outlasts_the_deadline(self, repo: Repo, tmp_path: Path) -> None:
        slow = tmp_path / "bin/git"
        slow.parent.mkdir()
        slow.write_text("#!/bin/sh\nsleep 30\n")
        slow.chmod(0o755)
        path = f"{slow.parent}:{ENV['PATH']}"
        result = judged(repo, {"clean": True}, env={"PATH": path}, timeout=0.5)
        assert result.outcome is Outcome.ERROR
        assert "timed out" in result.reason

    @pytest.mark.parametrize(
        ("script", "reason"),
        [
            ("echo odd", "git says something strange of"),
            ('case "$*" in *rev-parse*) echo /;echo /;echo false;; *) echo;; esac', "git 2.13 or newer is needed"),
            ("exit 3", "it does not say why"),
        ],
    )
    def test_is_made_of_answers_that_cannot_be_read(self, repo: Repo, tmp_path: Path, script: str, reason: str) -> None:
        odd = tmp_path / "bin/git"
        odd.parent.mkdir()
        odd.write_text(f"#!/bin/sh\n{script}\n")
        odd.chmod(0o755)
        result = judged(repo, {"clean": True}, env={"PATH": f"{odd.parent}:{ENV['PATH']}"})
        assert result.outcome is Outcome.ERROR
        assert reason in result.reason

    def test_is_read_of_an_answer_that_is_too_long(self, repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
        repo.write(**{f"{'long' * 20}{number}": "" for number in range(40)})
        monkeypatch.setattr(repository_module, "_LIMIT", 2000)
        result = judged(repo, {"clean": True})
        assert result.outcome is Outcome.ERROR
        assert "git status prints more than" in result.reason


class TestCommitted:
    def test_files_and_folders_pass(self, repo: Repo) -> None:
        repo.commit(a_txt="x", sub__b_txt="y")
        assert judged(repo, committed=["a.txt", "sub", "."]).outcome is Outcome.PASSED
        assert judged(repo.top / "sub", committed=["b.txt", "../a.txt"]).outcome is Outcome.PASSED

    def test_files_that_are_not_or_not_as_they_are_fail(self, repo: Repo) -> None:
        repo.commit(a_txt="x", b_txt="y", sub__c_txt="z")
        repo.write(a_txt="changed", new_txt="", sub__new_txt="")
        repo.git("add", "new.txt")
        result = judged(repo, committed=["a.txt", "b.txt", "new.txt", "nothing.txt", "sub"])
        assert result.outcome is Outcome.FAILED
        assert result.reason == "missing is 4, expected 0"
        assert said(result, "missing").splitlines() == [
            "a.txt: changed since it was committed",
            "new.txt: not committed",
            "nothing.txt: not committed",
            "sub: changed since it was committed",
        ]

    def test_files_outside_the_repository_are_an_error(self, repo: Repo) -> None:
        repo.commit(a_txt="x")
        assert "is not inside the repository" in judged(repo, committed=["../a.txt"]).reason

    def test_files_with_strange_names_are_found(self, repo: Repo) -> None:
        repo.write(**{"ä b*": "x"})
        repo.commit()
        assert judged(repo, committed=["ä b*"]).outcome is Outcome.PASSED

    def test_nothing_can_be_missing_where_nothing_is_named(self, repo: Repo) -> None:
        repo.commit(a_txt="x")
        assert "nothing is named that could be" in judged(repo, {"missing": 0}).reason

    def test_files_that_should_not_be_are_counted(self, repo: Repo) -> None:
        repo.commit(a_txt="x", sub__a_pyc="x")
        result = judged(repo, not_committed=["*.pyc", "__pycache__"])
        assert result.outcome is Outcome.FAILED
        assert said(result, "should not be in git") == "sub/a.pyc"
        assert judged(repo, not_committed="*.exe").outcome is Outcome.PASSED
        assert "nothing is named under `not_committed`" in judged(repo, {"unwanted": 0}).reason


class TestRefsAndTags:
    def test_that_are_there_pass(self, repo: Repo) -> None:
        commit = repo.commit(a_txt="x")
        repo.git("tag", "v1.0")
        assert judged(repo, refs=["v1.0", "main", commit]).outcome is Outcome.PASSED

    def test_that_are_not_there_fail_whatever_they_look_like(self, repo: Repo) -> None:
        repo.commit(a_txt="x")
        result = judged(repo, refs=["v9", "--all", "main"])
        assert result.reason == "missing is 2, expected 0"
        assert said(result, "missing").startswith("v9: no such branch, tag or commit")

    def test_at_head_the_highest_version_counts(self, repo: Repo) -> None:
        repo.commit(a_txt="x")
        for name in ("v1.9", "v1.10", "zebra"):
            repo.git("tag", name)
        assert judged(repo, {"tag": "v1.10", "tagged": True}, tags="v*").outcome is Outcome.PASSED

    def test_elsewhere_do_not_count(self, repo: Repo) -> None:
        repo.commit(a_txt="x")
        repo.git("tag", "v1.0")
        repo.commit(a_txt="y")
        assert judged(repo, {"tagged": True}).reason == "tagged is false, expected true"
        assert "there is no such tag at HEAD" in judged(repo, {"tag": "v1.0"}).reason


class TestUpstream:
    @pytest.fixture
    def clone(self, repo: Repo, tmp_path: Path) -> Repo:
        repo.commit(a_txt="x")
        repo.commit(a_txt="y")
        repo.git("clone", "-q", str(repo.top), str(tmp_path / "clone"))
        clone = Repo(tmp_path / "clone")
        clone.now = repo.now
        return clone

    def test_is_compared_with_the_branch(self, repo: Repo, clone: Repo) -> None:
        clone.commit(b_txt="x")
        repo.commit(c_txt="x")
        repo.commit(c_txt="y")
        assert judged(clone, {"ahead": 1, "behind": 0}).outcome is Outcome.PASSED
        clone.git("fetch", "-q")
        assert judged(clone, {"ahead": 1, "behind": 2}).outcome is Outcome.PASSED

    def test_that_is_named_is_compared_instead(self, clone: Repo) -> None:
        clone.git("branch", "old", "HEAD~1")
        assert judged(clone, {"ahead": 1, "behind": 0}, upstream="old").outcome is Outcome.PASSED
        assert "there is no nothing" in judged(clone, {"ahead": 1}, upstream="nothing").reason

    def test_that_is_none_cannot_be_compared_with(self, repo: Repo) -> None:
        repo.commit(a_txt="x")
        assert "the branch follows none: say `upstream`" in judged(repo, {"behind": 0}).reason

    def test_of_a_shallow_clone_is_not_known(self, repo: Repo, tmp_path: Path) -> None:
        repo.commit(a_txt="x")
        repo.commit(a_txt="y")
        repo.git("clone", "-q", "--depth=1", f"file://{repo.top}", str(tmp_path / "shallow"))
        shallow = Repo(tmp_path / "shallow")
        result = judged(shallow, {"behind": 0, "commits": 1, "shallow": True})
        assert result.outcome is Outcome.ERROR
        assert why(result, "behind").startswith("the clone is shallow: its history is cut off")
        assert why(result, "commits").startswith("the clone is shallow")
        assert said(result, "repository").endswith("; a shallow clone")
        assert "has no parent here to go back to (a shallow clone)" in judged(shallow, reverts="HEAD").reason


class TestSecrets:
    def test_in_git_or_not_ignored_are_counted_and_named(self, repo: Repo) -> None:
        key = "-----BEGIN RSA PRIVATE KEY-----\n"
        repo.write(_gitignore="*.p12\n", sub__server_pem=key, ca_pem="-----BEGIN CERTIFICATE-----")
        repo.write(_env_example="A=", x_p12="x")
        repo.commit(_env="A=1")
        (repo.top / "id_rsa").write_text(key)
        result = judged(repo, {"secrets": 0})
        assert result.outcome is Outcome.FAILED
        assert said(result, "look like secrets").splitlines() == [
            ".env (in git)",
            "id_rsa (not ignored)",
            "sub/server.pem (in git)",
        ]
        assert judged(repo, {"secrets": 1}, allow=["id_*", "sub/*.pem"]).outcome is Outcome.PASSED

    def test_that_are_none_pass(self, repo: Repo) -> None:
        repo.commit(a_txt="password = hunter2")
        assert judged(repo, {"secrets": 0}).outcome is Outcome.PASSED

    @pytest.mark.parametrize(
        "name",
        [".env", ".env.prod", "prod.env", "deploy/id_ed25519", ".netrc", "credentials.json", "a.tfstate", "K.P12"],
    )
    def test_look_like_this(self, name: str, tmp_path: Path) -> None:
        assert looks_secret(name, tmp_path, ())

    @pytest.mark.parametrize(
        "name", [".env.example", ".env.ci", "sample.env", "id_rsa.pub", "environment.py", "credentials.py", ".envoy"]
    )
    def test_do_not_look_like_this(self, name: str, tmp_path: Path) -> None:
        assert not looks_secret(name, tmp_path, ())

    def test_may_be_in_a_key_that_cannot_be_read(self, tmp_path: Path) -> None:
        assert looks_secret("nothing.key", tmp_path, ())

    def test_are_not_looked_for_after_the_deadline(self, repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
        repo.commit(a_txt="x")
        context = fake_context(root=repo.top, env=ENV)
        repository = Repository.at(repo.top, context)
        look = Look(repository, Status.of(repository))
        assert look.tracked == ("a.txt",)
        look.repository = dataclasses.replace(repository, context=dataclasses.replace(context, deadline=Deadline(0)))
        monkeypatch.setattr(Repository, "names", lambda *_: ())
        with pytest.raises(CannotMeasure, match="the deadline came before all files were looked at"):
            look.secrets(())


class TestHooks:
    def test_that_are_installed_count(self, repo: Repo) -> None:
        repo.commit(a_txt="x")
        hook = repo.top / ".git/hooks/pre-commit"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text("#!/bin/sh\n")
        hook.chmod(0o755)
        assert judged(repo, {"hooks": 1}, hooks="pre-commit").outcome is Outcome.PASSED

    def test_that_are_samples_or_cannot_be_run_do_not(self, repo: Repo) -> None:
        repo.commit(a_txt="x")
        folder = repo.top / ".git/hooks"
        folder.mkdir(exist_ok=True)
        (folder / "pre-commit").write_text("#!/bin/sh\n")
        (folder / "pre-push.sample").write_text("#!/bin/sh\n")
        result = judged(repo, hooks=["pre-commit", "pre-push"])
        assert result.outcome is Outcome.FAILED
        assert result.reason == "missing is 2, expected 0"

    def test_in_a_folder_of_their_own_count(self, repo: Repo) -> None:
        repo.commit(a_txt="x")
        repo.git("config", "core.hooksPath", ".husky")
        assert judged(repo, {"hooks": 0}).outcome is Outcome.PASSED
        (repo.top / ".husky").mkdir()
        hook = repo.top / ".husky/pre-push"
        hook.write_text("")
        hook.chmod(0o755)
        assert judged(repo, hooks="pre-push").outcome is Outcome.PASSED


class TestSizes:
    def test_of_store_and_files(self, repo: Repo) -> None:
        repo.commit(a_txt="x" * 3000, b_txt="y")
        result = judged(repo, {"size": "1 KiB..1 MiB", "largest": "3000 B"})
        assert result.outcome is Outcome.PASSED, result.reason
        assert said(result, "largest") == "a.txt: 3000 B\nb.txt: 1 B"
        repo.git("gc", "-q")
        assert judged(repo, {"size": "> 100 B"}).outcome is Outcome.PASSED

    def test_of_line_ends(self, repo: Repo) -> None:
        repo.git("config", "core.autocrlf", "false")
        repo.commit(a_txt="x\r\n", b_txt="y\n", c_txt="x\r\ny\n")
        result = judged(repo, {"crlf": 0})
        assert result.reason == "crlf is 2, expected 0"
        assert said(result, "with CRLF") == "a.txt\nc.txt"

    def test_of_many_things_are_cut_in_the_evidence(self, repo: Repo) -> None:
        repo.write(**{f"f{number}": "" for number in range(25)})
        repo.commit()
        assert said(judged(repo, not_committed="f*"), "should not be in git").endswith("and 5 more")


class TestSince:
    def test_a_day_or_a_ref_commits_and_lines_are_counted(self, repo: Repo) -> None:
        repo.now = WHEN - timedelta(days=30)
        repo.commit(a_txt="1\n2\n")
        repo.git("tag", "old")
        repo.now = WHEN
        repo.commit(a_txt="1\n3\n4\n")
        (repo.top / "b.bin").write_bytes(b"\0\1\2")
        repo.commit()
        wanted: dict[str, Value] = {"commits": 2, "added": 2, "removed": 1}
        assert judged(repo, wanted, since="2026-11-01").outcome is Outcome.PASSED
        assert judged(repo, wanted, since="old").outcome is Outcome.PASSED
        assert judged(repo, {"commits": 3, "added": 4}).outcome is Outcome.PASSED
        assert judged(repo, {"added": ">= 800"}, since="old").reason == "added is 2, expected >= 800"
        assert "there is no nothing" in judged(repo, {"commits": 1}, since="nothing").reason


class TestReverts:
    @pytest.fixture
    def merged(self, repo: Repo) -> Repo:
        repo.commit(a_txt="1\n2\n3\n4\n5\n6\n7\n")
        repo.git("checkout", "-q", "-b", "side")
        repo.commit(a_txt="one\n2\n3\n4\n5\n6\n7\n", new_txt="x")
        repo.git("checkout", "-q", "main")
        repo.commit(other_txt="y")
        repo.git("merge", "-q", "--no-ff", "-m", "merge", "side")
        repo.git("tag", "merge")
        return repo

    def test_of_a_merge_that_would_not_conflict_pass_and_change_nothing(self, merged: Repo) -> None:
        merged.commit(a_txt="one\n2\n3\n4\n5\n6\nseven\n")
        before = sorted((merged.top / ".git").rglob("*"))
        result = judged(merged, reverts="merge")
        assert result.outcome is Outcome.PASSED, result.reason
        assert sorted((merged.top / ".git").rglob("*")) == before
        merged.git("revert", "--no-edit", "-m", "1", "merge")

    def test_that_would_conflict_fail_and_say_where(self, merged: Repo) -> None:
        merged.commit(a_txt="uno\n2\n3\n4\n5\n6\n7\n")
        result = judged(merged, reverts=["merge", "HEAD"])
        assert result.outcome is Outcome.FAILED
        assert result.reason == "revert_clean is false, expected true"
        assert said(result, "a revert of merge conflicts in") == "a.txt"

    @pytest.mark.parametrize(
        ("name", "why"),
        [
            ("nothing", "there is no commit nothing"),
            ("elsewhere", "is not in the history of HEAD"),
            ("first", "has no parent here to go back to"),
            ("undone", "would change nothing: has it been reverted already?"),
        ],
    )
    def test_that_cannot_be_tried_are_an_error(self, repo: Repo, name: str, why: str) -> None:
        repo.commit(a_txt="x")
        repo.git("tag", "first")
        repo.git("checkout", "-q", "-b", "elsewhere")
        repo.commit(c_txt="x")
        repo.git("checkout", "-q", "main")
        repo.commit(a_txt="y")
        repo.git("tag", "undone")
        repo.git("revert", "--no-edit", "HEAD")
        result = judged(repo, reverts=name)
        assert result.outcome is Outcome.ERROR
        assert why in result.reason

    def test_that_nobody_named_are_not_tried(self, repo: Repo) -> None:
        repo.commit(a_txt="x")
        assert "nothing is named under `reverts`" in judged(repo, {"revert_clean": True}).reason

    def test_need_a_git_that_can_try(self, repo: Repo, tmp_path: Path) -> None:
        repo.commit(a_txt="x")
        old = tmp_path / "bin/git"
        old.parent.mkdir()
        real = subprocess.run(["which", "git"], check=True, capture_output=True, text=True).stdout.strip()
        old.write_text(f'#!/bin/sh\ncase "$*" in *" version") echo git version 2.30.1;; *) exec {real} "$@";; esac\n')
        old.chmod(0o755)
        result = judged(repo, reverts="HEAD", env={"PATH": f"{old.parent}:{ENV['PATH']}"})
        assert "git 2.38 or newer is needed" in result.reason


class TestOptions:
    @pytest.mark.parametrize(
        ("options", "option"), [({"committed": ("",)}, "committed"), ({"path": ""}, "path"), ({"since": ""}, "since")]
    )
    def test_that_are_empty_are_refused(self, options: Mapping[str, Any], option: str) -> None:
        with pytest.raises(OptionError) as caught:
            Git(**options)
        assert caught.value.option == option

    def test_say_what_is_expected(self) -> None:
        assert Git().expected() == {}
        probe = Git(refs=("v1",), not_committed=("*.pyc",), reverts=("merge",))
        assert probe.expected() == {"missing": 0, "unwanted": 0, "revert_clean": True}

    def test_say_what_is_touched(self) -> None:
        assert list(Git(path="sub").touches()) == [Touch("file", "sub"), Touch("command", "git")]
