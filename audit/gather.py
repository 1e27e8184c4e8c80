"""Read what an audit report is made from. What cannot be read is named in the report and never stops it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from audit.record_check import SealStatus
from audit.report.inspection import ReportSources, trail_of
from audit.report.lenient_facts import digest_fact
from audit.report.people import people_changes_of
from audit.report.programme import programme_of
from audit.report.selection import EVERYTHING, Selection
from domain.documents.corrections import document_of
from domain.lifecycle.history import History, Recorded
from schemas.audit.check import RecordCheck
from schemas.audit.report import InspectionTrail, ProgrammeTrail, Unreadable
from schemas.documents.evidence import Evidence, Rejection
from schemas.documents.publication import Draft
from schemas.documents.review import Review
from schemas.documents.validation import ValidatedRule, Validation
from schemas.errors import ChainBrokenError, NcpiError, NotFoundError, SettingsError
from schemas.identifiers import is_inspection_id
from schemas.lifecycle.kinds import CHECKS_OF_RETURNS, REJECTIONS
from schemas.lifecycle.moves import Kind
from schemas.problems import Problem
from storage.record.artefacts import Artefacts
from storage.record.documents import read_drafted, read_plan, read_recorded, read_report, read_version
from storage.record.stores import Stores

R = TypeVar("R")
_MAX_READ = 40
"""Rejections and evidence whose problems are read of one inspection; of older ones what the entries list is counted."""


def inspection_report(
    stores: Stores,
    inspection_id: str,
    at: dt.datetime,
    sealed: SealStatus,
    check: RecordCheck | None,
    since: dt.date | str | None = None,
) -> InspectionTrail:
    """Return the audit report of one inspection; that of a broken ledger names the break.

    Args:
        since: what it is compared with, a London day or the digest of an entry; the last review when left out.

    Raises:
        NotFoundError: it was never opened, or no entry has the digest that it is to be compared with.
    """
    try:
        history = stores.ledger.history(inspection_id)
    except ChainBrokenError as error:
        sources = ReportSources(check=check, fault=str(error))
        return trail_of(History(inspection_id), at, sources).model_copy(update={"standing": None})
    if not history.recorded:
        raise NotFoundError(f"{inspection_id}: no such inspection; `ncpi status` lists them all")
    return _trail(stores.artefacts, history, at, sealed, check, since)


def programme_report(
    stores: Stores,
    at: dt.datetime,
    sealed: SealStatus,
    check: RecordCheck | None,
    progress: Callable[[str], None] = lambda _: None,
    *,
    since: dt.date | None = None,
    selection: Selection = EVERYTHING,
    take: Callable[[InspectionTrail], None] = lambda _: None,
) -> ProgrammeTrail:
    """Return the audit report of all inspections.

    Args:
        progress: called with the id of each inspection.
        since: the London day with which each inspection is compared; its last review when left out.
        selection: which entries the lists show.
        take: called with the whole report of each inspection that could be read.
    """

    def trails() -> Iterator[InspectionTrail | Unreadable]:
        for inspection_id, read in stores.ledger.histories():
            progress(inspection_id)
            try:
                if isinstance(read, NcpiError):
                    raise read
                made = _trail(stores.artefacts, read, at, sealed, check, since)
                take(made)
                yield made
            except SettingsError:
                raise  # no fault of this inspection: every other would fail in the same way
            except NcpiError as error:
                # Anybody may have chosen the name of a folder that is not an inspection's.
                known = inspection_id if is_inspection_id(inspection_id) else "a folder that is no inspection's"
                yield Unreadable(inspection=known, fault=str(error))

    made = programme_of(trails(), at, check=check, selection=selection)
    try:
        register = stores.register.read()
        people, people_in_all = people_changes_of(register, selection), len(register.records)
    except ChainBrokenError as error:
        broken = Unreadable(inspection="register", fault=str(error))
        made = made.model_copy(update={"unreadable": (*made.unreadable, broken)})
        people, people_in_all = (), 0
    return made.model_copy(update={"seals": sealed.of_all(), "people": people, "people_in_all": people_in_all})


def is_good(trail: InspectionTrail | ProgrammeTrail) -> bool:
    """Return whether everything could be read and everything checked is what was written."""
    is_read = trail.fault is None if isinstance(trail, InspectionTrail) else not trail.unreadable
    is_sealed = trail.seals is None or trail.seals.fault is None
    return is_read and is_sealed and (trail.check is None or trail.check.is_whole)


def _trail(
    artefacts: Artefacts,
    history: History,
    at: dt.datetime,
    sealed: SealStatus,
    check: RecordCheck | None,
    since: dt.date | str | None = None,
) -> InspectionTrail:
    faults: list[str] = []

    def attempt(read: Callable[[], R]) -> R | None:
        try:
            return read()
        except SettingsError:
            raise
        except (NcpiError, StopIteration) as error:
            # A draft that names no report.json ends the search for it.
            faults.append(str(error) or f"{history.inspection_id}: a draft without its data")
            return None

    plan = attempt(lambda: read_plan(artefacts, history)) if history.latest(Kind.FOLLOW_UP_RECORDED) else None
    report = attempt(lambda: read_report(artefacts, history)) if history.latest(Kind.PUBLISHED) else None
    review = attempt(lambda: _review(artefacts, history)) if history.latest(Kind.REVIEW_DRAFTED) else None
    problems: dict[int, Sequence[Problem]] = {}
    checks = history.all_of(Kind.FIELDWORK_RECORDED, *REJECTIONS)
    for one in checks[-_MAX_READ:]:
        found = attempt(lambda one=one: _problems(artefacts, one))  # type: ignore[misc]
        if found is not None:
            problems[one.entry.seq] = found
    checked: dict[int, Sequence[ValidatedRule]] = {}
    for one in history.all_of(*CHECKS_OF_RETURNS)[-_MAX_READ:]:
        if digest := digest_fact(one.entry.facts, "validation"):
            ran = attempt(lambda digest=digest: _validation(artefacts, history, digest))  # type: ignore[misc]
            checked[one.entry.seq] = ran.rules if ran else ()
    sources = ReportSources(
        plan=plan,
        report=report,
        review=review,
        problems=problems,
        checked=checked,
        check=check,
        seals=sealed.of(history),
        fault="\n".join(faults) or None,
    )
    return trail_of(history, at, sources, since)


def _review(artefacts: Artefacts, history: History) -> Review:
    current = read_version(artefacts, history, "review")
    if current is not None and isinstance(document := document_of(current), Review):
        return document
    return read_drafted(artefacts, read_recorded(artefacts, history, Kind.REVIEW_DRAFTED, Draft), Review)


def _validation(artefacts: Artefacts, history: History, digest: str) -> Validation:
    return artefacts.read_document(Validation, history.inspection_id, digest)


def _problems(artefacts: Artefacts, one: Recorded) -> Sequence[Problem] | None:
    entry = one.entry
    if entry.document is None:
        return None
    if entry.kind is Kind.FIELDWORK_RECORDED:
        return artefacts.read_document(Evidence, entry.inspection, entry.document.sha256).warnings
    return artefacts.read_document(Rejection, entry.inspection, entry.document.sha256).problems
