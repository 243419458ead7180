from __future__ import annotations

from typing import Any

import pytest

from tests.checklist.proposed import proposed


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("README updated", {"path": "README.md"}),
        ("Changelog written", {"path": "CHANGELOG.md"}),
        ("[Guide](docs/deploy.md)", {"path": "docs/deploy.md"}),
        (
            "Troubleshooting guide",
            {"glob": "{README.md,docs/**/*.md}", "together": True, "sections": ["troubleshooting"]},
        ),
        ("No broken links in the documentation", {"glob": "**/*.md", "links": True}),
    ],
)
def test_docs(text: str, options: dict[str, Any]) -> None:
    proposal = proposed(text)
    assert (proposal.probe, proposal.options) == ("docs", options)


def test_a_document_may_not_be_old() -> None:
    assert str(proposed("Last updated: 2031-04-02").expect["age"]).startswith("TODO: ")


@pytest.mark.parametrize(
    ("text", "extract", "expect"),
    [
        ("Initial load < 2s", {"interactive": 'audits."interactive".numericValue'}, {"interactive": "< 2000"}),
        ("Lighthouse score of 90", {"score": "categories.performance.score"}, {"score": ">= 0.9"}),
        ("Bundle size under 250 KB", {"bytes": 'audits."total-byte-weight".numericValue'}, {"bytes": "<= 250000"}),
    ],
)
def test_lighthouse(text: str, extract: dict[str, str], expect: dict[str, str]) -> None:
    proposal = proposed(text)
    assert (proposal.options["extract"], proposal.expect) == (extract, expect)


def test_the_description_of_an_api_has_as_many_paths_as_told() -> None:
    proposal = proposed("15+ REST endpoints available")
    assert proposal.options == {"url": "${base_url}/openapi.json", "subject": "openapi"}
    assert proposal.expect == {"paths": ">= 15", "operations": ">= 1"}


def test_values_of_a_report_are_looked_for_by_name() -> None:
    proposal = proposed("Accuracy and recall are in `out/metrics.json`")
    assert proposal.options["path"] == "out/metrics.json"
    assert proposal.options["assert"] == ["contains(to_string(@), 'accuracy')", "contains(to_string(@), 'recall')"]


def test_a_setting_is_looked_for_where_the_reader_says() -> None:
    proposal = proposed("Set `enable_cache = true` in `config/shop.toml`")
    assert proposal.probe == "document"
    assert proposal.options["path"] == "config/shop.toml"


def test_this_document_is_recounted() -> None:
    proposal = proposed("All items of this checklist are checked")
    assert proposal.probe == "checklist"
    assert proposal.expect == {"difference": "<= 0.5 %", "boxes": ">= 1"}


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Recall >= 0.7 in `out/metrics.json`", "TODO: a JMESPath query such as recall >= `0.7`"),
        ("Accuracy > 92% in `out/metrics.json`", "TODO: a JMESPath query such as accuracy > `0.92`"),
    ],
)
def test_a_bound_on_a_figure_of_a_report_is_asked_for(text: str, query: str) -> None:
    proposal = proposed(text)
    assert (proposal.probe, proposal.options["assert"]) == ("document", [query])


@pytest.mark.no_false_green
def test_one_endpoint_is_not_there_because_the_api_has_some() -> None:
    proposal = proposed("Implement the invoice export endpoint")
    assert str(proposal.options["assert"][0]).startswith("TODO")  # type: ignore[index]
    assert proposal.expect["violations"] == 0
    assert "assert" not in proposed("All endpoints implemented").options
