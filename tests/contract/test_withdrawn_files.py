"""What a withdrawal does on the real S3 server, as the public and the auditor see it."""

from __future__ import annotations

import httpx
import pytest

from schemas.documents.pack import StoredFile
from schemas.identifiers import digest_of
from storage.record.public import Public
from storage.s3.client import client_for
from storage.s3.objects import open_bucket
from storage.settings import Bucket, Duty, Settings

pytestmark = pytest.mark.live
INSPECTION = "kent-2031"
PAGE = b"<p>What was wrong</p>"


def test_nobody_reads_what_was_hidden_and_its_bytes_are_kept(live_settings: Settings) -> None:
    bucket = open_bucket(Bucket.PUBLIC, Duty.PUBLISH, live_settings)
    public = Public(bucket)
    file = StoredFile(name="report.html", sha256=digest_of(PAGE), size_bytes=len(PAGE), media_type="text/html")
    published = public.publish(INSPECTION, "initial-report", file, PAGE)
    address = f"{live_settings.public_url}/{published.key}"
    before = httpx.get(address)
    assert before.content == PAGE
    version = before.headers["x-amz-version-id"]
    for _ in range(2):
        public.hide(published.key)
        assert httpx.get(address).status_code == 404
        assert [one.is_delete_marker for one in bucket.versions(published.key)] == [False, True]
    auditor = client_for(Duty.AUDITOR, live_settings)
    listed = auditor.list_object_versions(Bucket=Bucket.PUBLIC.value, Prefix=published.key)
    (kept,) = listed["Versions"]
    assert len(listed["DeleteMarkers"]) == 1, "hidden once, it is not hidden again"
    read = auditor.get_object(Bucket=Bucket.PUBLIC.value, Key=published.key, VersionId=kept["VersionId"])
    assert read["Body"].read() == PAGE
    assert version == kept["VersionId"]
    for method in ("GET", "HEAD"):
        answer = httpx.request(method, address, params={"versionId": version})
        assert answer.status_code in {403, 404}, "who noted the version before still reads it"
    assert httpx.get(f"{live_settings.public_url}/", params={"versions": ""}).status_code in {403, 404}
    assert public.keys_of(INSPECTION) == (published.key,)
