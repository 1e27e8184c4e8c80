"""What the server lists and cannot read is a fault of that key, of the layer that it belongs to, and no crash."""

from __future__ import annotations

from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from audit.export import export
from audit.verification import verify
from audit.verification.snapshot import Snapshot
from storage.s3.bucket_rules import RulesRead
from storage.s3.read_only import ReadOnlyBuckets, read_all
from tests.support.archive import START, Archive
from tests.support.memory_buckets import holdings_of_archive
from tests.support.stand_alone import STAND_ALONE

KENT = "kent-2025"


class Damaged:
    """A bucket on a disk that lost some bytes: the server lists all and fails to read one key."""

    def __init__(self, objects, key: str, status: int = 500) -> None:
        self._objects = objects
        self._key = key
        self._status = status

    def __getattr__(self, name: str):
        return getattr(self._objects, name)

    def read(self, key: str) -> bytes:
        return self.read_with_headers(key)[0]

    def read_with_headers(self, key: str):
        if key == self._key:
            answer = {"Error": {"Code": "Failed", "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": self._status}}
            raise ClientError(answer, "GetObject")
        return self._objects.read_with_headers(key)


@pytest.fixture
def archive() -> Archive:
    archive = Archive()
    archive.found()
    archive.live(KENT)
    archive.seal()
    return archive


def damaged(archive: Archive, key: str) -> ReadOnlyBuckets:
    whole = holdings_of_archive(archive)
    return ReadOnlyBuckets(*(Damaged(one, key) for one in (whole.ledger, whole.private, whole.public)), RulesRead)


def key_of_an_artefact(archive: Archive) -> str:
    return next(key for key, data in archive.private.items() if b"case table" in data)


@pytest.mark.parametrize(
    ("key", "layer", "by_the_other"),
    [
        (f"ledger/{KENT}/00000014.json", "chain", "versions"),
        ("register/00000004.json", "register", "versions"),
        ("seal/00000000.json", "seal", "versions"),
        ("an artefact", "artefact", "artefact"),
        (f"{KENT}/review/report.html", "public", "public"),
        (f"publications/{KENT}/review.json", "public", "public"),
    ],
)
def test_it_is_found_where_it_belongs(
    archive: Archive, tmp_path: Path, key: str, layer: str, by_the_other: str
) -> None:
    buckets = damaged(archive, key_of_an_artefact(archive) if key == "an artefact" else key)
    found = [one for one in verify(buckets).faults if "cannot read it" in one.message]
    assert [one.layer for one in found] == [layer]
    export(buckets, tmp_path, now=START)
    others = STAND_ALONE.verify(tmp_path, STAND_ALONE.Anchors(None, (), ())).faults
    assert by_the_other in {one.layer for one in others}


def test_it_is_found_again_by_a_warm_run(archive: Archive, tmp_path: Path) -> None:
    buckets = damaged(archive, f"ledger/{KENT}/00000014.json")
    for _ in range(2):
        snapshot = Snapshot(tmp_path / "snapshot.sqlite")
        verified = verify(buckets, snapshot=snapshot)
        snapshot.close()
        assert any("cannot read it" in one.message for one in verified.faults)
        assert any("was sealed" in one.message for one in verified.faults)


@pytest.mark.parametrize("status", [403, 503])
def test_a_server_that_is_unreachable_or_refuses_is_no_fault(archive: Archive, status: int) -> None:
    objects = Damaged(holdings_of_archive(archive).ledger, "seal/00000000.json", status)
    with pytest.raises(ClientError):
        list(read_all(objects, ["seal/00000000.json"], {}))
