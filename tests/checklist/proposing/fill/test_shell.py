from __future__ import annotations

from typing import Any

import pytest

from tests.checklist.proposed import box, for_code, listed, proposals, shown


@pytest.mark.parametrize(
    ("command", "run"),
    [
        ("python3 manage.py check", ["python", "manage.py", "check"]),
        ("./scripts/go.sh --all", ["bash", "./scripts/go.sh", "--all"]),
        ("docker build -t shop .", ["docker", "build", "-t", "shop", "."]),
        ("kubectl get pods  # all of them", ["kubectl", "get", "pods"]),
    ],
)
def test_a_command_is_a_list_of_arguments(command: str, run: list[str]) -> None:
    proposal = for_code(command)
    assert (proposal.probe, proposal.options, proposal.expect) == ("command", {"run": run}, {"exit_code": 0})


@pytest.mark.no_false_green
@pytest.mark.parametrize("command", ["make all && make install", "docker ps | wc", "make > out; true"])
def test_what_only_a_shell_could_read_is_for_the_reader_to_write(command: str) -> None:
    first, *rest = listed(for_code(command), "run")
    assert first.startswith("TODO: as a list of arguments")
    assert rest == []


def test_a_placeholder_in_a_command_is_for_the_reader_to_replace() -> None:
    assert for_code("docker stop <NAME>").options["run"] == ["TODO: as a list of arguments: docker stop <NAME>"]
    assert for_code("docker stop [NAME]").options["run"] == ["docker", "stop", "TODO: a real value for [NAME]"]


def test_the_output_that_is_shown_is_expected() -> None:
    assert for_code("docker ps", "shop").expect == {"exit_code": 0, "stdout": "contains shop"}


def test_a_command_that_may_change_something_says_so() -> None:
    assert for_code("docker build .").side_effects
    assert not for_code("kubectl get pods").side_effects


@pytest.mark.parametrize(
    ("command", "select"),
    [
        ("pytest", "all"),
        ("pytest tests/unit -v", "node:tests/unit*"),
        ("pytest tests/test_cart.py", "node:tests/test_cart.py*"),
        ("pytest -m smoke", "marker:smoke"),
        ("python -m pytest -k cart", "keyword:cart"),
    ],
)
def test_tests_are_selected_as_the_command_does(command: str, select: str) -> None:
    proposal = for_code(command)
    assert (proposal.probe, proposal.options) == ("tests", {"select": select})
    assert proposal.expect == {"failed": 0, "passed": ">= 1"}


def test_as_many_tests_pass_as_are_shown() -> None:
    assert for_code("pytest", "56 passed in 2s").expect["passed"] == ">= 56"


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("pip install -r requirements.txt", {"files": ["requirements.txt"]}),
        ("pip install fastapi 'uvicorn[standard]>=0.30'", {"requires": ["fastapi", "uvicorn[standard]>=0.30"]}),
        ("pip check", {"files": ["requirements.txt"]}),
    ],
)
def test_packages_are_those_that_are_installed(command: str, options: dict[str, Any]) -> None:
    assert for_code(command).options == options


def test_imports_are_those_of_the_snippet() -> None:
    proposal = for_code('python -c "import shop; print(shop.__version__)"')
    assert (proposal.probe, proposal.options, proposal.expect) == (
        "imports",
        {"modules": ["shop"]},
        {"failed": 0, "modules": 1},
    )


@pytest.mark.parametrize(
    ("command", "variables"),
    [
        ("export LIMIT=20", {"LIMIT": {"equals": "20"}}),
        ("API_KEY=your_key_here", {"API_KEY": {"min_length": 1}}),
        ("A_URL=postgresql://...", {"A_URL": {"pattern": "postgresql://.+"}}),
        ("printenv SHOP_HOME", ["SHOP_HOME"]),
        ("env | grep SHOP_", ["TODO: a variable that begins with SHOP_"]),
    ],
)
def test_variables_have_the_values_that_are_shown(command: str, variables: Any) -> None:
    assert for_code(command).options == {"variables": variables}


def test_logs_are_searched_for_the_same_words() -> None:
    proposal = for_code('grep -i "started" logs/app.log')
    assert proposal.options == {"path": "logs/app.log", "regex": "(?i)started"}
    assert proposal.expect == {"lines": ">= 1", "matches": ">= 1"}
    assert for_code("grep ERROR logs/app.log").expect["matches"] == 0
    assert for_code("tail logs/app.log").expect == {"lines": ">= 1", "errors": 0}


def test_files_are_those_that_a_command_makes() -> None:
    assert for_code("mkdir -p data/models").options == {"glob": "data/models/**"}
    assert for_code("terraform output > out.txt").options == {"path": "out.txt"}
    assert str(for_code("ls ~/.shop/x").options["path"]).startswith("TODO: ")


def test_the_report_of_another_runner_is_in_its_folder() -> None:
    proposal = for_code("cd web && npm run test", "12 tests passed")
    assert proposal.options == {"glob": "web/**/*junit*.xml"}
    assert proposal.expect["passed"] == ">= 12"


@pytest.mark.parametrize(
    ("command", "options", "expect"),
    [
        ("git status", {}, {"clean": True, "files": ">= 1"}),
        ("git add src/a.py", {"committed": ["src/a.py"]}, {"missing": 0}),
        ("git push origin main", {}, {"ahead": 0, "behind": 0}),
        ("git tag v1", {}, {"tagged": True}),
    ],
)
def test_git_is_asked_what_a_command_leaves(command: str, options: dict[str, Any], expect: dict[str, Any]) -> None:
    proposal = for_code(command)
    assert (proposal.probe, proposal.options, proposal.expect) == ("git", options, expect)


def test_keys_of_redis_are_counted() -> None:
    assert for_code('redis-cli KEYS "cart:*"').expect["keys"] == ">= 1"


def test_a_scanner_is_run_or_its_report_read() -> None:
    assert for_code("bandit -r src/shop").options == {"run": "bandit", "targets": ["src/shop"]}
    assert for_code("trivy image shop").options == {"report": ["**/*trivy*.sarif"]}


def test_a_listing_belongs_into_the_file_that_is_named_above_it() -> None:
    only = shown("limits:\n  memory: 1Gi", language="yaml", lead="Put this into `k8s/api.yaml`")
    (proposal,) = proposals(only)
    assert proposal.options["path"] == "k8s/api.yaml"
    assert proposal.options["assert"] == ["contains(to_string(@), 'limits')", "contains(to_string(@), 'memory')"]


def test_a_box_takes_the_command_below_it() -> None:
    parent, _ = proposals(
        box("The relay is up", code=shown("curl -s http://localhost:9090/health").code),
        shown("curl -s http://localhost:9090/health", parent=0),
    )
    assert parent.probe == "http"
    assert parent.options["url"] == "${base_url}/health"


@pytest.mark.parametrize(
    ("command", "path"),
    [
        ("cp settings.sample.toml settings.toml", "settings.toml"),
        ("sudo cp build/site.crt certs/", "certs/site.crt"),
        ("cp build/site.crt /etc/ssl/site.crt", "TODO: where /etc/ssl/site.crt is, seen from here"),
    ],
)
def test_a_copy_is_there_afterwards(command: str, path: str) -> None:
    proposal = for_code(command)
    assert (proposal.probe, proposal.options) == ("file", {"path": path})
    assert proposal.expect == {"count": 1, "size": "> 0 B"}


@pytest.mark.parametrize(
    ("command", "variables"),
    [
        ("grep SHOP_TOKEN .env", ["SHOP_TOKEN"]),
        ("cat .env | grep SHOP_", ["TODO: a variable that begins with SHOP_"]),
    ],
)
def test_variables_are_looked_for_in_the_file_that_is_shown(command: str, variables: list[str]) -> None:
    proposal = for_code(command)
    assert (proposal.probe, proposal.options) == ("env", {"variables": variables, "file": ".env"})
    assert proposal.expect == {"missing": 0, "required": ">= 1"}
