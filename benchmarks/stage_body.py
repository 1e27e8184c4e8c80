"""The work of an empty stage, the same in every system that is measured: nothing here but pydantic and boto3.

A stage reads the small JSON that the one before it stored in S3, checks it, and stores its own with `If-None-Match: *`.
What emits the event after it, and what starts the next stage, is the system's own.
"""

from __future__ import annotations

import os
import time
from functools import cache
from typing import TYPE_CHECKING, Final

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from pydantic import BaseModel

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

STAGES: Final = 5
_BUCKET: Final = "ncpi-private"
_RECORDS: Final = 20


class Item(BaseModel):
    """One of the small records that a stage hands on."""

    number: int
    text: str


class Handed(BaseModel):
    """What a stage hands to the next."""

    instance: str
    stage: int
    first_line: float
    """Unix time of the stage's first line."""
    emitted: float
    """Unix time just before it is stored and its event emitted."""
    payload: list[Item]


def first_of(instance: str) -> Handed:
    """Make what the first stage reads."""
    payload = [Item(number=number, text=f"record {number}") for number in range(_RECORDS)]
    return Handed(instance=instance, stage=0, first_line=0, emitted=0, payload=payload)


def work(instance: str, stage: int) -> None:
    """Do a stage's work."""
    first_line = time.time()
    handed = read(instance, stage - 1)
    if handed is None:
        message = f"{instance}: stage {stage - 1} has stored nothing"
        raise LookupError(message)
    write(handed.model_copy(update={"stage": stage, "first_line": first_line, "emitted": time.time()}))


def read(instance: str, stage: int) -> Handed | None:
    """Read what a stage stored; None while it has not."""
    try:
        stored = _client().get_object(Bucket=_BUCKET, Key=_key(instance, stage))
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchKey":
            return None
        raise
    return Handed.model_validate_json(stored["Body"].read())


def write(handed: Handed) -> None:
    """Store what a stage hands on; it must be the first to do so."""
    data = handed.model_dump_json().encode()
    _client().put_object(Bucket=_BUCKET, Key=_key(handed.instance, handed.stage), Body=data, IfNoneMatch="*")


def forget_client() -> None:
    """Have the next call read where S3 is again."""
    _client.cache_clear()


def _key(instance: str, stage: int) -> str:
    return f"bench/{instance}/{stage}.json"


@cache
def _client() -> S3Client:
    return boto3.session.Session().client(
        "s3",
        endpoint_url=os.environ["NCPI_S3_ENDPOINT"],
        region_name=os.environ["NCPI_S3_REGION"],
        aws_access_key_id=os.environ["NCPI_S3_INTAKE_ACCESS_KEY"],
        aws_secret_access_key=os.environ["NCPI_S3_INTAKE_SECRET_KEY"],
        config=Config(s3={"addressing_style": "path"}, max_pool_connections=32),
    )
