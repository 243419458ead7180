"""A checklist given back with its boxes true: the same text, layout and line endings."""

from __future__ import annotations

import codecs
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_readiness.checklist.pairing import ids
from pytest_readiness.checklist.reading.text import decode
from pytest_readiness.checklist.rewriting.notes import BEGIN, END, bare
from pytest_readiness.checklist.rewriting.rewrite import is_true, rewrite
from pytest_readiness.model import Outcome
from tests.checklist.evidence import DEFERRAL, EXPIRED, WAIVER
from tests.checklist.written import NAME, hold, opened, rewritten, spec, written
from tests.reports.golden import FOLDER, assert_golden

PASSED, FAILED, ERROR = Outcome.PASSED, Outcome.FAILED, Outcome.ERROR


def lines(source: str, outcomes: dict[str, Outcome], **more: dict[str, object]) -> list[str]:
    """What *source* became, without the summary."""
    text = rewritten(source, outcomes, **more)
    return re.sub(f"{BEGIN}.*?{END}\n", "", text, flags=re.DOTALL).splitlines()


def line(source: str, outcome: Outcome, **gate: object) -> str:
    """What the one line of *source* became that has the words Refunds arrive."""
    return next(
        each for each in lines(source, {"Refunds arrive": outcome}, **{"Refunds arrive": gate}) if "Refunds" in each
    )


class TestMarks:
    def test_a_box_that_failed_is_open(self) -> None:
        assert line("- [x] Refunds arrive\n", FAILED) == (
            "- [ ] Refunds arrive <sub>readiness: failed: line is 71.40 %, expected >= 80 %</sub>"
        )

    def test_a_box_that_passed_is_ticked(self) -> None:
        assert line("- [ ] Refunds arrive\n", PASSED) == (
            "- [x] Refunds arrive <sub>readiness: passed: line is 83.27 %, expected >= 80 %</sub>"
        )

    @pytest.mark.no_false_green
    @pytest.mark.parametrize("outcome", [ERROR, Outcome.BLOCKED, Outcome.NOT_RUN])
    def test_what_could_not_be_found_out_is_open_and_unproven(self, outcome: Outcome) -> None:
        for box in "x ":
            assert line(f"- [{box}] Refunds arrive\n", outcome).startswith(
                "- [ ] Refunds arrive <sub>readiness: unproven: "
            )

    @pytest.mark.no_false_green
    @pytest.mark.parametrize("outcome", [PASSED, FAILED])
    def test_what_a_person_answers_is_unproven(self, outcome: Outcome) -> None:
        assert line("- [x] Refunds arrive\n", outcome, probe="manual").startswith("- [ ] Refunds arrive")

    @pytest.mark.no_false_green
    @pytest.mark.parametrize("outcome", [PASSED, FAILED])
    @pytest.mark.parametrize("permission", [{"waiver": WAIVER}, {"deferral": DEFERRAL}])
    def test_what_is_waived_or_deferred_is_never_ticked(self, outcome: Outcome, permission: dict[str, object]) -> None:
        for box in "x ":
            assert line(f"- [{box}] Refunds arrive\n", outcome, **permission).startswith("- [ ] Refunds arrive")

    def test_an_expired_waiver_hides_no_failure(self) -> None:
        assert "readiness: failed: " in line("- [x] Refunds arrive\n", FAILED, waiver=EXPIRED)

    @pytest.mark.parametrize("box", "x ")
    def test_what_does_not_apply_keeps_its_box(self, box: str) -> None:
        assert line(f"- [{box}] Refunds arrive\n", Outcome.NOT_APPLICABLE) == (
            f"- [{box}] Refunds arrive <sub>readiness: not applicable: REGION is none: no cluster there</sub>"
        )

    @pytest.mark.parametrize(
        ("source", "failed"),
        [
            ("- ✅ Refunds arrive", "- ❌ Refunds arrive"),
            ("* [X] **Refunds arrive**", "* [ ] **Refunds arrive**"),
            ("1. [x] Refunds arrive", "1. [ ] Refunds arrive"),
            ("- [x] Refunds arrive → **COMPLETED**", "- [ ] Refunds arrive → **NOT COMPLETED**"),
            ('<li><input type="checkbox" checked> Refunds arrive', '<li><input type="checkbox"> Refunds arrive'),
        ],
    )
    def test_every_way_to_write_it_is_kept(self, source: str, failed: str) -> None:
        assert line(f"{source}\n", FAILED).startswith(f"{failed} <sub>readiness: failed: ")

    def test_a_row_keeps_its_cells(self) -> None:
        table = "| Task | Status | Who |\n|---|---|---|\n"
        table += "| Refunds arrive | ✅ Complete | me |\n| Others | ✅ Complete | us |\n"
        assert lines(table, {"Refunds arrive": FAILED})[2:] == [
            "| Refunds arrive | ❌ Not complete | me <sub>readiness: failed: line is 71.40 %, expected >= 80 %</sub> |",
            "| Others | ✅ Complete | us |",
        ]

    def test_an_item_without_a_gate_is_left_as_it_is(self) -> None:
        assert (
            lines("- [x] Refunds arrive\n- [x] Orders leave\n", {"Refunds arrive": PASSED})[1] == "- [x] Orders leave"
        )


class TestGroups:
    SOURCE = "## ✅ Payments\n\n- [x] Cards\n  - [x] Refunds arrive\n  - [x] Charges leave\n"

    def test_a_green_heading_over_a_failure_is_red(self) -> None:
        assert lines(self.SOURCE, {"Refunds arrive": FAILED, "Charges leave": PASSED}) == [
            "## ❌ Payments <!-- readiness: 1 of 2 gates passed; failed: gate-4-0 -->",
            "",
            "- [ ] Cards <sub>readiness: 1 of 2 gates passed; failed: gate-4-0</sub>",
            "  - [ ] Refunds arrive <sub>readiness: failed: line is 71.40 %, expected >= 80 %</sub>",
            "  - [x] Charges leave <sub>readiness: passed: line is 83.27 %, expected >= 80 %</sub>",
        ]

    def test_one_over_something_unproven_is_a_warning(self) -> None:
        assert lines(self.SOURCE, {"Refunds arrive": ERROR, "Charges leave": PASSED})[0].startswith("## ⚠️ Payments")

    @pytest.mark.no_false_green
    def test_nor_is_it_green_over_something_without_a_gate(self) -> None:
        told = lines(self.SOURCE, {"Charges leave": PASSED})
        assert told[0] == "## ⚠️ Payments <!-- readiness: 1 of 1 gate passed; 1 item has no gate -->"
        assert told[3] == "  - [x] Refunds arrive"

    def test_a_heading_over_what_all_passed_stays_green(self) -> None:
        assert lines(self.SOURCE, {"Refunds arrive": PASSED, "Charges leave": PASSED})[0].startswith(
            "## ✅ Payments <!--"
        )

    def test_an_open_parent_of_what_all_passed_is_ticked(self) -> None:
        source = self.SOURCE.replace("[x] Cards", "[ ] Cards")
        assert lines(source, {"Refunds arrive": PASSED, "Charges leave": PASSED})[2].startswith("- [x] Cards <sub>")


class TestShares:
    def shares(self, source: str, *outcomes: Outcome) -> str:
        items = "".join(f"- [x] Item number {number:04}\n" for number in range(len(outcomes)))
        told = {f"number {number:04}": outcome for number, outcome in enumerate(outcomes)}
        return lines(f"# Orders\n\n{source}\n\n{items}", told)[2]

    def test_a_percentage_is_as_measured(self) -> None:
        assert self.shares("Overall completion: **93%**", PASSED, PASSED, FAILED) == "Overall completion: **67%**"

    def test_a_ratio_is_recounted_and_its_percentage_with_it(self) -> None:
        assert (
            self.shares("Overall completion: 93% (67/72 tasks)", PASSED, FAILED)
            == "Overall completion: 50% (1/2 tasks)"
        )

    def test_what_is_true_within_rounding_stays(self) -> None:
        assert self.shares("Overall completion: 33%", PASSED, FAILED, FAILED) == "Overall completion: 33%"

    @pytest.mark.no_false_green
    def test_nothing_is_rounded_up_to_all(self) -> None:
        outcomes = [PASSED] * 399 + [FAILED]
        assert self.shares("Overall completion: 100%", *outcomes) == "Overall completion: 99.8%"

    def test_a_goal_is_not_changed_and_not_reached_by_rounding(self) -> None:
        outcomes = [PASSED] * 949 + [FAILED] * 51
        assert self.shares("Overall completion: 99% (target: 95%)", *outcomes).startswith("Overall completion: 94.9%")

    def test_digits_are_kept(self) -> None:
        assert self.shares("Overall completion: 93.2%", PASSED, FAILED, FAILED) == "Overall completion: 33.3%"

    @pytest.mark.no_false_green
    def test_one_gate_does_not_make_a_list_complete(self) -> None:
        source = "# Orders\n\nOverall completion: 100%\n\n- [x] Refunds arrive\n- [x] Charges leave\n"
        assert lines(source, {"Refunds arrive": PASSED})[2] == "Overall completion: 50%"

    def test_where_nothing_was_measured_nothing_is_changed(self) -> None:
        source = "# Orders\n\nOverall completion: 93%\n\n- [x] Refunds arrive\n"
        assert lines(source, {})[2] == "Overall completion: 93%"

    def test_what_is_measured_is_not_a_share(self) -> None:
        assert line("- [x] Refunds arrive in 85% of all cases\n", FAILED).startswith(
            "- [ ] Refunds arrive in 85% of all cases"
        )


class TestSummary:
    COUNTS = "Of 1 item, 0 measured to be done and 1 not to be; 0 unproven (0 without a gate, 0 waived or deferred)."

    def summary(self) -> list[str]:
        return [BEGIN, "**NOT READY**: score 0 %, target 95 %, measured by `readiness.yaml`", "", self.COUNTS, END]

    @pytest.mark.parametrize(
        "top",
        [
            [],
            ["# Orders"],
            ["", "# Orders"],
            ["Orders", "======"],
            ["---", "title: Orders", "---"],
            ["---", "title: Orders", "---", "", "# Orders"],
            ["+++", "title = 'Orders'", "+++", "# Orders"],
        ],
    )
    def test_stands_below_front_matter_and_title(self, top: list[str]) -> None:
        made = rewritten("\n".join([*top, "", "- [x] Refunds arrive", ""]), {"Refunds arrive": FAILED}).splitlines()
        assert made[: len(top)] == top
        assert made[len(top) : len(top) + 5] == self.summary()

    def test_stands_where_its_markers_are(self) -> None:
        made = rewritten(f"# Orders\n\n- [x] Refunds arrive\n\n{BEGIN}\n{END}\nend\n", {"Refunds arrive": FAILED})
        assert made.splitlines()[4:] == [*self.summary(), "end"]

    def test_replaces_that_of_an_earlier_run(self) -> None:
        source = f"# Orders\n{BEGIN}\n**READY**\n\nmore\nand more\n{END}\n\n- [x] Refunds arrive\n"
        made = rewritten(source, {"Refunds arrive": FAILED})
        assert made.splitlines()[1:6] == self.summary()
        assert "**READY**" not in made


class TestFiles:
    SOURCE = "# Orders\r\n\r\n- [x] Refunds arrive \U0001f4b6\r\n- [ ] last"

    @pytest.mark.parametrize(
        ("bom", "encoding"),
        [
            (b"", "utf-8"),
            (codecs.BOM_UTF8, "utf-8"),
            (codecs.BOM_UTF16_LE, "utf-16-le"),
            (codecs.BOM_UTF16_BE, "utf-16-be"),
        ],
    )
    def test_keep_their_encoding_and_line_endings(self, bom: bytes, encoding: str) -> None:
        data = bom + self.SOURCE.encode(encoding)
        gates, report = spec(opened(data), {"Refunds": FAILED})
        made = written(data, gates, report)
        assert made.startswith(bom)
        text = made[len(bom) :].decode(encoding)
        assert text.count("\r\n") == text.count("\n") == 8
        assert text.endswith("- [ ] last")
        assert written(made, gates, report) == made


def test_code_is_never_written_to() -> None:
    source = "# Start\n\nRun it:\n\n```sh\n# - [x] not an item\nmake start\n```\n\n- [x] Refunds arrive\n"
    assert lines(source, {"Refunds": FAILED})[4:8] == source.splitlines()[4:8]


def test_a_sentence_over_several_lines_has_its_note_at_its_end() -> None:
    assert lines("- [x] Refunds arrive\n  every night\n\n  And more of it.\n", {"Refunds": FAILED})[:2] == [
        "- [ ] Refunds arrive",
        "  every night <sub>readiness: failed: line is 71.40 %, expected >= 80 %</sub>",
    ]


def test_everything_looks_like_the_golden_file() -> None:
    source = (FOLDER / "checklist.md").read_text(encoding="utf-8")
    outcomes = {
        "Changelog": PASSED,
        "Licence": FAILED,
        "Runbook": ERROR,
        "Restore": FAILED,
        "Refunds": PASSED,
        "Charges": Outcome.BLOCKED,
        "Ledger": PASSED,
        "Dashboards": PASSED,
    }
    assert_golden("checklist-measured.md", rewritten(source, outcomes, Restore={"waiver": WAIVER}))


class TestIsTrue:
    def true(self, source: str, outcome: Outcome) -> bool:
        gates, report = spec(opened(source.encode()), {"Refunds": outcome})
        checklist, held = hold(source.encode(), gates, report)
        return is_true(checklist.text, held)

    def test_is_a_document_whose_boxes_are_as_measured(self) -> None:
        assert self.true("- [x] Refunds arrive\n", PASSED)
        assert not self.true("- [x] Refunds arrive\n", FAILED)
        assert not self.true("- [ ] Refunds arrive\n", PASSED)

    def test_is_what_was_written_back_whatever_its_notes_say_now(self) -> None:
        made = rewritten("- [ ] Refunds arrive\n", {"Refunds": PASSED})
        assert self.true(made.replace("83.27", "84.11"), PASSED)

    def test_is_not_one_with_an_old_summary(self) -> None:
        made = rewritten("- [ ] Refunds arrive\n", {"Refunds": PASSED})
        assert not self.true(made.replace("**NOT READY**", "**READY**"), PASSED)


# --- whatever the document is -----------------------------------------------------------------------

WORDS = st.sampled_from(["Refunds arrive", "Charges leave", "`ledger.py` balances", "Restore rehearsed", "p95 is low"])
MARKS = st.sampled_from(
    ["- [x] {}", "- [ ] {}", "  - [x] {}", "* ✅ {}", "- ⏳ {}", "1. [X] {} → **DONE**", "- {}: ✅ Complete"]
)
ROWS = st.sampled_from(["| {} | ✅ Complete |", "| {} | ⏸️ Deferred |", "| {} | [x] |", "| {} | TODO |"])
OTHERS = st.sampled_from(
    [
        "",
        "Some prose.",
        "## ✅ Section {}",
        "### Section {} - 80% complete (4/5)",
        "Overall completion: 93% (67/72)",
        "---",
    ]
)


@st.composite
def documents(draw: st.DrawFn) -> str:
    made: list[str] = draw(st.sampled_from([[], ["# Orders"], ["---", "a: b", "---"]]))
    made = [*made, ""]
    for number in range(draw(st.integers(1, 12))):
        if draw(st.booleans()):
            made.append(draw(MARKS).format(f"{draw(WORDS)} {number}"))
        elif draw(st.booleans()):
            made += ["", draw(OTHERS).format(number), ""]
        else:
            made += ["", "| Task | Status |", "|---|---|"]
            made += [draw(ROWS).format(f"{draw(WORDS)} {number}{row}") for row in range(draw(st.integers(1, 3)))]
            made.append("")
    ending = draw(st.sampled_from(["\n", "\r\n"]))
    return ending.join(made) + draw(st.sampled_from(["", ending]))


@settings(max_examples=150, deadline=None)
@given(documents(), st.data())
def test_writing_twice_is_writing_once_and_nothing_else_is_touched(source: str, data: st.DataObject) -> None:
    checklist = opened(source.encode())
    items = checklist.document.items
    parents = {each.parent for each in items}
    leaves = [index for index in range(len(items)) if index not in parents]
    texts = [items[index].text for index in leaves]
    chosen = {
        text: data.draw(st.sampled_from(Outcome))
        for text in texts
        if sum(text in other.text for other in items) == 1 and data.draw(st.booleans())
    }
    gates, report = spec(checklist, chosen)
    once = written(source.encode(), gates, report)
    assert written(once, gates, report) == once
    before, held = hold(source.encode(), gates, report)
    after = rewrite(before.text, held)
    plain = [each for index, each in enumerate(bare(after).lines) if not _inside(after.lines, index)]
    assert len(plain) == len(before.text.lines)
    for old, new in zip(before.text.lines, plain, strict=True):
        assert _skeleton(old) == _skeleton(new)
    assert len(set(ids(items))) == len(items)
    assert decode(once, NAME).damage == ()


def _inside(lines: tuple[str, ...], index: int) -> bool:
    begin, end = lines.index(BEGIN), lines.index(END)
    return begin <= index <= end


def _skeleton(text: str) -> str:
    """*text* without what may be written: boxes, signs, status words and numbers of shares."""
    return re.sub(
        r"\[[ xX]\]|[✅❌⚠⏳⏸]\ufe0f?|[\d.]+%|\(\d+/\d+\)|"
        r"\b(?:not done|not complete|complete|done|unverified|deferred|todo)\b",
        "~",
        text,
        flags=re.IGNORECASE,
    )
