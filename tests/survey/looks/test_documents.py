from __future__ import annotations

from pathlib import Path

from tests.survey.projects import found

LINK = "See [more](docs/more.md).\n"


def test_what_people_look_for_first_stays(tmp_path: Path) -> None:
    files = dict.fromkeys(("README.rst", "LICENSE", "CHANGES.md", "other.md", "docs/README.md"), "words")
    assert found("documents", tmp_path, files)["first-documents"].options == {
        "paths": ["README.rst", "LICENSE", "CHANGES.md"]
    }


def test_links_between_documents_lead_somewhere(tmp_path: Path) -> None:
    files = {"README.md": LINK, "docs/more.md": "[back](#top)\n", "docs/web.md": "[web](https://example.org)\n"}
    gate = found("documents", tmp_path, files)["links"]
    assert gate.options == {"paths": ["README.md", "docs/more.md"], "links": True}
    assert gate.why == "README.md, docs/more.md have links to files or headings"


def test_links_of_a_site_are_the_business_of_its_builder(tmp_path: Path) -> None:
    files = {"README.md": LINK, "docs/more.md": LINK, "mkdocs.yml": "site_name: shop\n"}
    assert found("documents", tmp_path, files)["links"].options["paths"] == ["README.md"]


def test_many_documents_are_found_by_pattern(tmp_path: Path) -> None:
    files = {f"docs/{number:03}.md": LINK for number in range(40)}
    assert found("documents", tmp_path, files)["links"].options == {"glob": "{*,docs/**/*}.md", "links": True}
