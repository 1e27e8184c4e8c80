"""A file is written whole or not at all, for those who may read it and no others."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from storage.atomic_file import is_temporary, make_folder, write_atomically

ROOT: Final = Path(__file__).parents[3]
ROOMS: Final = ("schemas", "domain", "storage", "evidence", "reports", "audit", "tasks", "flows", "desk", "deployments")
WRITING: Final = re.compile(
    r"write_text\(|write_bytes\(|\bopen\([^)\n]*[\"'][wax]b?\+?[\"']|O_CREAT|\.touch\(|shutil\.(copy|move)|NamedTemporary|mkstemp"
    r"|\.mkdir\(|makedirs"
)


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


@pytest.mark.parametrize(("asked", "found"), [({}, 0o600), ({"mode": 0o666}, 0o644)])
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


def test_what_a_killed_writer_left_is_removed_by_the_next_one_and_that_of_a_living_one_is_not(tmp_path: Path) -> None:
    path, living = tmp_path / "file", tmp_path / f".file.{os.getppid()}.part"
    for one in (path, living):
        one.write_bytes(b"old")
    killed = (
        "import os, pathlib, sys; from storage.atomic_file import write_atomically; "
        "pathlib.Path.replace = lambda *_: os.kill(os.getpid(), 9); "
        "write_atomically(pathlib.Path(sys.argv[1]), b'half')"
    )
    assert subprocess.run([sys.executable, "-c", killed, path], check=False).returncode == -9
    assert path.read_bytes() == b"old"
    (left,) = set(tmp_path.iterdir()) - {path, living}
    assert is_temporary(left)
    write_atomically(path, b"new")
    assert set(tmp_path.iterdir()) == {path, living}


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: path.symlink_to("/dev/null"), os.mkfifo])
def test_what_is_no_file_is_neither_followed_nor_replaced(tmp_path: Path, make: Callable[[Path], None]) -> None:
    path = tmp_path / "file"
    make(path)
    before = path.lstat()
    with pytest.raises(OSError, match=r"directory|link|pipe") as caught:
        write_atomically(path, b"new")
    assert caught.value.filename == str(path)
    assert path.lstat() == before


def test_folders_are_made_for_their_owner_alone_and_those_that_are_there_are_left(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    make_folder(tmp_path / "one" / "two")
    make_folder(tmp_path / "one" / "two")
    assert [mode_of(one) for one in (tmp_path, tmp_path / "one", tmp_path / "one" / "two")] == [0o755, 0o700, 0o700]


def test_nothing_else_of_the_product_writes_files() -> None:
    """But a log, which is appended to; the lock; the snapshot, which SQLite writes; the output that takes nothing."""
    others = {"deployments/stack/log.py", "deployments/stack/lock.py", "audit/verification/snapshot.py"}
    found = set()
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            if WRITING.search(path.read_text()):
                found.add(str(path.relative_to(ROOT)))
    assert found == {*others, "storage/atomic_file.py", "desk/cli/local_errors.py"}


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_atomically(tmp_path / "none" / "file", b"")
