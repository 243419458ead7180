"""Object stores that speak S3: is the bucket there, does it hold what it should, does it take and give?"""

from __future__ import annotations

import re
import sys
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Better, Evidence, Value
from pytest_readiness.options import Secret
from pytest_readiness.probe import Context, Measure, Measurements, Probe, Touch, option
from pytest_readiness.probes import _s3
from pytest_readiness.probes._http.url import parse
from pytest_readiness.probes._s3 import Account, Bucket, Refused

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,254}|arn:[A-Za-z0-9:/_.-]{1,250}")
_LISTED = 20
_SKEW = 60.0
_COUNTED = ("objects", "fewest", "size", "age")


@dataclass(frozen=True, kw_only=True)
class S3(Probe):
    """
    Is a bucket there, does it hold what it should, and does it take and give objects?

    Each of `prefixes` has to hold objects; one that only stands for a folder (a key that ends in a slash,
    with nothing in it) does not count. `round_trip` writes one small object under a key that nobody else
    has, reads it back, and removes it for good, also where the bucket keeps versions. Credentials are those
    of the options, else of AWS_ACCESS_KEY_ID and its like, else whatever boto3 finds (a profile, a role).

    Fails when there is no such bucket, when a prefix holds nothing, or when the round trip does not succeed.
    A store that cannot be reached or does not answer in time, missing credentials and refused questions are
    errors. So is a list without any object, unless the gate says `objects: 0`.

    To fix: try `aws s3 ls s3://BUCKET/PREFIX` with the same credentials and `--endpoint-url`.
    """

    measures: ClassVar[Mapping[str, Measure]] = {
        "bucket_exists": Measure(bool, "whether there is such a bucket"),
        "objects": Measure(int, "objects under `prefixes`, or in all of the bucket", better=Better.HIGHER),
        "fewest": Measure(int, "objects under the one of `prefixes` that has fewest", better=Better.HIGHER),
        "missing": Measure(int, "prefixes that hold no object", better=Better.LOWER),
        "size": Measure(int, "size of these objects", "B"),
        "age": Measure(float, "time since the newest of these objects was changed", "s", Better.LOWER),
        "round_trip": Measure(bool, "whether an object was written, read back the same, and removed"),
        "latency": Measure(
            float, "time to ask whether the bucket is there, connecting included", "ms", Better.LOWER, exclusive=True
        ),
    }
    expect: ClassVar[Mapping[str, Value]] = {"bucket_exists": True}
    counter: ClassVar[str | None] = "objects"
    extra: ClassVar[str | None] = "s3"

    bucket: str = option("The name of the bucket.", example="${S3_BUCKET}")
    endpoint: str | None = option("The URL of the store, where it is not AWS.", None, example="https://minio:9000")
    prefixes: tuple[str, ...] = option(
        "What keys begin with; each has to hold objects.", (), example=["models/", "datasets/2026/"]
    )
    round_trip: bool = option("Write an object of our own, read it back and remove it.", default=False)
    scratch: str = option("What the key of that object begins with, where only some are allowed.", "readiness/")
    region: str | None = option("The region; AWS_REGION, or us-east-1, where nothing is said.", None)
    access_key: Secret | None = option("The access key's id.", None)
    secret_key: Secret | None = option("The access key itself.", None)
    session_token: Secret | None = option("The token of temporary credentials.", None)
    anonymous: bool = option("Ask without credentials, as for public data.", default=False)
    ca: str | None = option("A PEM file with the only issuers to trust, relative to the spec's folder.", None)

    def __post_init__(self) -> None:
        if _NAME.fullmatch(self.bucket) is None:
            raise OptionError("is not the name of a bucket: 3 or more letters, digits, dots and dashes", "bucket")
        if self.endpoint is not None:
            self._check_endpoint(self.endpoint)
        if "" in self.prefixes or any(prefix.startswith("/") for prefix in self.prefixes):
            raise OptionError("a prefix is neither empty nor begins with a slash", "prefixes")
        if (self.access_key is None) != (self.secret_key is None):
            raise OptionError("say both `access_key` and `secret_key`")
        if self.session_token is not None and self.access_key is None:
            raise OptionError("goes with `access_key`", "session_token")
        if self.anonymous and self.access_key is not None:
            raise OptionError("means without credentials, and there are some", "anonymous")

    @staticmethod
    def _check_endpoint(url: str) -> None:
        try:
            target = parse(url)
        except ValueError as error:
            raise OptionError(str(error), "endpoint") from None
        if target.login is not None:
            raise OptionError("has a login; say `access_key` and `secret_key`", "endpoint")
        if "?" in target.path:
            raise OptionError("has a query; say https://HOST:PORT", "endpoint")

    def expected(self) -> Mapping[str, Value]:
        """Return what is expected unless a gate says otherwise, of the options that are given."""
        missing: dict[str, Value] = {"missing": 0} if self.prefixes else {}
        return {**self.expect, **missing, **({"round_trip": True} if self.round_trip else {})}

    def touches(self) -> Iterator[Touch]:
        """Yield the store, and what is asked of it."""
        place = f"s3 of AWS, bucket {self.bucket}"
        if self.endpoint is not None:
            origin = parse(self.endpoint).origin
            place = f"{origin.host}:{origin.port}"
        yield Touch("host", place)
        if self.ca is not None:
            yield Touch("file", self.ca)
        yield from (Touch("query", f"list s3://{self.bucket}/{prefix}") for prefix in self.prefixes)
        if self.round_trip:
            yield Touch("query", f"PUT, GET and DELETE of one s3://{self.bucket}/{self.scratch}...")

    def measure(self, context: Context) -> Measurements:
        """Ask the store. Raises ``CannotMeasure`` where it leaves the answer open."""
        look = _Look(Bucket(self._account(context), self.bucket, context))
        listed = bool(self.prefixes) or not context.asked.isdisjoint(_COUNTED)
        try:
            if look.there():
                if listed:
                    look.list(self.prefixes, context.now)
                if self.round_trip:
                    look.round_trip(f"{self.scratch}{uuid.uuid4()}")
        except CannotMeasure as error:
            raise CannotMeasure(f"s3://{self.bucket}: {error}") from None
        for name in ("missing", "fewest") if listed and not self.prefixes else ():
            look.unknown[name] = "there are no `prefixes`"
        return look.found(self.prefixes, listed=listed)

    def _account(self, context: Context) -> Account:
        env = context.env
        key, secret, token = self.access_key, self.secret_key, self.session_token
        if key is None and not self.anonymous:
            key, secret, token = (
                Secret(env[name]) if env.get(name) else None
                for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
            )
        for hidden in filter(None, (secret, token)):
            context.keep_secret(str(hidden))
        region = self.region or env.get("AWS_REGION") or env.get("AWS_DEFAULT_REGION") or "us-east-1"
        return Account(self.endpoint, region, key, secret, token, self.anonymous, self.ca)


@dataclass
class _Look:
    """One look at a bucket, and what it found."""

    bucket: Bucket
    values: dict[str, Value] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)
    bounds: dict[str, tuple[float, float]] = field(default_factory=dict)
    evidence: list[Evidence] = field(default_factory=list)

    def there(self) -> bool:
        """Find out whether the bucket is there; return whether it is worth asking more."""
        try:
            there = self.values["bucket_exists"] = self.bucket.there()
        except Refused as error:
            # Who may not ask this may still be allowed to read and write.
            self.unknown["bucket_exists"] = self.unknown["latency"] = str(error)
            return True
        self.values["latency"] = self.bucket.latency
        said = "is there" if there else "is not there"
        self.evidence.append(Evidence("bucket", f"s3://{self.bucket.name} {said}"))
        return there

    def list(self, prefixes: Sequence[str], now: datetime) -> None:
        """Count what is under *prefixes*, or in all of the bucket, up to a limit."""
        counts: dict[str, int] = {}
        size, newest, room = 0, None, _s3.MOST_OBJECTS
        whole = True
        for prefix in dict.fromkeys(prefixes or ("",)):
            counts[prefix] = 0
            for thing in self.bucket.things(prefix):
                if not room:
                    whole = False
                    # That there is something is known by this one, however little room is left.
                    counts[prefix] = counts[prefix] or 1
                    break
                room -= 1
                counts[prefix] += 1
                size += thing.size
                newest = thing.changed if newest is None else max(newest, thing.changed)
        self.values.update(bucket_exists=True, objects=sum(counts.values()), size=size)
        self.unknown.pop("bucket_exists", None)
        if prefixes:
            self.values["fewest"] = min(counts.values())
            self.values["missing"] = sum(not count for count in counts.values())
            self._tell(counts)
        self._age(newest, now)
        if not whole:
            self._unsure()

    def _age(self, newest: datetime | None, now: datetime) -> None:
        if newest is None:
            self.unknown["age"] = "there is no object"
        elif (age := (now - newest).total_seconds()) > -_SKEW:
            self.values["age"] = max(0.0, age)
        else:
            self.unknown["age"] = "an object was changed in the future, says the store"

    def _unsure(self) -> None:
        """Say what is only known in part, as more is there than is listed."""
        for name in ("objects", "fewest", "size"):
            least = self.values.get(name)
            if isinstance(least, int):
                self.bounds[name] = (least, sys.maxsize)
        age = self.values.get("age")
        if isinstance(age, float):
            self.bounds["age"] = (0.0, age)
        self.evidence.append(Evidence("list", f"only the first {_s3.MOST_OBJECTS} objects were looked at"))

    def _tell(self, counts: Mapping[str, int]) -> None:
        lines = [f"{prefix}: {count or 'nothing'}" for prefix, count in counts.items()]
        more = [f"and {len(lines) - _LISTED} more"] if len(lines) > _LISTED else []
        self.evidence.append(Evidence("objects", "\n".join([*sorted(lines, key=_bad_first)[:_LISTED], *more])))

    def round_trip(self, key: str) -> None:
        """Write, read and remove an object of our own."""
        body = uuid.uuid4().hex.encode()
        said = f"{key} was written, read and removed"
        self.values["round_trip"] = False
        try:
            version = self.bucket.put(key, body)
            try:
                same = self.bucket.get(key) == body
            finally:
                self._remove(key, version)
        except Refused as error:
            said = f"{key}: {error}"
        else:
            self.values.update(round_trip=same, bucket_exists=True)
            self.unknown.pop("bucket_exists", None)
            said = said if same else f"{key} was written, and something else was read"
        self.evidence.append(Evidence("round trip", said))

    def _remove(self, key: str, version: str | None) -> None:
        try:
            self.bucket.delete(key, version)
        except CannotMeasure:
            self.evidence.append(Evidence("left behind", f"s3://{self.bucket.name}/{key} could not be removed"))
            raise

    def found(self, prefixes: Sequence[str], *, listed: bool) -> Measurements:
        """Return what was found: a named prefix was looked at even if it holds nothing."""
        looked = 1
        if listed and not prefixes and isinstance(count := self.values.get("objects"), int):
            looked = count
            if not count:
                self.unknown["objects"] = "the bucket is empty"
        if self.values.get("bucket_exists") is False:
            self.unknown.update(dict.fromkeys(("objects", "fewest", "missing", "size", "age"), "there is no bucket"))
        if "round_trip" not in self.values:
            self.unknown["round_trip"] = "it is made with `round_trip: true`, and in a bucket that is there"
        return Measurements(self.values, looked, self.evidence, self.unknown, self.bounds)


def _bad_first(line: str) -> bool:
    return not line.endswith(": nothing")
