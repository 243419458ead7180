"""Object stores: a real server, one that refuses, one that is slow, and none at all."""

from __future__ import annotations

import socket
import sys
import time
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

pytest.importorskip("boto3", reason="needs boto3: pip install 'pytest-readiness[s3]'")

from pytest_readiness.errors import OptionError
from pytest_readiness.model import Outcome, Result, Value
from pytest_readiness.options import Secret, convert
from pytest_readiness.probe import Touch
from pytest_readiness.probes import _s3
from pytest_readiness.probes.s3 import S3
from pytest_readiness.testing import run_probe
from tests.servers.s3 import Store

from .servers import Server, closed_port, http, serving

KEYS = {"access_key": Secret("anybody"), "secret_key": Secret("anything-at-all")}


def judged(
    url: str | None, bucket: str, expect: Mapping[str, Value] | None = None, timeout: float = 20.0, **options: Any
) -> Result:
    env = options.pop("env", {})
    now = options.pop("now", datetime.now(UTC))
    probe = S3(bucket=bucket, endpoint=url, **{**({} if env else KEYS), **options})
    return run_probe(probe, expect=expect, timeout=timeout, env=env, now=now)


def said(result: Result, title: str) -> str:
    return next(item.text for item in result.evidence if item.title == title)


def shown(result: Result) -> str:
    """Return all that a reader gets to see."""
    return repr((result.reason, result.measurements, result.expectations, result.evidence))


@pytest.fixture
def name() -> str:
    """Return the name of a bucket that only this test uses."""
    return f"test-{uuid.uuid4()}"


class TestBucket:
    def test_that_is_there_passes_without_anything_being_said(self, s3_store: Store, name: str) -> None:
        s3_store.fill(name)
        result = judged(s3_store.url, name, {"latency": "< 20 s"})
        assert result.outcome is Outcome.PASSED, result.reason
        assert said(result, "bucket") == f"s3://{name} is there"

    def test_that_is_not_there_fails(self, s3_store: Store, name: str) -> None:
        result = judged(s3_store.url, name)
        assert result.outcome is Outcome.FAILED
        assert result.reason == "bucket_exists is false, expected true"

    def test_that_is_not_there_holds_nothing_that_could_be_measured(self, s3_store: Store, name: str) -> None:
        result = judged(s3_store.url, name, {"bucket_exists": False, "objects": 0}, round_trip=True)
        assert result.outcome is Outcome.ERROR
        assert "objects was not measured: there is no bucket" in result.reason
        assert "round_trip was not measured" in result.reason

    def test_is_asked_with_the_credentials_of_the_environment(self, s3_store: Store, name: str) -> None:
        s3_store.fill(name)
        env = {"AWS_ACCESS_KEY_ID": "anybody", "AWS_SECRET_ACCESS_KEY": "from-outside", "AWS_REGION": "us-east-1"}
        assert judged(s3_store.url, name, env=env).outcome is Outcome.PASSED

    def test_may_be_asked_by_nobody(self, s3_store: Store, name: str) -> None:
        s3_store.fill(name)
        probe = S3(bucket=name, endpoint=s3_store.url, anonymous=True)
        assert run_probe(probe, timeout=20).outcome is Outcome.PASSED

    def test_without_credentials_is_an_error_that_says_what_to_do(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
            monkeypatch.delenv(variable, raising=False)
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
        monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
        result = run_probe(S3(bucket="some-bucket", endpoint=f"http://127.0.0.1:{closed_port()}"), timeout=20)
        assert result.outcome is Outcome.ERROR
        assert "no credentials: say `access_key`" in result.reason


class TestObjects:
    @pytest.fixture
    def filled(self, s3_store: Store, name: str) -> str:
        s3_store.fill(name, "nasa/a", "nasa/b", "kaggle/", "mimii/x")
        return name

    def test_are_counted_and_the_folders_are_none(self, s3_store: Store, filled: str) -> None:
        wanted: dict[str, Value] = {"objects": 3, "size": "15 B", "age": "< 1 h"}
        result = judged(s3_store.url, filled, wanted)
        assert result.outcome is Outcome.PASSED, result.reason

    def test_under_each_prefix_pass(self, s3_store: Store, filled: str) -> None:
        result = judged(s3_store.url, filled, {"fewest": 1, "objects": 3}, prefixes=("nasa/", "mimii/"))
        assert result.outcome is Outcome.PASSED, result.reason

    def test_that_are_missing_under_a_prefix_fail_and_say_which(self, s3_store: Store, filled: str) -> None:
        result = judged(s3_store.url, filled, prefixes=("nasa/", "kaggle/", "xjtu/"))
        assert result.outcome is Outcome.FAILED
        assert result.reason == "missing is 2, expected 0"
        assert said(result, "objects") == "kaggle/: nothing\nxjtu/: nothing\nnasa/: 2"

    def test_under_no_prefix_have_no_missing(self, s3_store: Store, filled: str) -> None:
        result = judged(s3_store.url, filled, {"objects": ">= 1", "missing": 0})
        assert result.outcome is Outcome.ERROR
        assert "missing was not measured: there are no `prefixes`" in result.reason

    def test_that_are_not_there_are_an_error_unless_zero_is_said(self, s3_store: Store, name: str) -> None:
        s3_store.fill(name, "folder/")
        result = judged(s3_store.url, name, {"objects": "< 5", "age": "< 1 d"})
        assert result.outcome is Outcome.ERROR
        assert "nothing was looked at: the bucket is empty" in result.reason
        assert judged(s3_store.url, name, {"objects": 0}).outcome is Outcome.PASSED

    def test_that_are_missing_have_no_age(self, s3_store: Store, filled: str) -> None:
        result = judged(s3_store.url, filled, {"age": "< 1 d", "missing": 1}, prefixes=("xjtu/",))
        assert result.outcome is Outcome.ERROR
        assert "age was not measured: there is no object" in result.reason

    def test_from_the_future_have_no_age(self, s3_store: Store, filled: str) -> None:
        yesterday = datetime.now(UTC) - timedelta(days=1)
        result = judged(s3_store.url, filled, {"age": "< 1 d"}, now=yesterday)
        assert result.outcome is Outcome.ERROR
        assert "changed in the future" in result.reason

    def test_come_in_pages(self, s3_store: Store, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(_s3, "_PAGE", 2)
        s3_store.fill(name, *(f"many/{number}" for number in range(5)))
        assert judged(s3_store.url, name, {"objects": 5}).outcome is Outcome.PASSED

    def test_beyond_the_limit_leave_open_what_would_need_them(
        self, s3_store: Store, filled: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(_s3, "MOST_OBJECTS", 2)
        enough = judged(s3_store.url, filled, {"objects": ">= 2", "age": "< 1 d"}, prefixes=("nasa/", "mimii/"))
        assert enough.outcome is Outcome.PASSED, enough.reason
        assert said(enough, "list") == "only the first 2 objects were looked at"
        open_ = judged(s3_store.url, filled, {"size": "< 1 MiB"}, prefixes=("nasa/", "mimii/"))
        assert open_.outcome is Outcome.ERROR
        assert "cannot tell: size is" in open_.reason

    def test_many_prefixes_are_cut_in_the_evidence(self, s3_store: Store, filled: str) -> None:
        result = judged(s3_store.url, filled, prefixes=tuple(f"p{number}/" for number in range(25)))
        assert said(result, "objects").endswith("and 5 more")


class TestRoundTrip:
    def test_leaves_nothing_behind(self, s3_store: Store, name: str) -> None:
        s3_store.fill(name)
        result = judged(s3_store.url, name, round_trip=True)
        assert result.outcome is Outcome.PASSED, result.reason
        assert said(result, "round trip").endswith("was written, read and removed")
        assert "Contents" not in s3_store.client().list_objects_v2(Bucket=name)

    def test_leaves_nothing_behind_where_versions_are_kept(self, s3_store: Store, name: str) -> None:
        s3_store.fill(name)
        client = s3_store.client()
        client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        assert judged(s3_store.url, name, round_trip=True).outcome is Outcome.PASSED
        left = client.list_object_versions(Bucket=name)
        assert "Versions" not in left
        assert "DeleteMarkers" not in left

    def test_that_was_not_asked_for_is_not_made(self, s3_store: Store, name: str) -> None:
        s3_store.fill(name)
        assert "it is made with `round_trip: true`" in judged(s3_store.url, name, {"round_trip": True}).reason


DENIED = http(b"<Error><Code>AccessDenied</Code><Message>Not you</Message></Error>", "403 Forbidden")


def store(**answers: bytes) -> Callable[[socket.socket, Server], None]:
    """Return a store that answers each method with one of *answers*, and keeps what it is given."""
    kept: list[bytes] = [b""]

    def manners(connection: socket.socket, server: Server) -> None:
        while request := server.read(connection):
            method = request.partition(b" ")[0].decode()
            if method == "PUT":
                kept[0] = request.partition(b"\r\n\r\n")[2]
            connection.sendall(answers.get(method) or http(kept[0] if method == "GET" else b""))

    return manners


class TestRefusal:
    def test_of_everything_is_an_error(self) -> None:
        with serving(store(HEAD=http(b"", "403 Forbidden"), GET=DENIED)) as server:
            result = judged(server.url, "bucket", {"bucket_exists": False})
            listing = judged(server.url, "bucket", prefixes=("a",))
        assert result.outcome is Outcome.ERROR
        assert "bucket_exists was not measured: the question whether the bucket is there was refused: 403" in (
            result.reason
        )
        assert "s3://bucket: the list of objects was refused: AccessDenied Not you" in listing.reason

    def test_of_the_first_question_does_not_matter_where_objects_are_taken(self) -> None:
        with serving(store(HEAD=http(b"", "403 Forbidden"), DELETE=http(b"", "204 No Content"))) as server:
            result = judged(server.url, "bucket", round_trip=True)
        assert result.outcome is Outcome.PASSED, result.reason

    def test_to_take_an_object_fails(self) -> None:
        with serving(store(PUT=DENIED)) as server:
            result = judged(server.url, "bucket", round_trip=True)
        assert result.outcome is Outcome.FAILED
        assert "was refused: AccessDenied Not you" in said(result, "round trip")

    def test_to_remove_an_object_fails_and_names_it(self) -> None:
        with serving(store(DELETE=DENIED)) as server:
            result = judged(server.url, "bucket", round_trip=True)
        assert result.outcome is Outcome.FAILED
        assert said(result, "left behind").startswith("s3://bucket/readiness/")

    def test_to_give_the_same_back_fails(self) -> None:
        with serving(store(GET=http(b"something else"))) as server:
            result = judged(server.url, "bucket", round_trip=True)
        assert result.outcome is Outcome.FAILED
        assert "something else was read" in said(result, "round trip")


class TestPlace:
    def test_where_nobody_listens_is_an_error(self) -> None:
        result = judged(f"http://127.0.0.1:{closed_port()}", "bucket", {"bucket_exists": False})
        assert result.outcome is Outcome.ERROR
        assert "connection refused" in result.reason

    def test_that_stays_silent_is_an_error_at_the_deadline(self) -> None:
        with serving(lambda _, server: server.closing.wait(20)) as server:
            begun = time.monotonic()
            result = judged(server.url, "bucket", timeout=2)
            assert time.monotonic() - begun < 5
        assert result.outcome is Outcome.ERROR
        assert "timed out" in result.reason

    def test_that_is_no_store_is_an_error(self) -> None:
        with serving(store(GET=http(b"<html>hello"))) as server:
            result = judged(server.url, "bucket", prefixes=("a/",))
        assert result.outcome is Outcome.ERROR

    def test_never_gets_a_secret_into_the_report(self) -> None:
        leak = b"<Error><Code>Bad</Code><Message>anything-at-all</Message></Error>"
        with serving(store(PUT=http(leak, "400 Bad Request"))) as server:
            result = judged(server.url, "bucket", round_trip=True)
        assert result.outcome is Outcome.FAILED
        assert "anything-at-all" not in shown(result)


class TestOptions:
    @pytest.mark.parametrize(
        ("options", "option", "message"),
        [
            ({"bucket": "a b"}, "bucket", "is not the name of a bucket"),
            ({"endpoint": "minio:9000"}, "endpoint", "is not a URL"),
            ({"endpoint": "http://a:b@minio"}, "endpoint", "has a login"),
            ({"endpoint": "http://minio/?a"}, "endpoint", "has a query"),
            ({"prefixes": ("",)}, "prefixes", "neither empty"),
            ({"prefixes": ("/a",)}, "prefixes", "neither empty"),
            ({"access_key": Secret("a")}, "", "say both"),
            ({"session_token": Secret("a")}, "session_token", "goes with `access_key`"),
            ({"anonymous": True, **KEYS}, "anonymous", "without credentials"),
        ],
    )
    def test_that_cannot_be_used_are_refused(self, options: Mapping[str, Any], option: str, message: str) -> None:
        with pytest.raises(OptionError, match=message) as caught:
            S3(**{"bucket": "some-bucket", **options})
        assert caught.value.option == option

    def test_are_read_from_a_spec(self) -> None:
        made = convert(S3, {"bucket": "some-bucket", "prefixes": "a/", "secret_key": "x", "access_key": "y"}, [])
        assert made == S3(bucket="some-bucket", prefixes=("a/",), access_key=Secret("y"), secret_key=Secret("x"))

    def test_say_what_is_touched(self) -> None:
        probe = S3(bucket="data", endpoint="https://minio:9000", prefixes=("a/",), round_trip=True, ca="ca.pem")
        assert list(probe.touches()) == [
            Touch("host", "minio:9000"),
            Touch("file", "ca.pem"),
            Touch("query", "list s3://data/a/"),
            Touch("query", "PUT, GET and DELETE of one s3://data/readiness/..."),
        ]
        assert list(S3(bucket="data").touches()) == [Touch("host", "s3 of AWS, bucket data")]

    def test_without_the_driver_are_an_error_that_says_how_to_get_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "boto3", None)
        result = judged("http://127.0.0.1", "bucket")
        assert result.outcome is Outcome.ERROR
        assert "boto3 is not installed: pip install 'pytest-readiness[s3]'" in result.reason
