"""
Run in an interpreter of its own: what Alembic knows of a project's migrations, as JSON on standard output.

Reads ``{"config", "name", "url", "online"}`` from standard input; a problem is ``{"error": ...}``. Nothing is
changed: not even Alembic's own table is made. What the project's code prints goes to standard error.
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any


def main() -> None:
    """Answer the question on standard input."""
    asked = json.load(sys.stdin)
    answer = os.dup(1)
    os.dup2(2, 1)
    warnings.filterwarnings("error", message="Revision .* (is present more than once|referenced from)")
    try:
        found = look(asked)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the project's code may raise anything
        found = {"error": _said(error)}
    with os.fdopen(answer, "w", encoding="utf-8") as out:
        json.dump(found, out)


def look(asked: Mapping[str, Any]) -> dict[str, object]:
    """Return what is asked for: revisions and heads, and online what the database has of them."""
    from alembic.script import ScriptDirectory

    config = _config(asked)
    scripts = ScriptDirectory.from_config(config)
    revisions = {script.revision: script.doc for script in scripts.walk_revisions()}
    found: dict[str, object] = {
        "revisions": len(revisions),
        "heads": [f"{head} {revisions[head] or ''}".strip() for head in scripts.get_heads()],
    }
    if asked["online"] and revisions:
        found |= _online(config, scripts, set(revisions))
    return found


def _config(asked: Mapping[str, Any]) -> Any:
    from alembic.config import Config

    file, section = asked["config"], asked["name"]
    as_toml = Path(file).name == "pyproject.toml"
    config = Config(toml_file=file, ini_section=section) if as_toml else Config(file, ini_section=section)
    if asked["url"]:
        config.set_main_option("sqlalchemy.url", asked["url"].replace("%", "%%"))
    return config


def _online(config: Any, scripts: Any, known: set[str]) -> dict[str, object]:
    """Return what each database that env.py connects to has; all of them count together."""
    from alembic.runtime.environment import EnvironmentContext

    found: list[dict[str, Any]] = []

    def ask(current: Any, context: Any) -> list[object]:
        found.append(_compared(config, scripts, known, tuple(current), context))
        return []

    with EnvironmentContext(config, scripts, fn=ask, dont_mutate=True):
        scripts.run_env()
    if not found:
        return {"error": "env.py asked no database: it did not call context.run_migrations()"}
    pending = [each["pending"] for each in found]
    return {
        "current": [revision for each in found for revision in each["current"]],
        "strangers": [revision for each in found for revision in each["strangers"]],
        "unapplied": sum(each["unapplied"] for each in found),
        "pending": [line for each in pending for line in each] if None not in pending else None,
        "why_not": next((each["why_not"] for each in found if each["why_not"]), ""),
    }


def _compared(config: Any, scripts: Any, known: set[str], current: tuple[str, ...], context: Any) -> dict[str, Any]:
    """Return what one database has: its revisions, how many are missing, and how its tables differ from the models."""
    strangers = [revision for revision in current if revision not in known]
    applied = {each.revision for each in scripts.iterate_revisions(tuple(set(current) & known), "base")} & known
    found = {"current": current, "strangers": strangers, "unapplied": len(known - applied), "pending": None}
    metadata = context.opts.get("target_metadata")
    models = metadata if isinstance(metadata, list | tuple) else [metadata]
    if strangers or known - applied:
        return found | {"why_not": "the database is not at head"}
    if metadata is None:
        return found | {"why_not": "env.py gives no target_metadata"}
    if not any(each.tables for each in models):
        return found | {"why_not": "the models in target_metadata have no table: env.py may not import them"}
    return found | {"why_not": "", "pending": [line for one in _differences(config, scripts, context) for line in one]}


def _differences(config: Any, scripts: Any, context: Any) -> Iterable[list[str]]:
    """Yield what ``alembic revision --autogenerate`` would write, as lines."""
    from alembic.autogenerate import RevisionContext

    wanted = dict.fromkeys(("message", "splice", "branch_label", "version_path", "rev_id", "depends_on"))
    revision = RevisionContext(config, scripts, {**wanted, "autogenerate": True, "sql": False, "head": "heads"})
    revision.run_autogenerate(context.get_current_heads(), context)
    for operations in revision.generated_revisions[-1].upgrade_ops_list:
        for difference in operations.as_diffs():
            yield [_described(each) for each in (difference if isinstance(difference, list) else [difference])]


def _described(difference: tuple[Any, ...]) -> str:
    """Return "add_column orders.note" and its like."""
    kind, *rest = difference
    if kind.endswith("_column"):
        return f"{kind} {rest[1]}.{rest[2].name}"
    if kind.startswith("modify_"):
        return " ".join((kind, ".".join(str(part) for part in rest[1:3] if isinstance(part, str))))
    name, table = getattr(rest[0], "name", None), getattr(rest[0], "table", None)
    return f"{kind} {name or ''}{f' on {table.name}' if table is not None else ''}"


def _said(error: BaseException) -> str:
    lines = [line.strip() for line in str(getattr(error, "orig", None) or error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__


if __name__ == "__main__":
    main()
