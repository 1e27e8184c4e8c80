"""Whether the S3 server takes a write now: after a full disk it may answer every read and fail every write for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import httpx

from storage.s3.client import client_for
from storage.settings import Bucket, Duty, Settings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

KEY: Final = "probe/write"
_ANSWER_SECONDS: Final = 10.0


def takes_a_write(settings: Settings) -> bool:
    """Write a few bytes and remove them, without trying again; a refusal of the key counts as an answer."""
    client = client_for(Duty.INTAKE, settings)
    try:
        answer = httpx.put(_address(client, "put_object"), content=b"probe", timeout=_ANSWER_SECONDS, trust_env=False)
        if version := answer.headers.get("x-amz-version-id"):
            httpx.delete(_address(client, "delete_object", VersionId=version), timeout=_ANSWER_SECONDS, trust_env=False)
    except httpx.HTTPError:
        return False
    return not answer.is_server_error


def _address(client: S3Client, call: str, **more: str) -> str:
    # Signed and sent apart, because a client of boto3 waits for a minute and tries several times.
    return client.generate_presigned_url(
        call, Params={"Bucket": Bucket.PRIVATE.value, "Key": KEY, **more}, ExpiresIn=60
    )
