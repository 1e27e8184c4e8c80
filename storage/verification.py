"""Recompute everything: every chain, every artefact, every published byte; say what is not what was written.

Layers, so that a finding says which promise was broken: `chain` (entries, places, versions), `artefact` (bytes behind
an entry), `rule` (who approved what), `public` (what the public reads).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from domain.approval import embargo_of
from domain.parts import people_with
from schemas.acts import Part
from schemas.documents import Draft, Pack, Publication
from schemas.entry import digest_of
from schemas.errors import InspectionError, LedgerError, NotFoundError
from schemas.moves import Kind
from storage import keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.history import History, Recorded
    from schemas.entry import Entry
    from storage.stores import Stores

Layer = Literal["chain", "artefact", "rule", "public"]
_APPROVED_WITH = {Kind.REPORT_APPROVED: Kind.REPORT_DRAFTED, Kind.REVIEW_APPROVED: Kind.REVIEW_DRAFTED}
_PUBLISHED = (Kind.PUBLISHED, Kind.REVIEW_PUBLISHED)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not what was written."""

    layer: Layer
    inspection: str
    entry: int | None
    message: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What was verified of one inspection."""

    inspection: str
    entries: int
    artefacts: int
    published: int
    head: str
    findings: tuple[Finding, ...]


def verify_inspection(stores: Stores, inspection_id: str) -> Verified:
    """Verify one inspection, from its first entry to its published bytes."""
    try:
        history = stores.ledger.history(inspection_id)
    except InspectionError as error:
        return Verified(inspection_id, 0, 0, 0, "", (Finding("chain", inspection_id, None, str(error)),))
    artefacts = published = 0
    findings: list[Finding] = list(_rules(history))
    for recorded in history.recorded:
        counted, found = _artefacts(stores, recorded)
        artefacts += counted
        findings += found
        if recorded.entry.kind in _PUBLISHED and not found:
            counted, found = _public(stores, recorded)
            published += counted
            findings += found
    return Verified(inspection_id, len(history.recorded), artefacts, published, history.head, tuple(findings))


def verify_public(stores: Stores, inspections: tuple[str, ...]) -> tuple[Finding, ...]:
    """Look for what is public, or was before somebody removed it, and was never recorded."""
    recorded: set[str] = {keys.PUBLIC_INDEX}
    for inspection_id in inspections:
        try:
            history = stores.ledger.history(inspection_id)
            for one in history.recorded:
                if one.entry.kind in _PUBLISHED and one.entry.document:
                    publication = stores.artefacts.read_document(Publication, inspection_id, one.entry.document.sha256)
                    recorded |= {file.key for file in publication.files}
                    recorded.add(keys.public_record(inspection_id, publication.of))
        except InspectionError:
            continue  # reported by verify_inspection
    return tuple(
        Finding("public", key.removeprefix(keys.PUBLICATIONS_PREFIX).split("/")[0], None, _unrecorded(stores, key))
        for key in stores.public.all_keys()
        if key not in recorded
    )


def _unrecorded(stores: Stores, key: str) -> str:
    if stores.public.is_removed(key):
        return (
            f"{key} was removed with a delete marker, so it is not public, but its bytes are kept and no entry records "
            "its publication; remove every version (docs/operations.md)"
        )
    return f"{key} is public, but no entry records its publication"


def _missing(stores: Stores, key: str) -> str:
    if stores.public.is_removed(key):
        return f"{key} was published, but was removed with a delete marker; put it back"
    return f"{key} was published, but is not there"


def _of_the_draft(stores: Stores, entry: Entry, publication: Publication) -> list[Finding]:
    """Hold a publication against the draft that was approved: the same draft, the same bytes under the same names."""
    try:
        draft = stores.artefacts.read_document(Draft, entry.inspection, publication.draft)
    except InspectionError as error:
        return [Finding("rule", entry.inspection, entry.seq, str(error))]
    approved = {(file.name, file.sha256) for file in draft.files}
    published = {(file.name, file.sha256) for file in publication.files}
    if approved != published or entry.facts.get("draft") != publication.draft:
        return [Finding("rule", entry.inspection, entry.seq, "publishes other bytes than were approved")]
    return []


def _rules(history: History) -> Iterator[Finding]:
    """Hold each approval against the entries before it; the desk refuses these, so something else wrote them."""
    for recorded in history.recorded:
        entry = recorded.entry
        before = history.before(recorded)
        approval = before.latest(*_APPROVED_WITH)
        if entry.kind in _PUBLISHED and (
            approval is None or entry.facts.get("draft") != approval.entry.facts.get("draft")
        ):
            yield Finding("rule", entry.inspection, entry.seq, "publishes another draft than was approved")
        if entry.kind not in _APPROVED_WITH:
            continue
        draft = before.latest(_APPROVED_WITH[entry.kind])
        digest = draft.entry.document.sha256 if draft and draft.entry.document else None
        if entry.facts.get("draft") != digest:
            yield Finding("rule", entry.inspection, entry.seq, "approves other bytes than were drafted")
        if entry.actor.person in people_with(before, Part.AUTHOR):
            yield Finding("rule", entry.inspection, entry.seq, "was approved by one of the draft's authors")
        try:
            embargo_of(recorded)
        except LedgerError as error:
            yield Finding("rule", entry.inspection, entry.seq, str(error))


def _artefacts(stores: Stores, recorded: Recorded) -> tuple[int, list[Finding]]:
    entry = recorded.entry
    if entry.document is None:
        return 0, []
    digests = [entry.document.sha256]
    checked = 0
    found: list[Finding] = []
    try:
        if entry.kind in {Kind.FIELDWORK_SUBMITTED, Kind.REVIEW_SUBMITTED}:
            pack = stores.artefacts.read_document(Pack, entry.inspection, entry.document.sha256)
            digests += [file.sha256 for file in pack.files]
        if entry.kind in {Kind.REPORT_DRAFTED, Kind.REVIEW_DRAFTED}:
            draft = stores.artefacts.read_document(Draft, entry.inspection, entry.document.sha256)
            digests += [file.sha256 for file in draft.files]
        calendar = entry.facts.get("calendar")
        digests += [calendar] if isinstance(calendar, str) else []
    except InspectionError as error:
        return 1, [Finding("artefact", entry.inspection, entry.seq, str(error))]
    for digest in digests:
        checked += 1
        try:
            stores.artefacts.read(entry.inspection, digest)
        except InspectionError as error:
            found.append(Finding("artefact", entry.inspection, entry.seq, str(error)))
    return checked, found


def _public(stores: Stores, recorded: Recorded) -> tuple[int, list[Finding]]:
    entry = recorded.entry
    if entry.document is None:
        return 0, []
    publication = stores.artefacts.read_document(Publication, entry.inspection, entry.document.sha256)
    found = _of_the_draft(stores, entry, publication)
    for file in publication.files:
        try:
            digest = digest_of(stores.public.read(file.key))
        except NotFoundError:
            found.append(Finding("public", entry.inspection, entry.seq, _missing(stores, file.key)))
            continue
        if digest != file.sha256:
            message = (
                f"{file.key} holds other bytes than were approved: wanted {file.sha256[:12]}…, found {digest[:12]}…"
            )
            found.append(Finding("public", entry.inspection, entry.seq, message))
    return len(publication.files) + 1, [*found, *_record(stores, entry, publication)]


def _record(stores: Stores, entry: Entry, publication: Publication) -> Iterator[Finding]:
    key = keys.public_record(entry.inspection, publication.of)
    try:
        standing = stores.public.record(entry.inspection, publication.of)
    except InspectionError as error:
        yield Finding("public", entry.inspection, entry.seq, str(error))
        return
    if standing is None:
        yield Finding("public", entry.inspection, entry.seq, _missing(stores, key))
    elif standing != publication:
        yield Finding("public", entry.inspection, entry.seq, f"{key} is not the publication that was recorded")
