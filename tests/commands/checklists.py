"""A project with a checklist, some of whose claims hold."""

from __future__ import annotations

from pathlib import Path

CHECKLIST = """\
# Orders

Overall completion: 75% (3/4 tasks)

- [x] Changelog is kept
- [x] Readme names the port
- [ ] Spec is there
- [x] Somebody has read it all
"""
SPEC = """\
version: 1
name: orders
gates:
  - id: changelog
    title: Changelog is kept
    probe: file
    with: {path: CHANGELOG.md}
    source: "CHECKLIST.md:5"
  - id: port
    title: Readme names the port
    probe: file
    with: {path: README.md, regex: "port \\\\d+"}
    expect: {matches: ">= 1"}
    source: "CHECKLIST.md:6"
  - {id: spec, title: Spec is there, probe: file, with: {path: readiness.yaml}, source: "CHECKLIST.md:7"}
"""


def written(folder: Path, *, checklist: str = CHECKLIST, spec: str = SPEC) -> Path:
    """Make the project in *folder*: the changelog is there, and the readme names no port."""
    (folder / "CHANGELOG.md").write_text("# 1.0\n")
    (folder / "README.md").write_text("Nothing to see.\n")
    (folder / "readiness.yaml").write_text(spec)
    path = folder / "CHECKLIST.md"
    path.write_bytes(checklist.encode())
    return path
