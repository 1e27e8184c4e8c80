"""One boto3 client for each duty in a process, shared by its threads; one session makes them all."""

from __future__ import annotations

import threading
from functools import cache
from typing import TYPE_CHECKING, Final

import boto3
import botocore.session
from botocore.config import Config

from storage.settings import MAX_URGENT_RUNS, Duty, Settings, read_settings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_making: Final = threading.Lock()
"""Threads may share a client, but not the session that makes it."""


def client_for(duty: Duty, settings: Settings | None = None) -> S3Client:
    """Return the client with the credential of a duty, made on first use."""
    settings = settings or read_settings()
    access_key, secret_key = settings.credential(duty)
    return _client(settings.s3_endpoint, settings.s3_region, access_key, secret_key, kept_connections(settings))


def kept_connections(settings: Settings) -> int:
    """Return how many connections a client keeps: one for each request of this process and for each of its flows."""
    return settings.s3_connections + settings.stage_runs + MAX_URGENT_RUNS


@cache
def _client(endpoint: str, region: str, access_key: str, secret_key: str, connections: int) -> S3Client:
    with _making:
        return _session().client(
            "s3",
            endpoint_url=endpoint,
            region_name=region,
            aws_access_key_id=access_key,
            aws_secret_access_key=secret_key,
            config=Config(
                signature_version="s3v4",
                s3={"addressing_style": "path"},
                connect_timeout=2,
                # On SeaweedFS a conditional write may wait some seconds for its lock.
                read_timeout=15,
                max_pool_connections=connections,
                retries={"mode": "standard", "total_max_attempts": 3},
            ),
        )


@cache
def _session() -> boto3.session.Session:
    # Each session keeps its own copy of the service's description, about 14 MB.
    session = botocore.session.get_session()
    # Times stay text: nobody reads them, and they take two thirds of the time in which a listing is parsed.
    session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=str)
    return boto3.session.Session(botocore_session=session)
