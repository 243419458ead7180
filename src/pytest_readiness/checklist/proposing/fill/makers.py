"""All makers by name: those for what is said, and those for what is shown in code."""

from __future__ import annotations

from collections.abc import Mapping

from pytest_readiness.checklist.proposing.fill import (
    Maker,
    code,
    commands,
    data,
    documents,
    files,
    manifests,
    operations,
    shell,
    tests,
    variables,
    web,
)

#: By the name under ``fill`` in a rule.
SAID: Mapping[str, Maker] = {
    **tests.MAKERS,
    **code.MAKERS,
    **files.MAKERS,
    **web.MAKERS,
    **data.MAKERS,
    **commands.MAKERS,
    **documents.MAKERS,
    **manifests.MAKERS,
    **variables.MAKERS,
    **operations.MAKERS,
}
#: By the name of a probe; where there is none, what is shown is taken as if it were said.
SHOWN: Mapping[str, Maker] = shell.MAKERS
