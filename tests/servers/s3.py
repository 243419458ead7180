"""An object store that speaks S3: moto's server, in a thread, on a port of its own."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest


@dataclass(frozen=True)
class Store:
    """A store at ``url``; it takes any credentials."""

    url: str

    def client(self) -> Any:
        import boto3  # type: ignore[import-untyped]

        return boto3.client(
            "s3",
            endpoint_url=self.url,
            aws_access_key_id="anybody",
            aws_secret_access_key="anything",
            region_name="us-east-1",
        )

    def fill(self, bucket: str, *keys: str, body: bytes = b"12345") -> None:
        """Make a bucket with objects under *keys*; those that end in a slash are empty."""
        client = self.client()
        client.create_bucket(Bucket=bucket)
        for key in keys:
            client.put_object(Bucket=bucket, Key=key, Body=b"" if key.endswith("/") else body)


@pytest.fixture(scope="session")
def s3_store() -> Iterator[Store]:
    """Yield a running store; without moto, tests that need it are skipped, but not in CI."""
    try:
        import boto3  # noqa: F401 - nothing can be asked without it

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what its own dependencies complain of
            from moto.server import ThreadedMotoServer
    except ImportError as error:
        if os.environ.get("CI"):
            pytest.fail(f"an object store is needed in CI: pip install boto3 'moto[s3]' flask flask-cors ({error})")
        pytest.skip(f"needs an object store: pip install boto3 'moto[s3]' flask flask-cors ({error})")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield Store(f"http://{host}:{port}")
    server.stop()
