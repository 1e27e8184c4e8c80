"""A warm verification reads little and hides nothing that a listing shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from audit.verification import Anchors, verify
from audit.verification import snapshot as snapshots
from audit.verification.snapshot import SnapshotFile, snapshot_of
from schemas.lifecycle.moves import Kind
from tests.support.archive import MANAGER, Archive
from tests.support.memory_holdings import holdings_of_archive

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from audit.verification import Finding, Verified
    from storage.s3.read_only import Holdings

KENT, SURREY = "kent-2025", "surrey-2024"
ENTRY = f"ledger/{KENT}/00000005.json"


@pytest.fixture
def archive() -> Archive:
    archive = Archive()
    archive.found()
    archive.live(KENT)
    archive.live(SURREY, 4)
    archive.seal()
    return archive


@pytest.fixture
def holdings(archive: Archive) -> Holdings:
    return holdings_of_archive(archive)


class Counted:
    """Counts what is read of a bucket."""

    def __init__(self, objects) -> None:
        self._objects = objects
        self.reads: list[str] = []

    def __getattr__(self, name: str):
        return getattr(self._objects, name)

    def read(self, key: str) -> bytes:
        self.reads.append(key)
        return self._objects.read(key)


def counted(holdings: Holdings) -> Holdings:
    return type(holdings)(Counted(holdings.ledger), Counted(holdings.private), Counted(holdings.public))


def reads(holdings: Holdings) -> list[str]:
    return [key for part in (holdings.ledger, holdings.private, holdings.public) for key in part.reads]


def verified(holdings: Holdings, folder: Path) -> Verified:
    snapshot = snapshot_of(folder, "store")
    try:
        return verify(holdings, anchors=Anchors(), snapshot=snapshot)
    finally:
        snapshot.close()


def test_the_second_time_nothing_is_read_and_the_answer_is_the_same(holdings: Holdings, tmp_path: Path) -> None:
    cold = verify(holdings)
    verified(holdings, tmp_path)
    warm = counted(holdings)
    assert verified(warm, tmp_path) == cold
    assert reads(warm) == []


def test_what_is_new_is_read_and_nothing_else(archive: Archive, holdings: Holdings, tmp_path: Path) -> None:
    verified(holdings, tmp_path)
    entry = archive.append(KENT, Kind.ACTION_PLAN_RECEIVED, MANAGER)
    holdings.ledger.create(f"ledger/{KENT}/00000015.json", entry.to_bytes(), "application/json")
    warm = counted(holdings)
    answer = verified(warm, tmp_path)
    assert (answer.findings, answer.unsealed) == ([], 1)
    assert reads(warm) == [f"ledger/{KENT}/00000015.json"]


def _other_bytes(holdings: Holdings) -> None:
    holdings.ledger.stored[ENTRY] = [holdings.ledger.read(ENTRY).replace(b"dru.sharpling", b"eve.other")]


def _second_version(holdings: Holdings) -> None:
    holdings.ledger.replace(ENTRY, holdings.ledger.read(ENTRY), "application/json")


def _marker(holdings: Holdings) -> None:
    holdings.ledger.remove(f"ledger/{KENT}/00000014.json")


def _gone(holdings: Holdings) -> None:
    del holdings.ledger.stored[ENTRY]


def _artefact(holdings: Holdings) -> None:
    holdings.private.replace(next(iter(holdings.private.stored)), b"other", "text/plain")


def _public(holdings: Holdings) -> None:
    holdings.public.replace(f"{KENT}/review/report.html", b"other", "text/html")


def _seal(holdings: Holdings) -> None:
    del holdings.ledger.stored["seal/00000000.json"]


def _register(holdings: Holdings) -> None:
    key = "register/00000014.json"
    holdings.ledger.stored[key] = [holdings.ledger.read(key).replace(b"bo.second", b"bo.third")]


@pytest.mark.parametrize("alter", [_other_bytes, _second_version, _marker, _gone, _artefact, _public, _register])
def test_an_alteration_is_found_warm_as_it_is_cold(
    alter: Callable[[Holdings], None], holdings: Holdings, tmp_path: Path
) -> None:
    verified(holdings, tmp_path)
    alter(holdings)
    cold = verify(holdings).findings
    assert cold
    assert verified(holdings, tmp_path).findings == cold
    # And again: a finding is never kept as if it were none.
    assert verified(holdings, tmp_path).findings == cold


def test_a_seal_that_is_gone_is_seen_warm(holdings: Holdings, tmp_path: Path) -> None:
    verified(holdings, tmp_path)
    _seal(holdings)
    answer = verified(holdings, tmp_path)
    assert (answer.seals, answer.unsealed) == (0, 19)


def test_a_newer_program_believes_no_older_one(
    holdings: Holdings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified(holdings, tmp_path)
    judged: list[Finding] = []
    monkeypatch.setattr("audit.verification.verifier.rules_of_this_program", lambda: "other rules")
    monkeypatch.setattr("audit.verification.ledger.misconduct", lambda history: judged.append(history) or iter(()))
    verified(holdings, tmp_path)
    assert len(judged) == 2


def test_a_snapshot_that_is_none_is_made_anew(holdings: Holdings, tmp_path: Path) -> None:
    path = tmp_path / f"verified-{snapshots.hashlib.sha256(b'store').hexdigest()[:16]}.sqlite"
    path.write_bytes(b"no database at all, but long enough to be looked at as one" * 20)
    assert verified(holdings, tmp_path).findings == []
    assert verified(holdings, tmp_path).findings == []


def test_a_snapshot_is_read_by_its_owner_alone(holdings: Holdings, tmp_path: Path) -> None:
    verified(holdings, tmp_path)
    (path,) = tmp_path.iterdir()
    assert path.stat().st_mode & 0o077 == 0
    assert isinstance(snapshot_of(tmp_path, "store"), SnapshotFile)


class NewestFirst:
    """A bucket whose server lists the newest version of a key first, as S3 does."""

    def __init__(self, objects) -> None:
        self._objects = objects

    def __getattr__(self, name: str):
        return getattr(self._objects, name)

    def versions(self, prefix: str):
        listed = list(self._objects.versions(prefix))
        listed.reverse()
        return iter(sorted(listed, key=lambda one: one.key))


@pytest.mark.parametrize("bucket", ["private", "public"])
@pytest.mark.parametrize("is_hidden", [False, True], ids=["replaced", "hidden"])
@pytest.mark.parametrize("order", [NewestFirst, lambda objects: objects], ids=["newest first", "oldest first"])
def test_a_warm_run_reads_what_has_another_version_or_a_marker(
    holdings: Holdings, tmp_path: Path, bucket: str, is_hidden: bool, order: Callable[[object], object]
) -> None:
    listed = type(holdings)(holdings.ledger, order(holdings.private), order(holdings.public))
    objects = getattr(holdings, bucket)
    key = f"{KENT}/review/report.html" if bucket == "public" else next(key for key in objects.stored if KENT in key)
    findings = []
    for is_altered in (False, True):
        if is_altered and is_hidden:
            objects.remove(key)
        elif is_altered:
            objects.replace(key, b"other bytes", "text/html")
        kept = SnapshotFile(tmp_path / "snapshot.sqlite")
        findings.append(verify(listed, snapshot=kept).findings)
        kept.close()
    assert findings[0] == []
    assert {"artefact" if bucket == "private" else "public"} <= {one.layer for one in findings[1]}
