"""Reads a bucket with little work a request, for whoever reads all of it: verification and export.

boto3 spends most of a small GET on describing it and on parsing what comes back. Here botocore signs and sends, and
nothing else is done; the answers are the same as of `S3Objects`, and tests/contract holds it to that.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlencode
from xml.etree import ElementTree as ET

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError, HTTPClientError
from botocore.httpsession import URLLib3Session

from schemas.errors import NotFoundError, SettingsError
from storage.s3.versions import Page, StoredVersion, list_versions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.awsrequest import AWSResponse

    from storage.settings import Duty, Settings

_OK: Final = 200
_FORBIDDEN: Final = 403
_NOT_FOUND: Final = 404
_SERVER_ERROR: Final = 500
_TRIES: Final = 3
_PATIENCE: Final = 5.0
"""Seconds after which an error of the server is its last word: it has tried again itself."""


class S3Reader:
    """A bucket on an S3 server, for reading."""

    def __init__(self, settings: Settings, duty: Duty, bucket: str) -> None:
        """Work on one bucket with the credential of a duty."""
        self._bucket = bucket
        self._url = f"{settings.s3_endpoint.rstrip('/')}/{bucket}"
        self._auth = S3SigV4Auth(Credentials(*settings.credential(duty)), "s3", settings.s3_region)
        self._session = URLLib3Session(timeout=120, max_pool_connections=32)
        self._signing = threading.Lock()

    def read(self, key: str) -> bytes:
        """Read an object whole; NotFoundError when there is none."""
        return self._get(f"{self._url}/{quote(key)}", key).content

    def versions(self, prefix: str) -> Iterator[StoredVersion]:
        """List every version and delete marker under a prefix, in order of key."""
        return iter(list_versions(self, prefix))

    def version_pages(self, prefix: str, delimiter: str) -> Iterator[Page]:
        """List page by page, as `storage/s3/versions.py` asks."""
        fixed = {"prefix": prefix, "versions": "", **({"delimiter": delimiter} if delimiter else {})}
        marker: dict[str, str] = {}
        while True:
            # In the order of their names, as they are signed.
            query = urlencode(sorted({**marker, **fixed}.items()), quote_via=quote)
            page = ET.fromstring(self._get(f"{self._url}?{query}", prefix).content)  # noqa: S314 - of our own server
            space = "".join(page.tag.rpartition("}")[:2])
            folders = [one.findtext(f"{space}Prefix", "") for one in page.iterfind(f"{space}CommonPrefixes")]
            is_last = page.findtext(f"{space}IsTruncated") != "true"
            yield Page(is_last, list(_versions(page, space)), folders)
            if is_last:
                return
            marker = {
                name: text
                for name, field in (("key-marker", "NextKeyMarker"), ("version-id-marker", "NextVersionIdMarker"))
                if (text := page.findtext(f"{space}{field}"))
            }

    def create(self, key: str, data: bytes, media_type: str) -> bool:
        """Refuse: this reads."""
        raise NotImplementedError

    def replace(self, key: str, data: bytes, media_type: str) -> None:
        """Refuse: this reads."""
        raise NotImplementedError

    def _get(self, url: str, key: str) -> AWSResponse:
        for attempt in range(_TRIES):
            started = time.monotonic()
            request = AWSRequest("GET", url)
            with self._signing:
                self._auth.add_auth(request)
            try:
                response = self._session.send(request.prepare())
            except HTTPClientError:
                if attempt == _TRIES - 1:
                    raise
                continue
            # SeaweedFS tries for many seconds before it fails on bytes that its disk no longer has as it wrote them.
            if response.status_code < _SERVER_ERROR or time.monotonic() - started > _PATIENCE:
                break
        if response.status_code != _OK:
            raise self._explained(response, key)
        return response

    def _explained(self, response: AWSResponse, key: str) -> Exception:
        if response.status_code == _NOT_FOUND:
            return NotFoundError(f"{self._bucket}/{key}: no such object")
        if response.status_code == _FORBIDDEN:
            return SettingsError(
                f"{self._bucket}: the S3 server refuses this credential; check the NCPI_S3_* keys, the bucket's policy "
                "and this machine's clock"
            )
        code = str(response.status_code)
        answer = {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": response.status_code}}
        return ClientError(answer, "GET")  # type: ignore[arg-type]


def _versions(page: ET.Element, space: str) -> Iterator[StoredVersion]:
    """Return the versions and delete markers of one page, in its order.

    Args:
        space: namespace that the server writes before every name, as `xml.etree` has it.
    """
    key, etag, version = (f"{space}{name}" for name in ("Key", "ETag", "VersionId"))
    kinds = {f"{space}Version": False, f"{space}DeleteMarker": True}
    for element in page:
        is_marker = kinds.get(element.tag)
        if is_marker is not None:
            found = element.findtext
            yield StoredVersion(found(key, ""), "" if is_marker else found(etag, ""), is_marker, found(version, ""))
