"""Documents that earlier stages recorded: found through the ledger, read from the artefacts, checked by digest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from domain.documents.corrections import document_of
from domain.documents.current_plan import current_plan
from domain.lifecycle.approval import latest_draft
from domain.lifecycle.history import History, Recorded
from domain.lifecycle.versions import published_versions
from domain.sealing.seal_chain import printed_seal
from schemas.documents.correction import CorrectedDocument, CorrectedPublication
from schemas.documents.follow_up import FollowUpPlan
from schemas.documents.publication import DocumentKind, Draft, Publication
from schemas.documents.report import InitialReport, PrintedSeal
from schemas.documents.review import Review
from schemas.errors import IllegalMoveError
from schemas.lifecycle.entry import DocumentReference
from schemas.lifecycle.kinds import PUBLICATIONS
from schemas.lifecycle.moves import Kind
from schemas.model import Record
from storage.record.artefacts import Artefacts, NewFile
from storage.record.ledger import Ledger

DocumentT = TypeVar("DocumentT", bound=Record)


def read_recorded(artefacts: Artefacts, history: History, kind: Kind, model: type[DocumentT]) -> DocumentT:
    """Read the document of the newest entry of a kind.

    Raises:
        IllegalMoveError: nothing of that kind was recorded.
    """
    recorded = history.latest(kind)
    if recorded is None or recorded.entry.document is None:
        raise IllegalMoveError(
            f"{history.inspection_id}: expected a recorded {kind.value}, found none; it is {history.state.value!r}"
        )
    return artefacts.read_document(model, history.inspection_id, recorded.entry.document.sha256)


def read_report(artefacts: Artefacts, history: History) -> InitialReport:
    """Read the newest published version of the initial report; its draft when none is published.

    A follow-up or review after a correction answers the corrected report. A correction cannot come between a review
    return and its draft (schemas/lifecycle/moves.py), so both are checked against the same version.
    """
    current = read_version(artefacts, history, "initial-report")
    if current is not None and isinstance(document := document_of(current), InitialReport):
        return document
    draft = read_recorded(artefacts, history, Kind.REPORT_DRAFTED, Draft)
    return read_drafted(artefacts, draft, InitialReport)


def read_version(
    artefacts: Artefacts, history: History, of: DocumentKind
) -> InitialReport | Review | CorrectedDocument | None:
    """Read the newest published version of a document; None when it is not published."""
    versions = published_versions(history, of)
    if not versions:
        return None
    published = read_published(artefacts, versions[-1])
    draft = artefacts.read_document(Draft, history.inspection_id, published.publication.draft)
    return read_drafted_version(artefacts, draft, is_correction=isinstance(published, CorrectedPublication))


def read_published(artefacts: Artefacts, recorded: Recorded) -> Publication | CorrectedPublication:
    """Read the publication that an entry records.

    Raises:
        IllegalMoveError: the entry records no publication.
    """
    entry = recorded.entry
    if entry.document is None:
        raise IllegalMoveError(
            f"{entry.inspection}: expected a publication in entry {entry.seq}, found none; run `ncpi audit verify`"
        )
    if entry.kind is Kind.CORRECTION_PUBLISHED:
        return artefacts.read_document(CorrectedPublication, entry.inspection, entry.document.sha256)
    return artefacts.read_document(Publication, entry.inspection, entry.document.sha256)


def read_all_published(artefacts: Artefacts, history: History) -> tuple[Publication | CorrectedPublication, ...]:
    """Read all publications of an inspection, in the order of its ledger."""
    return tuple(read_published(artefacts, one) for one in history.all_of(*PUBLICATIONS))


def read_draft(artefacts: Artefacts, history: History) -> Draft:
    """Read the newest draft of any document."""
    return read_recorded(artefacts, history, latest_draft(history).entry.kind, Draft)


def read_drafted(artefacts: Artefacts, draft: Draft, model: type[DocumentT]) -> DocumentT:
    """Read the document of a draft, its `report.json`."""
    digest = next(file.sha256 for file in draft.files if file.name == "report.json")
    return artefacts.read_document(model, draft.inspection, digest)


def read_drafted_version(
    artefacts: Artefacts, draft: Draft, *, is_correction: bool
) -> InitialReport | Review | CorrectedDocument:
    """Read the document of a draft in its own model."""
    if is_correction:
        return read_drafted(artefacts, draft, CorrectedDocument)
    if draft.of == "initial-report":
        return read_drafted(artefacts, draft, InitialReport)
    return read_drafted(artefacts, draft, Review)


def read_whole_draft(artefacts: Artefacts, drafted: Recorded) -> InitialReport | Review | CorrectedDocument:
    """Read the document behind an entry that records a draft.

    Raises:
        IllegalMoveError: the entry records none.
    """
    entry = drafted.entry
    if entry.document is None:
        raise IllegalMoveError(
            f"{entry.inspection}: expected a draft in entry {entry.seq}, found none; run `ncpi audit verify`"
        )
    draft = artefacts.read_document(Draft, entry.inspection, entry.document.sha256)
    return read_drafted_version(artefacts, draft, is_correction=entry.kind is Kind.CORRECTION_DRAFTED)


def store_draft(
    artefacts: Artefacts,
    document: InitialReport | Review | CorrectedDocument,
    renderings: Sequence[NewFile],
    *,
    round_number: int,
    author: str,
) -> DocumentReference:
    """Store each rendering of a document, and the draft that names them all."""
    draft = Draft(
        inspection=document.inspection,
        of=document_of(document).kind,
        round=round_number,
        author=author,
        files=artefacts.store_files(document.inspection, renderings),
    )
    return artefacts.store_document(draft, document.inspection)


def seal_to_print(ledger: Ledger, history: History) -> PrintedSeal | None:
    """Find the newest seal by the time of the newest entry: the same however often a document is drafted."""
    seal = ledger.seals.newest(by=history.last.entry.at) if history.last else None
    return printed_seal(seal) if seal else None


def read_publication(artefacts: Artefacts, history: History) -> Publication:
    """Read the publication of the initial report."""
    return read_recorded(artefacts, history, Kind.PUBLISHED, Publication)


def read_plan(artefacts: Artefacts, history: History) -> FollowUpPlan:
    """Read the follow-up plan as it stands, with every change of a due date."""
    return current_plan(read_recorded(artefacts, history, Kind.FOLLOW_UP_RECORDED, FollowUpPlan), history)
