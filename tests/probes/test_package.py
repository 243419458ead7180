"""Installed packages against what is required of them."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import InvalidRequirement

from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Outcome, Result, Value
from pytest_readiness.probe import Context, Measurements, Touch
from pytest_readiness.probes import _requirements
from pytest_readiness.probes.package import Package
from pytest_readiness.testing import run_probe

from .conftest import MakeContext


@pytest.fixture
def context(make_context: MakeContext) -> Context:
    return make_context()


class Site:
    """A folder of installed packages."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def install(self, name: str, version: str | None, *more: str, direct: object = None) -> None:
        info = self.folder / f"{name.replace('-', '_')}-{version or 0}.dist-info"
        info.mkdir()
        lines = ["Metadata-Version: 2.1", f"Name: {name}", *([f"Version: {version}"] if version else []), *more]
        (info / "METADATA").write_text("\n".join(lines) + "\n\n")
        if direct is not None:
            (info / "direct_url.json").write_text(direct if isinstance(direct, str) else json.dumps(direct))


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Site:
    folder = tmp_path_factory.mktemp("site")
    monkeypatch.setattr(sys, "path", [str(folder), *sys.path])
    return Site(folder)


def listed(measured: Measurements) -> list[str]:
    return [line for item in measured.evidence for line in item.text.splitlines()]


class TestDeclaredIn:
    def judged(self, folder: Path, stated: str, *requires: str, name: str = "requirements.txt") -> Result:
        (folder / name).write_text(stated)
        return run_probe(Package(requires=requires, declared_in=(name,)), root=folder)

    @pytest.mark.parametrize(
        ("stated", "wanted"),
        [
            ("Alpha_One>=1.0", "alpha-one>=1.0"),
            ("alpha-one>=1.2", "alpha-one>=1.0"),
            ("alpha-one>1.0", "alpha-one>1.0"),
            ("alpha-one>1.0", "alpha-one>=1.0"),
            ("alpha-one==1.5", "alpha-one>=1.0,<2"),
            ("alpha-one==1.5", "alpha-one!=1.4"),
            ("alpha-one~=1.4", "alpha-one>=1.0"),
            ("alpha-one>=1.0,<2", "alpha-one<=2"),
            ("alpha-one==1.5", "alpha-one"),
            ("beta\nalpha-one==1.*", "alpha-one==1.*"),
        ],
    )
    def test_what_is_stated_as_strictly_passes(self, tmp_path: Path, site: Site, stated: str, wanted: str) -> None:
        site.install("alpha-one", "1.5")
        result = self.judged(tmp_path, stated, wanted)
        assert result.outcome is Outcome.PASSED, result.reason

    @pytest.mark.no_false_green
    @pytest.mark.parametrize(
        ("stated", "wanted", "told"),
        [
            ("alpha-one", "alpha-one>=1.0", "alpha-one>=1.0: alpha-one in requirements.txt"),
            ("alpha-one>=0.9", "alpha-one>=1.0", "alpha-one>=0.9 in"),
            ("alpha-one>=1.0", "alpha-one>1.0", "alpha-one>=1.0 in"),
            ("alpha-one<=2", "alpha-one<2", "alpha-one<=2 in"),
            ("alpha-one<2", "alpha-one>=1.0", "alpha-one<2 in"),
            ("alpha-one==1.*", "alpha-one>=1.0", "alpha-one==1.* in"),
            ("alpha-one>=1", "alpha-one!=1.4", "alpha-one>=1 in"),
            ("beta>=1.0", "alpha-one>=1.0", "not mentioned in requirements.txt"),
        ],
    )
    def test_what_is_stated_loosely_or_not_at_all_fails(
        self, tmp_path: Path, site: Site, stated: str, wanted: str, told: str
    ) -> None:
        site.install("alpha-one", "1.5")
        result = self.judged(tmp_path, stated, wanted)
        assert (result.outcome, result.reason) == (Outcome.FAILED, "not_declared is 1, expected 0")
        assert told in result.evidence[0].text

    def test_a_project_file_states_it_too(self, tmp_path: Path, site: Site) -> None:
        site.install("alpha-one", "1.5")
        stated = '[project]\nname = "x"\noptional-dependencies = {web = ["alpha-one>=1.0"]}\n'
        assert self.judged(tmp_path, stated, "alpha-one>=1.0", name="pyproject.toml").outcome is Outcome.PASSED

    @pytest.mark.no_false_green
    def test_a_file_that_is_not_there_is_an_error(self, tmp_path: Path, site: Site) -> None:
        site.install("alpha-one", "1.5")
        result = run_probe(Package(requires=("alpha-one",), declared_in=("none.txt",)), root=tmp_path)
        assert (result.outcome, result.reason) == (Outcome.ERROR, "none.txt is not there")

    @pytest.mark.parametrize("options", [{"files": ("a",)}, {"requires": ("a",), "declared_in": (" ",)}])
    def test_without_requirements_it_is_refused(self, options: dict[str, Any]) -> None:
        with pytest.raises(OptionError):
            Package(**{"declared_in": ("requirements.txt",), **options})


class TestConsistent:
    @pytest.fixture
    def alone(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
        """Return a world in which nothing else is installed."""
        monkeypatch.setattr(sys, "path", [str(site.folder)])
        return site

    def test_packages_that_get_along_pass(self, alone: Site) -> None:
        alone.install("alpha", "1.0", "Requires-Dist: beta>=1", "Requires-Dist: gone; extra == 'web'")
        alone.install("beta", "1.5", "Requires-Dist: gone; python_version < '3'")
        result = run_probe(Package(consistent=True))
        assert result.outcome is Outcome.PASSED, result.reason
        assert {name: each.value for name, each in result.measurements.items()} == {
            "checked": 1, "missing": 0, "unsatisfied": 0, "conflicts": 0
        }  # fmt: skip

    @pytest.mark.no_false_green
    def test_packages_that_do_not_fail_and_are_named(self, alone: Site) -> None:
        alone.install("alpha", "1.0", "Requires-Dist: beta>=2", "Requires-Dist: gamma")
        alone.install("beta", "1.5")
        result = run_probe(Package(consistent=True))
        assert (result.outcome, result.reason) == (Outcome.FAILED, "conflicts is 2, expected 0")
        assert result.evidence[0].text.splitlines() == [
            "alpha 1.0: beta: 1.5 is installed, required is >=2",
            "alpha 1.0: gamma: not installed, required is any version",
        ]

    @pytest.mark.no_false_green
    @pytest.mark.parametrize(
        ("lines", "why"),
        [
            (("Requires-Dist: ???",), "the metadata of alpha are damaged: '???' is not a requirement"),
            ((), "nothing was looked at"),
        ],
    )
    def test_what_cannot_be_told_is_an_error(self, alone: Site, lines: tuple[str, ...], why: str) -> None:
        alone.install("alpha", "1.0", *lines)
        result = run_probe(Package(consistent=True))
        assert result.outcome is Outcome.ERROR
        assert why in result.reason

    def test_a_package_without_a_name_is_an_error(self, alone: Site) -> None:
        (alone.folder / "x-1.dist-info").mkdir()
        (alone.folder / "x-1.dist-info" / "METADATA").write_text("Version: 1\n\n")
        assert "it has no name" in run_probe(Package(consistent=True)).reason

    def test_a_deadline_that_comes_first_is_an_error(self, alone: Site) -> None:
        alone.install("alpha", "1.0")
        assert run_probe(Package(consistent=True), timeout=0.0).outcome is Outcome.ERROR

    def test_of_two_with_one_name_the_first_counts(self, alone: Site, tmp_path: Path) -> None:
        alone.install("alpha", "1.0", "Requires-Dist: beta")
        alone.install("beta", "1.0")
        other = Site(tmp_path)
        other.install("alpha", "0.1", "Requires-Dist: gone")
        sys.path.append(str(tmp_path))
        assert run_probe(Package(consistent=True)).outcome is Outcome.PASSED

    def test_sources_need_something_declared(self) -> None:
        with pytest.raises(OptionError, match="what requires and files declare"):
            Package(consistent=True, sources=("src",))


class TestVersions:
    def test_packages_that_will_do_are_counted(self, context: Context, site: Site) -> None:
        site.install("alpha-one", "1.5")
        measured = Package(requires=("Alpha.One>=1.0", "alpha_one<2")).measure(context)
        assert measured.values == {"checked": 2, "missing": 0, "unsatisfied": 0}
        assert measured.looked_at == 2
        assert measured.evidence == []

    def test_a_missing_package_is_named(self, context: Context) -> None:
        measured = Package(requires=("no-such-package>=1",)).measure(context)
        assert measured.values == {"checked": 1, "missing": 1, "unsatisfied": 0}
        assert listed(measured) == ["no-such-package: not installed, required is >=1"]

    def test_any_version_is_said_to_be_any(self, context: Context) -> None:
        assert listed(Package(requires=("no-such-package",)).measure(context))[0].endswith("required is any version")

    def test_another_version_is_named_beside_the_one_required(self, context: Context, site: Site) -> None:
        site.install("alpha", "1.5")
        measured = Package(requires=("alpha>=2",)).measure(context)
        assert measured.values == {"checked": 1, "missing": 0, "unsatisfied": 1}
        assert listed(measured) == ["alpha: 1.5 is installed, required is >=2"]

    @pytest.mark.parametrize(("required", "unsatisfied"), [("alpha>=3", 0), ("alpha>=4", 1), ("alpha<4", 1)])
    def test_an_installed_pre_release_counts_by_its_number(
        self, context: Context, site: Site, required: str, unsatisfied: int
    ) -> None:
        site.install("alpha", "4.0rc1")
        assert Package(requires=(required,)).measure(context).values["unsatisfied"] == unsatisfied

    def test_what_does_not_hold_here_is_left_out(self, context: Context) -> None:
        measured = Package(requires=("no-such-package; python_version < '3'",)).measure(context)
        assert measured.values == {"checked": 0, "missing": 0, "unsatisfied": 0}
        assert measured.looked_at == 0

    def test_a_long_list_is_cut_and_says_so(self, context: Context) -> None:
        measured = Package(requires=tuple(f"no-such-package-{number}" for number in range(60))).measure(context)
        assert listed(measured)[-1] == "and 10 more"

    def test_looking_ends_at_the_deadline(self, make_context: MakeContext) -> None:
        with pytest.raises(CannotMeasure, match="the deadline came before pytest was looked up"):
            Package(requires=("pytest",)).measure(make_context(seconds=0))


class TestExtras:
    def test_what_an_extra_needs_is_looked_at(self, context: Context, site: Site) -> None:
        site.install(
            "alpha",
            "1",
            "Provides-Extra: fast",
            "Requires-Dist: no-such-base",
            "Requires-Dist: no-such-turbo>=2; extra == 'fast'",
            "Requires-Dist: no-such-relic; extra == 'fast' and python_version < '3'",
        )
        measured = Package(requires=("alpha[fast]",)).measure(context)
        assert measured.values == {"checked": 1, "missing": 1, "unsatisfied": 0}
        assert listed(measured) == ["no-such-turbo: not installed, required is >=2"]

    def test_an_extra_that_there_is_not_is_unsatisfied(self, context: Context, site: Site) -> None:
        site.install("alpha", "1")
        measured = Package(requires=("alpha[fast]",)).measure(context)
        assert listed(measured) == ["alpha: 1 has no extra called fast"]

    def test_an_extra_of_itself_does_not_go_round_in_circles(self, context: Context, site: Site) -> None:
        extras = ["Provides-Extra: all", "Provides-Extra: fast", "Requires-Dist: alpha[fast,all]; extra == 'all'"]
        site.install("alpha", "1", *extras, "Requires-Dist: no-such-turbo; extra == 'fast'")
        assert Package(requires=("alpha[all]",)).measure(context).values["missing"] == 1

    def test_damaged_requirements_of_an_extra_are_an_error(self, context: Context, site: Site) -> None:
        site.install("alpha", "1", "Provides-Extra: fast", "Requires-Dist: a b c")
        with pytest.raises(CannotMeasure, match="'a b c' is not a requirement"):
            Package(requires=("alpha[fast]",)).measure(context)


class TestDamage:
    @pytest.mark.parametrize("version", [None, "not-a-version"])
    def test_metadata_without_a_version_are_an_error(self, context: Context, site: Site, version: str | None) -> None:
        site.install("alpha", version)
        with pytest.raises(CannotMeasure, match="the metadata of alpha are damaged"):
            Package(requires=("alpha",)).measure(context)

    def test_metadata_that_are_gone_are_an_error(self, context: Context, site: Site) -> None:
        (site.folder / "alpha-1.dist-info").mkdir()
        with pytest.raises(CannotMeasure, match="the metadata of alpha are damaged"):
            Package(requires=("alpha",)).measure(context)


class TestAddresses:
    @pytest.mark.parametrize(
        ("direct", "url"),
        [
            ({"url": "https://example.org/alpha-1.whl"}, "https://example.org/alpha-1.whl"),
            ({"url": "https://example.org/alpha-1.whl"}, "https://me:pass@example.org/alpha-1.whl"),
            (
                {"url": "https://example.org/a.git", "vcs_info": {"vcs": "git", "requested_revision": "v1"}},
                "git+https://example.org/a.git@v1",
            ),
            ({"url": "https://example.org/a.git", "vcs_info": {"vcs": "git"}}, "git+https://example.org/a.git"),
        ],
    )
    def test_a_package_from_the_address_required_will_do(
        self, context: Context, site: Site, direct: object, url: str
    ) -> None:
        site.install("alpha", "1", direct=direct)
        assert Package(requires=(f"alpha @ {url}",)).measure(context).values["unsatisfied"] == 0

    def test_a_package_from_elsewhere_will_not_and_no_login_is_shown(self, context: Context, site: Site) -> None:
        site.install("alpha", "1")
        measured = Package(requires=("alpha @ https://me:hunter22@example.org/a.whl",)).measure(context)
        assert listed(measured) == ["alpha: not installed from the address required"]

    @pytest.mark.parametrize("direct", ["{", "[]", '{"vcs_info": {"x": 1}}'])
    def test_a_damaged_address_is_an_error(self, context: Context, site: Site, direct: str) -> None:
        site.install("alpha", "1", direct=direct)
        with pytest.raises(CannotMeasure, match=r"direct_url\.json of alpha is damaged"):
            Package(requires=("alpha @ https://example.org/a.whl",)).measure(context)


class TestFiles:
    def test_files_are_read_as_pip_reads_them(self, context: Context, site: Site) -> None:
        site.install("alpha", "1")
        (context.root / "more").mkdir()
        (context.root / "requirements.txt").write_text(
            "\ufeff# what we need\n"
            "--index-url https://example.org/simple\n"
            "-i https://example.org/simple\n"
            "--pre\n"
            "alpha==1 \\\n    --hash=sha256:abc \\\n    --hash=sha256:def  # pinned\n"
            "alpha>=0 # fine\n"
            "\n"
            "-r more/base.txt\n"
            "alpha<2 \\"
        )
        (context.root / "more" / "base.txt").write_text("-r base.txt\n--requirement=other.txt\nalpha\n")
        (context.root / "more" / "other.txt").write_text("no-such-package; python_version < '3'\n")
        measured = Package(files=("requirements.txt",)).measure(context)
        assert measured.values == {"checked": 4, "missing": 0, "unsatisfied": 0}

    @pytest.mark.parametrize("line", ["-e .", "-c constraints.txt", "--editable=.", "--unheard-of"])
    def test_an_option_that_may_matter_is_not_passed_over(self, context: Context, line: str) -> None:
        (context.root / "r.txt").write_text(f"pytest\n{line}\n")
        with pytest.raises(CannotMeasure, match=r"^r\.txt:2: -.* cannot be judged"):
            Package(files=("r.txt",)).measure(context)

    @pytest.mark.parametrize("line", ["./local", "https://me:hunter22@example.org/x.whl", "a b"])
    def test_a_line_that_is_no_requirement_is_not_passed_over_nor_shown(self, context: Context, line: str) -> None:
        (context.root / "r.txt").write_text(f"# comment \\\n\n{line}\n")
        with pytest.raises(CannotMeasure, match=r"^r\.txt:3: not a requirement") as caught:
            Package(files=("r.txt",)).measure(context)
        assert line not in str(caught.value)

    def test_an_included_file_that_is_not_there_is_named(self, context: Context) -> None:
        (context.root / "r.txt").write_text("-r sub/x.txt\n")
        with pytest.raises(CannotMeasure, match=r"^sub/x\.txt is not there$"):
            Package(files=("r.txt",)).measure(context)

    def test_a_line_of_blanks_takes_no_time(self, context: Context) -> None:
        (context.root / "r.txt").write_text("pytest" + " " * 500_000 + "; python_version > '3' --hash=x\n")
        started = time.process_time()
        assert Package(files=("r.txt",)).measure(context).values["checked"] == 1
        assert time.process_time() - started < 5

    def test_an_empty_file_is_nothing_to_look_at(self, context: Context) -> None:
        (context.root / "r.txt").write_text("# later\n")
        assert Package(files=("r.txt",)).measure(context).looked_at == 0

    @pytest.mark.parametrize(
        ("data", "message"),
        [(b"caf\xe9\n", r"r\.txt is not UTF-8: byte 0xe9"), (b"#" * 1024 * 1025, "larger than 1024 KiB")],
    )
    def test_what_cannot_be_read_is_an_error(self, context: Context, data: bytes, message: str) -> None:
        (context.root / "r.txt").write_bytes(data)
        with pytest.raises(CannotMeasure, match=message):
            Package(files=("r.txt",)).measure(context)

    def test_a_file_that_cannot_be_opened_is_an_error(self, context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: object) -> None:
            raise PermissionError(13, "Permission denied")

        (context.root / "r.txt").write_text("pytest")
        monkeypatch.setattr(Path, "open", refuse)
        with pytest.raises(CannotMeasure, match=r"r\.txt cannot be read: Permission denied"):
            Package(files=("r.txt",)).measure(context)


class TestOptions:
    def test_nothing_required_is_refused(self) -> None:
        with pytest.raises(OptionError, match="say what is required"):
            Package()

    @pytest.mark.parametrize(("text", "column"), [("foo bar", 5), ("foo>=", 4), ("", 1)])
    def test_what_is_no_requirement_is_refused_with_the_column(self, text: str, column: int) -> None:
        with pytest.raises(OptionError, match=rf"is not a requirement: .* \(column {column}\)$"):
            Package(requires=(text,))

    def test_a_reason_without_a_place_is_given_as_it_is(self) -> None:
        assert _requirements.explain("x", InvalidRequirement("no")) == "'x' is not a requirement: no"

    def test_files_and_packages_are_what_it_touches(self) -> None:
        probe = Package(requires=("alpha>=1",), files=("r.txt",))
        assert list(probe.touches()) == [Touch("file", "r.txt"), Touch("module", "alpha")]


class TestAsAGate:
    def test_it_passes_and_fails_by_what_is_installed(self) -> None:
        assert run_probe(Package(requires=("pytest>=8",))).outcome is Outcome.PASSED
        result = run_probe(Package(requires=("pytest>=1000", "no-such-package")))
        assert result.outcome is Outcome.FAILED
        assert result.reason == "missing is 1, expected 0; unsatisfied is 1, expected 0"

    def test_nothing_that_holds_here_is_an_error(self) -> None:
        result = run_probe(Package(requires=("pytest; python_version < '3'",)))
        assert result.outcome is Outcome.ERROR


class TestImports:
    """What the code imports has to be declared by a requirement of its own."""

    @pytest.fixture(autouse=True)
    def _installed(self, site: Site) -> None:
        for name, module in (
            ("Alpha-Tools", "alpha"),
            ("beta", "beta"),
            ("cloud-store", "cloud"),
            ("cloud-mail", "cloud"),
        ):
            site.install(name, "1.0")
            info = site.folder / f"{name.replace('-', '_')}-1.0.dist-info"
            part = f"{module}/{name.partition('-')[2]}/__init__.py" if module == "cloud" else f"{module}/__init__.py"
            (info / "RECORD").write_text(f"{part},,\n{info.name}/METADATA,,\n")
            (site.folder / part).parent.mkdir(parents=True, exist_ok=True)
            (site.folder / part).touch()

    def judged(
        self, folder: Path, code: str, *requires: str, expect: dict[str, Value] | None = None, **more: Any
    ) -> Result:
        (folder / "src" / "shop").mkdir(parents=True, exist_ok=True)
        (folder / "src" / "shop" / "__init__.py").write_text(code)
        (folder / "src" / "shop" / "models.py").write_text("from shop import x\nfrom . import y\n")
        probe = Package(requires=requires, sources=("src",), **more)
        return run_probe(probe, root=folder, expect=expect or {})

    @pytest.mark.parametrize(
        ("code", "requires"),
        [
            ("import alpha.deep, os.path, json\nimport shop.models\nimport models", ("alpha.tools",)),
            ("def f():\n    from alpha import x\n    import beta", ("alpha-tools", "beta")),
            (
                "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import beta\nelse:\n    import alpha",
                ("alpha_tools",),
            ),
            ("import typing as t\nif t.TYPE_CHECKING:\n    import beta", ("alpha-tools",)),
            ("try:\n    import beta\nexcept ImportError:\n    import gamma\nelse:\n    import alpha", ("alpha-tools",)),
            ("try:\n    import beta\nexcept (KeyError, ModuleNotFoundError):\n    pass", ("alpha-tools",)),
            ("from cloud.store import Bucket", ("cloud-store",)),
            ("from cloud import mail", ("cloud-mail",)),
        ],
    )
    def test_that_are_declared_pass(self, tmp_path: Path, code: str, requires: tuple[str, ...]) -> None:
        result = self.judged(tmp_path, code.replace("import models", "import shop"), *requires)
        assert result.outcome is Outcome.PASSED, result.reason

    @pytest.mark.parametrize(
        ("code", "told"),
        [
            ("import os\nimport beta", "beta (beta): src/shop/__init__.py:2"),
            ("try:\n    import beta\nexcept ValueError:\n    pass", "beta (beta): src/shop/__init__.py:2"),
            ("from cloud.mail import Box", "cloud (cloud-mail): src/shop/__init__.py:1"),
            ("import cloud", "cloud (cloud-mail, cloud-store): src/shop/__init__.py:1"),
            ("import gamma", "gamma (gamma): src/shop/__init__.py:1"),
        ],
    )
    def test_that_are_not_declared_fail_with_their_place(self, tmp_path: Path, code: str, told: str) -> None:
        result = self.judged(tmp_path, code, "alpha-tools")
        assert (result.outcome, result.reason) == (Outcome.FAILED, "undeclared is 1, expected 0")
        assert told in {item.title: item.text for item in result.evidence}["undeclared"]

    def test_declared_packages_that_nobody_imports_are_counted_not_condemned(self, tmp_path: Path) -> None:
        result = self.judged(tmp_path, "import alpha", "alpha-tools", "beta", expect={"not_imported": 1, "imported": 1})
        assert result.outcome is Outcome.PASSED, result.reason
        assert self.judged(tmp_path, "import alpha", "alpha-tools", "beta").outcome is Outcome.PASSED

    @pytest.mark.no_false_green
    def test_what_a_package_brings_that_is_not_installed_is_not_known(self, tmp_path: Path) -> None:
        expect: dict[str, Value] = {"missing": 1}
        result = self.judged(tmp_path, "import gamma_core", "not-here", expect=expect)
        assert result.outcome is Outcome.ERROR
        assert "not-here is declared and not installed, so it is not known what brings gamma_core" in result.reason
        assert self.judged(tmp_path, "import not_here", "not-here", expect=expect).outcome is Outcome.PASSED
        unsure = self.judged(tmp_path, "import alpha", "alpha-tools", "not-here", expect={**expect, "not_imported": 0})
        assert unsure.outcome is Outcome.ERROR

    def test_a_project_declares_extras_and_groups_without_requiring_them(self, tmp_path: Path) -> None:
        (tmp_path / "pyproject.toml").write_text(
            "[project]\nname = 'shop'\ndependencies = ['alpha-tools>=1']\n"
            "[project.optional-dependencies]\nmail = ['cloud-mail', 'not-here']\n"
            "[dependency-groups]\ndev = ['beta', {include-group = 'more'}]\nmore = []\n"
        )
        code = "import alpha, beta\nfrom cloud.mail import Box"
        result = self.judged(tmp_path, code, files=("pyproject.toml",), expect={"checked": 1, "missing": 0})
        assert result.outcome is Outcome.PASSED, result.reason

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("[tool.x]\n", "has no [project]"),
            ("[project]\ndynamic = ['dependencies']\n", "dependencies are dynamic"),
            ("[project\n", "is not TOML"),
            ("[project]\ndependencies = ['=bad']\n", "project.dependencies: not a requirement"),
        ],
    )
    def test_a_project_that_does_not_tell_is_an_error(self, tmp_path: Path, text: str, why: str) -> None:
        (tmp_path / "pyproject.toml").write_text(text)
        result = self.judged(tmp_path, "import alpha", files=("pyproject.toml",))
        assert result.outcome is Outcome.ERROR
        assert why in result.reason

    @pytest.mark.no_false_green
    def test_no_source_or_one_that_cannot_be_parsed_is_an_error(self, tmp_path: Path) -> None:
        probe = Package(requires=("beta",), sources=("lib",))
        assert run_probe(probe, root=tmp_path).reason == "there is no Python file at lib"
        assert "cannot be parsed: src/shop/__init__.py" in self.judged(tmp_path, "import (", "beta").reason
        assert self.judged(tmp_path, "import (", "beta", exclude=("src/shop/__init__.py",)).outcome is Outcome.PASSED

    def test_a_deadline_that_comes_first_is_an_error(self, tmp_path: Path) -> None:
        self.judged(tmp_path, "import alpha", "beta")
        probe = Package(requires=("beta",), sources=("src",))
        assert run_probe(probe, root=tmp_path, timeout=0.0).outcome is Outcome.ERROR

    @pytest.mark.parametrize(
        "options", [{"exclude": ("a",)}, {"sources": (" ",)}, {"sources": ("a",), "exclude": ("",)}]
    )
    def test_options_that_do_not_fit_are_refused(self, options: Any) -> None:
        with pytest.raises(OptionError):
            Package(requires=("beta",), **options)
