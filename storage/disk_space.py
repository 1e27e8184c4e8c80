"""How much room is left on the disk of a folder, in words for the people who must make some."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

_LOW: Final = 0.10
_FULL: Final = 0.01
"""Below it SeaweedFS writes no more, whether or not a byte is left."""
_FULL_BYTES: Final = 16_000_000
_MB: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class DiskSpace:
    """The room on the disk of a folder, in bytes."""

    folder: Path
    free: int
    total: int

    @property
    def level(self) -> Literal["enough", "low", "full"]:
        """Whether there is room: low below a tenth, full where the S3 server takes no more."""
        if self.free < max(_FULL * self.total, _FULL_BYTES):
            return "full"
        return "low" if self.free < _LOW * self.total else "enough"

    def __str__(self) -> str:
        """Return how much is free of how much, and where."""
        return f"{self.free // _MB:,} MB of {self.total // _MB:,} MB are free on the disk of {self.folder}"


def disk_space(folder: Path) -> DiskSpace | None:
    """Look at the disk of a folder; None where there is no such folder, as where everything is on other computers."""
    try:
        usage = shutil.disk_usage(folder)
    except OSError:
        return None
    return DiskSpace(folder, usage.free, usage.total)
