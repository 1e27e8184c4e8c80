"""Check at every start that the S3 server gives each guarantee that the ledger needs, and refuse it otherwise.

Some servers accept `If-None-Match` or `If-Match` and ignore them. On such a server two writers would both believe that
they wrote the same place of the ledger, or one would undo the other's public index, so nothing may run on it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final

import httpx
from botocore.exceptions import ClientError

from schemas.errors import StoreUnfitError
from storage.s3.bucket_rules import read_rules
from storage.s3.client import client_for
from storage.s3.objects import open_bucket, status_of
from storage.settings import Bucket, Duty, Settings

# Few, because each loser waits for a lock that SeaweedFS checks once a second.
_RACERS: Final = 3
_REFUSED: Final = {401, 403}
_WRITTEN_WITH: Final = {
    Duty.INTAKE: Bucket.PRIVATE,
    Duty.LEDGER: Bucket.LEDGER,
    Duty.SEAL: Bucket.LEDGER,
    Duty.PUBLISH: Bucket.PUBLIC,
}


def probe(settings: Settings) -> None:
    """Run every check.

    Raises:
        StoreUnfitError: at least one failed; the message names each and what was found.
    """
    checks: dict[str, Callable[[Settings], str | None]] = {
        "one winner of concurrent conditional writes": _one_winner,
        "only what was read is replaced": _replaced_as_read,
        "altered bytes are refused": _altered_bytes,
        "the buckets keep their rules": _rules,
        "only the admin key changes these rules": _changes_of_rules,
        "the ledger and seal keys cannot delete": _no_deletion,
        "strangers cannot read private or ledger": _strangers,
        "duties are kept apart": _duties,
    }
    failures = [f"{name}: {found}" for name, check in checks.items() if (found := check(settings))]
    if failures:
        raise StoreUnfitError(
            f"S3 server at {settings.s3_endpoint} is not fit for the ledger; {'; '.join(failures)}. "
            "Use a server that passes (docs/using.md, Other servers); nothing was started"
        )


def _key() -> str:
    return f"probe/{secrets.token_hex(16)}"


def _one_winner(settings: Settings) -> str | None:
    objects = open_bucket(Bucket.PRIVATE, Duty.INTAKE, settings)
    key = _key()
    bodies = [f"probe {number}".encode() for number in range(_RACERS)]
    with ThreadPoolExecutor(_RACERS) as racers:
        won = list(racers.map(lambda body: objects.create(key, body, "text/plain"), bodies))
    if sum(won) != 1:
        return f"expected exactly one of {_RACERS} to win, found {sum(won)}"
    if objects.read(key) != bodies[won.index(True)]:
        return "the winner's bytes are not those that are stored"
    if objects.create(key, b"later", "text/plain"):
        return "a later conditional write of the same key succeeded"
    return None


def _replaced_as_read(settings: Settings) -> str | None:
    client = client_for(Duty.INTAKE, settings)
    key = _key()
    put = partial(client.put_object, Bucket=Bucket.PRIVATE.value, Key=key)
    read = put(Body=b"probe")["ETag"]
    put(Body=b"probe again", IfMatch=read)
    try:
        put(Body=b"overtaken", IfMatch=read)
    except ClientError:
        return None
    return "an object that had changed since it was read was replaced"


def _altered_bytes(settings: Settings) -> str | None:
    client = client_for(Duty.INTAKE, settings)
    wrong = "A" * 43 + "="
    try:
        client.put_object(Bucket=Bucket.PRIVATE.value, Key=_key(), Body=b"probe", ChecksumSHA256=wrong)
    except ClientError:
        return None
    return "an object whose SHA-256 did not match was stored"


def _rules(settings: Settings) -> str | None:
    read = read_rules(Duty.ADMIN, settings)
    found = [f"{bucket.value}: {difference}" for bucket, difference in read.differences]
    return ", ".join((*found, *(f"the {one} could not be read" for one in read.unread))) or None


def _changes_of_rules(settings: Settings) -> str | None:
    for duty, bucket in _WRITTEN_WITH.items():
        client = client_for(duty, settings)
        # Each leaves a bucket that keeps its rules as it is.
        changes: tuple[tuple[str, Callable[..., object]], ...] = (
            ("versioning", partial(client.put_bucket_versioning, VersioningConfiguration={"Status": "Enabled"})),
            ("lifecycle", client.delete_bucket_lifecycle),
            ("cross-origin access", client.delete_bucket_cors),
        )
        for name, change in changes:
            otherwise = f"the {duty.value} key could change the {name} of {bucket.value}"
            if found := _unless_refused(partial(change, Bucket=bucket.value), otherwise):
                return found
    return None


def _no_deletion(settings: Settings) -> str | None:
    for duty in (Duty.LEDGER, Duty.SEAL):
        # The key need not exist: the policy is applied before the server looks for it.
        delete = partial(client_for(duty, settings).delete_object, Bucket=Bucket.LEDGER.value, Key=_key())
        if found := _unless_refused(delete, f"a deletion from the ledger was allowed to the {duty.value} key"):
            return found
    return None


def _strangers(settings: Settings) -> str | None:
    for bucket in (Bucket.PRIVATE, Bucket.LEDGER):
        answer = httpx.get(f"{settings.s3_endpoint.rstrip('/')}/{bucket.value}/{_key()}", timeout=15)
        if answer.status_code not in _REFUSED:
            return f"an unsigned read of {bucket.value} was answered with {answer.status_code}, expected 403"
    return None


def _duties(settings: Settings) -> str | None:
    forbidden = (
        (Duty.INTAKE, Bucket.LEDGER),
        (Duty.LEDGER, Bucket.PRIVATE),
        (Duty.PUBLISH, Bucket.LEDGER),
        (Duty.PUBLISH, Bucket.PRIVATE),
        (Duty.AUDITOR, Bucket.LEDGER),
        (Duty.SEAL, Bucket.PRIVATE),
        (Duty.SEAL, Bucket.PUBLIC),
    )
    for duty, bucket in forbidden:
        put = partial(client_for(duty, settings).put_object, Bucket=bucket.value, Key=_key(), Body=b"probe")
        if found := _unless_refused(put, f"the {duty.value} key could write to {bucket.value}"):
            return found
    return None


def _unless_refused(request: Callable[[], object], otherwise: str) -> str | None:
    try:
        request()
    except ClientError as error:
        return None if status_of(error) in _REFUSED else f"{otherwise} (status {status_of(error)})"
    return otherwise
