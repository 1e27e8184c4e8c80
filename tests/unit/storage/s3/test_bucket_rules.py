"""The rules of the buckets: set, set again where they differ, never weakened; what differs is named."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import moto
import pytest
from botocore.exceptions import ClientError

from audit.verification.buckets import check_buckets
from storage.s3 import bucket_rules
from storage.s3.bucket_rules import Retention, policy_of, read_rules, retention_of
from storage.s3.buckets import prepare_buckets
from storage.s3.client import client_for
from storage.settings import Bucket, Duty, Settings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

KEYS = {f"s3_{duty.value}_{half}_key": "test" for duty in Duty for half in ("access", "secret")}


def settings(**more: object) -> Settings:
    return Settings.model_validate({"s3_endpoint": "https://s3.us-east-1.amazonaws.com", **KEYS, **more})


@pytest.fixture
def admin() -> Iterator[S3Client]:
    with moto.mock_aws():
        assert prepare_buckets(settings()) == []
        yield client_for(Duty.ADMIN, settings())


def policy_with(*more: dict[str, Any]) -> str:
    made = json.loads(policy_of(Bucket.PRIVATE))
    return json.dumps({**made, "Statement": [*made["Statement"], *more]})


WAYS: dict[str, tuple[Callable[[S3Client], object], str]] = {
    "versions are no longer kept": (
        lambda client: client.put_bucket_versioning(
            Bucket="ncpi-private", VersioningConfiguration={"Status": "Suspended"}
        ),
        "ncpi-private: expected all versions to be kept, found versioning suspended",
    ),
    "objects are removed in time": (
        lambda client: client.put_bucket_lifecycle_configuration(
            Bucket="ncpi-ledger",
            LifecycleConfiguration={
                "Rules": [{"ID": "a", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}]
            },
        ),
        "ncpi-ledger: expected no rule that removes or moves objects, found Expiration",
    ),
    "pages elsewhere may write": (
        lambda client: client.put_bucket_cors(
            Bucket="ncpi-public",
            CORSConfiguration={"CORSRules": [{"AllowedMethods": ["GET", "PUT"], "AllowedOrigins": ["*"]}]},
        ),
        "ncpi-public: expected no access for pages elsewhere, found GET, PUT",
    ),
    "pages elsewhere may read what is private": (
        lambda client: client.put_bucket_cors(
            Bucket="ncpi-private",
            CORSConfiguration={"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]},
        ),
        "ncpi-private: expected no access for pages elsewhere, found GET",
    ),
    "nothing denies deletion": (
        lambda client: client.put_bucket_policy(
            Bucket="ncpi-ledger", Policy=policy_of(Bucket.LEDGER).replace("s3:DeleteObjectVersion", "s3:Other")
        ),
        "ncpi-ledger: expected the policy NobodyDeletesFromTheLedger, found none such",
    ),
    "there is no policy": (
        lambda client: client.delete_bucket_policy(Bucket="ncpi-private"),
        "ncpi-private: expected the policy NobodyChangesTheRules, found none such",
    ),
    "more is allowed": (
        lambda client: client.put_bucket_policy(
            Bucket="ncpi-private",
            Policy=policy_with(
                {
                    "Effect": "Allow",
                    "Principal": "*",
                    "Action": "s3:GetObject",
                    "Resource": "arn:aws:s3:::ncpi-private/*",
                }
            ),
        ),
        "ncpi-private: expected nothing else to be allowed by the policy, found ['s3:GetObject']",
    ),
    "what is denied has a condition": (
        lambda client: client.put_bucket_policy(
            Bucket="ncpi-private",
            Policy=policy_of(Bucket.PRIVATE).replace('"Effect"', '"Condition": {"Bool": {"a": "b"}}, "Effect"'),
        ),
        "ncpi-private: expected the policy NobodyChangesTheRules, found none such",
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_what_differs_is_named_then_mended_with_the_admin_key(admin: S3Client, way: str) -> None:
    alter, expected = WAYS[way]
    alter(admin)
    read = read_rules(Duty.AUDITOR, settings())
    assert [f"{bucket.value}: {found}" for bucket, found in read.differences] == [expected]
    (fault,) = check_buckets(read).faults
    assert (fault.layer, f"{fault.where}: {fault.message}") == ("bucket", expected)
    assert prepare_buckets(settings()) == [expected]
    assert read_rules(Duty.ADMIN, settings()).differences == ()


@pytest.mark.parametrize("name", ["NobodyChangesTheRules as this server has written it down", "and more is denied"])
def test_what_means_the_same_or_denies_more_is_no_difference(admin: S3Client, name: str) -> None:
    more = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"a": "b"}}}
    text = policy_with(*([more] if "more" in name else [])).replace('"Principal": "*"', '"Principal": {"AWS": "*"}')
    admin.put_bucket_policy(Bucket="ncpi-private", Policy=text.replace('"Sid": "NobodyChangesTheRules", ', ""))
    admin.put_bucket_cors(
        Bucket="ncpi-public",
        CORSConfiguration={"CORSRules": [{"AllowedMethods": ["GET", "HEAD"], "AllowedOrigins": ["*"]}]},
    )
    assert prepare_buckets(settings()) == []


@pytest.mark.parametrize(
    ("asked", "by_hand", "kept"),
    [
        (("governance", 1), ("GOVERNANCE", 30), ("GOVERNANCE", 30)),
        (("governance", 1), ("COMPLIANCE", 1), ("COMPLIANCE", 1)),
        (("compliance", 7), ("GOVERNANCE", 1), ("COMPLIANCE", 7)),
        (("governance", 40), ("COMPLIANCE", 10), ("COMPLIANCE", 40)),
        (("governance", 40), ("", 0), ("GOVERNANCE", 40)),
    ],
)
def test_a_retention_is_never_shortened_or_made_less_strict(
    admin: S3Client, asked: tuple[str, int], by_hand: tuple[str, int], kept: tuple[str, int]
) -> None:
    mode, days = by_hand
    rule: Any = {"Rule": {"DefaultRetention": {"Mode": mode, "Days": days}}} if mode else {}
    admin.put_object_lock_configuration(
        Bucket="ncpi-ledger", ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", **rule}
    )
    wanted = settings(ledger_retention_mode=asked[0], ledger_retention_days=asked[1])
    told = prepare_buckets(wanted)
    assert retention_of(admin, Bucket.LEDGER) == Retention(*kept)
    assert bool(told) is (by_hand != kept)
    assert prepare_buckets(wanted) == []


def test_what_a_key_may_not_read_is_said_and_is_no_fault(admin: S3Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_of: object) -> Iterator[str]:
        raise ClientError({"ResponseMetadata": {"HTTPStatusCode": 403}}, "GetBucketPolicy")  # type: ignore[typeddict-item]

    monkeypatch.setitem(bucket_rules._COMPARISONS, "policy", refused)  # type: ignore[arg-type]
    result = check_buckets(read_rules(Duty.AUDITOR, settings()))
    assert result.faults == []
    unread = ", ".join(f"policy of {bucket.value}" for bucket in Bucket)
    assert result.missing == {"bucket": f"{unread}: this key may not read it"}
