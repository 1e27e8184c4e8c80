"""The layer `public`: every published byte against what was approved, and whatever else is public."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from schemas.documents import Publication
from schemas.entry import digest_of
from storage import keys
from storage.holdings import read_all
from storage.verification.finding import Finding
from storage.verification.snapshot import Kept

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from storage.objects import Objects, StoredVersion
    from storage.verification.artefacts import Artefact
    from storage.verification.examined import Examined, Named
    from storage.verification.snapshot import Snapshot

_RECORDS: Final = keys.PUBLICATIONS_PREFIX


class PublicFiles:
    """What is public, by one listing, and the digests of what was asked for."""

    def __init__(self, objects: Objects, snapshot: Snapshot, inspection_id: str | None) -> None:
        """List everything, or what is of one inspection."""
        self._objects = objects
        self._snapshot = snapshot
        prefixes = (f"{inspection_id}/", f"{_RECORDS}{inspection_id}/") if inspection_id else ("",)
        self.versions: list[StoredVersion] = [one for prefix in prefixes for one in objects.versions(prefix)]
        self.listed = {one.key: one for one in self.versions if not one.is_delete_marker}
        self.marked = frozenset(one.key for one in self.versions if one.is_delete_marker)

    def digests(self, wanted: Iterable[str]) -> dict[str, str | None]:
        """Give the digest of what the public reads under each key; None where that is nothing."""
        keys_of = list(dict.fromkeys(wanted))
        found: dict[str, str | None] = {}
        for key in keys_of:
            kept = self._snapshot.kept("public", self.listed.get(key)) if key not in self.marked else None
            if kept:
                found[key] = kept.digest
        unknown = [key for key in keys_of if key not in found]
        for key, data in zip(unknown, read_all(self._objects, unknown), strict=True):
            found[key] = digest_of(data) if data is not None else None
            if data is not None and key in self.listed and key not in self.marked:
                self._snapshot.keep("public", self.listed[key], Kept(digest_of(data), len(data), None))
        return found


class PublicLayer:
    """Holds publications against what the public reads."""

    def __init__(self, files: PublicFiles, artefacts: Iterable[Artefact]) -> None:
        """Take what is public and what was recorded of it."""
        self._files = files
        self._documents = {(one.inspection, one.sha256): one for one in artefacts if one.document}
        self._accounted = {keys.PUBLIC_INDEX}
        self.checked = 0

    def findings(self, everything: Iterable[Examined], *, is_all: bool) -> Iterator[Finding]:
        """Check every publication; and, where all inspections are at hand, what is public beside."""
        published = [
            (examined, named, publication)
            for examined in everything
            for named in examined.publications
            if (publication := self._publication(examined.inspection, named))
        ]
        wanted = {file.key: file.sha256 for _, _, publication in published for file in publication.files}
        records = {_record(publication): named.sha256 for _, named, publication in published}
        digests = self._files.digests([*wanted, *records])
        self.checked = len(digests)
        self._accounted |= digests.keys()
        for examined, named, publication in published:
            yield from self._of_the_draft(named, publication)
            if not examined.is_withdrawn:
                for key, sha256 in (
                    *((file.key, file.sha256) for file in publication.files),
                    (_record(publication), named.sha256),
                ):
                    yield from self._file(examined.inspection, named, key, sha256, digests[key])
        if is_all:
            yield from self._strays()

    def _publication(self, inspection_id: str, named: Named) -> Publication | None:
        artefact = self._documents.get((inspection_id, named.sha256))
        try:
            # Gone or altered, it is found as an artefact.
            return Publication.model_validate_json(_json(artefact)) if artefact else None
        except ValidationError:
            return None

    def _of_the_draft(self, named: Named, publication: Publication) -> Iterator[Finding]:
        draft = self._documents.get((publication.inspection, publication.draft))
        rows = draft.document.get("files") if draft and draft.document else None
        approved = {(one["name"], one["sha256"]) for one in rows} if isinstance(rows, list) else set()
        published = {(file.name, file.sha256) for file in publication.files}
        if approved != published or named.draft != publication.draft:
            yield Finding("rule", publication.inspection, named.entry, "publishes other bytes than were approved")

    def _file(self, inspection_id: str, named: Named, key: str, wanted: str, found: str | None) -> Iterator[Finding]:
        if found is None:
            was = "was removed with a delete marker; put it back" if key in self._files.marked else "is not there"
            yield Finding("public", inspection_id, named.entry, f"{key} was published, but {was}")
        elif found != wanted and key.startswith(_RECORDS):
            yield Finding("public", inspection_id, named.entry, f"{key} is not the publication that was recorded")
        elif found != wanted:
            message = f"{key} holds other bytes than were approved: wanted {wanted[:12]}…, found {found[:12]}…"
            yield Finding("public", inspection_id, named.entry, message)

    def _strays(self) -> Iterator[Finding]:
        strays = [key for key in self._files.listed if key not in self._accounted]
        hidden = {key for key in strays if key in self._files.marked}
        digests = self._files.digests(hidden)
        for key in strays:
            where = key.removeprefix(_RECORDS).partition("/")[0]
            if key in hidden and digests[key] is None:
                words = (
                    f"{key} was removed with a delete marker, so it is not public, but its bytes are kept and no entry "
                    "records its publication; remove every version (docs/operations.md)"
                )
            else:
                words = f"{key} is public, but no entry records its publication"
            yield Finding("public", where, None, words)


def _record(publication: Publication) -> str:
    return keys.public_record(publication.inspection, publication.of)


def _json(artefact: Artefact) -> str:
    return json.dumps(artefact.document)
