"""The log of a process is kept short for its owner alone, also on a disk that takes no more."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from deployments.stack import log
from deployments.stack.log import bound_log


def test_a_log_that_is_too_long_moves_to_its_older_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, older = tmp_path / "s3.log", tmp_path / "s3.log.1"
    monkeypatch.setattr(log, "_MAX_BYTES", 8)
    path.write_bytes(b"123456789")
    bound_log(path)
    assert (path.read_bytes(), older.read_bytes()) == (b"", b"123456789")
    assert stat.S_IMODE(older.stat().st_mode) == 0o600


def test_on_a_full_disk_a_log_that_is_too_long_makes_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(log, "_MAX_BYTES", 8)
    monkeypatch.setattr(log, "write_atomically", refuse)
    (tmp_path / "s3.log").write_bytes(b"123456789")
    bound_log(tmp_path / "s3.log")
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("s3.log", b"")]
