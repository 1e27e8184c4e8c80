"""What is done on the disk of a real server while it is stopped is found once it runs again, by both verifiers."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.settings import Bucket
from tests.tamper.on_disk import Disk, crc32c, put
from tests.tamper.state import APPROVED, WHOLE, State, place, verify_both

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]

PAGE = f"{WHOLE}/review/report.html"


@pytest.fixture(scope="module")
def whole_disk(whole: State, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a disk that holds the whole record, and beside it the same disk of the day before."""
    folder = tmp_path_factory.mktemp("disk")
    disk = Disk(folder / "data")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("NCPI_S3_ENDPOINT", raising=False)
        # A Prefect server that nobody asks: only S3 is started.
        patch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
        with disk.serving() as settings:
            put(settings, State(whole.earlier).archive)
        disk.copy_to(folder / "earlier")
        with disk.serving() as settings:
            put(settings, whole.archive)
        disk.copy_to(folder / "now")
    return folder


@pytest.fixture
def disk(whole_disk: Path, monkeypatch: pytest.MonkeyPatch) -> Disk:
    monkeypatch.delenv("NCPI_S3_ENDPOINT", raising=False)
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    disk = Disk(whole_disk / "data")
    disk.replace_by(whole_disk / "now")
    return disk


def test_the_checksum_is_the_one_that_is_published() -> None:
    assert crc32c(b"123456789") == 0xE3069283  # RFC 3720, and every catalogue of such


def test_bytes_altered_in_a_volume_are_found_once_the_server_runs_again(
    disk: Disk, whole: State, tmp_path: Path
) -> None:
    entry, page = whole.archive.ledger[place(WHOLE, 5)], whole.archive.public[PAGE]
    disk.alter(Bucket.LEDGER, entry, entry.replace(b"dru.sharpling", b"eve.sharpling"), with_checksum=True)
    disk.alter(Bucket.PUBLIC, page, page.replace(b"review", b"REVIEW"), with_checksum=True)
    with disk.buckets() as buckets:
        found = verify_both(buckets, whole, tmp_path / "after")
    for faults in (found.product, found.stand_alone):
        assert {("signature", 5), ("chain", 6), ("seal", 5), ("public", 14)} <= {
            (one.layer, one.entry) for one in faults
        }


def test_what_the_server_can_no_longer_read_is_a_fault_of_that_key(disk: Disk, whole: State, tmp_path: Path) -> None:
    key = place(APPROVED, 5)
    data = whole.archive.ledger[key]
    disk.alter(Bucket.LEDGER, data, data.replace(b"dru.sharpling", b"eve.sharpling"), with_checksum=False)
    with disk.buckets() as buckets:
        found = verify_both(buckets, whole, tmp_path / "export")
    by_key = [one for one in found.product if "cannot read it" in one.message]
    assert [(one.layer, one.where, one.entry) for one in by_key] == [("chain", APPROVED, 5)]
    assert {(APPROVED, 5)} == {(one.where, one.entry) for one in (*found.product, *found.stand_alone)}
    assert {"versions", "seal"} <= {one.layer for one in found.stand_alone}


def test_a_disk_of_the_day_before_is_found_by_held_notes_alone(
    disk: Disk, whole: State, whole_disk: Path, tmp_path: Path
) -> None:
    disk.replace_by(whole_disk / "earlier")
    with disk.buckets() as buckets:
        without = verify_both(buckets, whole, tmp_path / "without", with_notes=False)
        found = verify_both(buckets, whole, tmp_path / "with")
    assert (without.product, without.stand_alone) == ([], [])
    assert found.layers == ({"held"}, {"held"})
