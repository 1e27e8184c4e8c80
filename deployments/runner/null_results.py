"""A place for results that keeps nothing: the engine pickles the error of each failed run to wherever results go."""

from __future__ import annotations

from prefect.filesystems import WritableFileSystem


class NullResultStorage(WritableFileSystem):
    """Takes what is written and forgets it; nobody reads results."""

    async def read_path(self, path: str) -> bytes:
        """Refuse: nothing is here."""
        raise FileNotFoundError(path)

    async def write_path(self, path: str, content: bytes) -> None:
        """Forget it."""

    def _resolve_path(self, path: str) -> str:
        # The engine asks for the name of the place itself, too, and takes the one for a folder of the other.
        return path
