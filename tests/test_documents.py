"""What the documents say is what the product does."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLES = sorted(ROOT.glob("examples/*/readiness.yaml"))


def generated() -> dict[Path, str]:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    documents: dict[Path, str] = module.documents()
    return documents


def test_what_is_derived_from_the_probes_is_up_to_date() -> None:
    stale = [path.name for path, text in generated().items() if path.read_text(encoding="utf-8") != text]
    assert stale == [], "run: python docs/generate.py"


@pytest.mark.parametrize("path", [*EXAMPLES, ROOT / "readiness.yaml"], ids=lambda path: path.parent.name)
def test_every_spec_here_tells_editors_its_schema(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    found = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert found
    assert (path.parent / found[1]).resolve() == ROOT / "docs" / "readiness.schema.json"


def test_links_in_documents_lead_somewhere() -> None:
    pages = [ROOT / "README.md", *sorted(ROOT.glob("docs/*.md")), *sorted(ROOT.glob("examples/*/README.md"))]
    links = [
        page.parent / target
        for page in pages
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    ]
    assert links
    assert [link for link in links if not link.exists()] == []


def test_the_yaml_in_documents_can_be_read() -> None:
    for page in [ROOT / "README.md", *sorted(ROOT.glob("docs/*.md"))]:
        for block in re.findall(r"^```yaml\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
            assert yaml.safe_load(block), page.name


def test_the_readme_names_every_option() -> None:
    from pytest_readiness.plugin import OPTIONS

    not_yet = {"--readiness", "--readiness-as-of"}
    assert [option for option in OPTIONS if option not in not_yet and f"`{option}" not in README] == []


def test_the_ci_script_finds_the_test_command_of_the_readme() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "<!-- test-command -->" in script
    command = README.partition("<!-- test-command -->\n```bash\n")[2].partition("\n```")[0]
    assert " && pytest" in command
    assert subprocess.run(["bash", "-n", "-c", command], check=False).returncode == 0


def test_the_changelog_speaks_of_this_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert f"\n## {version}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_probe_of_the_guide_works_as_it_stands_there(pytester: pytest.Pytester) -> None:
    guide = (ROOT / "docs" / "writing-a-probe.md").read_text(encoding="utf-8")
    probe, tests = re.findall(r"^```python\n(.*?)^```", guide, re.MULTILINE | re.DOTALL)
    gate = re.findall(r"^```yaml\n(.*?)^```", guide, re.MULTILINE | re.DOTALL)[0].replace("/srv/uploads", ".")
    gate = gate.replace(">= 20 GiB", ">= 1 B")
    pytester.makeconftest(probe)
    pytester.makepyfile(test_disk="from conftest import DiskSpace\n" + tests)
    lines = "".join(f"  {line}\n" for line in gate.splitlines())
    (pytester.path / "readiness.yaml").write_text(f"version: 1\nname: guide\ngates:\n{lines}", encoding="utf-8")
    ran = pytester.runpytest_subprocess("--readiness", "-p", "no:randomly", "-p", "no:cacheprovider")
    ran.assert_outcomes(passed=3)
    ran.stdout.fnmatch_lines(["READY: *"])
