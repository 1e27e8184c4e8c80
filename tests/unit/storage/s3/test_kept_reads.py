"""What is kept in a file saves reading; an altered file, an older one or none changes nothing that is read."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from storage.s3.kept_reads import kept_reads
from tests.support.memory import MemoryObjects

KEY = "ledger/kent-2025/00000000.json"
BYTES = b'{"reason": "\xff"}'


class Counted(MemoryObjects):
    """A bucket that counts what is read."""

    reads = 0

    def read(self, key: str) -> bytes:
        self.reads += 1
        return super().read(key)


@pytest.fixture
def objects() -> Counted:
    found = Counted()
    found.create(KEY, BYTES, "application/json")
    return found


def read(objects: Counted, path: Path) -> bytes:
    (version,) = objects.versions(KEY)
    with kept_reads(path) as cache:
        return cache.read(objects, version)


def test_what_was_read_once_is_not_read_again(objects: Counted, tmp_path: Path) -> None:
    path = tmp_path / "cache" / "board.json"
    assert [read(objects, path) for _ in range(3)] == [BYTES] * 3
    assert objects.reads == 1
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "altered",
    [
        json.dumps({KEY: '{"reason": "forged"}'}).encode(),
        json.dumps({KEY: 7, "other": None}).encode(),
        b"[" * 100_000,
        b"[]",
        b"\xff",
        b"",
    ],
    ids=["forged", "no text", "deep", "a list", "no text file", "empty"],
)
def test_an_altered_file_changes_nothing_that_is_read(objects: Counted, tmp_path: Path, altered: bytes) -> None:
    path = tmp_path / "board.json"
    path.write_bytes(altered)
    assert [read(objects, path) for _ in range(2)] == [BYTES] * 2
    assert objects.reads == 1


def test_a_newer_version_on_the_server_is_read(objects: Counted, tmp_path: Path) -> None:
    path = tmp_path / "board.json"
    read(objects, path)
    with kept_reads(path) as cache:
        (version,) = objects.versions(KEY)
        assert cache.read(objects, dataclasses.replace(version, etag="0" * 32)) == BYTES
    assert objects.reads == 2


def test_a_file_that_cannot_be_written_is_no_error(objects: Counted, tmp_path: Path) -> None:
    (tmp_path / "taken").write_bytes(b"")
    assert read(objects, tmp_path / "taken" / "board.json") == BYTES
