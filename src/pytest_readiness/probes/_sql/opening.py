"""From a URL to its pool."""

from __future__ import annotations

from pathlib import Path

from pytest_readiness.deadline import Deadline
from pytest_readiness.probe import Context
from pytest_readiness.probes._sql.pool import Pool
from pytest_readiness.probes._sql.server import Servers
from pytest_readiness.probes._sql.sqlite import Sqlite
from pytest_readiness.probes._sql.url import Url


def pool(url: Url, context: Context) -> Pool:
    """Return the pool of this database, the same for all gates of a run; its passwords are secrets from now on."""
    for secret in url.secrets():
        context.keep_secret(secret)
    made: Pool = context.fact(("sql", url.key), lambda _: _made(url, context.root))
    return made


def _made(url: Url, root: Path) -> Pool:
    if url.file is None:
        return Pool(Servers(url).connect)
    path = root / Path(url.file).expanduser() if url.file else None
    return Pool(lambda deadline: Sqlite(path, deadline))


def soon(deadline: Deadline) -> Deadline:
    """Return a moment shortly before *deadline*, so that there is time to tell what was found until then."""
    left = deadline.remaining()
    return deadline.sooner(left - min(0.25, 0.1 * left))
