"""A storage for results that stores nothing: Prefect's engine would pickle the error of each failed run."""

from __future__ import annotations

from prefect.filesystems import WritableFileSystem


class NullResultStorage(WritableFileSystem):
    """Discards what is written; nobody reads results."""

    async def read_path(self, path: str) -> bytes:
        """Raise FileNotFoundError."""
        raise FileNotFoundError(path)

    async def write_path(self, path: str, content: bytes) -> None:
        """Discard the result."""

    def _resolve_path(self, path: str) -> str:
        # The engine also asks for the name of the storage itself, and treats it as a folder.
        return path
