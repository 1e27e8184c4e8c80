"""The layer `public`: every published byte against what was approved, what was withdrawn, and what else is public."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from audit.verification.finding import VerificationFinding
from audit.verification.listing import alone
from audit.verification.published import hold_published, hold_readable, read_published
from audit.verification.snapshot import Remembered
from audit.verification.withdrawn import hold_withdrawn
from schemas.identifiers import digest_of, is_inspection_id
from storage import keys
from storage.s3.read_only import read_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from audit.verification.artefacts import Artefact
    from audit.verification.ledger import Examined
    from audit.verification.published import Published
    from audit.verification.snapshot import Snapshot
    from storage.s3.objects import Objects
    from storage.s3.versions import StoredVersion

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
        self._alone = alone(self.versions)
        self.unreadable: set[str] = set()
        """What the server lists and cannot read."""
        self.marked = frozenset(one.key for one in self.versions if one.is_delete_marker)

    def digests(self, expected: Iterable[str]) -> dict[str, str | None]:
        """Return the digest of what the public reads under each key; None where that is nothing."""
        keys_of = list(dict.fromkeys(expected))
        found: dict[str, str | None] = {}
        for key in keys_of:
            kept = self._snapshot.kept("public", self._alone.get(key))
            if kept:
                found[key] = kept.digest
        unknown = [key for key in keys_of if key not in found]
        for key, data in zip(unknown, read_all(self._objects, unknown, self.unreadable), strict=True):
            found[key] = digest_of(data) if data is not None else None
            if data is not None and key in self._alone:
                self._snapshot.keep("public", self._alone[key], Remembered(digest_of(data), len(data), None))
        return found


class PublicLayer:
    """Holds publications and withdrawals against what the public reads."""

    def __init__(self, files: PublicFiles, artefacts: Iterable[Artefact]) -> None:
        """Take what is public and what was recorded of it."""
        self._files = files
        self._documents = {(one.inspection, one.sha256): one for one in artefacts}
        self._accounted = {keys.PUBLIC_INDEX}
        self._digests: dict[str, str | None] = {}
        self.checked = 0

    def findings(self, everything: Iterable[Examined], *, is_all: bool) -> Iterator[VerificationFinding]:
        """Check every publication; and, where all inspections are at hand, what is public beside."""
        # A folder that is no inspection's is found by the chain; nothing public is named after it.
        rows = [
            (examined, self._published(examined)) for examined in everything if is_inspection_id(examined.inspection)
        ]
        for examined, published in rows:
            self._accounted |= {key for one in published for key in (*one.files, one.key)}
            if examined.order is not None:
                self._accounted |= {
                    keys.withdrawal_notice(examined.inspection),
                    keys.withdrawal_record(examined.inspection),
                }
        self._digests = self._files.digests(sorted(self._accounted - {keys.PUBLIC_INDEX}))
        self.checked = len(self._digests)
        for examined, published in rows:
            read = {one.named for one in published}
            for named in examined.publications:
                if named not in read:
                    yield from hold_readable(examined.inspection, named, self._documents)
            for one in published:
                yield from hold_published(one, self._documents)
                yield from self._publication(examined, one)
            yield from hold_withdrawn(examined, published, self._documents)
            yield from self._withdrawal(examined)
        if is_all:
            yield from self._strays()

    def _published(self, examined: Examined) -> list[Published]:
        found = (read_published(examined.inspection, named, self._documents) for named in examined.publications)
        return [one for one in found if one is not None]

    def _publication(self, examined: Examined, one: Published) -> Iterator[VerificationFinding]:
        entry = one.named.entry
        # The record stays when the files are withdrawn, so that a copy of them can be recognised.
        yield from self._file(examined.inspection, entry, one.key, one.named.sha256)
        for key, sha256 in one.files.items():
            if examined.order is not None and examined.withdrawn is not None:
                yield from self._hidden(examined, examined.withdrawn.seq, key)
            elif examined.order is None or self._digests[key] is not None:
                # Between the order and its record a file may be gone already.
                yield from self._file(examined.inspection, entry, key, sha256)

    def _withdrawal(self, examined: Examined) -> Iterator[VerificationFinding]:
        entry = examined.withdrawn
        if entry is None or examined.order is None:
            return  # not withdrawn, or never ordered, which is found as illegal
        notice = keys.withdrawal_notice(examined.inspection)
        yield from self._file(examined.inspection, entry.seq, notice, str(entry.facts.get("notice")))
        if entry.document is not None:
            record = keys.withdrawal_record(examined.inspection)
            yield from self._file(examined.inspection, entry.seq, record, entry.document.sha256)

    def _hidden(self, examined: Examined, entry: int, key: str) -> Iterator[VerificationFinding]:
        if self._digests[key] is not None:
            words = f"{key} was withdrawn, but the public can read it; set a delete marker on it"
            yield VerificationFinding("public", examined.inspection, entry, words)
        elif key not in self._files.listed:
            words = f"{key} was withdrawn, and its hidden bytes are gone too; nothing is kept of it here"
            yield VerificationFinding("public", examined.inspection, entry, words)

    def _file(self, inspection_id: str, entry: int, key: str, expected: str) -> Iterator[VerificationFinding]:
        found = self._digests[key]
        if found is None:
            was = "was removed with a delete marker; put it back" if key in self._files.marked else "is not there"
            was = "the server cannot read it" if key in self._files.unreadable else was
            yield VerificationFinding("public", inspection_id, entry, f"{key} was published, but {was}")
        elif found != expected and key.startswith(_RECORDS):
            yield VerificationFinding("public", inspection_id, entry, f"{key} is not the record that was recorded")
        elif found != expected:
            message = f"{key} holds other bytes than were approved: expected {expected[:12]}…, found {found[:12]}…"
            yield VerificationFinding("public", inspection_id, entry, message)

    def _strays(self) -> Iterator[VerificationFinding]:
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
            yield VerificationFinding("public", where, None, words)
