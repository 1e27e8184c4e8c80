"""Create the buckets and set their rules; safe to call at every start.

The ledger bucket has versioning and a default retention (Object Lock), so appenders send no lock headers and cannot
weaken it; a policy denies deletion to everybody. Anybody reads an object of the public bucket, but may not list it.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from storage.s3.client import client_for
from storage.s3.objects import status_of
from storage.settings import Bucket, Duty, Settings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def prepare_buckets(settings: Settings) -> None:
    """Create the three buckets and set their rules, with the admin credential."""
    client = client_for(Duty.ADMIN, settings)
    for bucket in Bucket:
        if not _exists(client, bucket):
            client.create_bucket(Bucket=bucket.value, ObjectLockEnabledForBucket=bucket is Bucket.LEDGER)
    for bucket in (Bucket.PRIVATE, Bucket.PUBLIC):
        client.put_bucket_versioning(Bucket=bucket.value, VersioningConfiguration={"Status": "Enabled"})
    client.put_object_lock_configuration(
        Bucket=Bucket.LEDGER.value,
        ObjectLockConfiguration={
            "ObjectLockEnabled": "Enabled",
            "Rule": {
                "DefaultRetention": {
                    "Mode": "COMPLIANCE" if settings.ledger_retention_mode == "compliance" else "GOVERNANCE",
                    "Days": settings.ledger_retention_days,
                }
            },
        },
    )
    deny_deletion = _policy(
        "NobodyDeletesFromTheLedger", "Deny", Bucket.LEDGER, "s3:DeleteObject", "s3:DeleteObjectVersion"
    )
    allow_reading = _policy("AnybodyReadsWhatIsPublished", "Allow", Bucket.PUBLIC, "s3:GetObject")
    client.put_bucket_policy(Bucket=Bucket.LEDGER.value, Policy=deny_deletion)
    client.put_bucket_policy(Bucket=Bucket.PUBLIC.value, Policy=allow_reading)


def _exists(client: S3Client, bucket: Bucket) -> bool:
    try:
        client.head_bucket(Bucket=bucket.value)
    except ClientError as error:
        if status_of(error) == HTTPStatus.NOT_FOUND:
            return False
        raise
    return True


def _policy(name: str, effect: str, bucket: Bucket, *actions: str) -> str:
    """Return a policy that allows or denies everybody some actions on all objects of a bucket."""
    statement = {
        "Sid": name,
        "Effect": effect,
        "Principal": "*",
        "Action": list(actions),
        "Resource": f"arn:aws:s3:::{bucket.value}/*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
