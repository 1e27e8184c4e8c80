"""Submit a return: check it whole, refuse it with every problem at once, or keep it and wake the stage.

What a crash leaves: before the entry, artefacts that nothing refers to; submitting again goes on from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from desk.acts.acting import opened, record_refusal
from desk.acts.permission import check_permission
from desk.acts.uploads import RETURN, read_folder
from domain.lifecycle.facts import rejection_facts
from evidence.examination import Request
from schemas.documents.evidence import Rejection
from schemas.documents.pack import Pack, StoredFile
from schemas.documents.report import InitialReport
from schemas.documents.tables import TableSpec
from schemas.errors import RefusedError, RejectedError
from schemas.identifiers import digest_of
from schemas.lifecycle.acts import SUBMIT_FIELDWORK, SUBMIT_REVIEW, Act
from schemas.lifecycle.moves import Kind, State
from schemas.lifecycle.stages import FIELDWORK, REVIEW_PUBLICATION
from storage.record.documents import read_report

if TYPE_CHECKING:
    from pathlib import Path

    from desk.acts.context import DeskContext
    from desk.acts.uploads import Folder
    from domain.lifecycle.history import History, Recorded
    from domain.signing import Signer
    from schemas.problems import Problem


@dataclass(frozen=True, slots=True)
class Form:
    """A kind of return: its act, its table, its name, what is recorded when it does not meet its rules."""

    act: Act
    table: TableSpec
    kind: Literal["fieldwork-return", "review-return"]
    rejects: Kind


def _table(table: TableSpec | None) -> TableSpec:
    if table is None:
        message = "every stage that takes in a return has a table"
        raise TypeError(message)
    return table


FORMS: Final = {
    "fieldwork": Form(SUBMIT_FIELDWORK, _table(FIELDWORK.table), "fieldwork-return", Kind.FIELDWORK_REJECTED),
    "review": Form(SUBMIT_REVIEW, _table(REVIEW_PUBLICATION.table), "review-return", Kind.REVIEW_REJECTED),
}


@dataclass(frozen=True, slots=True)
class Submitted:
    """A return that was taken in."""

    recorded: Recorded
    is_new: bool
    """False when the very same return was taken in before, and nothing was changed now."""
    warnings: tuple[Problem, ...] = ()


def submit(
    context: DeskContext,
    inspection_id: str,
    folder: Path,
    form: Form,
    signer: Signer,
    *,
    expected_head: str | None = None,
) -> Submitted:
    """Take in a return.

    Args:
        expected_head: beginning of the head of the ledger that the person saw.

    Raises:
        NotFoundError: the inspection was never opened.
        RefusedError: by role, head, state or part; recorded in the ledger.
        RejectedError: with every problem found; recorded as an incident in the ledger.
    """
    history = opened(context, inspection_id)
    contents, problems = read_folder(folder, form.table.file)
    if contents is not None and (earlier := _same_before(history, form, _pack(inspection_id, contents, form), signer)):
        return Submitted(earlier, is_new=False)
    try:
        check_permission(history, form.act, signer, expected_head)
    except RefusedError as error:
        record_refusal(context, history, form.act, signer, error)
        raise
    if contents is None:
        raise _rejected(context, history, form, signer, problems)
    examination = context.examine(_request(context, history, form, contents))
    if examination.evidence is None:
        raise _rejected(context, history, form, signer, examination.problems)
    return Submitted(_keep(context, history, form, signer, contents), is_new=True, warnings=examination.problems)


def _pack(inspection_id: str, contents: Folder, form: Form) -> Pack:
    def file(name: str, data: bytes, media_type: str) -> StoredFile:
        return StoredFile(name=name, sha256=digest_of(data), size_bytes=len(data), media_type=media_type)

    return Pack(
        inspection=inspection_id,
        files=(
            file(RETURN, contents.document, "application/json"),
            file(form.table.file, contents.table, "text/csv"),
        ),
    )


def _same_before(history: History, form: Form, pack: Pack, signer: Signer) -> Recorded | None:
    """Find the newest submission of this form if it was this very pack, by somebody of that role, and still stands."""
    latest = history.latest(form.act.records)
    if latest is None or history.state in form.act.states or signer.actor.role not in form.act.roles:
        return None  # rejected or returned since, so sending it again is a new submission
    return latest if latest.entry.facts.get("pack") == digest_of(pack.to_bytes()) else None


def _request(context: DeskContext, history: History, form: Form, contents: Folder) -> Request:
    report: InitialReport | None = None
    if history.state is State.AWAITING_REVIEW:
        report = read_report(context.stores.artefacts, history)
    return Request(
        inspection=history.inspection_id,
        kind=form.kind,
        pack=digest_of(_pack(history.inspection_id, contents, form).to_bytes()),
        document=contents.document,
        table=contents.table,
        report=report,
    )


def _keep(context: DeskContext, history: History, form: Form, signer: Signer, contents: Folder) -> Recorded:
    artefacts = context.stores.artefacts
    artefacts.store(history.inspection_id, contents.document, "application/json")
    artefacts.store(history.inspection_id, contents.table, "text/csv")
    stored = artefacts.store_document(_pack(history.inspection_id, contents, form), history.inspection_id)
    entry = history.next_entry(
        form.act.records,
        id=f"{form.act.records.value}/{len(history.recorded):08d}",
        at=context.clock(),
        signer=signer,
        document=stored,
        facts={"pack": stored.sha256},
    )
    return context.record(history, entry)


def _rejected(
    context: DeskContext, history: History, form: Form, signer: Signer, problems: tuple[Problem, ...]
) -> RejectedError:
    """Record the incident and give the error to raise. The return itself is not kept: its sender has it."""
    rejection = Rejection(inspection=history.inspection_id, pack=None, problems=problems)
    entry = history.next_entry(
        form.rejects,
        id=f"{form.rejects.value}/{len(history.recorded):08d}",
        at=context.clock(),
        signer=signer,
        document=context.stores.artefacts.store_document(rejection, history.inspection_id),
        facts=rejection_facts(problems, sender=signer.actor.person, pack=None),
    )
    context.record(history, entry)
    return RejectedError(f"{history.inspection_id}: {form.kind} rejected", problems)
