"""Installed packages against what is required of them."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import pytest
from packaging.requirements import InvalidRequirement

from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Outcome
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
