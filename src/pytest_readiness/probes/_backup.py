"""Where backups lie: in a folder, or in a bucket."""

from __future__ import annotations

import importlib
import importlib.util
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pytest_readiness.errors import CannotMeasure, MissingExtra
from pytest_readiness.probe import Context
from pytest_readiness.probes import _glob

#: More objects than this below a prefix are not looked through.
MOST_OBJECTS = 100_000

_SCHEME = "s3://"
_WAIT = 10.0
_WILD = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


@dataclass(frozen=True, slots=True)
class Copy:
    """One backup: its name, where it is, the seconds since 1970 at which it was written, its size in bytes."""

    name: str
    where: str
    written: float
    size: int


def in_bucket(location: str) -> bool:
    """Tell whether *location* is a bucket and prefix, not a path."""
    return location.startswith(_SCHEME)


def in_folder(context: Context, path: str, glob: str) -> list[Copy]:
    """Return the files below the folder *path* that match *glob*, or the file *path* itself; none where it is not."""
    place = context.path(os.path.expanduser(path))  # noqa: PTH111 - Path.expanduser raises for an unknown user
    if _glob.is_file(place):
        return [_copy(place, place.name)]
    if not place.exists():
        return []
    files = sorted(_glob.find(place, glob, context.deadline))
    return [_copy(file, file.relative_to(place).as_posix()) for file in files]


def _copy(path: Path, name: str) -> Copy:
    try:
        stat = path.stat()
    except OSError as error:
        raise CannotMeasure(f"{path} cannot be looked at: {error.strerror}") from None
    return Copy(name, str(path), stat.st_mtime, stat.st_size)


def in_s3(context: Context, location: str, glob: str) -> list[Copy]:
    """
    Return the objects of a bucket below a prefix whose names match *glob*.

    The endpoint, the region and the credentials are those of the context's environment, else those boto3 finds.
    """
    if importlib.util.find_spec("boto3") is None:
        raise MissingExtra("boto3", "s3")
    errors = importlib.import_module("botocore.exceptions")
    bucket, _, folder = location.removeprefix(_SCHEME).partition("/")
    prefix = f"{folder.rstrip('/')}/" if folder.strip("/") else ""
    pattern = _pattern(glob)
    found: list[Copy] = []
    try:
        for each in _objects(_client(context), bucket, prefix):
            if context.deadline.passed:
                raise CannotMeasure(f"the deadline came while looking through {location}")
            name = each["Key"].removeprefix(prefix)
            if name and pattern.fullmatch(name):
                where = f"{_SCHEME}{bucket}/{each['Key']}"
                found.append(Copy(name, where, each["LastModified"].timestamp(), each["Size"]))
            if len(found) > MOST_OBJECTS:
                raise CannotMeasure(f"more than {MOST_OBJECTS} objects match in {location}: narrow the prefix")
    except (errors.BotoCoreError, errors.ClientError) as error:
        raise CannotMeasure(f"{location}: {error}") from None
    return found


def _pattern(glob: str) -> re.Pattern[str]:
    """Return what matches the names that *glob* means, as it does in folders."""
    ways = []
    for plain in _glob.expand(glob):
        pieces = re.split(r"(\*\*/|\*\*|\*|\?)", plain)
        ways.append("".join(_WILD.get(piece, re.escape(piece)) for piece in pieces))
    return re.compile("|".join(ways), re.DOTALL)


def _client(context: Context) -> Any:
    boto3, config = importlib.import_module("boto3"), importlib.import_module("botocore.config")
    env = context.env
    for name in ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        context.keep_secret(env.get(name, ""))
    wait = context.deadline.cap(_WAIT)
    return boto3.session.Session(**_given(env)).client(
        "s3",
        endpoint_url=env.get("AWS_ENDPOINT_URL_S3") or env.get("AWS_ENDPOINT_URL"),
        config=config.Config(connect_timeout=wait, read_timeout=wait, retries={"total_max_attempts": 1}),
    )


def _given(env: Mapping[str, str]) -> dict[str, str]:
    names = {
        "aws_access_key_id": "AWS_ACCESS_KEY_ID",
        "aws_secret_access_key": "AWS_SECRET_ACCESS_KEY",
        "aws_session_token": "AWS_SESSION_TOKEN",
        "region_name": "AWS_DEFAULT_REGION",
        "profile_name": "AWS_PROFILE",
    }
    return {option: env[name] for option, name in names.items() if env.get(name)}


def _objects(client: Any, bucket: str, prefix: str) -> Iterator[dict[str, Any]]:
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        yield from page.get("Contents", ())
