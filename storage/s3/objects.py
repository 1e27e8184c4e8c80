"""Objects in a bucket: the port under the ledger, the artefacts and the public files, and its boto3 implementation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol, TypedDict
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from schemas.errors import NotFoundError, SettingsError
from storage.s3.client import client_for
from storage.s3.limits import check_size
from storage.s3.versions import Page, StoredVersion, list_versions
from storage.settings import Bucket, Duty, Settings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

S3_UNAVAILABLE = (BotoCoreError, ClientError)
"""Raised when S3 is unreachable or overloaded, or when an upload was damaged on its way (nothing is stored then).

Trying again may help. The texts name codes, never contents."""
ASK_AGAIN = "no-cache"
"""Has a browser or proxy ask the server before it shows its copy again."""
_TRIES_ON_CONFLICT = 5
_OVERTAKEN = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED})
"""Answers to `If-Match` where another writer was first."""


class _Headers(TypedDict, total=False):
    """Headers that are sent with an object."""

    CacheControl: str
    IfMatch: str
    IfNoneMatch: str


class Objects(Protocol):
    """A bucket. Reads see every write that returned; a write that raised may or may not have been done."""

    def create(self, key: str, data: bytes, media_type: str) -> bool:
        """Store an object if its key is free, atomically; return False, with nothing changed, when it is taken."""

    def replace(self, key: str, data: bytes, media_type: str, *, expected: bytes) -> bool:
        """Store an object in the place of expected bytes, atomically; return False where others, or none, are there."""

    def read(self, key: str) -> bytes:
        """Read a whole object.

        Raises:
            NotFoundError: there is none.
            ChainBrokenError: it is larger than what is stored under such a key (storage/s3/limits.py).
        """

    def read_with_headers(self, key: str) -> tuple[bytes, Mapping[str, str]]:
        """Read a whole object and the HTTP headers that come with it.

        Raises:
            NotFoundError: there is none.
        """

    def versions(self, prefix: str) -> Iterator[StoredVersion]:
        """List every version and delete marker under a prefix, in order of key, markers last."""


class RemovableObjects(Objects, Protocol):
    """A bucket of which an object can be hidden: a public file, or a copy that a force may read; nothing else is."""

    def remove(self, key: str) -> None:
        """Hide an object behind a delete marker; its versions stay, and its key is free again."""


def status_of(error: ClientError) -> int:
    """Return the HTTP status of an S3 refusal."""
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def code_of(error: Exception) -> str:
    """Return the code of an S3 refusal, such as `InvalidAccessKeyId`; the class of any other error."""
    code = error.response.get("Error", {}).get("Code") if isinstance(error, ClientError) else None
    return code or type(error).__name__


def server_of(error: BotoCoreError | ClientError) -> str:
    """Return in words which S3 server did not answer, or what it answered."""
    if isinstance(error, ClientError):
        return f"the S3 server ({code_of(error)})"
    address = urlsplit(str(getattr(error, "kwargs", {}).get("endpoint_url", "")))
    return f"the S3 server at {address.scheme}://{address.netloc}" if address.netloc else "the S3 server"


def open_bucket(bucket: Bucket, duty: Duty, settings: Settings | None = None) -> S3Objects:
    """Open a bucket with the credential of a duty.

    Raises:
        SettingsError: a setting is missing or wrong.
    """
    return S3Objects(client_for(duty, settings), bucket.value, is_read_by_browsers=bucket is Bucket.PUBLIC)


class S3Objects:
    """A bucket on an S3 server. Errors that may pass keep botocore's class, so that the caller tries again."""

    def __init__(self, client: S3Client, bucket: str, *, is_read_by_browsers: bool = False) -> None:
        """Work on a bucket.

        Args:
            is_read_by_browsers: whether to store objects so that a browser or proxy asks the server before it shows its
                copy again; otherwise it would go on showing what was withdrawn or corrected.
        """
        self._client = client
        self._bucket = bucket
        self._headers: _Headers = {"CacheControl": ASK_AGAIN} if is_read_by_browsers else {}

    def create(self, key: str, data: bytes, media_type: str) -> bool:
        """Store an object if its key is free (`If-None-Match: *`)."""
        with self._explained(key):
            for attempt in range(1, _TRIES_ON_CONFLICT + 1):
                try:
                    self._put(key, data, media_type, {**self._headers, "IfNoneMatch": "*"})
                except ClientError as error:
                    if status_of(error) == HTTPStatus.PRECONDITION_FAILED:
                        break
                    # Another conditional write of this key is under way; the same PUT again shows who was first.
                    if status_of(error) != HTTPStatus.CONFLICT or attempt == _TRIES_ON_CONFLICT:
                        raise
                else:
                    return True
        return False

    def replace(self, key: str, data: bytes, media_type: str, *, expected: bytes) -> bool:
        """Store an object in the place of expected bytes (`If-Match`)."""
        with self._explained(key):
            try:
                found = self._client.get_object(Bucket=self._bucket, Key=key)
                if found["Body"].read() != expected:
                    return False
                self._put(key, data, media_type, {**self._headers, "IfMatch": found["ETag"]})
            except ClientError as error:
                if status_of(error) in _OVERTAKEN:
                    return False
                raise
            return True

    def _put(self, key: str, data: bytes, media_type: str, headers: _Headers) -> None:
        self._client.put_object(
            Bucket=self._bucket, Key=key, Body=data, ContentType=media_type, ChecksumAlgorithm="SHA256", **headers
        )

    def read(self, key: str) -> bytes:
        """Read a whole object."""
        return self.read_with_headers(key)[0]

    def read_with_headers(self, key: str) -> tuple[bytes, Mapping[str, str]]:
        """Read a whole object and the HTTP headers that come with it."""
        with self._explained(key):
            found = self._client.get_object(Bucket=self._bucket, Key=key)
            with closing(found["Body"]) as body:
                check_size(key, found["ContentLength"])
                return body.read(), found["ResponseMetadata"]["HTTPHeaders"]

    def remove(self, key: str) -> None:
        """Hide an object behind a delete marker; only in a bucket that keeps versions."""
        with self._explained(key):
            self._client.delete_object(Bucket=self._bucket, Key=key)

    def versions(self, prefix: str) -> Iterator[StoredVersion]:
        """List every version and delete marker under a prefix, in order of key, markers last."""
        return iter(list_versions(self, prefix))

    def version_pages(self, prefix: str, delimiter: str) -> Iterator[Page]:
        """List page by page, for `storage/s3/versions.py`."""
        listing = self._client.get_paginator("list_object_versions")
        with self._explained(prefix):
            for page in listing.paginate(Bucket=self._bucket, Prefix=prefix, Delimiter=delimiter):
                versions = [
                    StoredVersion(one["Key"], one.get("ETag", ""), is_delete_marker=False, id=one.get("VersionId", ""))
                    for one in page.get("Versions", [])
                ]
                versions += [
                    StoredVersion(one["Key"], "", is_delete_marker=True, id=one.get("VersionId", ""))
                    for one in page.get("DeleteMarkers", [])
                ]
                folders = [one["Prefix"] for one in page.get("CommonPrefixes", [])]
                yield Page(not page["IsTruncated"], versions, folders)

    @contextmanager
    def _explained(self, key: str) -> Iterator[None]:
        """Replace a refusal in a block by its meaning for people, except where trying again may help."""
        try:
            yield
        except ClientError as error:
            if status_of(error) == HTTPStatus.NOT_FOUND:
                raise NotFoundError(f"{self._bucket}/{key}: no such object") from error
            if status_of(error) == HTTPStatus.FORBIDDEN:
                code = error.response.get("Error", {}).get("Code", "")
                raise SettingsError(
                    f"{self._bucket}: the S3 server refuses this credential ({code}); check the NCPI_S3_* keys, "
                    "the bucket's policy and this machine's clock"
                ) from error
            raise
