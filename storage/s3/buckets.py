"""Create the buckets and set their rules (`bucket_rules.py`); safe to call at every start.

Rules are set again where they differ, and never weakened: a retention that somebody has made longer or stricter stays.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from storage.s3.bucket_rules import policy_of, read_rules, retention_of, wanted_retention
from storage.s3.client import client_for
from storage.s3.objects import status_of
from storage.settings import Bucket, Duty, Settings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def prepare_buckets(settings: Settings) -> list[str]:
    """Create the three buckets and set their rules, with the admin credential.

    Returns:
        In what the buckets that were there differed from their rules, which is mended.
    """
    client = client_for(Duty.ADMIN, settings)
    new = [bucket for bucket in Bucket if not _exists(client, bucket)]
    for bucket in new:
        client.create_bucket(Bucket=bucket.value, ObjectLockEnabledForBucket=bucket is Bucket.LEDGER)
    differences = read_rules(Duty.ADMIN, settings).differences
    for bucket in dict.fromkeys(bucket for bucket, _ in differences):
        # The closed policy denies even the admin key what follows.
        client.put_bucket_policy(Bucket=bucket.value, Policy=policy_of(bucket, is_closed=False))
        if bucket is Bucket.LEDGER:
            _retain(client, bucket, settings)
        else:
            client.put_bucket_versioning(Bucket=bucket.value, VersioningConfiguration={"Status": "Enabled"})
        client.delete_bucket_lifecycle(Bucket=bucket.value)
        client.delete_bucket_cors(Bucket=bucket.value)
        client.put_bucket_policy(Bucket=bucket.value, Policy=policy_of(bucket))
    return [f"{bucket.value}: {found}" for bucket, found in differences if bucket not in new]


def _retain(client: S3Client, bucket: Bucket, settings: Settings) -> None:
    retention = retention_of(client, bucket).with_at_least(wanted_retention(settings))
    client.put_object_lock_configuration(
        Bucket=bucket.value,
        ObjectLockConfiguration={
            "ObjectLockEnabled": "Enabled",
            "Rule": {
                "DefaultRetention": {
                    "Mode": "COMPLIANCE" if retention.mode == "COMPLIANCE" else "GOVERNANCE",
                    "Days": retention.days,
                }
            },
        },
    )


def _exists(client: S3Client, bucket: Bucket) -> bool:
    try:
        client.head_bucket(Bucket=bucket.value)
    except ClientError as error:
        if status_of(error) == HTTPStatus.NOT_FOUND:
            return False
        raise
    return True
