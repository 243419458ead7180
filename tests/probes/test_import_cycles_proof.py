"""Every file must be shown to be Python: by the parser, or by an up-to-date ``.pyc``. What was shown is kept."""

from __future__ import annotations

import os
import py_compile
import subprocess
import sys
from pathlib import Path
from typing import ClassVar

import pytest

from pytest_readiness.errors import CannotMeasure
from pytest_readiness.model import Outcome, Result
from pytest_readiness.probes._imports import analysis, files, mentions, source
from pytest_readiness.probes.import_cycles import ImportCycles
from pytest_readiness.testing import run_probe
from tests.probes.conftest import MakeContext

BAD = b"import os\nx = = 1\n"
ERROR = r"p/m7\.py:2:5: Python 3\.\d+ cannot parse it: invalid syntax"
#: A file of so many bytes that twenty of them make a large project.
FILLING = b"import os\n" + b"value = {'key': [1, 2, 3], 'other': (4, 5, 6)}\n" * 5000


def age(path: Path, seconds: int = 100) -> None:
    """Make a file look *seconds* old."""
    status = path.stat()
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns - seconds * 1_000_000_000))


def compiled(path: Path, mode: py_compile.PycInvalidationMode = py_compile.PycInvalidationMode.TIMESTAMP) -> Path:
    """Write the ``.pyc`` of a file, and return its path."""
    written = py_compile.compile(str(path), doraise=True, invalidation_mode=mode)
    assert written is not None
    return Path(written)


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A project of more than 4 MiB."""
    package = tmp_path / "p"
    package.mkdir()
    for number in range(20):
        (package / f"m{number}.py").write_bytes(FILLING)
    (package / "__init__.py").write_bytes(b"")
    assert sum(path.stat().st_size for path in package.iterdir()) > analysis.SMALL
    return tmp_path


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are looked at by the parser because nothing else shows that they are Python."""
    names: list[str] = []
    real = source.unparsable

    def noted(data: bytes, path: str) -> source.Broken | None:
        names.append(Path(path).name)
        return real(data, path)

    monkeypatch.setattr(source, "unparsable", noted)
    return names


class TestOneFileOfALargeProjectCannotBeParsed:
    def judged(self, large: Path) -> Result:
        return run_probe(ImportCycles(), root=large, cache=large / ".cache", timeout=120)

    def test_is_an_error_that_names_it(self, large: Path, make_context: MakeContext) -> None:
        (large / "p" / "m7.py").write_bytes(BAD)
        with pytest.raises(CannotMeasure, match=ERROR):
            ImportCycles().measure(make_context())

    def test_is_an_error_where_all_the_others_are_compiled(
        self, large: Path, make_context: MakeContext, parsed: list[str]
    ) -> None:
        for path in (large / "p").glob("*.py"):
            age(path)
            compiled(path)
        (large / "p" / "m7.py").write_bytes(BAD)
        with pytest.raises(CannotMeasure, match=ERROR):
            ImportCycles().measure(make_context())
        assert parsed == ["m7.py"]

    def test_is_an_error_again_though_the_rest_is_known(self, large: Path) -> None:
        (large / "p" / "m7.py").write_bytes(BAD)
        reasons = [self.judged(large).reason for _run in range(2)]
        assert reasons[0] == reasons[1]
        assert "p/m7.py:2:5" in reasons[0]

    def test_is_an_error_if_it_broke_after_it_was_known(self, large: Path, parsed: list[str]) -> None:
        assert self.judged(large).outcome is Outcome.PASSED
        parsed.clear()
        (large / "p" / "m7.py").write_bytes(BAD)
        assert "p/m7.py:2:5" in self.judged(large).reason
        assert parsed == ["m7.py"]


class TestReadingAFile:
    def test_gives_all_of_it_and_what_is_known_of_it(self, tmp_path: Path) -> None:
        (tmp_path / "a.py").write_bytes(FILLING)
        data, status = files.read(str(tmp_path / "a.py"))
        assert data == FILLING
        assert status.st_size == len(FILLING)

    @pytest.mark.skipif(not Path("/proc/self/limits").exists(), reason="no file without a size")
    def test_that_is_longer_than_it_says_gives_all_of_it(self) -> None:
        data, status = files.read("/proc/self/limits")
        assert status.st_size == 0
        assert data == Path("/proc/self/limits").read_bytes()

    def test_is_not_tried_with_a_folder_of_such_a_name(self, tmp_path: Path, make_context: MakeContext) -> None:
        (tmp_path / "p" / "b.py").mkdir(parents=True)
        (tmp_path / "p" / "a.py").write_bytes(b"import p.b\n")
        (tmp_path / "p" / "c.py").symlink_to("nowhere")
        assert ImportCycles().measure(make_context()).values["modules"] == 1


class TestACompiledFile:
    """One module, ``a.py``, and its ``.pyc``."""

    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        (tmp_path / "p").mkdir()
        path = tmp_path / "p" / "a.py"
        path.write_bytes(b"value = 1\n")
        age(path)
        return path

    def shown(self, path: Path) -> bool:
        return files.Compiled().proves(str(path), *files.read(str(path)))

    def test_shows_that_its_source_is_python(self, path: Path) -> None:
        compiled(path)
        assert self.shown(path)

    def test_is_not_needed_by_an_empty_source(self, path: Path) -> None:
        path.write_bytes(b"")
        assert self.shown(path)

    def test_of_another_version_shows_it_too(self, path: Path) -> None:
        written = compiled(path)
        data = written.read_bytes()
        written.rename(written.with_name("a.cpython-399.opt-1.pyc")).write_bytes(b"\xff\x7f\r\n" + data[4:])
        assert self.shown(path)

    def test_an_old_one_beside_a_new_one_does_no_harm(self, path: Path) -> None:
        written = compiled(path)
        written.with_name("a.cpython-38.pyc").write_bytes(b"old")
        assert self.shown(path)

    def test_of_a_hash_that_python_checks_shows_it(self, path: Path) -> None:
        compiled(path, py_compile.PycInvalidationMode.CHECKED_HASH)
        assert self.shown(path)

    def test_of_a_hash_shows_nothing_once_the_source_is_another(self, path: Path) -> None:
        compiled(path, py_compile.PycInvalidationMode.CHECKED_HASH)
        path.write_bytes(b"value = 2\n")
        assert not self.shown(path)

    def test_of_a_hash_of_another_version_shows_nothing(self, path: Path) -> None:
        written = compiled(path, py_compile.PycInvalidationMode.CHECKED_HASH)
        written.write_bytes(b"\xff\x7f\r\n" + written.read_bytes()[4:])
        assert not self.shown(path)

    def test_of_a_hash_that_nobody_checks_shows_nothing(self, path: Path) -> None:
        compiled(path, py_compile.PycInvalidationMode.UNCHECKED_HASH)
        assert not self.shown(path)

    def test_shows_nothing_once_the_source_is_older_or_newer(self, path: Path) -> None:
        compiled(path)
        age(path, 10)
        assert not self.shown(path)

    def test_shows_nothing_once_the_source_has_another_size(self, path: Path) -> None:
        compiled(path)
        status = path.stat()
        path.write_bytes(b"value = = 1\n")
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        assert not self.shown(path)

    def test_shows_nothing_if_written_in_the_second_of_the_change(self, path: Path) -> None:
        written = compiled(path)
        os.utime(written, ns=(0, path.stat().st_mtime_ns))
        assert not self.shown(path)

    @pytest.mark.parametrize("data", [b"", b"\0" * 20, b"\xff\x7f\r\n" + b"\0" * 12])
    def test_shows_nothing_if_it_is_damaged(self, path: Path, data: bytes) -> None:
        compiled(path).write_bytes(data)
        assert not self.shown(path)

    def test_cut_off_behind_its_header_shows_nothing(self, path: Path) -> None:
        written = compiled(path)
        written.write_bytes(written.read_bytes()[:16])
        assert not self.shown(path)

    def test_that_cannot_be_read_shows_nothing(self, path: Path) -> None:
        written = compiled(path)
        written.unlink()
        written.symlink_to(written.with_name("nowhere"))
        assert not self.shown(path)

    def test_that_is_a_folder_shows_nothing(self, path: Path) -> None:
        written = compiled(path)
        written.unlink()
        written.mkdir()
        assert not self.shown(path)

    def test_of_another_module_shows_nothing(self, path: Path) -> None:
        compiled(path)
        other = path.with_name("b.py")
        other.write_bytes(path.read_bytes())
        assert not self.shown(other)

    def test_leaves_the_encoding_to_be_heeded(self, path: Path, make_context: MakeContext) -> None:
        path.write_bytes("# coding: latin-1\nimport p.ä\n".encode("latin-1"))
        path.with_name("ä.py").write_bytes(b"\xef\xbb\xbfimport p.a\r\n")
        for each in path.parent.glob("*.py"):
            age(each)
            compiled(each)
        assert ImportCycles().measure(make_context()).values["cycles"] == 1


class TestParsing:
    @pytest.mark.parametrize(
        "text", ["", "x = 1", "'''doc'''\nfrom __future__ import annotations\n", "x = '\\d'\n", "\fx = 1\n"]
    )
    def test_of_python_says_so(self, text: str) -> None:
        assert source.parses(text.encode())
        assert source.unparsable(text.encode(), "a.py") is None

    @pytest.mark.parametrize(
        "text",
        ["x = = 1", "  x = 1\n", "def f(:\n", "x = (1\n", "f() = 1\n", "'''", "if x:\n", "x = 1 +\n", "print 1\n"],
    )
    def test_of_anything_else_says_where(self, text: str) -> None:
        assert not source.parses(text.encode())
        broken = source.unparsable(text.encode(), "a.py")
        assert broken is not None
        assert broken.path == "a.py"
        assert "cannot parse it" in broken.why

    def test_of_a_text_that_names_no_feature_either_is_not_fooled(self) -> None:
        assert not source.parses(b"from __future__ import no_feature_of_any_python\nx = = 1\n")

    def test_of_bytes_that_are_no_text_says_so(self) -> None:
        broken = source.unparsable(b"x = '\xe4'\n", "a.py")
        assert broken is not None
        assert "utf-8" in broken.why

    def test_agrees_with_the_compiler_about_the_standard_library(self) -> None:
        library = Path(os.__file__).parent
        assert all(source.parses(path.read_bytes()) for path in sorted(library.glob("a*.py")))


class TestCallsThatMayLeadToAnImport:
    """In a large project, a file is parsed only if its text looks like it."""

    @pytest.mark.parametrize(
        ("text", "function"),
        [
            ("def f():\n    import p.b\nf()\n", "f"),
            ("def f():\n    import p.b\ndef g():\n    f()\ng()\n", "f"),
            ("class A:\n    def m(self):\n        import p.b\n    def __init__(self):\n        self.m()\nA()\n", "A.m"),
            ("class A:\n  def __init__(self):\n    import p.b\nA()\n", "A.__init__"),
            ("class A:\n    def __new__(cls):\n        import p.b\nclass B(\n    A\n):\n    pass\nB()\n", "A.__new__"),
            ("class A:\n    if True:\n        def __init__(self):\n            import p.b\nA()\n", "A.__init__"),
            ("class A:\n\tdef m():\n\t\timport p.b\n\tvalue = m()\n", "A.m"),
            ("if True:\n    def f():\n        import p.b\n    f()\n", "f"),
            ("if True:\n    class A:\n        def __init__(self): import p.b\ndef g(): A()\ng()\n", "A.__init__"),
            ("def f():\n    def inner():\n        import p.b\n    inner()\n@f\ndef g(): pass\n", "f.inner"),
        ],
    )
    def test_are_seen(self, text: str, function: str) -> None:
        assert mentions.leads_to(text.encode(), [function.encode()])

    @pytest.mark.parametrize(
        ("text", "function"),
        [
            ("def f():\n    import p.b\ndef g():\n    f()\ndef h():\n    pass\nh()\n", "f"),
            ("def f():\n    import p.b\n'''\nf()\n'''\n", "f"),
            ("class A:\n    def m(self):\n        import p.b\n    def __init__(self):\n        pass\nA()\n", "A.m"),
        ],
    )
    def test_are_not_seen_where_there_are_none(self, text: str, function: str) -> None:
        assert not mentions.leads_to(text.encode(), [function.encode()])


class TestWhatIsKept:
    FILES: ClassVar[dict[str, str]] = {
        "__init__.py": "",
        "a.py": "from p.b import other  # (\nthing = 1\n",
        "b.py": "from p.a import (\n  x,  # ,y\n thing)\n",
    }

    @pytest.fixture
    def project(self, tmp_path: Path) -> Path:
        (tmp_path / "project" / "p").mkdir(parents=True)
        for name, text in self.FILES.items():
            (tmp_path / "project" / "p" / name).write_text(text, encoding="utf-8")
        return tmp_path / "project"

    def run(self, project: Path) -> tuple[object, ...]:
        result = run_probe(ImportCycles(), root=project, cache=project.parent / "cache")
        return result.measurements, result.evidence, result.reason

    def test_of_the_files_that_have_not_changed_is_used(self, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        first = self.run(project)
        (project / "p" / "c.py").write_text("import os\n", encoding="utf-8")
        (project / "p" / "__init__.py").write_text("# changed\n", encoding="utf-8")
        read: list[str] = []
        real = source.normal

        def noted(raw: bytes, path: str, *, proved: bool = False) -> bytes | source.Broken:
            read.append(Path(path).name)
            return real(raw, path, proved=proved)

        monkeypatch.setattr(source, "normal", noted)
        monkeypatch.setattr(analysis.Analysis, "_lines", lambda *_given: (1,))
        monkeypatch.setattr(analysis.Analysis, "_follow_calls", lambda *_given, **_more: None)
        monkeypatch.setattr(analysis.Analysis, "_check", lambda _self: None)
        again = self.run(project)
        assert sorted(read) == ["__init__.py", "c.py"]
        assert again[2] == first[2]

    def test_in_one_folder_is_not_shown_for_its_copy(self, project: Path) -> None:
        self.run(project)
        copy = project.parent / "copy"
        project.rename(copy)
        assert str(project) not in str(self.run(copy))

    def test_is_not_used_if_it_is_damaged(self, project: Path) -> None:
        first = self.run(project)
        for kept in (project.parent / "cache").rglob("*.*"):
            data = kept.read_bytes()
            kept.write_bytes(data[:-3] + b"xyz")
        assert self.run(project) == first

    def test_is_limited(self, project: Path) -> None:
        for number in range(25):
            (project / "p" / "a.py").write_text(f"x = {number}\n", encoding="utf-8")
            self.run(project)
        assert len(list((project.parent / "cache").rglob("*.json"))) == 20

    def test_is_done_without_where_it_cannot_be(self, project: Path) -> None:
        (project.parent / "cache").write_text("a file where a folder should be", encoding="utf-8")
        assert "cycles is 1" in str(self.run(project)[2])

    def test_spares_loading_the_engine(self, project: Path) -> None:
        code = (
            "import sys\nfrom pathlib import Path\nfrom pytest_readiness.probes._imports import cache, modules\n"
            "found = cache.findings(Path(sys.argv[2]), modules.find(Path(sys.argv[1])))\n"
            "print(len(found.cycles), 'pytest_readiness.probes._imports.analysis' in sys.modules)\n"
        )
        told = [
            subprocess.run(
                [sys.executable, "-c", code, str(project), str(project.parent / "cache")],
                capture_output=True,
                text=True,
                check=True,
            ).stdout.strip()
            for _run in range(2)
        ]
        assert told == ["1 True", "1 False"]
