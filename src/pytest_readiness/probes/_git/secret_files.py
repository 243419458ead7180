"""Files whose names say that they hold secrets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

#: Names, in lower case, and their endings. Examples and templates are none.
_NAMES = re.compile(
    r"""
      \.env(?:\..+)? | .+\.env | \.envrc
    | id_(?:rsa|dsa|ecdsa|ecdsa_sk|ed25519|ed25519_sk)
    | \.(?:netrc|pgpass|htpasswd|git-credentials|dockercfg|vault-token|my\.cnf)
    | _netrc | credentials(?:\.json)? | client_secrets?(?:_.*)?\.json | service[-_]account.*\.json | \.vault[-_]pass.*
    | .+\.(?:p12|pfx|jks|keystore|kdbx|ppk|ovpn|tfstate)
    """,
    re.VERBOSE,
)
#: Files that hold a secret only if there is a private key in them.
_KEYS = re.compile(r".+\.(?:pem|key|crt|cer)")
_HARMLESS = re.compile(r"(?:^|[._-])(?:example|sample|template|dist|tmpl|defaults?|schema|test|ci)(?:[._-]|$)")
_PRIVATE = b"PRIVATE KEY-----"
_MOST = 64 * 1024


def looks_secret(name: str, top: Path, allowed: Sequence[str]) -> bool:
    """Tell whether the file *name* below *top* looks like a secret, and is none of the patterns *allowed*."""
    path = PurePosixPath(name)
    plain = path.name.lower()
    if any(fnmatchcase(name, pattern) or fnmatchcase(path.name, pattern) for pattern in allowed):
        return False
    if _KEYS.fullmatch(plain):
        return _holds_key(top / name)
    return _NAMES.fullmatch(plain) is not None and _HARMLESS.search(plain.removeprefix(".")) is None


def _holds_key(path: Path) -> bool:
    """Tell whether there is a private key in the file; one that cannot be read may hold one."""
    try:
        with path.open("rb") as file:
            return _PRIVATE in file.read(_MOST)
    except OSError:
        return True
