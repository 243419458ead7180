from __future__ import annotations

import pytest

from pytest_readiness.checklist.model import Code, Item, Kind, Status
from tests.checklist.readings import document, item, items


def code(found: Item) -> Code:
    assert found.code is not None
    return found.code


def test_each_command_is_an_item_with_its_comment_and_its_expected_output() -> None:
    first, second = items(
        """
        ```bash
        # Check the count
        psql -c "select 1"
        # Expected: 1

        curl -X POST http://localhost/jobs \\
          -d '{
            "full": true
          }'
        ```
        """
    )
    assert (first.kind, first.lead, code(first).expected) == (Kind.CODE, "Check the count", ("1",))
    assert (second.line, second.end) == (6, 9)
    assert code(second).command.endswith("}'")


def test_json_below_a_comment_that_expects_is_expected() -> None:
    found = item('```bash\ncurl http://localhost/health\n# Expected response:\n{\n  "ok": true\n}\n```')
    assert code(found).expected == ("{", '  "ok": true', "}")
    assert (found.line, found.end) == (2, 6)


def test_a_fence_of_output_belongs_to_the_code_above() -> None:
    found = item("```bash\nredis-cli ping\n```\n\n**Expected output:**\n```\nPONG\n```")
    assert code(found).expected == ("PONG",)


def test_a_result_below_code_tells_how_it_went() -> None:
    found = item("```bash\npytest\n```\n**Result**: ✅ **56/56 passing**")
    assert found.status is Status.DONE
    assert [(mark.line, mark.text) for mark in found.marks] == [(4, "✅")]


def test_prompts_part_commands_from_output() -> None:
    first, second = items("```console\n$ redis-cli ping\nPONG\n$ uptime\n```")
    assert (code(first).command, code(first).expected) == ("redis-cli ping", ("PONG",))
    assert code(second).command == "uptime"


def test_a_loop_is_one_command() -> None:
    found = item("```bash\nfor one in a b; do\n  curl http://localhost/$one\ndone\n```")
    assert (found.line, found.end) == (2, 4)


def test_a_captured_value_and_its_use_are_one_item() -> None:
    found = item("```bash\nexport ID=$(curl -s http://localhost/id)\n\ncurl http://localhost/$ID\n```")
    assert code(found).command.splitlines()[-1] == "curl http://localhost/$ID"


def test_variables_are_items_unless_a_command_uses_them() -> None:
    first, second, third = items(
        "```bash\nexport MODE=live\nJOB=7\ncurl http://localhost/$JOB\n```\n\n```env\n# Size\nSIZE=4  # MB\n```"
    )
    assert [each.kind for each in (first, second, third)] == [Kind.VARIABLE, Kind.CODE, Kind.VARIABLE]
    assert code(third).command == "SIZE=4  # MB"
    assert third.lead == "Size"


def test_queries_with_what_they_should_return() -> None:
    first, second = items("```sql\nSELECT COUNT(*) FROM jobs;  -- Should return 0\nSELECT *\nFROM jobs;\n```")
    assert code(first).expected == ("Should return 0",)
    assert (second.line, second.end) == (3, 4)


def test_a_psql_command_with_a_list_of_tables() -> None:
    found = item("```bash\n\\dt\n\n# Expected output:\n# - jobs\n# - runs\n```")
    assert code(found).expected == ("jobs", "runs")


def test_a_snippet_of_python_is_one_item() -> None:
    found = item("```python\n# Clear the cache\nloader.invalidate()\nloader.load()\n```")
    assert (found.kind, found.line, found.end) == (Kind.CODE, 1, 4)


def test_a_tree_of_files_is_a_listing() -> None:
    found = item("```\napp/\n├── api/\n└── db/\n```")
    assert (found.text, code(found).expected) == ("app/", ("├── api/", "└── db/"))


def test_ticks_in_printed_output_are_claims() -> None:
    first, second = items("```\nTesting: ✅ PASSED\n├── imports\n```")
    assert (first.status, second.status, second.text) == (Status.DONE, Status.DONE, "imports")


@pytest.mark.parametrize(
    "fence",
    [
        "```yaml\n- [ ] a\n```",
        "~~~\n- [x] a\n~~~",
        "```markdown\n- [ ] a\n- [x] b\n```",
        "````\n```\n- [ ] a\n```\n````",
    ],
)
def test_boxes_in_code_are_text(fence: str) -> None:
    assert items(fence) == ()


def test_a_fence_that_is_never_closed_swallows_the_rest_and_says_so() -> None:
    found = document("- [x] a\n\n```\n- [ ] b\n## c")
    assert [each.text for each in found.items] == ["a"]
    assert {line.why for line in found.lines[2:]} == {"in a code fence that is never closed"}


def test_code_below_a_box_belongs_to_it() -> None:
    box, command = items("- [ ] Health\n  ```bash\n  curl http://localhost/health\n  ```")
    assert code(box).command.strip() == "curl http://localhost/health"
    assert command.parent == 0


def test_code_below_a_symptom_is_none() -> None:
    assert items("**Symptom:**\n```bash\ncurl http://localhost\n```") == ()


@pytest.mark.parametrize(
    ("fence", "texts"),
    [
        ("```\n./run.sh --check\n```", ["./run.sh --check"]),
        ("```\n# first\ncurl http://localhost\n```", ["curl http://localhost"]),
        ("```\nplain words\n```", []),
        ("```bash\n```", []),
        ("```bash\ncd app\necho hello\ndeactivate\nmake check\n```", ["make check"]),
        ("```bash\nsource .venv/bin/activate\n# OR\nactivate.bat\n```", ["source .venv/bin/activate"]),
        (
            "```bash\nif test -f a; then\n  for one in b; do\n    curl $one\n  done\nfi\nmake\n```",
            ["if test -f a; then", "make"],
        ),
        ("```bash\ncat <<EOF | sh\nanything\nEOF\nmake\n```", ["cat <<EOF | sh", "make"]),
        ("```bash\nmake a &&\n  make b\n```", ["make a &&"]),
        ("```bash\nMODE=live make\n```", ["MODE=live make"]),
        ("```bash\ncurl http://localhost\n[1, 2]\n```", ["curl http://localhost"]),
        ("```python\nclass A:\n    pass\n```", []),
        ("```python\n# only a remark\n```", []),
        ("```\nMODE=1\nSIZE=2\n```", ["MODE=1", "SIZE=2"]),
        ("```sql\nSELECT 1;\n\nSELECT\n  2;\n```", ["SELECT 1;", "SELECT"]),
        ("```sql\n-- both\nSELECT 1\nSELECT 2\n```", ["SELECT 1", "SELECT 2"]),
        ("```json\n{}\n```", []),
        ("```yaml\na: 1\n```", []),
    ],
)
def test_which_lines_of_code_are_items(fence: str, texts: list[str]) -> None:
    assert [each.text for each in items(fence)] == texts


def test_an_example_of_output_with_a_name_is_an_item() -> None:
    found = item('**Example output** (`metrics.json`):\n```json\n{"a": 1}\n```')
    assert (found.line, found.end, code(found).expected) == (1, 3, ('{"a": 1}',))


def test_json_below_code_is_what_it_gives() -> None:
    assert code(item('```bash\ncurl http://localhost\n```\n```json\n{"a": 1}\n```')).expected == ('{"a": 1}',)


def test_output_that_nothing_asks_for_is_context() -> None:
    assert items("```text\nhello\n```") == ()
    assert items("```\n$ make\n✅ built\n```")[0].text == "make"


def test_the_note_of_a_command_does_not_reach_over_a_gap() -> None:
    first, second = items("```bash\n# Check\nmake a\n\nmake b\n```")
    assert (first.lead, second.lead) == ("Check", "")


def test_names_and_values_that_state_something_are_a_printed_report() -> None:
    found = items(
        "## Health\n```\nDatabase: Active and responsive\nErrors: 0% over a day\nWorkers: none, setup needed\n```"
    )
    assert [each.status for each in found] == [Status.DONE, Status.DONE, Status.OPEN]


def test_commands_of_a_rollback_are_still_to_be_run() -> None:
    found = items("## Rollback\n```bash\nexport MODE=off\ngit revert HEAD\n```")
    assert [(each.kind, each.status) for each in found] == [(Kind.VARIABLE, Status.OPEN), (Kind.CODE, Status.OPEN)]


def test_a_list_of_endpoints_is_one_request_each() -> None:
    first, second = items("```\nGET /locks/health     # All locks\nPOST /locks/{id}/turn\n```")
    assert (code(first).command, first.lead) == ("GET /locks/health", "All locks")
    assert (code(second).command, second.status) == ("POST /locks/{id}/turn", Status.UNSAID)
    assert not items("```\nGET /locks HTTP/1.1\nHost: locks.example\n```")


def test_making_a_secret_is_no_item() -> None:
    assert not items('```bash\npython3 -c "import secrets; print(secrets.token_hex(32))"\n```')
    assert items('```bash\npython3 -c "import locks; print(locks.count())"\n```')


def test_a_tree_of_what_there_could_be_is_not_there() -> None:
    tree = "```\nlocks/\n├── front.py\n└── back.py\n```"
    assert item(f"## Example structure\n{tree}").status is Status.OPEN
    assert item(f"## Structure\n{tree}").status is Status.DONE
