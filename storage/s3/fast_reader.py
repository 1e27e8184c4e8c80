"""Read a bucket with little work for each request: for verification and export, which read all of it.

boto3 spends most of a small GET on describing it and on parsing the answer (3.3 ms against 1.5). Here botocore signs
and sends, and nothing more is done. Listings are boto3's. tests/contract holds the answers to those of `S3Objects`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError, HTTPClientError
from botocore.httpsession import URLLib3Session

from storage.s3.client import client_for, kept_connections
from storage.s3.limits import check_size
from storage.s3.objects import S3Objects
from storage.settings import Bucket, Duty, Settings

_TRIES: Final = 3
_PATIENCE_SECONDS: Final = 5.0
"""A server error that took longer is final: the server has tried again itself."""


class FastReader(S3Objects):
    """A bucket on an S3 server that is read quickly, object by object."""

    def __init__(self, bucket: Bucket, duty: Duty, settings: Settings) -> None:
        super().__init__(client_for(duty, settings), bucket.value)
        self._url = f"{settings.s3_endpoint.rstrip('/')}/{bucket.value}"
        self._auth = S3SigV4Auth(Credentials(*settings.credential(duty)), "s3", settings.s3_region)
        self._session = URLLib3Session(timeout=120, max_pool_connections=kept_connections(settings))
        self._signing = threading.Lock()

    def read_with_headers(self, key: str) -> tuple[bytes, Mapping[str, str]]:
        """Read a whole object and the HTTP headers that come with it."""
        for attempt in range(_TRIES):
            started = time.monotonic()
            request = AWSRequest("GET", f"{self._url}/{quote(key)}", stream_output=True)
            with self._signing:
                self._auth.add_auth(request)
            try:
                response = self._session.send(request.prepare())
                check_size(key, int(response.headers.get("Content-Length", 0)))
                data = response.content
            except HTTPClientError:
                if attempt == _TRIES - 1:
                    raise
                continue
            status = response.status_code
            # SeaweedFS tries for many seconds before it fails on bytes whose checksum on disk is wrong.
            if status < HTTPStatus.INTERNAL_SERVER_ERROR or time.monotonic() - started > _PATIENCE_SECONDS:
                break
        if status != HTTPStatus.OK:
            answer = {"Error": {"Code": str(status), "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": status}}
            with self._explained(key):
                raise ClientError(answer, "GetObject")  # type: ignore[arg-type]
        return data, response.headers
