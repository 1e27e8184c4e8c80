"""Every version and delete marker under a prefix, whole also on a server that loses some between two pages.

SeaweedFS 4.48 walks folders in the order of their names and goes on after the last key of a page in the order of keys.
These differ where one folder's name begins with another's: `kent-2015-2/` comes before `kent-2015/` as a key and after
it as a name. What lies between the two when a page ends there is never listed. A listing that fits into one page is
whole, so what does not fit is listed in parts that do: folder by folder, and the names of folders by how they go on.
"""

from __future__ import annotations

import string
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator


_LISTERS: Final = 8
_CONTINUATIONS: Final = string.ascii_letters + string.digits + "-._"
"""What names of folders are made of. Others, which nothing of ours makes, are listed too, but for the gap."""


@dataclass(slots=True)
class Page:
    """One answer of the server."""

    is_last: bool
    versions: list[StoredVersion] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    """Whole prefixes, with the delimiter at their end; none without a delimiter."""


class VersionPages(Protocol):
    """A bucket that lists its versions page by page."""

    def version_pages(self, prefix: str, delimiter: str) -> Iterator[Page]:
        """Ask for page after page; with a delimiter what lies deeper is named by its folder alone."""
        ...


def list_versions(pages: VersionPages, prefix: str) -> list[StoredVersion]:
    """List every version and delete marker under a prefix, in order of key, markers last."""
    return sorted(_under(pages, prefix), key=lambda one: (one.key, one.is_delete_marker))


def _under(pages: VersionPages, prefix: str) -> list[StoredVersion]:
    first = next(pages.version_pages(prefix, ""))
    if first.is_last:
        return first.versions
    here, folders = _level(pages, prefix)
    found = list(here)
    # Also far quicker than page after page: the server looks at everything before a page again for each.
    with ThreadPoolExecutor(_LISTERS) as listers:
        for below in listers.map(lambda folder: _under(pages, folder), sorted(folders)):
            found += below
    return found


def _level(pages: VersionPages, prefix: str) -> tuple[set[StoredVersion], set[str]]:
    """List what stands directly under a prefix: versions, and folders."""
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
    """What the server calls this version; empty where it says none."""
