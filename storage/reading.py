"""Read the documents that earlier stages recorded, found through the ledger and checked against their digests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from domain.approval import latest_draft
from schemas.documents import Draft, Evidence, FollowUpPlan, InitialReport, Publication, Review
from schemas.errors import IllegalMoveError
from schemas.model import Record
from schemas.moves import Kind

if TYPE_CHECKING:
    from domain.history import History

DocumentT = TypeVar("DocumentT", bound=Record)


class Reader(Protocol):
    """What can read a stored document: the artefacts themselves, or a stage's step."""

    def read_document(self, model: type[DocumentT], inspection_id: str, digest: str) -> DocumentT:
        """Read a document and check it against its digest."""
        ...


def read_recorded(reader: Reader, history: History, kind: Kind, model: type[DocumentT]) -> DocumentT:
    """Read the document of the newest entry of a kind.

    Raises:
        IllegalMoveError: nothing of that kind was recorded.
    """
    recorded = history.latest(kind)
    if recorded is None or recorded.entry.document is None:
        message = f"{history.inspection_id}: wanted a recorded {kind.value}, found none; it is {history.state.value!r}"
        raise IllegalMoveError(message)
    return reader.read_document(model, history.inspection_id, recorded.entry.document.sha256)


def read_evidence(reader: Reader, history: History) -> Evidence:
    """Read the newest checked fieldwork."""
    return read_recorded(reader, history, Kind.FIELDWORK_RECORDED, Evidence)


def read_report(reader: Reader, history: History) -> InitialReport:
    """Read the newest initial report, as it was drafted and, once approved, published."""
    draft = read_recorded(reader, history, Kind.REPORT_DRAFTED, Draft)
    return read_drafted(reader, draft, InitialReport)


def read_draft(reader: Reader, history: History) -> Draft:
    """Read the newest draft, of whichever document."""
    return read_recorded(reader, history, latest_draft(history).entry.kind, Draft)


def read_drafted(reader: Reader, draft: Draft, model: type[DocumentT]) -> DocumentT:
    """Read the document that a draft renders: its `report.json`."""
    digest = next(file.sha256 for file in draft.files if file.name == "report.json")
    return reader.read_document(model, draft.inspection, digest)


def read_document_of(reader: Reader, draft: Draft) -> InitialReport | Review:
    """Read whichever document a draft renders."""
    if draft.of == "initial-report":
        return read_drafted(reader, draft, InitialReport)
    return read_drafted(reader, draft, Review)


def read_publication(reader: Reader, history: History) -> Publication:
    """Read the publication of the initial report."""
    return read_recorded(reader, history, Kind.PUBLISHED, Publication)


def read_plan(reader: Reader, history: History) -> FollowUpPlan:
    """Read the follow-up plan."""
    return read_recorded(reader, history, Kind.FOLLOW_UP_RECORDED, FollowUpPlan)
