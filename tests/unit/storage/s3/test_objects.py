from __future__ import annotations

import boto3
import pytest
from botocore.stub import Stubber

from storage.s3.objects import S3Objects
from tasks.guard import is_transient


@pytest.mark.parametrize("code", ["BadDigest", "XAmzContentChecksumMismatch", "XAmzContentSHA256Mismatch"])
def test_an_upload_that_was_damaged_on_its_way_may_be_tried_again(code: str) -> None:
    client = boto3.client("s3", "us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
    with Stubber(client) as stubber:
        stubber.add_client_error("put_object", code, http_status_code=400)
        with pytest.raises(Exception, match=code) as caught:
            S3Objects(client, "ledger").create("a", b"one", "text/plain")
    assert is_transient(caught.value)
