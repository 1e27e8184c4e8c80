"""Draft a correction of what is published: errata in, a new version out, for another person to approve."""

from __future__ import annotations

from pathlib import Path

from desk.acts.acting import EntryContent, perform
from desk.acts.context import DeskContext
from desk.acts.uploads import read_plain_file, rejected_file
from domain.calendar import london_date
from domain.documents.corrections import FILE, correct, problems_of_errata
from domain.lifecycle.history import History, Recorded
from domain.lifecycle.replacement import check_replacement, facts_of_replacement, undecided_draft
from domain.lifecycle.versions import published_versions
from domain.signing import Signer
from evidence.document import MAX_BYTES, read_document
from reports.document import render_document
from schemas.documents.correction import CorrectedDocument, Errata
from schemas.documents.report import InitialReport
from schemas.documents.review import Review
from schemas.errors import IllegalMoveError, RefusedError
from schemas.lifecycle.acts import DRAFT_CORRECTION
from schemas.lifecycle.moves import Kind
from storage.record.documents import read_draft, read_drafted, read_version, seal_to_print, store_draft


def draft_correction(context: DeskContext, inspection_id: str, errata_file: Path, signer: Signer) -> Recorded:
    """Draft the next version of a published document from its errata; the published version is unchanged.

    While that draft awaits a decision, its author may draft another in its place.

    Args:
        errata_file: `errata.json` (schemas/documents/correction.py).

    Raises:
        RefusedError: by role, head, state or part, or the document is not published, or the draft that it replaces is
            somebody else's or has the same errata; recorded.
        RejectedError: with every problem of the file; of that nothing is recorded.
    """
    day = london_date(context.clock())

    history = context.history(inspection_id)

    def content(history: History) -> EntryContent:
        errata = _read(errata_file, inspection_id)
        current = _current(context, history, errata)
        if problems := problems_of_errata(current, errata, inspection_id):
            raise rejected_file(inspection_id, FILE, problems)
        replaced = undecided_draft(history, history.state)
        check_replacement(replaced, DRAFT_CORRECTION, signer.actor.person)
        _check_changed(context, history, replaced, errata)
        corrected = correct(current, errata, day, seal_to_print(context.stores.ledger, history))
        stored = store_draft(
            context.stores.artefacts,
            corrected,
            render_document(corrected),
            round_number=history.count(Kind.CORRECTION_DRAFTED) + 1,
            author=signer.actor.person,
        )
        facts = {"of": corrected.of, "number": corrected.newest.number, "errata": len(errata.errata)}
        return EntryContent(
            facts | facts_of_replacement(replaced), stored, published_versions(history, corrected.of)[-1].digest
        )

    return perform(context, history, DRAFT_CORRECTION, signer, content)


def _read(file: Path, inspection_id: str) -> Errata:
    errata, problems = read_document(read_plain_file(file, FILE, MAX_BYTES, inspection_id), Errata, FILE)
    if errata is None:
        raise rejected_file(inspection_id, FILE, problems)
    return errata


def _check_changed(context: DeskContext, history: History, replaced: Recorded | None, errata: Errata) -> None:
    """Refuse the very errata of the draft that awaits a decision.

    Raises:
        RefusedError: nothing was changed.
    """
    if replaced is None:
        return
    draft = read_draft(context.stores.artefacts, history)
    before = read_drafted(context.stores.artefacts, draft, CorrectedDocument)
    if (before.of, before.newest.errata) == (errata.of, errata.errata):
        raise RefusedError(
            f"{history.inspection_id}: expected other errata than those of the draft that awaits a decision (entry "
            f"{replaced.entry.seq}), found the same; change them, or have that draft approved"
        )


def _current(context: DeskContext, history: History, errata: Errata) -> InitialReport | Review | CorrectedDocument:
    current = read_version(context.stores.artefacts, history, errata.of)
    if current is None:
        raise IllegalMoveError(
            f"{history.inspection_id}: expected a published {errata.of} to correct, found none; what is not yet "
            "published is returned and drafted again"
        )
    return current
