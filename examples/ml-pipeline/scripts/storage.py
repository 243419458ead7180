"""Say of the folder for models whether it is there, who may use it, and how much room there is, as JSON."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path


def main(folder: Path) -> None:
    there = folder.is_dir()
    said = {
        "directory": there,
        "mode": f"{folder.stat().st_mode & 0o777:o}" if there else "",
        "writable": there and os.access(folder, os.W_OK),
        "free_mib": shutil.disk_usage(folder).free // 2**20 if there else 0,
    }
    sys.stdout.write(json.dumps(said) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
