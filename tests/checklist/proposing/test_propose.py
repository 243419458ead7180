from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from pytest_readiness import registry
from pytest_readiness.checklist.model import Confidence, Kind, Proposal, Status
from pytest_readiness.checklist.proposing.propose import propose
from tests.checklist.proposed import box, document, loaded, proposals, proposed, shown

CORPUS = yaml.safe_load((Path(__file__).parent / "corpus.yaml").read_text("utf-8"))
#: ``gates`` sums up gates that stand elsewhere: for items that is their group.
PROBES = {*registry.builtin_names(), "group"} - {"gates"}


def corpus() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for section, items in CORPUS.items():
        for text, wanted in items.items():
            yield section, text, (wanted,) if isinstance(wanted, str) else tuple(wanted)


ROWS = list(corpus())


@pytest.fixture(scope="module")
def made() -> dict[tuple[str, str], Proposal]:
    items = [box(text, section=(section,)) for section, text, _ in ROWS]
    keys = ((section, text) for section, text, _ in ROWS)
    return dict(zip(keys, propose(document(*items)), strict=True))


class TestTheCorpus:
    def test_is_broad(self) -> None:
        assert len(ROWS) >= 200
        assert {probe for _, _, wanted in ROWS for probe in wanted} >= PROBES - {"checklist"}

    @pytest.mark.parametrize(("section", "text", "wanted"), ROWS)
    def test_gets_the_probe_that_could_judge_it(
        self, made: dict[tuple[str, str], Proposal], section: str, text: str, wanted: tuple[str, ...]
    ) -> None:
        assert made[section, text].probe in wanted

    def test_makes_a_spec_without_a_problem(self, made: dict[tuple[str, str], Proposal], tmp_path: Path) -> None:
        found = loaded({f"{section}: {text}": one for (section, text), one in made.items()}, tmp_path)
        assert len(found.gates) == sum(one.probe != "group" for one in made.values())

    @pytest.mark.no_false_green
    @pytest.mark.parametrize(("section", "text"), [row[:2] for row in ROWS])
    def test_always_expects_something_that_can_fail(
        self, made: dict[tuple[str, str], Proposal], section: str, text: str
    ) -> None:
        proposal = made[section, text]
        assert proposal.expect
        assert any(can_fail(value) for value in proposal.expect.values())

    @pytest.mark.no_false_green
    def test_never_selects_tests_of_which_none_has_to_pass(self, made: dict[tuple[str, str], Proposal]) -> None:
        tests = [one.expect for one in made.values() if one.probe in {"tests", "junit"}]
        assert tests
        assert [expect for expect in tests if not str(expect.get("passed", "")).startswith(">=")] == []


def can_fail(condition: Any) -> bool:
    return condition not in {">= 0", ">= 0 B"}


class TestAnItem:
    def test_without_any_known_word_is_asked_of_a_person(self) -> None:
        proposal = proposed("Zwiebelkuchen")
        assert proposal.probe == "manual"
        assert proposal.confidence is Confidence.LOW
        assert "Zwiebelkuchen" in proposal.options["question"]  # type: ignore[operator]

    def test_that_claims_something_no_rule_knows_is_asked_of_a_person_too(self) -> None:
        proposal = proposed("Yellow onions never touch green apples")
        assert proposal.probe == "manual"
        assert proposal.second == "tests"

    def test_with_strong_words_is_sure(self) -> None:
        proposal = proposed("Database migrations are applied")
        assert proposal.confidence is Confidence.HIGH
        assert "database migration" in proposal.words

    def test_has_a_second_choice_that_is_another(self) -> None:
        proposal = proposed("CI/CD pipeline is green")
        assert proposal.second is not None
        assert proposal.second != proposal.probe

    def test_is_understood_from_its_section(self) -> None:
        assert proposed("Real-time dashboards", "User interface").probe == "junit"
        assert proposed("Dashboards", "Monitoring with Grafana").probe == "document"

    def test_is_understood_from_its_parent(self) -> None:
        many = proposals(box("Python dependencies installed"), box("Pandas, NumPy", parent=0))
        assert [one.probe for one in many] == ["group", "package"]

    def test_that_is_a_plain_bullet_is_a_part_of_what_its_parent_names(self) -> None:
        bullet = box("Mail relay (outgoing)", kind=Kind.BULLET, status=Status.UNSAID, parent=0)
        assert [one.probe for one in proposals(box("Docker Compose file for all services"), bullet)][1] == "document"

    def test_that_is_a_plain_bullet_is_a_part_of_what_its_heading_names(self) -> None:
        bullet = {"kind": Kind.BULLET, "status": Status.UNSAID}
        assert proposed("Colour of the lamps", "Multi-stage Dockerfile", **bullet).probe == "dockerfile"
        assert proposed("Colour of the lamps", "Lamps", **bullet).probe == "manual"

    def test_that_has_a_mark_of_its_own_is_no_mere_part(self) -> None:
        assert proposed("Colour of the lamps", "Multi-stage Dockerfile").probe == "manual"

    def test_that_is_nothing_but_a_file_is_that_file_whatever_is_said_below_it(self) -> None:
        below = box("Added a column", kind=Kind.MARK, status=Status.DONE, parent=0)
        assert proposals(box("shop/ledger.py", section=("Modified files",)), below)[0].probe == "file"

    def test_is_understood_from_the_heads_of_its_row(self) -> None:
        cells = {"package": "requests", "version": ">=2.31", "status": "ok"}
        proposal = proposed("requests", kind=Kind.ROW, cells=cells)
        assert proposal.probe == "package"
        assert proposal.options == {"requires": ["requests>=2.31"]}

    def test_is_judged_by_the_command_that_it_quotes(self) -> None:
        assert proposed("The spelling is right (`codespell --quiet docs`)").probe == "command"

    def test_keeps_its_place(self) -> None:
        many = proposals(box("All tests pass"), box("README is complete"))
        assert [one.item for one in many] == [0, 1]

    @pytest.mark.parametrize(
        ("text", "probe"),
        [
            ("Migraciones aplicadas en la base de datos", "migrations"),
            ("Резервное копирование базы настроено", "backup"),
            ("Testabdeckung über 80%", "coverage"),
            ("Sauvegardes quotidiennes", "backup"),
            ("测试覆盖率 > 80%", "coverage"),
        ],
    )
    def test_may_be_in_another_language(self, text: str, probe: str) -> None:
        assert proposed(text).probe == probe


_PRINT = """
import yaml
from tests.checklist.proposed import box, proposals
corpus = yaml.safe_load(open("tests/checklist/proposing/corpus.yaml", encoding="utf-8"))
items = [box(text, section=(section,)) for section, many in corpus.items() for text in many]
print([(one.probe, one.second, one.words, one.options) for one in proposals(*items)])
"""


def test_the_order_of_words_in_memory_changes_nothing() -> None:
    printed = {
        subprocess.run(
            [sys.executable, "-c", _PRINT],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[3],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(printed) == 1


class TestAParent:
    def test_stands_for_the_boxes_in_it(self) -> None:
        parent, *_ = proposals(box("Security"), box("CORS restricted", parent=0), box("TLS on", parent=0))
        assert parent.probe == "group"
        assert parent.expect == {"score": ">= 100 %"}

    def test_has_to_reach_the_share_that_it_claims(self) -> None:
        parent, _ = proposals(box("API layer: 70% complete", kind=Kind.HEADING), box("Health check", parent=0))
        assert parent.expect == {"score": ">= 70 %"}

    def test_that_measures_something_itself_is_a_gate(self) -> None:
        parent, _ = proposals(box("Storage layer (3 modules, ~900 lines)"), box("pages.py", parent=0))
        assert parent.probe == "file"
        assert parent.expect["lines"] == "900 ± 10%"

    def test_keeps_its_own_gate_where_what_is_in_it_only_explains(self) -> None:
        detail = box("Every login is listed", kind=Kind.BULLET, status=Status.UNSAID, parent=0)
        parent, _ = proposals(box("Audit logging of logins"), detail)
        assert parent.probe == "logs"

    def test_names_the_files_that_are_listed_in_it(self) -> None:
        parent, *_ = proposals(
            box("2 Python modules implemented (~80 lines)"), box("pages.py", parent=0), box("index.py", parent=0)
        )
        assert parent.options == {"glob": "**/{pages,index}.py"}


class TestCode:
    def test_is_decided_by_its_command(self) -> None:
        many = proposals(shown("redis-cli ping"), shown("SELECT 1", language="sql"), shown("pytest tests/unit"))
        assert [one.probe for one in many] == ["redis", "sql", "tests"]

    def test_that_is_a_variable_is_one(self) -> None:
        (only,) = proposals(box("MAX_ROWS=20", kind=Kind.VARIABLE))
        assert only.probe == "env"
        assert only.options == {"variables": {"MAX_ROWS": {"equals": "20"}}}

    def test_whose_answer_goes_through_states_is_a_job(self) -> None:
        (only,) = proposals(shown("curl http://localhost:8000/jobs/7", "QUEUED → RUNNING → COMPLETED"))
        assert only.probe == "job"
        assert only.options["until"] == ["COMPLETED"]


class TestAnotherEcosystem:
    def test_has_its_tests_in_reports(self) -> None:
        many = proposals(box("`npm ci` works"), box("Webhooks are delivered"))
        assert many[1].probe == "junit"

    def test_is_told_from_a_project_that_has_both(self) -> None:
        many = proposals(box("`npm ci` works"), box("pytest is green"), box("Webhooks are delivered"))
        assert many[2].probe == "tests"


@pytest.mark.no_false_green
def test_a_proposal_never_has_an_option_that_a_shell_would_read() -> None:
    many = proposals(shown("cat a.txt | grep x > b.txt"), shown("make all && make install"))
    assert [one.options.get("shell") for one in many] == [None, None]
