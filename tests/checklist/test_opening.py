"""A checklist's file, and what keeps it from being one."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_readiness.checklist import opening
from pytest_readiness.checklist.model import Status
from pytest_readiness.errors import UsageError


def test_what_was_written_into_it_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "CHECKLIST.md"
    path.write_text("- [x] Refunds arrive <sub>readiness: passed: count is 1, expected >= 1</sub>\n")
    found = opening.opened(path)
    assert found.data == path.read_bytes()
    assert found.text.lines[0].endswith("</sub>")
    (item,) = found.document.items
    assert (item.text, item.status) == ("Refunds arrive", Status.DONE)


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "has no item: no box, no status, nothing that could be a gate"), ("Prose.\n", "has no item")],
)
def test_a_document_without_items_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "CHECKLIST.md"
    path.write_text(text)
    with pytest.raises(UsageError, match=message):
        opening.opened(path)


def test_one_without_a_claim_is_not_to_be_audited(tmp_path: Path) -> None:
    path = tmp_path / "CHECKLIST.md"
    path.write_text("Expected output:\n\n```sh\nmake check\n```\n")
    assert opening.opened(path).document.items
    with pytest.raises(UsageError, match="claims nothing: none of its items says that it is done or open"):
        opening.claiming(path)


def test_a_huge_one_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "CHECKLIST.md"
    path.write_text("- [x] Refunds arrive\n")
    monkeypatch.setattr(opening, "LIMIT", 10)
    with pytest.raises(UsageError, match="is larger than 0 MiB, which no checklist is"):
        opening.opened(path)


@pytest.mark.parametrize(("name", "message"), [("gone.md", "No such file"), ("bad\0name", "null byte")])
def test_what_is_not_there_is_told_in_one_line(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        opening.opened(tmp_path / name)
    assert "\n" not in str(caught.value)
