"""The rules of each bucket: what they must be, and in what a bucket differs from them.

Every bucket keeps all versions, and its own policy denies everybody to change its rules: who may, with the admin key,
puts another policy in its place first. The ledger bucket also retains what is written (Object Lock), and its policy
denies deletion. Anybody reads an object of the public bucket.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from storage.s3.client import client_for
from storage.s3.objects import status_of
from storage.settings import Bucket, Duty, Settings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_RULES: Final = (
    # SeaweedFS has `DeleteBucketCors` as an action of its own; elsewhere these are the policy and the bucket itself.
    "s3:DeleteBucket*",
    "s3:PutBucketCors",
    "s3:PutBucketObjectLockConfiguration",
    "s3:PutBucketTagging",
    "s3:PutBucketVersioning",
    "s3:PutLifecycleConfiguration",
)
_BUCKET_ALONE: Final = ("s3:DeleteBucket",)
_MODES: Final = ("", "GOVERNANCE", "COMPLIANCE")
"""The weaker first."""
_ABSENT: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.NOT_IMPLEMENTED})
_READING: Final = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Retention:
    """How long, and how strictly, Object Lock keeps what is written."""

    mode: str
    days: int

    def with_at_least(self, other: Retention) -> Retention:
        """Return the stricter mode and the longer time of both."""
        return Retention(max(self.mode, other.mode, key=_MODES.index), max(self.days, other.days))

    def __str__(self) -> str:
        """Return it in words."""
        return f"{self.mode} for {self.days} days" if self.mode else "no default retention"


@dataclass(frozen=True, slots=True)
class RulesRead:
    """In what buckets differ from their rules, and which rules the key could not read."""

    differences: tuple[tuple[Bucket, str], ...] = ()
    unread: tuple[str, ...] = ()


def read_rules(duty: Duty, settings: Settings) -> RulesRead:
    """Compare the rules of all buckets with what they must be, as far as a key may read them."""
    client = client_for(duty, settings)
    differences: list[tuple[Bucket, str]] = []
    unread = []
    for bucket in Bucket:
        for name, compare in _COMPARISONS.items():
            try:
                differences += [(bucket, found) for found in compare(client, bucket, settings)]
            except ClientError as error:
                if status_of(error) != HTTPStatus.FORBIDDEN:
                    raise
                unread.append(f"{name} of {bucket.value}")
    return RulesRead(tuple(differences), tuple(unread))


def policy_of(bucket: Bucket, *, is_closed: bool = True) -> str:
    """Return the policy of a bucket.

    Args:
        is_closed: whether it denies changes of the rules; not while they are made.
    """
    statements = [_statement("NobodyChangesTheRules", "Deny", bucket.value, *(_RULES if is_closed else _BUCKET_ALONE))]
    if bucket is Bucket.LEDGER:
        statements.append(
            _statement(
                "NobodyDeletesFromTheLedger", "Deny", f"{bucket.value}/*", "s3:DeleteObject", "s3:DeleteObjectVersion"
            )
        )
    if bucket is Bucket.PUBLIC:
        statements.append(_statement("AnybodyReadsWhatIsPublished", "Allow", f"{bucket.value}/*", "s3:GetObject"))
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def retention_of(client: S3Client, bucket: Bucket) -> Retention:
    """Read the default retention of a bucket."""
    found = _unless_absent(client.get_object_lock_configuration, bucket, "ObjectLockConfiguration")
    rule = found.get("Rule", {}).get("DefaultRetention", {})
    return Retention(rule.get("Mode", ""), rule.get("Days", 0) + 365 * rule.get("Years", 0))


def wanted_retention(settings: Settings) -> Retention:
    """Return the least retention that the ledger bucket must have."""
    return Retention(settings.ledger_retention_mode.upper(), settings.ledger_retention_days)


def _versions(client: S3Client, bucket: Bucket, _settings: Settings) -> Iterator[str]:
    status = client.get_bucket_versioning(Bucket=bucket.value).get("Status", "never enabled")
    if status != "Enabled":
        yield f"expected all versions to be kept, found versioning {status.lower()}"


def _retention(client: S3Client, bucket: Bucket, settings: Settings) -> Iterator[str]:
    if bucket is not Bucket.LEDGER:
        return
    found, wanted = retention_of(client, bucket), wanted_retention(settings)
    if found.with_at_least(wanted) != found:
        yield f"expected at least {wanted}, found {found}"


def _lifecycle(client: S3Client, bucket: Bucket, _settings: Settings) -> Iterator[str]:
    for rule in _unless_absent(client.get_bucket_lifecycle_configuration, bucket, "Rules", ()):
        # What was never written whole is no loss.
        acts = rule.keys() - {"ID", "Prefix", "Filter", "Status", "AbortIncompleteMultipartUpload"}
        if acts and rule.get("Status") == "Enabled":
            yield f"expected no rule that removes or moves objects, found {', '.join(sorted(acts))}"


def _cross_origin(client: S3Client, bucket: Bucket, _settings: Settings) -> Iterator[str]:
    allowed = _READING if bucket is Bucket.PUBLIC else frozenset()
    for rule in _unless_absent(client.get_bucket_cors, bucket, "CORSRules", ()):
        if not allowed.issuperset(rule["AllowedMethods"]):
            yield f"expected no access for pages elsewhere, found {', '.join(sorted(rule['AllowedMethods']))}"


def _policy(client: S3Client, bucket: Bucket, _settings: Settings) -> Iterator[str]:
    text = _unless_absent(client.get_bucket_policy, bucket, "Policy", '{"Statement": []}')
    found = {_as_value(one) for one in json.loads(text)["Statement"]}
    wanted = {_as_value(one): str(one["Sid"]) for one in json.loads(policy_of(bucket))["Statement"]}
    for statement, name in wanted.items():
        if statement not in found:
            yield f"expected the policy {name}, found none such"
    # What denies more takes nothing from the rules.
    for effect, *what in found - wanted.keys():
        if effect != "Deny":
            yield f"expected nothing else to be allowed by the policy, found {sorted(what[1])}"


_COMPARISONS: Final[Mapping[str, Callable[[S3Client, Bucket, Settings], Iterator[str]]]] = {
    "versioning": _versions,
    "retention": _retention,
    "lifecycle": _lifecycle,
    "cross-origin access": _cross_origin,
    "policy": _policy,
}


def _unless_absent(request: Callable[..., Any], bucket: Bucket, part: str, absent: Any = {}) -> Any:  # noqa: ANN401, B006
    """Return a part of an answer, or the default where the bucket has no such rules."""
    try:
        return request(Bucket=bucket.value)[part]
    except ClientError as error:
        if status_of(error) in _ABSENT:
            return absent
        raise


def _statement(name: str, effect: str, resource: str, *actions: str) -> dict[str, object]:
    """Return a statement about everybody."""
    return {
        "Sid": name,
        "Effect": effect,
        "Principal": "*",
        "Action": list(actions),
        "Resource": f"arn:aws:s3:::{resource}",
    }


def _as_value(statement: Mapping[str, Any]) -> tuple[str, str, frozenset[str], frozenset[str], str]:
    """Return what a statement means, however a server has written it down."""
    actions, resources = (
        frozenset([value] if isinstance(value, str) else value)
        for value in (statement.get("Action", ()), statement.get("Resource", ()))
    )
    principal = statement.get("Principal")
    rest = {name: value for name, value in statement.items() if name.startswith(("Not", "Condition"))}
    return (
        statement["Effect"],
        json.dumps("*" if principal == {"AWS": "*"} else principal),
        actions,
        resources,
        json.dumps(rest, sort_keys=True) if rest else "",
    )
