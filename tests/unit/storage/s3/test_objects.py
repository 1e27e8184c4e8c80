from __future__ import annotations

import io
from types import SimpleNamespace

import boto3
import pytest
from botocore.stub import Stubber

from storage.s3 import objects
from storage.s3.objects import S3Objects, open_bucket
from storage.settings import Bucket, Duty
from tasks.guard import is_transient


@pytest.mark.parametrize("code", ["BadDigest", "XAmzContentChecksumMismatch", "XAmzContentSHA256Mismatch"])
def test_an_upload_that_was_damaged_on_its_way_may_be_tried_again(code: str) -> None:
    client = boto3.client("s3", "us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
    with Stubber(client) as stubber:
        stubber.add_client_error("put_object", code, http_status_code=400)
        with pytest.raises(Exception, match=code) as caught:
            S3Objects(client, "ledger").create("a", b"one", "text/plain")
    assert is_transient(caught.value)


def test_only_what_browsers_read_is_stored_so_that_they_ask_again(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[dict[str, object]] = []
    client = SimpleNamespace(
        put_object=lambda **given: sent.append(given),
        get_object=lambda **_: {"Body": io.BytesIO(b"one"), "ETag": '"1"'},
    )
    monkeypatch.setattr(objects, "client_for", lambda *_: client)
    for bucket in Bucket:
        opened = open_bucket(bucket, Duty.PUBLISH)
        opened.create("a.html", b"one", "text/html")
        assert opened.replace("a.html", b"two", "text/html", expected=b"one")
    headers = {one["Bucket"]: one.get("CacheControl") for one in sent}
    assert len(sent) == 6
    assert headers == {"ncpi-private": None, "ncpi-ledger": None, "ncpi-public": "no-cache"}
