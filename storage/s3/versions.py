"""List every version and delete marker under a prefix, even on a server that loses some between two pages.

SeaweedFS 4.48 walks folders in the order of their names, but continues after the last key of a page in the order of
keys. These differ where one folder's name begins with another's: `kent-2015-2/` comes before `kent-2015/` as a key and
after it as a name. What lies between the two is never listed when a page ends there. A listing of one page is complete,
so a longer one is split until each part fits a page: by folder, and folders by the next character of their names.
"""

from __future__ import annotations

import string
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Final, Protocol

from storage.s3.parallel import in_parallel

_CONTINUATIONS: Final = string.ascii_letters + string.digits + "-._"
"""Characters in the names of our folders. Folders with others are listed too, but some may be lost between pages."""


@dataclass(slots=True)
class Page:
    """One page of the server's listing."""

    is_last: bool
    versions: list[StoredVersion] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    """Their whole prefixes, with the delimiter at the end; none in a listing without a delimiter."""


class VersionPages(Protocol):
    """A bucket that lists versions page by page."""

    def version_pages(self, prefix: str, delimiter: str) -> Iterator[Page]:
        """List page by page; with a delimiter, what lies deeper is listed as its folder alone."""


def list_versions(pages: VersionPages, prefix: str) -> list[StoredVersion]:
    """List every version and delete marker under a prefix, in order of key, markers last."""
    found: list[StoredVersion] = []
    prefixes = [prefix]
    while prefixes:
        # A level at a time: also much faster than page after page, where the server walks what is before it each time.
        listed = list(in_parallel(lambda one: _under(pages, one), prefixes))
        found += chain.from_iterable(versions for versions, _ in listed)
        prefixes = [folder for _, folders in listed for folder in sorted(folders)]
    return sorted(found, key=lambda one: (one.key, one.is_delete_marker))


def _under(pages: VersionPages, prefix: str) -> tuple[Collection[StoredVersion], Collection[str]]:
    """List what is under a prefix: all of it where that is one page, else the versions and folders directly there."""
    first = next(pages.version_pages(prefix, ""))
    return (first.versions, ()) if first.is_last else _level(pages, prefix)


def _level(pages: VersionPages, prefix: str) -> tuple[set[StoredVersion], set[str]]:
    """List the versions and folders directly under a prefix."""
    listed = list(pages.version_pages(prefix, "/"))
    versions = {one for page in listed for one in page.versions}
    folders = {folder for page in listed for folder in page.folders}
    if len(listed) > 1 and folders:
        for continuation in _CONTINUATIONS:
            more_versions, more_folders = _level(pages, prefix + continuation)
            versions |= more_versions
            folders |= more_folders
    return versions, folders


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """One version of one key, as the server lists it."""

    key: str
    etag: str
    is_delete_marker: bool
    id: str = ""
    """The server's id of this version; empty where it gives none."""
