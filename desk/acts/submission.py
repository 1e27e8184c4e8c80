"""Submit a return: check it whole, refuse it with every problem at once, or keep it and wake the stage."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from desk.acts.acting import EntryContent, perform
from desk.acts.context import DeskContext
from desk.acts.uploads import read_return
from domain.calendar import london_date
from domain.lifecycle.facts import rejection_facts
from domain.lifecycle.history import History, Recorded
from domain.lifecycle.replacement import check_replacement, facts_of_replacement, undecided_draft
from domain.signing import Signer
from evidence.examination import Examination, Request, ReturnKind
from schemas.documents.evidence import Rejection
from schemas.documents.pack import RETURN, Pack, StoredFile
from schemas.documents.tables import CASE_AUDIT, PROGRESS, TableSpec
from schemas.errors import RefusedError, RejectedError
from schemas.identifiers import digest_of
from schemas.lifecycle.acts import SUBMIT_FIELDWORK, SUBMIT_REVIEW, Act
from schemas.lifecycle.kinds import RETURNS_OF_DRAFTS
from schemas.lifecycle.moves import AWAITING_DECISION, Kind
from schemas.problems import Problem
from storage.record.documents import read_report


@dataclass(frozen=True, slots=True)
class ReturnForm:
    """A kind of return: its act, its table, its name, and what is recorded when it is rejected."""

    act: Act
    table: TableSpec
    kind: ReturnKind
    rejects: Kind
    answers_report: bool = False
    """Whether it is checked against the published report."""


FORMS: Final = {
    "fieldwork": ReturnForm(SUBMIT_FIELDWORK, CASE_AUDIT, "fieldwork-return", Kind.FIELDWORK_REJECTED),
    "review": ReturnForm(SUBMIT_REVIEW, PROGRESS, "review-return", Kind.REVIEW_REJECTED, answers_report=True),
}


@dataclass(frozen=True, slots=True)
class Submitted:
    """A return that was taken in."""

    recorded: Recorded
    is_new: bool
    """False when the same return was already submitted, and nothing was changed now."""
    warnings: tuple[Problem, ...] = ()


def submit(context: DeskContext, inspection_id: str, folder: Path, form: ReturnForm, signer: Signer) -> Submitted:
    """Check a return and keep it; a return with problems is not kept, for its sender has it.

    While its draft awaits a decision, one of the draft's authors may submit another return: it replaces the draft.

    Raises:
        NotFoundError: the inspection was never opened.
        RefusedError: by role, head, state or part, or the draft that it replaces is somebody else's, or nothing was
            changed since its draft was returned; recorded in the ledger.
        RejectedError: with every problem found; recorded as an incident in the ledger.
    """
    history = context.history(inspection_id)
    files, unreadable = read_return(folder, form.table.file)
    warnings: list[Problem] = []

    def find_earlier(history: History) -> Recorded | None:
        latest = history.latest(form.act.records)
        is_awaited = history.state in form.act.states - AWAITING_DECISION
        if latest is None or is_awaited or signer.actor.role not in form.act.roles:
            return None  # rejected or returned since, so sending it again is a new submission
        is_same = not unreadable and latest.entry.facts.get("pack") == digest_of(_pack(inspection_id, files).to_bytes())
        return latest if is_same else None

    def content(history: History) -> EntryContent:
        artefacts = context.stores.artefacts
        replaced = undecided_draft(history, history.state)
        check_replacement(replaced, form.act, signer.actor.person)
        if unreadable:
            raise _rejected(context, history, form, signer, Examination(evidence=None, problems=unreadable))
        pack = _pack(inspection_id, files)
        _check_changed(history, form, pack)
        report = read_report(artefacts, history) if form.answers_report else None
        day = london_date(context.clock())
        examination = context.examine(Request.of(pack, lambda file: files[file.name], form.kind, day, report))
        if examination.evidence is None:
            raise _rejected(context, history, form, signer, examination)
        warnings.extend(examination.problems)
        for file in pack.files:
            artefacts.store(inspection_id, files[file.name], file.media_type)
        stored = artefacts.store_document(pack, inspection_id)
        return EntryContent({"pack": stored.sha256, **facts_of_replacement(replaced)}, stored)

    recorded = perform(context, history, form.act, signer, content, find_earlier=find_earlier)
    return Submitted(recorded, recorded.entry.seq == len(history.recorded), tuple(warnings))


def _check_changed(history: History, form: ReturnForm, pack: Pack) -> None:
    """Refuse the very files whose draft was returned: the same draft would be made of them.

    Raises:
        RefusedError: nothing was changed since.
    """
    submitted, returned = history.latest(form.act.records), history.latest(*RETURNS_OF_DRAFTS)
    if submitted is None or returned is None or returned.entry.seq < submitted.entry.seq:
        return
    if submitted.entry.facts.get("pack") == digest_of(pack.to_bytes()):
        raise RefusedError(
            f"{history.inspection_id}: expected a changed return, since its draft was returned in entry "
            f"{returned.entry.seq}, found the files of entry {submitted.entry.seq} again; change what the reason asks "
            f"for (`ncpi audit show {history.inspection_id}` has it), then submit them"
        )


def _pack(inspection_id: str, files: dict[str, bytes]) -> Pack:
    return Pack(
        inspection=inspection_id,
        files=tuple(
            StoredFile(
                name=name,
                sha256=digest_of(data),
                size_bytes=len(data),
                media_type="application/json" if name == RETURN else "text/csv",
            )
            for name, data in files.items()
        ),
    )


def _rejected(
    context: DeskContext, history: History, form: ReturnForm, signer: Signer, examination: Examination
) -> RejectedError:
    """Record the incident, with how the table fared where it was checked, and return the error to raise."""
    artefacts, problems, validation = context.stores.artefacts, examination.problems, examination.validation
    facts = rejection_facts(problems, sender=signer.actor.person, pack=None)
    if validation is not None:
        facts["validation"] = artefacts.store_document(validation, history.inspection_id).sha256
    rejection = Rejection(inspection=history.inspection_id, pack=None, problems=problems)
    entry = history.next_entry(
        form.rejects,
        at=context.clock(),
        signer=signer,
        document=artefacts.store_document(rejection, history.inspection_id),
        facts=facts,
    )
    context.record(history, entry)
    return RejectedError(f"{history.inspection_id}: {form.kind} rejected", problems)
