"""A disk that was full and has room again: the S3 server takes writes again, restarted if it must be."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from deployments.stack.ports import free_ports
from deployments.stack.stack import Stack
from storage.disk_space import disk_space
from storage.s3.buckets import prepare_buckets
from storage.s3.objects import S3_UNAVAILABLE, open_bucket
from storage.s3.write_probe import KEY, takes_a_write
from storage.settings import Bucket, Duty, Settings, settings_of
from tests.support.servers.running import wait_until

pytestmark = [pytest.mark.live, pytest.mark.full, pytest.mark.timeout(600)]
MB = 1_000_000


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of 300 MB; without the right to mount one this test says so and is skipped."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["/usr/bin/mount", "-t", "tmpfs", "-o", "size=300m", "tmpfs", str(disk)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip(f"NOT TESTED: a full disk. No tmpfs can be mounted here: {mounted.stderr.decode().strip()}")
    yield disk
    subprocess.run(["/usr/bin/umount", "--lazy", str(disk)], check=True)


def test_a_server_that_met_a_full_disk_takes_writes_again_once_there_is_room(small_disk: Path) -> None:
    data, said = small_disk / "data", list[str]()
    with Stack(data, free_ports(), report=said.append, serve=False) as stack:
        settings = settings_of(stack.environment)
        prepare_buckets(settings)
        wait_until(lambda: takes_a_write(settings), "the server to take a write", 30)
        assert not list(open_bucket(Bucket.PRIVATE, Duty.INTAKE, settings).versions(KEY)), "probes are removed"
        rest = small_disk / "rest"
        fill(rest, small_disk)
        wait_until(lambda: not is_written(settings, stack), "writes to fail", 60)
        wait_until(lambda: any("the disk is full" in line for line in said), "the full disk to be told", 30)
        rest.unlink()
        wait_until(lambda: is_written(settings, stack), "the server to take writes again", 120)
        wait_until(lambda: any("there is room again" in line for line in said), "that to be told", 30)
        assert stack.failure is None


def fill(rest: Path, disk: Path) -> None:
    """Leave not a byte."""
    with rest.open("wb", buffering=0) as file:
        try:
            while (space := disk_space(disk)) is not None and space.free:
                file.write(bytes(min(space.free, MB)))
        except OSError:
            return


def is_written(settings: Settings, stack: Stack) -> bool:
    """Write an object of half a megabyte, as a return is, under a new key."""
    assert stack.failure is None
    key = f"artefacts/kent-2025/{time.monotonic_ns():064x}"
    try:
        return open_bucket(Bucket.PRIVATE, Duty.INTAKE, settings).create(key, bytes(500_000), "text/csv")
    except S3_UNAVAILABLE:
        return False
