"""Report when the disk of the data folder runs low, is full, or has room again; once for each change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from storage.disk_space import disk_space

_SAID: Final = {
    "enough": "{space}: there is room again",
    "low": "{space}: make room soon; what is recorded needs it, and nothing can be recorded on a full disk",
    "full": (
        "{space}: the disk is full, and nothing can be recorded until there is room; remove what is not in the data "
        "folder first (docs/operations.md, A disk is full)"
    ),
}


class DiskWatch:
    """Remembers what was told."""

    def __init__(self, data: Path, report: Callable[[str], None]) -> None:
        self._data = data
        self._report = report
        self._level = "enough"

    def look(self) -> None:
        """Look at the disk, and report it if its level has changed."""
        space = disk_space(self._data)
        if space is not None and space.level != self._level:
            self._level = space.level
            self._report(_SAID[space.level].format(space=space))
