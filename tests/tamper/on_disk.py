"""What the operator of the server can do to its disk while it is stopped: bytes in a volume, the whole folder."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from deployments.stack.ports import Ports, free_ports
from deployments.stack.stack import Stack
from storage.s3.buckets import prepare_buckets
from storage.s3.objects import open_bucket
from storage.s3.read_only import ReadOnlyBuckets, open_read_only_buckets
from storage.settings import Bucket, Duty, Settings
from tests.support.memory_buckets import media_type_in

if TYPE_CHECKING:
    from tests.support.archive import Archive

_CASTAGNOLI: Final = 0x82F63B78
"""The polynomial of CRC-32C, by which SeaweedFS checks what its disk holds; bits reversed."""


@dataclass
class Disk:
    """A SeaweedFS whose disk is at hand while it is stopped."""

    folder: Path
    ports: Ports = field(default_factory=free_ports)

    @contextmanager
    def serving(self) -> Iterator[Settings]:
        """Run the server on what its disk holds now."""
        made: list[Settings] = []

        def prepare(environment) -> None:
            given = {name[5:].lower(): value for name, value in environment.items() if name.startswith("NCPI_")}
            made.append(Settings.model_validate(given))
            prepare_buckets(made[0])

        with Stack(self.folder, self.ports, report=print, prepare=prepare, serve=False):
            yield made[0]

    @contextmanager
    def buckets(self) -> Iterator[ReadOnlyBuckets]:
        """Run the server and read it as the auditor does."""
        with self.serving() as settings:
            yield open_read_only_buckets(settings)

    def copy_to(self, folder: Path) -> None:
        """Keep a copy of the disk."""
        shutil.copytree(self.folder / "s3", folder, ignore=shutil.ignore_patterns("*.sock"))

    def replace_by(self, folder: Path) -> None:
        """Put a copy in the place of the disk."""
        shutil.rmtree(self.folder / "s3")
        shutil.copytree(folder, self.folder / "s3")

    def alter(self, bucket: Bucket, data: bytes, other: bytes, *, with_checksum: bool) -> None:
        """Write other bytes where some stand, and the checksum of the server that belongs to them, or leave that."""
        assert len(other) == len(data)
        (path,) = [one for one in (self.folder / "s3").glob(f"{bucket.value}_*.dat") if data in one.read_bytes()]
        volume = path.read_bytes()
        place = volume.index(data)
        old, new = (crc32c(one).to_bytes(4, "big") for one in (data, other))
        end = volume.index(old, place + len(data))
        assert end - place - len(data) < 200, "behind the bytes stand a few fields"
        volume = volume[:place] + other + volume[place + len(data) :]
        if with_checksum:
            volume = volume[:end] + new + volume[end + 4 :]
        path.write_bytes(volume)


def put(settings: Settings, archive: Archive) -> None:
    """Store whatever of an archive is not there yet."""
    for bucket in Bucket:
        objects = open_bucket(bucket, Duty.ADMIN, settings)
        with ThreadPoolExecutor(12) as writers:
            list(
                writers.map(
                    lambda one, to=objects, bucket=bucket: to.create(*one, media_type_in(bucket, one[0])),
                    archive.bucket(bucket).items(),
                )
            )


def crc32c(data: bytes) -> int:
    """Compute the checksum bit by bit; there is little to check."""
    value = 0xFFFFFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (_CASTAGNOLI if value & 1 else 0)
    return value ^ 0xFFFFFFFF
