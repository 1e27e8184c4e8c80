"""A file is written whole or not at all, for those who may read it and no others."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from storage.atomic_file import write_atomically


@pytest.fixture(autouse=True)
def usual_umask():
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_is_written_is_there_and_nothing_else_is(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_atomically(path, b"one")
    write_atomically(path, b"two")
    assert path.read_bytes() == b"two"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(("asked", "found"), [({}, 0o644), ({"mode": 0o600}, 0o600)])
def test_it_has_the_permissions_that_were_asked_for_whatever_was_there_before(
    tmp_path: Path, asked: dict[str, int], found: int
) -> None:
    path, left_by_a_crash = tmp_path / "file", tmp_path / f".file.{os.getpid()}.part"
    write_atomically(path, b"new", **asked)
    assert mode_of(path) == found
    for before in (path, left_by_a_crash):
        before.write_bytes(b"old")
        before.chmod(0o640)
        write_atomically(path, b"new", **asked)
        assert mode_of(path) == found
        assert path.read_bytes() == b"new"


def test_it_is_never_there_with_wider_permissions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    sync = os.fsync

    def look(descriptor: int) -> None:
        seen.extend(mode_of(path) for path in tmp_path.iterdir())
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", look)
    write_atomically(tmp_path / "file", b"secret", mode=0o600)
    assert seen == [0o600, 0o600], "the file and its folder reach the disk, in this order"


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_disk_that_refuses_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, call, refuse)
    with pytest.raises(OSError, match="No space"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_without_sync_it_does_not_wait_for_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", pytest.fail)
    write_atomically(tmp_path / "file", b"new", sync=False)
    assert (tmp_path / "file").read_bytes() == b"new"


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_atomically(tmp_path / "none" / "file", b"")
