"""The record that is tampered with, how a state of it is put on a real server, and how it is verified there."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audit.export import export
from audit.verification import Anchors, verify
from audit.verification.anchors import ExternalNote
from schemas.audit.check import Fault
from schemas.lifecycle.moves import Kind
from storage.s3.objects import ASK_AGAIN, S3Objects
from storage.s3.read_only import ReadOnlyBuckets
from storage.s3.versions import StoredVersion
from storage.settings import Bucket
from tests.support.archive import SEAL_KEY, Archive, verifier_key
from tests.support.memory_buckets import media_type_in
from tests.support.stand_alone import STAND_ALONE

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

WHOLE, APPROVED, DRAFTED = "kent-2025", "surrey-2024", "essex-2024"
"""An inspection that is complete, one that is approved and not published, one that is drafted and not decided."""

CORRECTED, WITHDRAWN = "gwent-2023", "dorset-2022"
"""Inspections of the other record (`build_later`)."""


@dataclass
class State:
    """A record, and what management holds of it."""

    archive: Archive = field(default_factory=Archive)
    first: str = ""
    """Digest of the register's first record."""
    earlier: Archive | None = None
    """The record as it was when the second note was sent."""

    def copy(self) -> State:
        return copy.copy(self).with_archive(self.archive)

    def with_archive(self, archive: Archive) -> State:
        made = Archive(
            dict(archive.ledger),
            dict(archive.private),
            dict(archive.public),
            list(archive.notes),
            dict(archive.keys),
            archive.seal_key,
            archive.now,
            list(archive.leaves),
            set(archive.sealed),
            hidden=set(archive.hidden),
        )
        return State(made, self.first, self.earlier)


def build() -> State:
    """Make the record: three inspections, sealed three times."""
    archive = Archive()
    first = archive.found()
    archive.seal()
    archive.live(DRAFTED, 4)
    archive.live(APPROVED, 6)
    archive.seal()
    state = State(archive, first)
    earlier = state.copy().archive
    archive.live(WHOLE)
    archive.seal()
    return State(archive, first, earlier)


def build_later() -> State:
    """Make another record: one inspection that was corrected twice, one that was corrected and withdrawn."""
    archive = Archive()
    first = archive.found()
    for inspection in (CORRECTED, WITHDRAWN):
        archive.live(inspection, 8)
        archive.correct(inspection)
    archive.correct(CORRECTED, number=3)
    archive.withdraw(WITHDRAWN)
    archive.seal()
    return State(archive, first)


class Prefixed:
    """A part of a bucket, as if it were one: so that one server holds many states of a record."""

    def __init__(self, objects: S3Objects, client: S3Client, bucket: str, prefix: str) -> None:
        self._objects = objects
        self.client, self.bucket, self.prefix = client, bucket, prefix

    def create(self, key: str, data: bytes, media_type: str) -> bool:
        return self._objects.create(self.prefix + key, data, media_type)

    def replace(self, key: str, data: bytes, media_type: str | None = None, **headers: Any) -> None:
        headers = {"CacheControl": ASK_AGAIN, **headers}
        media_type = media_type or media_type_in(Bucket(self.bucket), key)
        self.client.put_object(Bucket=self.bucket, Key=self.prefix + key, Body=data, ContentType=media_type, **headers)

    def read(self, key: str) -> bytes:
        return self._objects.read(self.prefix + key)

    def read_with_headers(self, key: str) -> tuple[bytes, Mapping[str, str]]:
        return self._objects.read_with_headers(self.prefix + key)

    def versions(self, prefix: str) -> Iterator[StoredVersion]:
        for one in self._objects.versions(self.prefix + prefix):
            yield StoredVersion(one.key.removeprefix(self.prefix), one.etag, one.is_delete_marker, one.id)

    # What only an administrator can do

    def mark(self, key: str) -> None:
        """Set a delete marker."""
        self.client.delete_object(Bucket=self.bucket, Key=self.prefix + key)

    def erase(self, key: str) -> None:
        """Remove every version, past its retention."""
        for one in list(self._objects.versions(self.prefix + key)):
            if one.key == self.prefix + key:
                self.client.delete_object(
                    Bucket=self.bucket, Key=one.key, VersionId=one.id, BypassGovernanceRetention=True
                )

    def put_all(self, objects: dict[str, bytes]) -> None:
        with ThreadPoolExecutor(12) as writers:
            list(writers.map(lambda one: self.replace(*one), objects.items()))


@dataclass
class Found:
    """What both verifiers found of a state."""

    product: list[Fault]
    stand_alone: list[Any]

    @property
    def layers(self) -> tuple[set[str], set[str]]:
        return {one.layer for one in self.product}, {one.layer for one in self.stand_alone}


def verify_both(
    buckets: ReadOnlyBuckets, state: State, folder: Path, *, with_notes: bool = True, with_register: bool = True
) -> Found:
    """Verify with the product on the server, and with the stand-alone verifier on an export of it."""
    notes = tuple(ExternalNote(f"note-{n}", text) for n, text in enumerate(state.archive.notes)) if with_notes else ()
    first = state.first if with_register else None
    key = verifier_key(SEAL_KEY) if with_register else None
    anchors = Anchors(first, (key,) if key else (), notes)
    found = verify(buckets, anchors=anchors).faults
    export(buckets, folder, now=dt.datetime(2026, 6, 1, tzinfo=dt.UTC), with_documents=True)
    keys = (STAND_ALONE.VerifierKey.parse(key),) if key else ()
    given = STAND_ALONE.Anchors(first, keys, tuple((note.name, note.text) for note in notes))
    return Found(found, STAND_ALONE.verify(folder, given).faults)


def place(inspection: str, seq: int) -> str:
    """Name an entry."""
    return f"ledger/{inspection}/{seq:08d}.json"


def seq_of(archive: Archive, inspection: str, kind: Kind) -> int:
    """Find the newest entry of a kind."""
    expected = f'"kind":"{kind.value}"'.encode()
    return max(seq for seq, data in enumerate(archive.chain(inspection)) if expected in data)
