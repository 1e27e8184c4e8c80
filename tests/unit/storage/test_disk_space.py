from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from deployments.stack.disk_watch import DiskWatch
from storage.disk_space import DiskSpace, disk_space

GB = 1_000_000_000


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.mark.parametrize(
    ("free", "total", "level"),
    [
        (3 * GB, 20 * GB, "enough"),
        (1_999_999_999, 20 * GB, "low"),
        (200_000_000, 20 * GB, "low"),
        (199_999_999, 20 * GB, "full"),
        (0, 20 * GB, "full"),
        (15_999_999, 100_000_000, "full"),
        (16_000_000, 100_000_000, "enough"),
    ],
)
def test_a_disk_is_low_below_a_tenth_and_full_where_the_server_takes_no_more(free: int, total: int, level: str) -> None:
    assert DiskSpace(Path("/data"), free, total).level == level


def test_the_words_name_the_disk_and_the_room_on_it(tmp_path: Path) -> None:
    assert str(DiskSpace(Path("/data"), 150_000_000, 20 * GB)) == "150 MB of 20,000 MB are free on the disk of /data"
    assert disk_space(tmp_path / "nowhere") is None
    assert disk_space(tmp_path) is not None


def test_each_change_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    watch = DiskWatch(tmp_path, said.append)
    for free in (10, 10, 1, 1, 0, 0, 0, 1, 9, 9):
        monkeypatch.setattr("shutil.disk_usage", lambda _, free=free: Usage(20 * GB, 0, free * GB))
        watch.look()
    assert [words.partition(": ")[2][:12] for words in said] == [
        "make room so",
        "the disk is ",
        "make room so",
        "there is roo",
    ]
    assert all(str(tmp_path) in words for words in said)
