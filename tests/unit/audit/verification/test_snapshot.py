"""A warm verification reads little and hides nothing that a listing shows."""

from __future__ import annotations

import sqlite3
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from grimp import build_graph

from audit.verification import Anchors, Verified, verify
from audit.verification import snapshot as snapshots
from audit.verification.snapshot import Snapshot, rules_of, snapshot_of
from schemas.audit.check import Fault
from schemas.lifecycle.moves import Kind
from storage.s3.read_only import ReadOnlyBuckets
from tests.support.archive import MANAGER, Archive
from tests.support.memory_buckets import holdings_of_archive

PROJECT = Path(__file__).parents[4]
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
def buckets(archive: Archive) -> ReadOnlyBuckets:
    return holdings_of_archive(archive)


class Counted:
    """Counts what is read of a bucket."""

    def __init__(self, objects) -> None:
        self._objects = objects
        self.reads: list[str] = []

    def __getattr__(self, name: str):
        return getattr(self._objects, name)

    def read(self, key: str) -> bytes:
        return self.read_with_headers(key)[0]

    def read_with_headers(self, key: str):
        self.reads.append(key)
        return self._objects.read_with_headers(key)


def counted(buckets: ReadOnlyBuckets) -> ReadOnlyBuckets:
    return type(buckets)(Counted(buckets.ledger), Counted(buckets.private), Counted(buckets.public), buckets.rules)


def reads(buckets: ReadOnlyBuckets) -> list[str]:
    return [key for part in (buckets.ledger, buckets.private, buckets.public) for key in part.reads]


def verified(buckets: ReadOnlyBuckets, folder: Path) -> Verified:
    snapshot = snapshot_of(folder, "store")
    try:
        return verify(buckets, anchors=Anchors(), snapshot=snapshot)
    finally:
        snapshot.close()


def test_the_second_time_nothing_is_read_and_the_answer_is_the_same(buckets: ReadOnlyBuckets, tmp_path: Path) -> None:
    cold = verify(buckets)
    verified(buckets, tmp_path)
    warm = counted(buckets)
    assert verified(warm, tmp_path) == cold
    assert reads(warm) == []


def test_what_is_new_is_read_and_nothing_else(archive: Archive, buckets: ReadOnlyBuckets, tmp_path: Path) -> None:
    verified(buckets, tmp_path)
    entry = archive.append(KENT, Kind.ACTION_PLAN_RECEIVED, MANAGER)
    buckets.ledger.create(f"ledger/{KENT}/00000015.json", entry.to_bytes(), "application/json")
    warm = counted(buckets)
    answer = verified(warm, tmp_path)
    assert (answer.faults, answer.unsealed) == ([], 1)
    assert reads(warm) == [f"ledger/{KENT}/00000015.json"]


def _other_bytes(buckets: ReadOnlyBuckets) -> None:
    buckets.ledger.stored[ENTRY] = [buckets.ledger.read(ENTRY).replace(b"dru.sharpling", b"eve.other")]


def _second_version(buckets: ReadOnlyBuckets) -> None:
    buckets.ledger.overwrite(ENTRY, buckets.ledger.read(ENTRY), "application/json")


def _marker(buckets: ReadOnlyBuckets) -> None:
    buckets.ledger.remove(f"ledger/{KENT}/00000014.json")


def _gone(buckets: ReadOnlyBuckets) -> None:
    del buckets.ledger.stored[ENTRY]


def _artefact(buckets: ReadOnlyBuckets) -> None:
    buckets.private.overwrite(next(iter(buckets.private.stored)), b"other", "text/plain")


def _public(buckets: ReadOnlyBuckets) -> None:
    buckets.public.overwrite(f"{KENT}/review/report.html", b"other", "text/html")


def _seal(buckets: ReadOnlyBuckets) -> None:
    del buckets.ledger.stored["seal/00000000.json"]


def _register(buckets: ReadOnlyBuckets) -> None:
    key = "register/00000014.json"
    buckets.ledger.stored[key] = [buckets.ledger.read(key).replace(b"bo.second", b"bo.third")]


@pytest.mark.parametrize("alter", [_other_bytes, _second_version, _marker, _gone, _artefact, _public, _register])
def test_an_alteration_is_found_warm_as_it_is_cold(
    alter: Callable[[ReadOnlyBuckets], None], buckets: ReadOnlyBuckets, tmp_path: Path
) -> None:
    verified(buckets, tmp_path)
    alter(buckets)
    cold = verify(buckets).faults
    assert cold
    assert verified(buckets, tmp_path).faults == cold
    # And again: a fault is never kept as if it were none.
    assert verified(buckets, tmp_path).faults == cold


def test_a_seal_that_is_gone_is_seen_warm(buckets: ReadOnlyBuckets, tmp_path: Path) -> None:
    verified(buckets, tmp_path)
    _seal(buckets)
    answer = verified(buckets, tmp_path)
    assert (answer.seals, answer.unsealed) == (0, 19)


def test_a_newer_program_believes_no_older_one(
    buckets: ReadOnlyBuckets, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified(buckets, tmp_path)
    judged: list[Fault] = []
    monkeypatch.setattr("audit.verification.ledger.rules_of_this_program", lambda: "other rules")
    monkeypatch.setattr("audit.verification.ledger.violations", lambda history: judged.append(history) or iter(()))
    verified(buckets, tmp_path)
    assert len(judged) == 2


def test_a_change_in_any_room_that_decides_a_finding_names_other_rules(tmp_path: Path) -> None:
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    program = build_graph(*settings["tool"]["importlinter"]["root_packages"])
    deciding = program.find_upstream_modules("audit.verification", as_package=True)
    rooms = {"audit", *(module.partition(".")[0] for module in deciding)}
    for room in rooms:
        (tmp_path / room / "deep").mkdir(parents=True)
    names = [rules_of(tmp_path)]
    for room in sorted(rooms):
        (tmp_path / room / "deep" / "rule.py").write_text("ALLOWED = True\n")
        names.append(rules_of(tmp_path))
        (tmp_path / room / "deep" / "rule.py").write_text("ALLOWED = False\n")
        names.append(rules_of(tmp_path))
    assert len(set(names)) == len(names)
    assert {"audit", "domain", "schemas", "storage"} <= rooms


def test_a_snapshot_that_is_none_is_made_anew(buckets: ReadOnlyBuckets, tmp_path: Path) -> None:
    path = tmp_path / f"verified-{snapshots.hashlib.sha256(b'store').hexdigest()[:16]}.sqlite"
    path.write_bytes(b"no database at all, but long enough to be looked at as one" * 20)
    assert verified(buckets, tmp_path).faults == []
    assert verified(buckets, tmp_path).faults == []


def test_where_no_snapshot_can_be_made_everything_is_read_and_the_answer_is_the_same(
    buckets: ReadOnlyBuckets, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    assert verified(buckets, tmp_path / "file" / "below") == verify(buckets)
    with monkeypatch.context() as patch:

        def full(path: Path) -> sqlite3.Connection:
            message = "database or disk is full"
            raise sqlite3.OperationalError(message)

        patch.setattr(snapshots, "_connected", full)
        (tmp_path / "full").mkdir()
        assert verified(buckets, tmp_path / "full") == verify(buckets)


def test_a_snapshot_is_read_by_its_owner_alone(buckets: ReadOnlyBuckets, tmp_path: Path) -> None:
    verified(buckets, tmp_path)
    (path,) = tmp_path.iterdir()
    assert path.stat().st_mode & 0o077 == 0
    assert isinstance(snapshot_of(tmp_path, "store"), Snapshot)


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
    buckets: ReadOnlyBuckets, tmp_path: Path, bucket: str, is_hidden: bool, order: Callable[[object], object]
) -> None:
    listed = type(buckets)(buckets.ledger, order(buckets.private), order(buckets.public), buckets.rules)
    objects = getattr(buckets, bucket)
    key = f"{KENT}/review/report.html" if bucket == "public" else next(key for key in objects.stored if KENT in key)
    faults = []
    for is_altered in (False, True):
        if is_altered and is_hidden:
            objects.remove(key)
        elif is_altered:
            objects.overwrite(key, b"other bytes", "text/html")
        kept = Snapshot(tmp_path / "snapshot.sqlite")
        faults.append(verify(listed, snapshot=kept).faults)
        kept.close()
    assert faults[0] == []
    assert {"artefact" if bucket == "private" else "public"} <= {one.layer for one in faults[1]}
