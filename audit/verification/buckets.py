"""Check that the buckets keep their own rules: those on which the other layers rest."""

from __future__ import annotations

from audit.verification.results import CheckResult
from schemas.audit.check import Fault
from schemas.counts import counted
from storage.s3.bucket_rules import RulesRead
from storage.settings import Bucket


def check_buckets(rules: RulesRead) -> CheckResult:
    """Return in what the buckets differ from their rules, and which rules could not be read."""
    return CheckResult(
        faults=[Fault("bucket", bucket.value, None, found) for bucket, found in rules.differences],
        checked={"bucket": counted(len(Bucket), "bucket")},
        missing={"bucket": f"{', '.join(rules.unread)}: this key may not read it"} if rules.unread else {},
    )
