"""Which modules a project has: found in its folders, importing nothing."""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

T = TypeVar("T")
#: Folders at the top of a project that hold no modules of its own.
_FOREIGN = frozenset({"build", "dist", "node_modules", "venv", "env", "site-packages", "__pycache__"})
#: What gettext calls the folders of its catalogues. A project that is translated may have thousands.
CATALOGUES = "LC_MESSAGES"


class Modules:
    """
    Modules by number: ``names`` (dotted), ``paths`` (empty for a package without ``__init__.py``) and ``packages``.

    ``index`` leads from a name to its number, ``children`` from a package to its modules by last name. ``translated``
    are packages with a folder of gettext's catalogues, in which no modules are looked for.
    """

    def __init__(self) -> None:
        self.names: list[bytes] = []
        self.paths: list[str] = []
        self.packages: set[int] = set()
        self.translated: set[bytes] = set()
        self.index: dict[bytes, int] = {}
        self.children: dict[bytes, dict[bytes, int]] = {}

    @property
    def files(self) -> int:
        """How many modules have a file."""
        return sum(map(bool, self.paths))

    def add(self, name: bytes, path: str, *, package: bool) -> None:
        """Add a module; a name seen before stays as it is, as on ``sys.path``."""
        if name in self.index:
            number = self.index[name]
            if not self.paths[number] and package:
                self.paths[number] = path
            return
        self.index[name] = number = len(self.names)
        self.names.append(name)
        self.paths.append(path)
        above, _, last = name.rpartition(b".")
        self.children.setdefault(above, {})[last] = number
        if package:
            self.packages.add(number)

    def parent(self, number: int) -> bytes:
        """Return the package that relative imports of module *number* start from."""
        name = self.names[number]
        return name if number in self.packages else name.rpartition(b".")[0]


def roots(root: Path) -> tuple[Path, ...]:
    """Return the folders whose content can be imported: ``src/`` (if it is no package itself) and *root*."""
    return tuple(map(type(root), _places(str(root))))


def _places(root: str) -> tuple[str, ...]:
    source = f"{root}{os.sep}src"
    return (source, root) if os.path.isdir(source) and not _regular(source) else (root,)  # noqa: PTH112


def outermost(root: Path, packages: Sequence[str]) -> tuple[str, ...]:
    """
    Return for each of *packages* the outermost package with code of its own that it is in, or itself, each once.

    Python finds a package inside such a one only by running that code.
    """
    found: dict[str, None] = {}
    for package in packages:
        parts = package.split(".")
        heads = (parts[:end] for end in range(1, len(parts)))
        regular = [head for head in heads if any(_regular(str(place.joinpath(*head))) for place in roots(root))]
        found[".".join(regular[0]) if regular else package] = None
    return tuple(found)


def find(root: Path | str, packages: Sequence[str] = (), elsewhere: Sequence[str] = ()) -> Modules:
    """
    Find all modules of *packages* under ``src/`` or *root*, then in the folders *elsewhere*.

    Without *packages*: all that is under ``src/``, or under *root* if there is no Python under ``src/``.
    Raises ``CannotMeasure`` for a package that is not there.
    """
    return uncollected(lambda: _find(_places(str(root)), packages, elsewhere))


def uncollected(work: Callable[[], T]) -> T:
    """Do work that makes no garbage worth collecting on the way, without looking for any."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        return work()
    finally:
        if collecting:
            gc.enable()


def _find(places: Sequence[str], packages: Sequence[str], elsewhere: Sequence[str]) -> Modules:
    modules = Modules()
    if not packages:
        for place in places:
            for name, path, is_package in _top(place):
                _add(modules, name, path, is_package=is_package)
            if modules.names:
                break
        return modules
    for package in packages:
        before = len(modules.names)
        for folder in (*places, *elsewhere):
            _package(modules, package, folder)
            if len(modules.names) > before or package.encode() in modules.index:
                break
        else:
            from pytest_readiness.errors import CannotMeasure

            raise CannotMeasure(_missing(package, places))
    return modules


def _missing(package: str, places: Sequence[str]) -> str:
    import difflib

    known = [name for place in places for name, _path, _is_package in _top(place)]
    near = difflib.get_close_matches(package, known, 1)
    where = " or ".join(["src/", "the spec's folder"][-len(places) :])
    return f"there is no package {package!r} under {where}" + (f"; did you mean {near[0]!r}?" if near else "")


def _package(modules: Modules, package: str, folder: str) -> None:
    path = os.path.join(folder, *package.split("."))  # noqa: PTH118 - pathlib is not loaded for this
    if os.path.isdir(path):  # noqa: PTH112
        _add(modules, package, path, is_package=True)
    elif os.path.isfile(f"{path}.py"):  # noqa: PTH113
        _add(modules, package, f"{path}.py", is_package=False)


def _top(place: str) -> Iterator[tuple[str, str, bool]]:
    """Yield name, path and whether it is a folder for what can be imported from *place*."""
    if not os.path.isdir(place):  # noqa: PTH112
        return
    for entry in sorted(os.scandir(place), key=lambda entry: entry.name):
        if entry.name.endswith(".py"):
            if (name := entry.name[:-3]).isidentifier() and entry.is_file():
                yield name, entry.path, False
        elif (
            entry.name.isidentifier()
            and entry.name not in _FOREIGN
            and entry.is_dir()
            and not os.path.exists(os.path.join(entry.path, "pyvenv.cfg"))  # noqa: PTH110, PTH118 - no Path per entry
        ):
            yield entry.name, entry.path, True


def _add(modules: Modules, name: str, path: str, *, is_package: bool) -> None:
    if is_package:
        _walk(modules, name.encode(), path, ())
    else:
        modules.add(name.encode(), path, package=False)


def _walk(modules: Modules, name: bytes, folder: str, above: tuple[str, ...]) -> bool:
    """Add the package in *folder* and all below it; return whether any module was there."""
    files, folders = _content(folder)
    if "__init__" in files:
        modules.add(name, f"{folder}{os.sep}__init__.py", package=True)
    elif not files and not folders:
        return False
    else:
        modules.add(name, "", package=True)
    found = bool(files)
    plain = set(files)
    if folders:
        above = (*above, folder)
        for entry in folders:
            if entry.name == CATALOGUES:
                modules.translated.add(name)
            elif _is_new(entry, above) and not (entry.name in plain and not _regular(entry.path)):
                plain.discard(entry.name)
                found |= _walk(modules, b"%b.%b" % (name, entry.name.encode()), entry.path, above)
    for file in files:
        if file in plain and file != "__init__" and "." not in file:
            modules.add(b"%b.%b" % (name, file.encode()), f"{folder}{os.sep}{file}.py", package=False)
    return found


def _content(folder: str) -> tuple[list[str], list[os.DirEntry[str]]]:
    """Return the Python files in a folder, by their names without ``.py``, and the folders that may be packages."""
    files: list[str] = []
    folders: list[os.DirEntry[str]] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            name = entry.name
            if name.endswith(".py"):
                if entry.is_file():
                    files.append(name[:-3])
            elif name.isidentifier() and name != "__pycache__" and entry.is_dir():
                folders.append(entry)
    return files, folders


def _regular(folder: str) -> bool:
    return os.path.exists(f"{folder}{os.sep}__init__.py")  # noqa: PTH110 - no Path per entry


def _is_new(entry: os.DirEntry[str], above: tuple[str, ...]) -> bool:
    """Whether a folder is not a link back to one of those *above* it."""
    if not entry.is_symlink():
        return True
    real = os.path.realpath(entry.path)
    return not any(folder == real or folder.startswith(real + os.sep) for folder in map(os.path.realpath, above))
