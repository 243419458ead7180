"""Keys that stand in files."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_readiness.model import Severity
from pytest_readiness.survey.looks._words import listed
from pytest_readiness.survey.model import Found, Remark, Section
from pytest_readiness.survey.repository import Repository

WHAT = "place for secrets"

#: Private keys, and keys of AWS, GitHub, GitLab, Slack, Stripe and Google by the way they begin. It stands in the
#: spec, which is looked into as well: it must not match itself.
_KEYS = (
    r"-----BEGIN [A-Z ]*PRIVATE KEY|\bAKIA(?!\w{9}EXAMPLE)[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}"
    r"|\bglpat-[\w-]{20}|\bxox[abpr]-[0-9A-Za-z-]{10}|\bsk_live_[0-9A-Za-z]{16}|\bAIza[0-9A-Za-z_-]{35}"
)
_KINDS = ("py", "toml", "yaml", "yml", "json", "ini", "cfg", "sh")


def look(repository: Repository) -> Iterator[Found | Remark]:
    """Yield a gate on the packages and the configuration at the top."""
    layout = repository.layout
    folders = [f"{layout.base}{name}/**/*" for name in layout.packages]
    top = any("/" not in name and name.endswith(tuple(f".{kind}" for kind in _KINDS)) for name in repository.files)
    places = [*(["*"] if top else []), *folders]
    if not folders and not layout.modules:
        return
    where = [*(f"{layout.base}{name}" for name in layout.packages), *(["the top folder"] if top else [])]
    glob = f"{{{','.join(places)}}}" if len(places) > 1 else places[0]
    yield Found(
        id="no-keys-in-code",
        section=Section.REPOSITORY,
        title="No keys stand in the code or its configuration",
        why=f"code and configuration are in {listed(where)}",
        probe="file",
        options={"glob": f"{glob}.{{{','.join(_KINDS)}}}", "regex": _KEYS},
        musts={"matches": 0},
        severity=Severity.CRITICAL,
    )
