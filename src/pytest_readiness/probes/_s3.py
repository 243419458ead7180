"""
Object stores: boto3 signs and reads, the requests themselves go through our own HTTP client.

So every wait ends at the gate's deadline, whatever the server does, and what is wrong with a name, a port
or a certificate is said in the same words as everywhere.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pytest_readiness.errors import CannotMeasure, MissingExtra
from pytest_readiness.probe import Context
from pytest_readiness.probes._http.ask import ask
from pytest_readiness.probes._http.body import printable
from pytest_readiness.probes._http.client import Request
from pytest_readiness.probes._http.url import parse

#: More objects than this are not listed, all prefixes of a gate together.
MOST_OBJECTS = 100_000

_PAGE = 1000
_SHORT = 200
#: What the client says itself.
_NOT_OURS = frozenset({"content-length", "expect", "transfer-encoding", "connection", "host"})


class Refused(CannotMeasure):
    """The store is there and refused a request; ``code`` is its own word for it, or the HTTP status."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Account:
    """Who asks, and where: ``endpoint`` is None for AWS itself; without a key, boto3 looks for credentials."""

    endpoint: str | None
    region: str
    key: str | None
    secret: str | None
    token: str | None
    anonymous: bool
    ca: str | None


@dataclass(frozen=True, slots=True)
class Thing:
    """One object: its key, its size in bytes, and when it was changed."""

    key: str
    size: int
    changed: datetime


class Bucket:
    """
    One bucket.

    Raises ``Refused`` where the store refuses a request, and else ``CannotMeasure``.
    ``latency`` is how long the last request took, in milliseconds.
    """

    def __init__(self, account: Account, name: str, context: Context) -> None:
        try:
            import boto3  # type: ignore[import-untyped]
            from botocore import UNSIGNED, exceptions  # type: ignore[import-untyped]
            from botocore.config import Config  # type: ignore[import-untyped]
        except ImportError:
            raise MissingExtra("boto3", "s3") from None
        self.name = name
        self.latency = 0.0
        self._errors = exceptions
        self._context = context
        self._ca = account.ca
        settings: dict[str, Any] = {
            "retries": {"total_max_attempts": 1},
            "connect_timeout": context.deadline.cap(),
            "read_timeout": context.deadline.cap(),
            "request_checksum_calculation": "when_required",
            "response_checksum_validation": "when_required",
        }
        if account.anonymous:
            settings["signature_version"] = UNSIGNED
        if account.endpoint is not None:
            settings["s3"] = {"addressing_style": "path"}
        with self._explained("its settings"):
            session = boto3.session.Session(account.key, account.secret, account.token, account.region)
            self._client = session.client("s3", endpoint_url=account.endpoint, config=Config(**settings))
        self._client.meta.events.register("before-send.s3", self._send)

    def there(self) -> bool:
        """Return whether there is such a bucket."""
        try:
            self._do("the question whether the bucket is there", "head_bucket")
        except Refused as error:
            if error.code in {"404", "NoSuchBucket", "NotFound"}:
                return False
            raise
        return True

    def things(self, prefix: str) -> Iterator[Thing]:
        """Yield the objects whose keys begin with *prefix*; what only stands for a folder is none."""
        more: dict[str, str] = {}
        while True:
            page = self._do("the list of objects", "list_objects_v2", Prefix=prefix, MaxKeys=_PAGE, **more)
            for item in page.get("Contents", ()):
                if item["Size"] or not item["Key"].endswith("/"):
                    yield Thing(item["Key"], item["Size"], item["LastModified"])
            if not page.get("IsTruncated"):
                return
            more = {"ContinuationToken": page["NextContinuationToken"]}

    def put(self, key: str, body: bytes) -> str | None:
        """Write an object; return the number of its version, where the bucket keeps versions."""
        version = self._do(f"writing {key}", "put_object", Key=key, Body=body).get("VersionId")
        return None if version in {None, "null"} else str(version)

    def get(self, key: str) -> bytes:
        """Return what is in an object."""
        with self._explained(f"reading {key}"):
            data: bytes = self._do(f"reading {key}", "get_object", Key=key)["Body"].read()
            return data

    def delete(self, key: str, version: str | None) -> None:
        """Remove an object, and its *version* for good."""
        self._do(f"removing {key}", "delete_object", Key=key, **({} if version is None else {"VersionId": version}))

    def _do(self, what: str, name: str, **words: Any) -> Mapping[str, Any]:
        with self._explained(what):
            answer: Mapping[str, Any] = getattr(self._client, name)(Bucket=self.name, **words)
            return answer

    def _send(self, request: Any, **_: object) -> Any:
        """Send what boto3 has signed, and return the answer as boto3 wants it."""
        from botocore.awsrequest import AWSResponse  # type: ignore[import-untyped]

        headers = {
            name: value.decode("latin-1") if isinstance(value, bytes) else str(value)
            for name, value in request.headers.items()
            if name.lower() not in _NOT_OURS
        }
        body = request.body.read() if hasattr(request.body, "read") else request.body
        sent = Request(request.method, headers, body.encode() if isinstance(body, str) else body)
        exchange = ask(self._context, parse(request.url), sent, ca=self._ca)
        self.latency = 1000.0 * exchange.latency
        return AWSResponse(request.url, exchange.answer.status, exchange.answer.headers, _Raw(exchange.answer.body))

    @contextlib.contextmanager
    def _explained(self, what: str) -> Iterator[None]:
        """Turn the many ways in which a request fails into one sentence."""
        errors = self._errors
        try:
            yield
        except errors.ClientError as error:
            told = error.response.get("Error", {})
            code, message = str(told.get("Code", "error")), str(told.get("Message", ""))
            raise Refused(f"{what} was refused: {printable(f'{code} {message}'.strip())[:_SHORT]}", code) from None
        except (errors.NoCredentialsError, errors.PartialCredentialsError):
            raise CannotMeasure(
                "no credentials: say `access_key` and `secret_key`, set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY,"
                " or say `anonymous: true`"
            ) from None
        except (errors.BotoCoreError, ValueError) as error:
            raise CannotMeasure(f"{what}: {printable(str(error))[:_SHORT]}") from None


class _Raw(io.BytesIO):
    """A body as boto3 reads it: in one piece or by and by."""

    def stream(self, **_: object) -> Iterator[bytes]:
        yield self.read()
