"""Group publication records by document: its versions and its withdrawal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from schemas.documents.correction import PublishedVersion
from schemas.documents.publication import Publication
from schemas.documents.withdrawal import Withdrawal


@dataclass(frozen=True, slots=True)
class Listed:
    """One document with all its versions, oldest first, and its withdrawal if there was one."""

    versions: tuple[PublishedVersion, ...]
    withdrawal: Withdrawal | None

    @property
    def first(self) -> Publication:
        """The document as first published."""
        return self.versions[0].publication

    @property
    def newest(self) -> PublishedVersion:
        """The document as it reads now."""
        return self.versions[-1]


def documents_of(records: Sequence[PublishedVersion | Withdrawal]) -> Iterator[Listed]:
    """Group the versions of each document with the withdrawal of its inspection."""
    withdrawals = {one.inspection: one for one in records if isinstance(one, Withdrawal)}
    versions = [one for one in records if not isinstance(one, Withdrawal)]
    for _, same in groupby(sorted(versions, key=lambda one: (*_document(one), one.number)), key=_document):
        of_one = tuple(same)
        yield Listed(of_one, withdrawals.get(of_one[0].publication.inspection))


def _document(version: PublishedVersion) -> tuple[str, str]:
    return version.publication.inspection, version.publication.of
